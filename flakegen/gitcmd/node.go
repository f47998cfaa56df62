package gitcmd

import (
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// The modes that git knows, as Documentation/gitformat-index has them.
const (
	modeFolder     = 0o040000
	modeExecutable = 0o100755
	modeRegular    = 0o100644
	modeSymlink    = 0o120000
	modeSubmodule  = 0o160000
)

// node is a file, a symbolic link or a folder of a tree of git's.
type node struct {
	name string
	mode uint32
	id   string // of the blob or tree; empty for a folder of the index
	// unmerged: the index holds several versions, none of which is the file.
	unmerged bool

	mu       sync.Mutex
	loaded   bool
	children map[string]*node // of a folder, once loaded
}

func (n *node) isFolder() bool { return n.mode == modeFolder || n.mode == modeSubmodule }

func (n *node) fileMode() fs.FileMode {
	switch n.mode {
	case modeFolder, modeSubmodule:
		// A submodule is an empty folder, as it is before it is checked out.
		return fs.ModeDir | 0o755
	case modeSymlink:
		return fs.ModeSymlink | 0o777
	case modeExecutable:
		return 0o755
	default:
		return 0o644
	}
}

// add puts a child into a folder. The first of a name stays: git writes none
// twice, and a tree that does is not to be trusted to mean the second.
func (n *node) add(child *node) {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	if _, taken := n.children[child.name]; !taken {
		n.children[child.name] = child
	}
}

// addPath puts a file at a path below n, with the folders that lead there.
func (n *node) addPath(path string, file *node) {
	folder := n
	for {
		name, rest, below := strings.Cut(path, "/")
		if !below {
			file.name = name
			folder.add(file)
			return
		}
		folder.add(&node{name: name, mode: modeFolder, loaded: true})
		folder = folder.children[name]
		if folder.mode != modeFolder {
			return // a file stands where a folder should: no such index is written
		}
		path = rest
	}
}

// sorted returns the children of a loaded folder by name.
func (n *node) sorted() []*node {
	children := make([]*node, 0, len(n.children))
	for _, child := range n.children {
		children = append(children, child)
	}
	slices.SortFunc(children, func(a, b *node) int { return strings.Compare(a.name, b.name) })
	return children
}
