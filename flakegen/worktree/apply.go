package worktree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/google/renameio/v2"
)

// Result is what applying a plan did. The paths are sorted.
type Result struct {
	Written   []string // created or updated
	Removed   []string
	Unchanged []string
	// Untracked are the rendered files that git does not know yet: Nix does not
	// see them before the commands in Remedies have added them.
	Untracked []string
	Remedies  []string
}

// Apply writes what differs and removes orphans. Every file is written whole or
// not at all, and is at every moment the old or the new one; its mode stays. All
// files are written out and synced under another name before the first is put in
// its place, so that a full disk or an interrupt changes nothing. The result holds
// what was done also if an error came in between.
//
// Runs in one folder wait for each other. A plan with obstacles is refused by a
// [BlockedError].
func (p *Plan) Apply(ctx context.Context) (Result, error) {
	if len(p.Obstacles) > 0 {
		return Result{}, &BlockedError{Obstacles: p.Obstacles}
	}
	result := Result{Unchanged: p.Unchanged}
	if len(p.Changes)+len(p.leftovers) > 0 {
		if err := p.write(ctx, &result); err != nil {
			return result, err
		}
	}
	err := p.askGit(ctx, &result)
	return result, err
}

func (p *Plan) write(ctx context.Context, result *Result) error {
	root, err := os.OpenRoot(p.comparison.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	held, err := lock(ctx, root)
	if err != nil {
		return err
	}
	defer held.unlock()
	if p, err = p.again(ctx); err != nil {
		return err
	}
	result.Unchanged = p.Unchanged
	if err := p.removeLeftovers(root, held); err != nil {
		return err
	}
	s := staging{root: root, opened: map[string]*os.Root{}}
	defer s.discard()
	for _, change := range p.Changes {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if change.Action == Remove {
			continue
		}
		if err := s.write(change); err != nil {
			return fmt.Errorf("write %s: %w", display(change.Path), err)
		}
	}
	return s.commit(p.Changes, result)
}

// again makes the plan anew, under the lock: another run may have written since it was
// made, and what is left of that plan would mix the two.
func (p *Plan) again(ctx context.Context) (*Plan, error) {
	now, err := p.comparison.Plan(ctx, p.force)
	if err != nil {
		return nil, err
	}
	if len(now.Obstacles) > 0 {
		return nil, &BlockedError{Obstacles: now.Obstacles}
	}
	return now, nil
}

// removeLeftovers removes what killed runs left behind. Under the lock nobody can
// be writing them.
func (p *Plan) removeLeftovers(root *os.Root, held *heldLock) error {
	if held == nil {
		return nil
	}
	for _, name := range p.leftovers {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// askGit notes which rendered files git does not know yet.
func (p *Plan) askGit(ctx context.Context, result *Result) error {
	c := p.comparison
	known, err := c.knownFiles(ctx, p.rendered)
	if err != nil {
		return err
	}
	result.Untracked = known.untracked
	ignored := c.ignored(ctx, known.untracked)
	var findings []Finding
	for _, name := range known.untracked {
		findings = append(findings, c.untracked(name, ignored[name]))
	}
	result.Remedies = c.Remedies(findings)
	return nil
}

// staging holds files that are written and synced under another name, and knows
// how to take that back. renameio keeps each open until it is in its place.
type staging struct {
	root    *os.Root
	files   []staged
	opened  map[string]*os.Root // the folders that the files are in
	made    []string            // the folders made for them, the outer ones first
	settled bool                // a file is in its place
}

type staged struct {
	path    string
	pending *renameio.PendingFile
}

func (s *staging) write(change Change) error {
	folder, err := s.open(path.Dir(change.real))
	if err != nil {
		return err
	}
	pending, err := renameio.NewPendingFile(path.Base(change.real), renameio.WithRoot(folder),
		renameio.WithPermissions(0o644), renameio.WithExistingPermissions())
	if err != nil {
		return err
	}
	s.files = append(s.files, staged{path: change.Path, pending: pending})
	if _, err := pending.Write(change.Rendered); err != nil {
		return err
	}
	return pending.Sync()
}

// open returns a folder as a root of its own, made if it is not there. renameio
// puts the temporary file into the root that it is given, and it has to lie in the
// folder of the file itself: a rename is atomic within a file system only.
func (s *staging) open(dir string) (*os.Root, error) {
	if folder := s.opened[dir]; folder != nil {
		return folder, nil
	}
	if err := s.makeFolder(dir); err != nil {
		return nil, err
	}
	folder, err := s.root.OpenRoot(dir)
	if err == nil {
		s.opened[dir] = folder
	}
	return folder, err
}

// makeFolder makes dir and those above it.
func (s *staging) makeFolder(dir string) error {
	err := s.root.Mkdir(dir, 0o755)
	switch {
	case err == nil:
		s.made = append(s.made, dir)
		return nil
	case errors.Is(err, fs.ErrExist) || dir == ".":
		return nil
	case errors.Is(err, fs.ErrNotExist):
		if err := s.makeFolder(path.Dir(dir)); err != nil {
			return err
		}
		return s.makeFolder(dir)
	default:
		return err
	}
}

// commit puts the files in their places and removes the orphans.
func (s *staging) commit(changes []Change, result *Result) error {
	for _, file := range s.files {
		if err := file.pending.CloseAtomicallyReplace(); err != nil {
			return fmt.Errorf("write %s: %w", display(file.path), err)
		}
		s.settled = true
		result.Written = append(result.Written, file.path)
	}
	for _, change := range changes {
		if change.Action != Remove {
			continue
		}
		if err := s.root.Remove(change.real); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s: %w", display(change.Path), err)
		}
		result.Removed = append(result.Removed, change.Path)
		s.removeEmpty(path.Dir(change.real))
	}
	return nil
}

// removeEmpty removes the folder of a file that is gone, and those above it, as far as
// nothing else is in them, as git does.
func (s *staging) removeEmpty(dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		info, err := s.root.Lstat(dir)
		if err != nil || !info.IsDir() || s.root.Remove(dir) != nil {
			return
		}
	}
}

// discard removes what is not in its place.
func (s *staging) discard() {
	// Nothing can be done about errors here; a later run removes what is left.
	for _, file := range s.files {
		_ = file.pending.Cleanup()
	}
	for _, folder := range s.opened {
		_ = folder.Close()
	}
	if s.settled {
		return
	}
	for _, dir := range slices.Backward(s.made) {
		_ = s.root.Remove(dir)
	}
}
