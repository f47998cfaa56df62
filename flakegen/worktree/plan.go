package worktree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/flakegen/flakegen/flakegen/generate"
)

// Action is what a plan does to a file.
type Action string

const (
	Create Action = "create"
	Update Action = "update"
	Remove Action = "remove"
)

// Change is one file that a plan writes or removes.
type Change struct {
	Action Action
	Path   string
	// Tree and Rendered are the bytes before and after; nil where there is no
	// file, or where it is too large to be shown.
	Tree     []byte
	Rendered []byte

	real string // Path when symbolic links are followed
}

// Diff returns the change as [Finding.Diff] does.
func (c Change) Diff() string { return unified(c.Path, "in the tree", c.Tree, c.Rendered) }

// Plan is what has to be written to make the files on disk like the rendering.
type Plan struct {
	// Changes are sorted by path.
	Changes []Change
	// Unchanged are the paths of the files that are as rendered, sorted.
	Unchanged []string
	// Obstacles, sorted by path, keep the plan from being applied: foreign files
	// and blocked folders.
	Obstacles []Finding

	comparison *Comparison
	force      bool
	rendered   []string // the real paths of all rendered files
	leftovers  []string // temporary files of a run that was killed
}

// Plan says what has to be written, without writing. With force, files without
// the marker line are overwritten; no other obstacle is overcome. Staged is nil.
func (c *Comparison) Plan(ctx context.Context, force bool) (*Plan, error) {
	if c.Staged != nil {
		panic("worktree: the index is not rendered into")
	}
	s, err := c.survey(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	p := &Plan{comparison: c, force: force}
	for _, seen := range s.sights {
		p.rendered = append(p.rendered, seen.real)
		switch {
		case seen.err != nil:
			p.Obstacles = append(p.Obstacles, c.inTheWay(seen))
		case !seen.there:
			p.change(Create, seen)
		case seen.same:
			p.Unchanged = append(p.Unchanged, seen.file.Path)
		case seen.marked || force:
			p.change(Update, seen)
		default:
			p.Obstacles = append(p.Obstacles, c.foreign(seen))
		}
	}
	for _, name := range s.orphans {
		content, err := s.orphanContent(name)
		if err != nil {
			return nil, err
		}
		p.Changes = append(p.Changes, Change{Action: Remove, Path: name, Tree: content, real: name})
	}
	p.leftovers = s.leftovers()
	if err := p.findUnwritable(); err != nil {
		return nil, err
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortStableFunc(p.Obstacles, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) })
	return p, nil
}

func (p *Plan) change(action Action, seen sight) {
	p.Changes = append(p.Changes, Change{
		Action: action, Path: seen.file.Path, real: seen.real,
		Tree: seen.content, Rendered: seen.file.Content,
	})
}

// findUnwritable adds the folders in which something would have to be made or
// removed and cannot be.
func (p *Plan) findUnwritable() error {
	if len(p.Changes) == 0 {
		return nil
	}
	root, err := os.OpenRoot(p.comparison.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	asked := map[string]bool{}
	for _, change := range p.Changes {
		name, dir, err := deepestFolder(root, path.Dir(change.real))
		if err != nil {
			return err
		}
		if !asked[name] {
			asked[name] = true
			// Asking beats trying: all obstacles are told at once, and nothing
			// has been made that would have to be taken back. Without a flag the
			// kernel is asked; with one x/sys guesses from the mode where the
			// kernel says EPERM, as it does for an immutable folder.
			err = unix.Faccessat(int(dir.Fd()), ".", unix.W_OK|unix.X_OK, 0)
			if err != nil {
				p.Obstacles = append(p.Obstacles, p.comparison.unwritable(name, err))
			}
		}
		_ = dir.Close() // opened for reading only
	}
	return nil
}

// deepestFolder opens dir, or the closest folder above it that exists.
func deepestFolder(root *os.Root, dir string) (string, *os.File, error) {
	for {
		file, err := root.Open(dir)
		if err == nil || !errors.Is(err, fs.ErrNotExist) || dir == "." {
			return dir, file, err
		}
		dir = path.Dir(dir)
	}
}

// leftovers returns the temporary files that a killed run left in the folders of
// rendered files: ".NAME.nix" and digits, with the beginning of a rendered file.
func (s *survey) leftovers() []string {
	var found []string
	for _, f := range s.folders {
		for _, name := range f.names {
			stem := strings.TrimRight(name, "0123456789")
			full := path.Join(f.real, name)
			if stem == name || !strings.HasPrefix(name, ".") || !f.entries[name].Type().IsRegular() ||
				!couldBeRendered(path.Join(f.real, stem)) {
				continue
			}
			first, err := beginning(s.tree, full)
			if err == nil && (marked(first) || strings.HasPrefix(generate.Marker, string(first))) {
				found = append(found, full)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// BlockedError says that a plan has obstacles. Nothing was written.
type BlockedError struct {
	Obstacles []Finding
}

func (e *BlockedError) Error() string {
	summaries := make([]string, len(e.Obstacles))
	for i, obstacle := range e.Obstacles {
		summaries[i] = obstacle.Summary
	}
	return fmt.Sprintf("nothing was written: %s", strings.Join(summaries, "; "))
}
