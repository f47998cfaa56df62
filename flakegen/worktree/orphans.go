package worktree

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// couldBeRendered says whether a file is named like those that flakegen renders.
func couldBeRendered(name string) bool {
	if strings.HasSuffix(name, ".nix") {
		return true
	}
	dir, base := path.Split(name)
	return dir == workflows+"/" && (strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml"))
}

// findOrphans returns the marked files that are not rendered: among the candidates
// of the index and in the folders that were read. The specs tell which folders
// belong to another spec.
func (s *survey) findOrphans(candidates, specs []string) ([]string, error) {
	for _, f := range s.folders {
		for _, name := range f.names {
			full := path.Join(f.real, name)
			switch {
			case !f.entries[name].Type().IsRegular():
			case name == specName:
				specs = append(specs, full)
			case couldBeRendered(full):
				candidates = append(candidates, full)
			}
		}
	}
	slices.Sort(candidates)
	candidates = slices.Compact(candidates)

	elsewhere := map[string]bool{}
	for _, spec := range specs {
		elsewhere[path.Dir(spec)] = true
	}
	rendered := s.renderedPaths()
	var orphans []string
	for _, name := range candidates {
		if rendered[name] || rendered[strings.ToLower(name)] || belongsElsewhere(elsewhere, name) {
			continue
		}
		first, err := beginning(s.tree, name)
		if err != nil || !marked(first) {
			continue // gone from the disk, or not to be read: then not ours either
		}
		itself, err := standsThere(s.tree, name)
		if err != nil {
			return nil, err
		}
		if itself {
			orphans = append(orphans, name)
		}
	}
	return orphans, nil
}

// orphanContent returns the bytes of an orphan, or nil for one that is too large
// to be shown.
func (s *survey) orphanContent(name string) ([]byte, error) {
	stat, err := fs.Stat(s.tree, name)
	if err != nil || stat.Size() > maxSize {
		return nil, err
	}
	return fs.ReadFile(s.tree, name)
}

// renderedPaths returns the real paths of the rendered files. One that is not
// there is also in it in small letters, so that a file which stands in its way by
// letter case alone is not taken for an orphan: on a Mac it is the same file.
func (s *survey) renderedPaths() map[string]bool {
	paths := make(map[string]bool, len(s.sights))
	for _, seen := range s.sights {
		paths[seen.real] = true
		if !seen.there {
			paths[strings.ToLower(seen.file.Path)] = true
		}
	}
	return paths
}

// belongsElsewhere says whether a folder above name has a spec of its own.
func belongsElsewhere(specs map[string]bool, name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if specs[dir] {
			return true
		}
	}
	return false
}

// standsThere says whether name is a regular file by exactly that path. What the
// index remembers may by now lie behind a symbolic link, or be called otherwise on
// a file system that ignores letter case; then it is another file, perhaps one
// that is rendered.
func standsThere(tree fs.FS, name string) (bool, error) {
	for step := name; step != "."; step = path.Dir(step) {
		entries, err := fs.ReadDir(tree, path.Dir(step))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		at := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return e.Name() == path.Base(step) })
		if at < 0 || step == name && !entries[at].Type().IsRegular() || step != name && !entries[at].IsDir() {
			return false, nil
		}
	}
	return true, nil
}
