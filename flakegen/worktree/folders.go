package worktree

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/generate"
)

// folder is a folder of the tree that rendered files go into, or went into once.
type folder struct {
	real    string // where it is when symbolic links are followed
	err     error  // an obstruction: why nothing can be rendered into it
	entries map[string]fs.DirEntry
	names   []string // of the entries, sorted
}

// usualFolders are looked into for orphans even if nothing is rendered there now.
var usualFolders = []string{".", "nix", workflows}

// workflows is the one folder in which YAML files are rendered.
const workflows = ".github/workflows"

// readFolders reads the folders of the files and those above them, and the usual
// ones. The key is the path as a rendered file has it.
func readFolders(tree fs.FS, files []generate.File) (map[string]*folder, error) {
	folders := map[string]*folder{}
	wanted := slices.Clone(usualFolders)
	for _, file := range files {
		wanted = append(wanted, path.Dir(file.Path))
	}
	for _, name := range wanted {
		for ; folders[name] == nil; name = path.Dir(name) {
			read, err := readFolder(tree, name)
			if err != nil {
				return nil, err
			}
			folders[name] = read
		}
	}
	return folders, nil
}

func readFolder(tree fs.FS, name string) (*folder, error) {
	f := &folder{real: name}
	real, err := resolve(tree, name)
	if obstruction := (*obstruction)(nil); errors.As(err, &obstruction) {
		f.err = obstruction
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	f.real = real
	entries, err := fs.ReadDir(tree, real)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		if stat, statErr := fs.Lstat(tree, real); statErr == nil && !stat.IsDir() {
			f.err = obstructed("%s is not a folder", display(name))
			return f, nil
		}
		return nil, err
	}
	f.entries = make(map[string]fs.DirEntry, len(entries))
	for _, entry := range entries {
		f.entries[entry.Name()] = entry
		f.names = append(f.names, entry.Name())
	}
	slices.Sort(f.names)
	return f, nil
}

// otherCase returns the entry whose name is the given one but for letter case, or
// "" where the name itself is there.
func (f *folder) otherCase(name string) string {
	if f.entries[name] != nil {
		return ""
	}
	for _, there := range f.names {
		if strings.EqualFold(there, name) {
			return there
		}
	}
	return ""
}
