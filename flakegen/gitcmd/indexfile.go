package gitcmd

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
)

// The index file, as Documentation/gitformat-index has it: a header, the entries
// sorted by path, extensions, and the SHA-1 of all that. Only paths and modes are
// of interest here.
//
// This is not the decoder of go-git, because an index of 50,000 entries costs
// that one 60 ms and 800,000 allocations, four times as much as to ask git; this
// one takes some 10 ms. See BenchmarkPeekIndex.

const (
	indexHeaderSize = 12
	// An entry begins with ten numbers of 32 bits, what lstat said, of which the
	// seventh is the mode.
	entryModeOffset  = 24
	entryHashOffset  = 40
	entryFlagsOffset = entryHashOffset + sha1.Size
	entryNameOffset  = entryFlagsOffset + 2

	flagNameLength = 0x0fff // a length that fits, or all ones
	flagExtended   = 0x4000 // two more bytes of flags, from version 3 on
)

var errMalformedIndex = errors.New("malformed index file")

// readIndexFile calls visit with the path and mode of each entry. What was visited
// holds only if the error is nil: the checksum stands at the end.
func readIndexFile(data []byte, visit func(path []byte, mode uint32)) error {
	if len(data) < indexHeaderSize+sha1.Size || string(data[:4]) != "DIRC" {
		return errMalformedIndex
	}
	version := binary.BigEndian.Uint32(data[4:])
	if version < 2 || version > 4 {
		return fmt.Errorf("index file of version %d", version)
	}
	body, sum := data[:len(data)-sha1.Size], data[len(data)-sha1.Size:]
	at := indexHeaderSize
	var path []byte
	for range binary.BigEndian.Uint32(data[8:]) {
		if len(body)-at < entryNameOffset {
			return errMalformedIndex
		}
		mode := binary.BigEndian.Uint32(body[at+entryModeOffset:])
		flags := binary.BigEndian.Uint16(body[at+entryFlagsOffset:])
		name := at + entryNameOffset
		if version > 2 && flags&flagExtended != 0 {
			name += 2
		}
		var err error
		if version == 4 {
			path, at, err = compressedName(body, name, path)
		} else {
			path, at, err = paddedName(body, at, name, int(flags&flagNameLength))
		}
		if err != nil {
			return err
		}
		visit(path, mode)
	}
	if err := knownExtensions(body[at:]); err != nil {
		return err
	}
	// index.skipHash leaves zeros. Otherwise the sum also tells an index of
	// SHA-256 ids, read with the wrong offsets, from one of SHA-1.
	if actual := sha1.Sum(body); !bytes.Equal(sum, actual[:]) && !bytes.Equal(sum, make([]byte, sha1.Size)) {
		return errMalformedIndex
	}
	return nil
}

// paddedName reads the name of an entry of version 2 or 3, which ends in one to
// eight NULs so that the entry's size is a multiple of eight. It returns the name
// and the offset of the next entry.
func paddedName(body []byte, start, name, length int) ([]byte, int, error) {
	if name > len(body) {
		return nil, 0, errMalformedIndex
	}
	if length == flagNameLength {
		length = bytes.IndexByte(body[name:], 0)
	}
	if length < 0 || len(body)-name < length {
		return nil, 0, errMalformedIndex
	}
	next := start + (name+length-start+8)&^7
	if next > len(body) {
		return nil, 0, errMalformedIndex
	}
	return body[name : name+length], next, nil
}

// compressedName reads the name of an entry of version 4: how many bytes to drop
// from the end of the previous name, then what to put in their place. It returns
// the name, in the memory of the previous one, and the offset of the next entry.
func compressedName(body []byte, at int, previous []byte) ([]byte, int, error) {
	drop, at, err := offsetNumber(body, at)
	if err != nil || drop > len(previous) {
		return nil, 0, errMalformedIndex
	}
	length := bytes.IndexByte(body[at:], 0)
	if length < 0 {
		return nil, 0, errMalformedIndex
	}
	path := append(previous[:len(previous)-drop], body[at:at+length]...)
	return path, at + length + 1, nil
}

// offsetNumber reads a number of variable length, as pack files have for the
// offsets of deltas: seven bits a byte, and one is added at each step.
func offsetNumber(body []byte, at int) (value, next int, err error) {
	for steps := 0; steps < 4 && at < len(body); steps++ {
		b := body[at]
		at++
		value = value<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			return value, at, nil
		}
		value++
	}
	return 0, 0, errMalformedIndex
}

// knownExtensions walks the extensions: a name of four letters, a size, and as
// many bytes. One that begins with a capital letter may be ignored; the others
// (link: a split index, sdir: a sparse one) change what the entries mean.
func knownExtensions(rest []byte) error {
	for len(rest) > 0 {
		if len(rest) < 8 {
			return errMalformedIndex
		}
		if rest[0] < 'A' || rest[0] > 'Z' {
			return fmt.Errorf("index file with the extension %q", rest[:4])
		}
		size := uint64(binary.BigEndian.Uint32(rest[4:])) + 8
		if uint64(len(rest)) < size {
			return errMalformedIndex
		}
		rest = rest[size:]
	}
	return nil
}
