package gitcmd

import (
	"context"
	"errors"
	"os"
	"strings"
)

// Checkout is what a work tree holds.
type Checkout struct {
	// Top is the folder of the work tree.
	Top string
	// Remote is the address that it is fetched from, as the configuration has it,
	// which may hold a password: that of origin, else that of the first remote; empty
	// where there is none.
	Remote string
	// Commit is the id of the commit that is checked out; empty where there is none.
	Commit string
	// Dirty says that files which git knows differ from the commit.
	Dirty bool
}

// Checkout asks what the work tree around the folder holds. It starts two or
// three processes, one of which reads what has changed; it is for asking while something
// else runs. The error is [ErrNoRepository] where there is none.
func (g *Git) Checkout(ctx context.Context) (Checkout, error) {
	top, err := g.PeekTopLevel()
	switch {
	case errors.Is(err, ErrNoRepository):
		return Checkout{}, err
	case err != nil:
		if top, err = g.TopLevel(ctx); err != nil {
			return Checkout{}, err
		}
	}
	c := Checkout{Top: top}
	if c.Remote, err = g.Remote(ctx); err != nil {
		return c, err
	}
	out, err := g.output(ctx, nil, "status", "--porcelain=v2", "--branch", "--untracked-files=no", "-z")
	if err != nil {
		return c, err
	}
	for field := range strings.SplitSeq(string(out), "\x00") {
		switch id, isCommit := strings.CutPrefix(field, "# branch.oid "); {
		case isCommit && id != "(initial)":
			c.Commit = id
		case field != "" && !strings.HasPrefix(field, "#"):
			c.Dirty = true
		}
	}
	return c, nil
}

// Remote gives the address that the repository is fetched from, as
// [Checkout.Remote] has it.
func (g *Git) Remote(ctx context.Context) (string, error) {
	// Not `git remote get-url`, which follows url.X.insteadOf to a user's own address
	// with a user's own password.
	out, err := g.output(ctx, nil, "config", "--null", "--get-regexp", `^remote\..*\.url$`)
	var failed *Error
	if errors.As(err, &failed) && failed.ExitCode == 1 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	first := ""
	for entry := range strings.SplitSeq(string(out), "\x00") {
		key, address, _ := strings.Cut(entry, "\n")
		if key == "remote.origin.url" {
			return address, nil
		}
		if first == "" {
			first = address
		}
	}
	return first, nil
}

// Above gives the folder of the work tree where this one is below it, "" where it is
// that folder itself or in no work tree, without starting git.
func (g *Git) Above() string {
	top, err := g.PeekTopLevel()
	if err != nil {
		return ""
	}
	// By what they are: the names of both may hold symbolic links.
	whole, err := os.Stat(top)
	if err != nil {
		return ""
	}
	if here, err := os.Stat(g.Dir); err != nil || os.SameFile(whole, here) {
		return ""
	}
	return top
}

// PeekTopLevel gives the folder of the work tree without starting git. The error is
// [ErrNoRepository] where there is none; after any other git is to be asked.
func (g *Git) PeekTopLevel() (string, error) {
	at, err := g.locate()
	return at.top, err
}
