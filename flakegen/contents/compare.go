package contents

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Difference is one file in which two trees differ.
type Difference struct {
	// Path is its name below the tree, with slashes; "." is the tree itself.
	Path string
	Kind Kind
	// Detail says what differs, in a few words.
	Detail string
}

// Kind is what a difference is in.
type Kind string

const (
	OnlyA      Kind = "only-a"
	OnlyB      Kind = "only-b"
	Type       Kind = "type"       // a file on one side, a link or a folder on the other
	Executable Kind = "executable" // on one side
	Link       Kind = "link"       // its target
	Content    Kind = "content"
)

// Compare walks two trees at once, in the order of names. hashes are the own
// hashes of both derivations. It reads files block by block.
func Compare(a, b string, hashes []string) ([]Difference, error) {
	c := &comparison{}
	for _, h := range hashes {
		if len(h) == hashLength {
			c.hashes = append(c.hashes, []byte(h))
		}
	}
	if err := c.trees(a, b, "."); err != nil {
		return nil, err
	}
	return c.found, nil
}

type comparison struct {
	hashes [][]byte
	found  []Difference
}

func (c *comparison) add(name string, kind Kind, format string, args ...any) {
	c.found = append(c.found, Difference{Path: name, Kind: kind, Detail: fmt.Sprintf(format, args...)})
}

func (c *comparison) trees(a, b, name string) error {
	infoA, err := os.Lstat(a)
	if err != nil {
		return err
	}
	infoB, err := os.Lstat(b)
	if err != nil {
		return err
	}
	if typeA, typeB := infoA.Mode().Type(), infoB.Mode().Type(); typeA != typeB {
		c.add(name, Type, "%s and %s", typeName(typeA), typeName(typeB))
		return nil
	}
	switch infoA.Mode().Type() {
	case fs.ModeDir:
		return c.folders(a, b, name)
	case fs.ModeSymlink:
		return c.links(a, b, name)
	case 0:
		if executable(infoA) != executable(infoB) {
			c.add(name, Executable, "executable on one side only")
		}
		return c.files(a, b, name)
	}
	return fmt.Errorf("compare %s: neither file nor folder nor link", a)
}

func executable(i fs.FileInfo) bool { return i.Mode()&0o111 != 0 }

func typeName(m fs.FileMode) string {
	switch m {
	case fs.ModeDir:
		return "a folder"
	case fs.ModeSymlink:
		return "a link"
	case 0:
		return "a file"
	}
	return "something else"
}

func (c *comparison) folders(a, b, name string) error {
	namesA, err := entries(a)
	if err != nil {
		return err
	}
	namesB, err := entries(b)
	if err != nil {
		return err
	}
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(namesA, namesB))))
	for _, entry := range all {
		below := path.Join(name, entry)
		switch {
		case !slices.Contains(namesB, c.counterpart(entry, namesB)):
			c.add(below, OnlyA, "on the first side only")
		case !slices.Contains(namesA, c.counterpart(entry, namesA)):
			c.add(below, OnlyB, "on the second side only")
		case slices.Contains(namesA, entry):
			if err := c.trees(filepath.Join(a, entry), filepath.Join(b, c.counterpart(entry, namesB)), below); err != nil {
				return err
			}
		}
	}
	return nil
}

// counterpart is what a name is called on the other side: the same, or the one
// that differs in an own hash only.
func (c *comparison) counterpart(entry string, names []string) string {
	if _, ok := slices.BinarySearch(names, entry); ok {
		return entry
	}
	neutral := c.neutral([]byte(entry))
	if bytes.Equal(neutral, []byte(entry)) {
		return entry
	}
	for _, other := range names {
		if bytes.Equal(c.neutral([]byte(other)), neutral) {
			return other
		}
	}
	return entry
}

func entries(dir string) ([]string, error) {
	list, err := os.ReadDir(dir) // sorted
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name()
	}
	return names, err
}

func (c *comparison) links(a, b, name string) error {
	targetA, err := os.Readlink(a)
	if err != nil {
		return err
	}
	targetB, err := os.Readlink(b)
	if err != nil {
		return err
	}
	if !bytes.Equal(c.neutral([]byte(targetA)), c.neutral([]byte(targetB))) {
		c.add(name, Link, "to %s and to %s", targetA, targetB)
	}
	return nil
}

// neutral is a short text with own hashes blanked.
func (c *comparison) neutral(text []byte) []byte {
	blanked := slices.Clone(text)
	blank(blanked, c.hashes)
	return blanked
}

func (c *comparison) files(a, b, name string) error {
	fileA, err := os.Open(a)
	if err != nil {
		return err
	}
	defer fileA.Close()
	fileB, err := os.Open(b)
	if err != nil {
		return err
	}
	defer fileB.Close()
	at, endA, endB, err := firstDifference(&neutralReader{from: fileA, hashes: c.hashes}, &neutralReader{from: fileB, hashes: c.hashes})
	switch {
	case err != nil:
		return fmt.Errorf("compare %s: %w", name, err)
	case at < 0:
		return nil
	case endA || endB:
		c.add(name, Content, "one ends after byte %d, the other goes on", at)
	default:
		c.add(name, Content, "from byte %d on", at)
	}
	return nil
}

// firstDifference is the offset of the first byte that differs, -1 for none; endA
// and endB say that one stream ended there.
func firstDifference(a, b io.Reader) (at int64, endA, endB bool, err error) {
	var blockA, blockB [64 << 10]byte
	for offset := int64(0); ; {
		nA, errA := io.ReadFull(a, blockA[:])
		nB, errB := io.ReadFull(b, blockB[:])
		if err := errors.Join(hard(errA), hard(errB)); err != nil {
			return 0, false, false, err
		}
		n := min(nA, nB)
		if !bytes.Equal(blockA[:n], blockB[:n]) {
			for i := range n {
				if blockA[i] != blockB[i] {
					return offset + int64(i), false, false, nil
				}
			}
		}
		if nA != nB {
			return offset + int64(n), nA < nB, nB < nA, nil
		}
		if errA != nil {
			return -1, false, false, nil
		}
		offset += int64(n)
	}
}

// hard is an error of reading that is not the end.
func hard(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// Hash is the 32 letters of a store path that its content or derivation gives it,
// "" for a path that is none.
func Hash(storePath string) string {
	hash, _, ok := strings.Cut(path.Base(storePath), "-")
	if !ok || len(hash) != hashLength {
		return ""
	}
	return hash
}
