package gitcmd

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Tree returns the folder as it is at a revision: a commit, branch, tag, or any
// other name that git knows. Where the folder did not exist then, the FS is
// empty. A name that git does not know is [ErrUnknownRevision]. The processes of
// the FS end with ctx at the latest.
func (g *Git) Tree(ctx context.Context, revision string) (*FS, error) {
	f := g.newFS(ctx, &node{name: ".", mode: modeFolder, loaded: true})
	top, err := f.headers.header(revision)
	if err == nil && (top == nil || top.kind == "blob") {
		err = fmt.Errorf("%w %q", ErrUnknownRevision, revision)
	}
	var folder *object
	if err == nil {
		// "./" after the colon is the folder in which git runs.
		folder, err = f.headers.header(top.id + ":./")
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if folder != nil && folder.kind == "tree" {
		f.root.id, f.root.loaded = folder.id, false
	}
	return f, nil
}

var errMalformedTree = errors.New("malformed")

// parseTree reads a tree object: entries of "MODE NAME\0" and the id in idSize
// bytes. Names that cannot be part of a path are left out: git writes none, but
// a repository from elsewhere may hold "..".
func parseTree(raw []byte, idSize int) ([]*node, error) {
	var nodes []*node
	for len(raw) > 0 {
		head, rest, found := bytes.Cut(raw, []byte{0})
		mode, name, spaced := bytes.Cut(head, []byte{' '})
		if !found || !spaced || len(rest) < idSize {
			return nil, errMalformedTree
		}
		bits, err := strconv.ParseUint(string(mode), 8, 32)
		if err != nil {
			return nil, errMalformedTree
		}
		if speakable(string(name)) {
			nodes = append(nodes, &node{name: string(name), mode: uint32(bits), id: hex.EncodeToString(rest[:idSize])})
		}
		raw = rest[idSize:]
	}
	return nodes, nil
}

// speakable says whether a name can be one step of a path in an [fs.FS].
func speakable(name string) bool {
	return fs.ValidPath(name) && name != "." && !strings.Contains(name, "/")
}
