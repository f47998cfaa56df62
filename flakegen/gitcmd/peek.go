package gitcmd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// PeekIndex calls visit for each file below the folder that git knows, without
// starting git: it finds the index file, as the environment has it, and reads it.
// Path is relative to the folder and valid during the call only. A file in
// conflict is visited up to three times; submodules are not.
//
// The error is [ErrNoRepository] where there is no repository. After any other
// error the visits say nothing, and git is to be asked ([Git.Known]): the index
// may be split or sparse, or of a format that this program does not know.
func (g *Git) PeekIndex(visit func(path []byte, mode fs.FileMode)) error {
	at, err := g.locate()
	if err != nil {
		return err
	}
	prefix, err := prefixBelow(at.top, g.Dir)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(g.indexPath(at))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was ever added
	}
	if err != nil {
		return err
	}
	return readIndexFile(data, func(path []byte, mode uint32) {
		if mode == modeSubmodule || len(path) <= len(prefix) || string(path[:len(prefix)]) != prefix {
			return
		}
		visit(path[len(prefix):], (&node{mode: mode}).fileMode())
	})
}

// prefixBelow returns what the paths of files in dir begin with, seen from top:
// "" or "sub/folder/".
func prefixBelow(top, dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	relative, err := filepath.Rel(top, dir)
	if err != nil || relative == "." {
		return "", err
	}
	return strings.TrimSuffix(filepath.ToSlash(relative), "/") + "/", nil
}
