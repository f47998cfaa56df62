package worktree

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/flakegen/flakegen/flakegen/generate"
)

// marked says whether content, or the beginning of it, has the marker line. A
// line that ends in CR LF counts: some checkouts have it so.
func marked(content []byte) bool {
	rest, found := bytes.CutPrefix(content, []byte(generate.Marker))
	return found && (len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r')
}

// markerSize is how many bytes of a file [marked] wants to see.
const markerSize = len(generate.Marker) + 1

// firstBytes returns the beginning of a file of which some bytes may have been
// read: enough for [marked], or all.
func firstBytes(begun []byte, rest io.Reader) ([]byte, error) {
	if len(begun) >= markerSize {
		return begun, nil
	}
	more := make([]byte, markerSize-len(begun))
	n, err := io.ReadFull(rest, more)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return append(begun, more[:n]...), err
}

// beginning reads the beginning of a file, as firstBytes returns it.
func beginning(tree fs.FS, name string) ([]byte, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return firstBytes(nil, file)
}
