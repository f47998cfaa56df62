package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// obstruction is why a path cannot be that of a rendered file.
type obstruction struct {
	reason string
}

func (o *obstruction) Error() string { return o.reason }

func obstructed(format string, args ...any) error {
	return &obstruction{reason: fmt.Sprintf(format, args...)}
}

// maxLinks is how many symbolic links a path may lead through, as for the kernel.
const maxLinks = 40

// resolve returns the path that name leads to when its symbolic links are
// followed. What does not exist leads to itself. A path that leaves the tree, or
// leads through a file, is an [obstruction].
func resolve(tree fs.FS, name string) (string, error) {
	at := "." // resolved so far
	rest := strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		step := rest[0]
		rest = rest[1:]
		switch step {
		case "", ".":
			continue
		case "..":
			if at == "." {
				return "", obstructed("%s is a symbolic link that leaves the folder of the spec", display(name))
			}
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, step)
		stat, err := fs.Lstat(tree, next)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			// Below what does not exist is no link. Only ".." could still go up.
			return leadsOn(name, next, rest)
		case err != nil:
			return "", err
		case stat.Mode().Type() == fs.ModeSymlink:
			if links++; links > maxLinks {
				return "", obstructed("%s is a symbolic link that goes in circles", display(name))
			}
			target, err := fs.ReadLink(tree, next)
			if err != nil {
				return "", err
			}
			if path.IsAbs(target) {
				return "", obstructed("%s is an absolute symbolic link", display(next))
			}
			rest = append(strings.Split(target, "/"), rest...)
		case len(rest) > 0 && !stat.IsDir():
			return "", obstructed("%s is not a folder", display(next))
		default:
			at = next
		}
	}
	return at, nil
}

// leadsOn joins what is left of a path to a folder that does not exist.
func leadsOn(name, at string, rest []string) (string, error) {
	full := path.Join(append([]string{at}, rest...)...)
	if !fs.ValidPath(full) {
		return "", obstructed("%s is a symbolic link that leaves the folder of the spec", display(name))
	}
	return full, nil
}
