package gitcmd

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Hook is a hook of the repository.
type Hook struct {
	// Path is where git looks for it, absolute. In a linked work tree that is the
	// folder of the first one, and with core.hooksPath another one altogether.
	Path string
	// Moved says that core.hooksPath is set.
	Moved bool
	// There says that a file is there, Executable that git would run it.
	There, Executable bool
	// Text is how it begins, empty where it cannot be read.
	Text string
}

// maxHookText is more than what tells one hook from another.
const maxHookText = 64 << 10

// Hook looks at a hook, such as pre-commit.
func (g *Git) Hook(ctx context.Context, name string) (Hook, error) {
	out, err := g.output(ctx, nil, "rev-parse", "--git-path", "hooks/"+name)
	if err != nil {
		return Hook{}, err
	}
	h := Hook{Path: strings.TrimSuffix(string(out), "\n")}
	if !filepath.IsAbs(h.Path) {
		h.Path = filepath.Join(g.Dir, h.Path)
	}
	if h.Path, err = filepath.Abs(h.Path); err != nil {
		return Hook{}, err
	}
	set, err := g.output(ctx, nil, "config", "--get", "core.hooksPath")
	var failed *Error
	if err != nil && !(errors.As(err, &failed) && failed.ExitCode == 1) { // 1: it is not set
		return Hook{}, err
	}
	h.Moved = err == nil && strings.TrimSpace(string(set)) != ""
	info, err := os.Stat(h.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return h, nil
	case err != nil:
		return Hook{}, err
	case !info.Mode().IsRegular():
		return h, nil
	}
	h.There, h.Executable = true, info.Mode()&0o111 != 0
	if file, err := os.Open(h.Path); err == nil {
		defer file.Close()
		text, err := io.ReadAll(io.LimitReader(file, maxHookText))
		if err == nil {
			h.Text = string(text)
		}
	}
	return h, nil
}
