package worktree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/flakegen/flakegen/flakegen/generate"
)

// sight is what stands in the tree where a rendered file belongs.
type sight struct {
	file generate.File
	real string // its path when symbolic links are followed
	// err is an obstruction: why no file can be there, whatever is there.
	err error
	// there: a regular file stands at the path, and the next three describe it.
	there  bool
	same   bool // byte for byte as rendered
	marked bool
	// content is nil for a file that is the same, or too large to be looked at.
	content []byte
	size    int64 // in bytes
}

// maxSize is how large a file that differs may be, in bytes, to be read whole. A
// rendered file has some hundred lines.
const maxSize = 16 << 20

// look reads the file at a rendered file's path.
func look(tree fs.FS, folders map[string]*folder, file generate.File) (sight, error) {
	s := sight{file: file}
	if s.err = caseClash(folders, file.Path); s.err != nil {
		return s, nil
	}
	dir, base := path.Split(file.Path)
	in := folders[path.Clean(dir)]
	if s.err = in.err; s.err != nil {
		return s, nil
	}
	s.real = path.Join(in.real, base)
	entry := in.entries[base]
	if entry != nil && entry.Type() == fs.ModeSymlink {
		real, err := resolve(tree, s.real)
		if obstruction := (*obstruction)(nil); errors.As(err, &obstruction) {
			s.err = obstruction
			return s, nil
		}
		if err != nil {
			return s, err
		}
		s.real = real
		stat, err := fs.Lstat(tree, real)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s, err
		}
		entry = nil
		if err == nil {
			entry = fs.FileInfoToDirEntry(stat)
		}
	}
	if s.err = notForWriting(s.real); s.err != nil {
		return s, nil
	}
	switch {
	case entry == nil:
		return s, nil
	case entry.IsDir():
		s.err = obstructed("%s is a folder", display(file.Path))
		return s, nil
	case !entry.Type().IsRegular():
		s.err = obstructed("%s is not a regular file", display(file.Path))
		return s, nil
	}
	return s, s.read(tree)
}

// holder is a tree that knows what a file holds without reading it.
type holder interface {
	Holds(name string, content []byte) bool
}

// read reads the file and compares it with the rendering.
func (s *sight) read(tree fs.FS) error {
	if holder, ok := tree.(holder); ok && holder.Holds(s.real, s.file.Content) {
		s.there, s.same = true, true
		s.marked, s.size = marked(s.file.Content), int64(len(s.file.Content))
		return nil
	}
	file, err := tree.Open(s.real)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it went away just now
	}
	if err != nil {
		return err
	}
	defer file.Close()
	s.there = true
	// As much as there should be and one byte more: most files are the same, and
	// then this is all that is asked of the system.
	content := make([]byte, len(s.file.Content)+1)
	n, err := io.ReadFull(file, content)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	content = content[:n]
	s.marked, s.size = marked(content), int64(n)
	if s.same = bytes.Equal(content, s.file.Content); s.same {
		return nil
	}
	return s.readRest(file, content)
}

// readRest completes the content of a file that differs, unless it is too large.
func (s *sight) readRest(file fs.File, begun []byte) error {
	stat, err := file.Stat()
	if err != nil {
		return err
	}
	if s.size = stat.Size(); s.size > maxSize {
		first, err := firstBytes(begun, file)
		s.marked = marked(first)
		return err
	}
	rest, err := io.ReadAll(io.LimitReader(file, maxSize))
	s.content = append(begun, rest...)
	s.marked = marked(s.content)
	return err
}

// comparable returns the rendering, or nil where the file is too large to be shown
// beside it.
func (s *sight) comparable() []byte {
	if s.content == nil {
		return nil
	}
	return s.file.Content
}

// caseClash returns an obstruction where a step of the path is there in other
// letter case: a Mac can hold one of the two only.
func caseClash(folders map[string]*folder, name string) error {
	for step := name; step != "."; step = path.Dir(step) {
		parent := folders[path.Dir(step)]
		if other := parent.otherCase(path.Base(step)); other != "" {
			return obstructed("%s is there, which differs in letter case only; many file systems hold just one of the two",
				display(path.Join(path.Dir(step), other)))
		}
	}
	return nil
}

// notForWriting returns an obstruction for paths that belong to git: a file
// written there could be a hook.
func notForWriting(real string) error {
	for step := range strings.SplitSeq(real, "/") {
		if strings.EqualFold(step, ".git") {
			return obstructed("%s lies in git's own folder", display(real))
		}
	}
	return nil
}

// checkPaths refuses files that no spec can have asked for.
func checkPaths(files []generate.File) error {
	seen := map[string]bool{}
	for _, file := range files {
		if !fs.ValidPath(file.Path) || file.Path == "." {
			return fmt.Errorf("rendered file %q: not a path within the folder", file.Path)
		}
		if seen[file.Path] {
			return fmt.Errorf("rendered file %q: there are two of that path", file.Path)
		}
		seen[file.Path] = true
	}
	return nil
}
