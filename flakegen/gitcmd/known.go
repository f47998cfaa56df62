package gitcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Known returns the files below the folder that git knows, sorted.
func (g *Git) Known(ctx context.Context) ([]string, error) {
	out, err := g.output(ctx, nil, "ls-files", "--cached", "-z")
	if err != nil {
		return nil, err
	}
	names := splitNUL(out)
	slices.Sort(names)
	return slices.Compact(names), nil // an unmerged file is there up to three times
}

// Ignored returns those of the paths that git does not know and would not add,
// because a .gitignore or its like names them.
func (g *Git) Ignored(ctx context.Context, paths []string) ([]string, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	var stdin bytes.Buffer
	for _, path := range paths {
		// A path is a pattern for git where it begins with a colon.
		fmt.Fprintf(&stdin, "./%s\x00", path)
	}
	out, err := g.output(ctx, stdin.Bytes(), "check-ignore", "--stdin", "-z")
	var failed *Error
	if errors.As(err, &failed) && failed.ExitCode == 1 {
		return nil, nil // none of them
	}
	ignored := splitNUL(out)
	for i, path := range ignored {
		ignored[i] = strings.TrimPrefix(path, "./")
	}
	return ignored, err
}

func splitNUL(out []byte) []string {
	text := strings.TrimSuffix(string(out), "\x00")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\x00")
}
