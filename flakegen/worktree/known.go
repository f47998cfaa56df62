package worktree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
)

// knowledge is what the index says about the folder of a spec.
type knowledge struct {
	untracked  []string // of the paths asked for, those that it does not have, sorted
	candidates []string // files that could be orphans by their name
	specs      []string // the files called specName
}

// specName is the file that makes a folder the root of a spec.
const specName = "flakegen.hcl"

// knownFiles asks the index about the given paths: first by reading the index
// file, and git itself where that does not settle it.
func (c *Comparison) knownFiles(ctx context.Context, paths []string) (knowledge, error) {
	if c.Git == nil {
		return knowledge{}, nil
	}
	peeked, peekErr := c.peek(paths)
	if peekErr == nil && len(peeked.untracked) == 0 {
		return peeked, nil
	}
	if errors.Is(peekErr, gitcmd.ErrNoRepository) {
		return knowledge{}, nil
	}
	names, err := c.Git.Known(ctx)
	switch {
	case err == nil:
		told := newNotes(paths)
		for _, name := range names {
			told.add([]byte(name), 0)
		}
		return told.knowledge(), nil
	case errors.Is(err, gitcmd.ErrNoRepository):
		return knowledge{}, nil
	case ctx.Err() == nil && peekErr == nil:
		return peeked, nil // git is not there to ask; the index file was
	default:
		return knowledge{}, fmt.Errorf("ask which files git knows: %w", err)
	}
}

func (c *Comparison) peek(paths []string) (knowledge, error) {
	seen := newNotes(paths)
	err := c.Git.PeekIndex(seen.add)
	return seen.knowledge(), err
}

// stagedFiles lists what could be an orphan in the index.
func stagedFiles(staged *gitcmd.FS) (knowledge, error) {
	seen := newNotes(nil)
	err := fs.WalkDir(staged, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			seen.add([]byte(name), entry.Type())
		}
		return err
	})
	return seen.knowledge(), err
}

// ignored returns those of the paths that git leaves aside unless it is forced.
func (c *Comparison) ignored(ctx context.Context, paths []string) map[string]bool {
	ignored := map[string]bool{}
	if len(paths) == 0 {
		return ignored
	}
	// Without an answer the remedy is a plain `git add`, which says so itself.
	names, _ := c.Git.Ignored(ctx, paths)
	for _, name := range names {
		ignored[name] = true
	}
	return ignored
}

// notes are taken while an index is read.
type notes struct {
	unseen map[string]bool
	known  knowledge
}

func newNotes(paths []string) *notes {
	n := &notes{unseen: make(map[string]bool, len(paths))}
	for _, name := range paths {
		n.unseen[name] = true
	}
	return n
}

func (n *notes) add(name []byte, mode fs.FileMode) {
	delete(n.unseen, string(name))
	if !mode.IsRegular() {
		return
	}
	switch {
	case strings.HasSuffix(string(name), specName):
		if path.Base(string(name)) == specName {
			n.known.specs = append(n.known.specs, string(name))
		}
	case couldBeRendered(string(name)):
		n.known.candidates = append(n.known.candidates, string(name))
	}
}

func (n *notes) knowledge() knowledge {
	for name := range n.unseen {
		n.known.untracked = append(n.known.untracked, name)
	}
	slices.Sort(n.known.untracked)
	return n.known
}
