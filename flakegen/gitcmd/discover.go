package gitcmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// errAsk says that only git can tell where its index is.
var errAsk = errors.New("only git can tell")

// location is where a repository keeps what concerns one work tree.
type location struct {
	top    string // the top level of the work tree
	gitDir string // .git, or what the file of that name points to
}

// locate finds the repository as git would, without starting it. It returns
// [ErrNoRepository] where there is none and errAsk where the environment asks for
// more than the usual search.
func (g *Git) locate() (location, error) {
	env := g.callerEnvironment()
	for _, key := range []string{"GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_CEILING_DIRECTORIES"} {
		if lookup(env, key) != "" {
			return location{}, fmt.Errorf("%w: %s is set", errAsk, key)
		}
	}
	dir, err := filepath.Abs(g.Dir)
	if err != nil {
		return location{}, err
	}
	// Git starts from the folder's real path.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return location{}, err
	}
	found, err := search(dir)
	if err != nil {
		return location{}, err
	}
	// The hooks of a linked work tree have GIT_DIR set to what the search finds.
	if set := lookup(env, "GIT_DIR"); set != "" && !sameFolder(g.fromCwd(set), found.gitDir) {
		return location{}, fmt.Errorf("%w: GIT_DIR names another repository", errAsk)
	}
	return found, nil
}

// search looks for .git in dir and the folders above it.
func search(dir string) (location, error) {
	for top := dir; ; top = filepath.Dir(top) {
		gitDir, err := gitDirOf(top)
		if err != nil {
			return location{}, err
		}
		// Git passes by a .git that is no repository.
		if gitDir != "" && isRegularOrLink(filepath.Join(gitDir, "HEAD")) {
			return location{top: top, gitDir: gitDir}, nil
		}
		if top == filepath.Dir(top) {
			return location{}, ErrNoRepository
		}
	}
}

// gitDirOf returns the folder that .git in dir is or points to, or "".
func gitDirOf(dir string) (string, error) {
	name := filepath.Join(dir, ".git")
	stat, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case stat.IsDir():
		return name, nil
	}
	// A linked work tree or a submodule: "gitdir: PATH", relative to dir.
	content, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	target, found := strings.CutPrefix(strings.TrimRight(string(content), "\r\n"), "gitdir: ")
	if !found {
		return "", fmt.Errorf("%w: %s is not what git writes", errAsk, name)
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(dir, target)
	}
	return target, nil
}

func isRegularOrLink(name string) bool {
	stat, err := os.Lstat(name)
	return err == nil && (stat.Mode().IsRegular() || stat.Mode().Type() == fs.ModeSymlink)
}

func sameFolder(a, b string) bool {
	statA, errA := os.Stat(a)
	statB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(statA, statB)
}

// indexPath returns the path of the index file that is in force.
func (g *Git) indexPath(at location) string {
	set := lookup(g.callerEnvironment(), "GIT_INDEX_FILE")
	switch {
	case set == "":
		return filepath.Join(at.gitDir, "index")
	case filepath.IsAbs(set):
		return set
	default:
		// Git goes to the top level before it opens the index.
		return filepath.Join(at.top, set)
	}
}
