package gitcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// ErrUnmerged is the error of reading a file of the index that a merge has left
// in conflict.
var ErrUnmerged = errors.New("unmerged: resolve the conflict, then git add the file")

// FS is the folder as a commit or the index has it. It is a read-only file system
// that follows symbolic links as the system would, but never out of the folder.
// Submodules are empty folders; modification times are zero. Names that are not
// UTF-8 cannot be spoken in an [fs.FS] and are left out.
//
// Blobs are read when they are asked for, from processes that end with Close or
// with the context that the FS was made with. FS may be used from several
// goroutines.
type FS struct {
	ctx      context.Context
	git      *Git
	root     *node
	headers  *catFile
	contents *catFile
}

var (
	_ fs.ReadFileFS = (*FS)(nil)
	_ fs.ReadDirFS  = (*FS)(nil)
	_ fs.StatFS     = (*FS)(nil)
	_ fs.ReadLinkFS = (*FS)(nil)
)

func (g *Git) newFS(ctx context.Context, root *node) *FS {
	return &FS{
		ctx:      ctx,
		git:      g,
		root:     root,
		headers:  &catFile{git: g, ctx: ctx, mode: "--batch-check"},
		contents: &catFile{git: g, ctx: ctx, mode: "--batch"},
	}
}

// Close ends the processes. Reading blobs fails afterwards.
func (f *FS) Close() error {
	return errors.Join(f.headers.close(), f.contents.close())
}

// streamedSize is the size in bytes from which an opened file is read piece by
// piece from a process of its own, instead of being held in memory.
const streamedSize = 4 << 20

// Open opens a file or folder.
func (f *FS) Open(name string) (fs.File, error) {
	n, err := f.find(name, true)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	if n.isFolder() {
		entries, err := f.entries(n)
		if err != nil {
			return nil, pathError("open", name, err)
		}
		return &openFolder{info: info{node: n, name: path.Base(name)}, entries: entries}, nil
	}
	size, err := f.size(n)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	return &openFile{fs: f, name: name, info: info{node: n, name: path.Base(name), size: size}}, nil
}

// ReadFile returns the bytes of a file.
func (f *FS) ReadFile(name string) ([]byte, error) {
	n, err := f.find(name, true)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	if n.isFolder() {
		return nil, pathError("read", name, errIsFolder)
	}
	content, err := f.blob(n)
	if err != nil {
		return nil, pathError("read", name, err)
	}
	return content, nil
}

// ReadDir returns the entries of a folder, sorted by name.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := f.find(name, true)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	if !n.isFolder() {
		return nil, pathError("readdir", name, errNotFolder)
	}
	entries, err := f.entries(n)
	if err != nil {
		return nil, pathError("readdir", name, err)
	}
	return entries, nil
}

// Stat describes a file or folder, or what a symbolic link leads to.
func (f *FS) Stat(name string) (fs.FileInfo, error) { return f.stat("stat", name, true) }

// Lstat describes a file, a folder or a symbolic link itself.
func (f *FS) Lstat(name string) (fs.FileInfo, error) { return f.stat("lstat", name, false) }

func (f *FS) stat(op, name string, follow bool) (fs.FileInfo, error) {
	n, err := f.find(name, follow)
	if err != nil {
		return nil, pathError(op, name, err)
	}
	size, err := f.size(n)
	if err != nil {
		return nil, pathError(op, name, err)
	}
	return info{node: n, name: path.Base(name), size: size}, nil
}

// ReadLink returns the text of a symbolic link.
func (f *FS) ReadLink(name string) (string, error) {
	n, err := f.find(name, false)
	if err != nil {
		return "", pathError("readlink", name, err)
	}
	if n.mode != modeSymlink {
		return "", pathError("readlink", name, fs.ErrInvalid)
	}
	target, err := f.target(n)
	if err != nil {
		return "", pathError("readlink", name, err)
	}
	return target, nil
}

var (
	errIsFolder  = errors.New("is a directory")
	errNotFolder = errors.New("not a directory")
	errEscapes   = errors.New("the symbolic link leaves the repository")
	errLinkLoop  = errors.New("too many symbolic links")
)

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// As the kernel has them: a lookup follows 40 links, a link holds 4095 bytes.
const (
	maxLinks      = 40
	maxTargetSize = 4095
)

// find returns the node of a path. Links in the middle are always followed, one
// at the end where follow says so.
func (f *FS) find(name string, follow bool) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	rest := strings.Split(name, "/")
	if name == "." {
		rest = nil
	}
	at := []*node{f.root} // from the root to where we are
	for links := 0; len(rest) > 0; {
		here := at[len(at)-1]
		step := rest[0]
		rest = rest[1:]
		switch step {
		case "", ".":
			continue
		case "..":
			if len(at) == 1 {
				return nil, errEscapes
			}
			at = at[:len(at)-1]
			continue
		}
		if !here.isFolder() {
			return nil, errNotFolder
		}
		if err := f.load(here); err != nil {
			return nil, err
		}
		child := here.children[step]
		if child == nil {
			return nil, fs.ErrNotExist
		}
		if child.mode != modeSymlink || len(rest) == 0 && !follow {
			at = append(at, child)
			continue
		}
		if links++; links > maxLinks {
			return nil, errLinkLoop
		}
		target, err := f.target(child)
		if err != nil {
			return nil, err
		}
		if path.IsAbs(target) {
			return nil, errEscapes
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return at[len(at)-1], nil
}

// target returns the text of a symbolic link.
func (f *FS) target(link *node) (string, error) {
	size, err := f.size(link)
	if err != nil {
		return "", err
	}
	if size > maxTargetSize {
		return "", fmt.Errorf("the symbolic link holds %d bytes", size)
	}
	target, err := f.blob(link)
	return string(target), err
}

// size returns the size of a blob in bytes, zero for folders.
func (f *FS) size(n *node) (int64, error) {
	if n.isFolder() {
		return 0, nil
	}
	if n.unmerged {
		return 0, ErrUnmerged
	}
	o, err := f.headers.header(n.id)
	if err != nil {
		return 0, err
	}
	if o == nil {
		return 0, fmt.Errorf("git has no object %s", n.id)
	}
	return o.size, nil
}

func (f *FS) blob(n *node) ([]byte, error) {
	if n.unmerged {
		return nil, ErrUnmerged
	}
	return f.contents.contents(n.id)
}

// load reads the children of a folder of a commit. Those of the index are there
// from the start.
func (f *FS) load(folder *node) error {
	folder.mu.Lock()
	defer folder.mu.Unlock()
	if folder.loaded || folder.mode != modeFolder {
		return nil
	}
	raw, err := f.contents.contents(folder.id)
	if err != nil {
		return err
	}
	children, err := parseTree(raw, len(folder.id)/2)
	if err != nil {
		return fmt.Errorf("tree %s: %w", folder.id, err)
	}
	for _, child := range children {
		folder.add(child)
	}
	folder.loaded = true
	return nil
}

func (f *FS) entries(folder *node) ([]fs.DirEntry, error) {
	if err := f.load(folder); err != nil {
		return nil, err
	}
	children := folder.sorted()
	entries := make([]fs.DirEntry, len(children))
	for i, child := range children {
		entries[i] = entry{fs: f, node: child}
	}
	return entries, nil
}

// entry is an entry of a folder.
type entry struct {
	fs   *FS
	node *node
}

func (e entry) Name() string      { return e.node.name }
func (e entry) IsDir() bool       { return e.node.isFolder() }
func (e entry) Type() fs.FileMode { return e.node.fileMode().Type() }
func (e entry) String() string    { return fs.FormatDirEntry(e) }

func (e entry) Info() (fs.FileInfo, error) {
	size, err := e.fs.size(e.node)
	if err != nil {
		return nil, pathError("stat", e.node.name, err)
	}
	return info{node: e.node, name: e.node.name, size: size}, nil
}

// info describes a node by the name under which it was found.
type info struct {
	node *node
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.node.fileMode() }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.node.isFolder() }
func (i info) Sys() any           { return nil }
func (i info) String() string     { return fs.FormatFileInfo(i) }

// openFile is a file that was opened. Its bytes are fetched by the first Read.
type openFile struct {
	fs     *FS
	name   string
	info   info
	bytes  io.Reader
	stream *stream
	closed bool
}

func (o *openFile) Stat() (fs.FileInfo, error) { return o.info, nil }

func (o *openFile) Read(p []byte) (int, error) {
	if o.closed {
		return 0, pathError("read", o.name, fs.ErrClosed)
	}
	if o.bytes == nil {
		if err := o.fetch(); err != nil {
			return 0, pathError("read", o.name, err)
		}
	}
	return o.bytes.Read(p)
}

func (o *openFile) fetch() error {
	if o.info.size < streamedSize {
		content, err := o.fs.blob(o.info.node)
		o.bytes = bytes.NewReader(content)
		return err
	}
	stream, err := o.fs.git.stream(o.fs.ctx, o.info.node.id)
	if err != nil {
		return err
	}
	o.stream, o.bytes = stream, stream
	return nil
}

func (o *openFile) Close() error {
	if o.closed {
		return pathError("close", o.name, fs.ErrClosed)
	}
	o.closed = true
	if o.stream != nil {
		o.stream.stop()
	}
	return nil
}

// openFolder is a folder that was opened.
type openFolder struct {
	info    info
	entries []fs.DirEntry
}

func (o *openFolder) Stat() (fs.FileInfo, error) { return o.info, nil }
func (o *openFolder) Close() error               { return nil }

func (o *openFolder) Read([]byte) (int, error) {
	return 0, pathError("read", o.info.name, errIsFolder)
}

func (o *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		entries := o.entries
		o.entries = nil
		return entries, nil
	}
	if len(o.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(o.entries))
	entries := o.entries[:n]
	o.entries = o.entries[n:]
	return entries, nil
}
