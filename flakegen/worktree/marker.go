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

// firstBytes reads as much of a file as [marked] wants to see.
func firstBytes(tree fs.FS, name string) ([]byte, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readFirstBytes(file)
}

func readFirstBytes(file io.Reader) ([]byte, error) {
	first := make([]byte, len(generate.Marker)+1)
	n, err := io.ReadFull(file, first)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return first[:n], nil
}
