package contents

import (
	"bytes"
	"io"
)

// hashLength is the length of the hash in a store path, in nixbase32.
const hashLength = 32

// blank overwrites every occurrence of a hash.
func blank(text []byte, hashes [][]byte) {
	for _, h := range hashes {
		for at := 0; ; {
			i := bytes.Index(text[at:], h)
			if i < 0 {
				break
			}
			at += i
			copy(text[at:at+len(h)], bytes.Repeat([]byte{'x'}, len(h)))
			at += len(h)
		}
	}
}

// neutralReader reads a stream with every own hash blanked, also one that lies
// across two reads.
type neutralReader struct {
	from   io.Reader
	hashes [][]byte

	buffer []byte // read and not handed out; the last bytes may begin a hash
	err    error
}

func (r *neutralReader) Read(p []byte) (int, error) {
	for len(r.buffer) < hashLength && r.err == nil {
		block := make([]byte, 64<<10)
		n, err := r.from.Read(block)
		r.buffer, r.err = append(r.buffer, block[:n]...), err
		blank(r.buffer, r.hashes)
	}
	ready := len(r.buffer)
	if r.err == nil {
		ready -= hashLength - 1
	}
	n := copy(p, r.buffer[:max(0, ready)])
	r.buffer = r.buffer[n:]
	if n == 0 && len(r.buffer) == 0 {
		return 0, r.err
	}
	return n, nil
}
