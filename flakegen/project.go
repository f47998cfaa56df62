package flakegen

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// Project is a repository with a spec.
type Project struct {
	// Root is the folder of flakegen.hcl, absolute.
	Root string
	// Folder is where the user is, absolute, and From how Root is called from
	// there, such as "../..".
	Folder, From string
	// Start is the folder that the root was looked for from, absolute: what
	// relative paths of the user's are relative to.
	Start string
	// Env is the environment for the programs that are started, as in os.Environ.
	Env []string
}

// ErrNoSpec says that neither a folder nor one above it has a spec.
var ErrNoSpec = errors.New("no " + spec.FileName + " here or in a folder above")

// Find looks for the root of a project from dir upwards. A dir that is not
// absolute is one of folder, which is where the user is.
func Find(folder, dir string, env []string) (*Project, error) {
	start := filepath.Clean(dir)
	if !filepath.IsAbs(dir) {
		start = filepath.Join(folder, dir)
	}
	if info, err := os.Stat(start); err != nil {
		return nil, fmt.Errorf("find the spec: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("find the spec: %s is no folder", start)
	}
	for root := start; ; root = filepath.Dir(root) {
		info, err := os.Stat(filepath.Join(root, spec.FileName))
		switch {
		case err == nil && info.IsDir():
			return nil, fmt.Errorf("find the spec: %s is a folder", filepath.Join(root, spec.FileName))
		case err == nil:
			return &Project{Root: root, Folder: folder, From: way(folder, root), Start: start, Env: env}, nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("find the spec: %w", err)
		}
		if root == filepath.Dir(root) {
			return nil, fmt.Errorf("%w %s", ErrNoSpec, start)
		}
	}
}

// way is how a folder is called from another: the short way where there is one.
func way(from, to string) string {
	relative, err := filepath.Rel(from, to)
	if err != nil {
		return to
	}
	return relative
}

// Rendering renders the spec as it is on disk.
func (p *Project) Rendering() (*generate.Rendering, error) {
	// os.Root keeps every path, and every symbolic link, inside.
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return nil, fmt.Errorf("open the repository: %w", err)
	}
	defer root.Close()
	return generate.Tree(root.FS())
}
