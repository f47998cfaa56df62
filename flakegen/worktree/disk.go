package worktree

import (
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// disk is the tree on disk. Lstat and ReadLink, which resolve links, go through the
// root. Open and ReadDir do not: a root opens each folder on the way to a file and
// asks for each entry of a folder, which makes a clean check twice as long. They
// are given what was resolved, or read the first line of what standsThere looks at
// afterwards. All writing goes through a root.
type disk struct {
	fs.ReadLinkFS
	root *os.Root
}

func openDisk(dir string) (*disk, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &disk{ReadLinkFS: root.FS().(fs.ReadLinkFS), root: root}, nil
}

// Open opens a file. It does not wait at a pipe, which then has nothing to read.
func (d *disk) Open(name string) (fs.File, error) {
	path, err := d.path("open", name)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err // not a nil *os.File in an interface
	}
	return file, nil
}

// ReadDir returns the entries of a folder, sorted by name.
func (d *disk) ReadDir(name string) ([]fs.DirEntry, error) {
	path, err := d.path("readdir", name)
	if err != nil {
		return nil, err
	}
	return os.ReadDir(path)
}

func (d *disk) path(op, name string) (string, error) {
	path, err := filepath.Localize(name)
	if err != nil {
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return filepath.Join(d.root.Name(), path), nil
}

func (d *disk) close() {
	_ = d.root.Close() // opened for reading only
}
