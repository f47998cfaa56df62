package worktree

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
)

// Comparison is a rendering and the tree that it is held against.
type Comparison struct {
	// Dir is the folder of the spec on disk. The paths of files and findings are
	// relative to it, with slashes.
	Dir string
	// Files is the rendering of the spec, as the tree has that.
	Files []generate.File
	// Staged is the tree where that is the index of git: the next commit. Nil
	// means the files on disk.
	Staged *gitcmd.FS
	// Git answers what git knows. Nil means that nobody does: then nothing is
	// untracked and orphans are found beside rendered files only.
	Git *gitcmd.Git
	// Head renders the spec of the last commit. It is called at most once, and
	// only if something drifted. Nil, or an error, means that stale cannot be
	// told from edited.
	Head func(context.Context) ([]generate.File, error)
	// From is how the user's folder names Dir, for the commands in remedies:
	// with "sub" they begin `flakegen -C sub`. Empty means that the user is
	// there.
	From string
}

// Check returns the differences, sorted by path; none means that the tree is as
// the spec renders it. It fails where the tree or the index cannot be read.
func (c *Comparison) Check(ctx context.Context) ([]Finding, error) {
	s, err := c.survey(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	v := verdicts{comparison: c}
	defer v.close()

	findings := []Finding{}
	for _, seen := range s.sights {
		switch {
		case seen.err != nil:
			findings = append(findings, c.inTheWay(seen))
		case !seen.there, c.Staged != nil && seen.size == 0 && !seen.same:
			findings = append(findings, c.missing(seen))
		case !seen.marked:
			findings = append(findings, c.foreign(seen))
		case !seen.same:
			finding, err := v.drift(ctx, seen)
			if err != nil {
				return nil, err
			}
			findings = append(findings, finding)
		}
	}
	for _, name := range s.orphans {
		content, err := s.orphanContent(name)
		if err != nil {
			return nil, err
		}
		findings = append(findings, c.orphan(name, content))
	}
	ignored := c.ignored(ctx, s.untracked)
	for _, name := range s.untracked {
		findings = append(findings, c.untracked(name, ignored[name]))
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Path, b.Path) })
	return findings, nil
}

// survey is what a comparison sees without asking which side moved.
type survey struct {
	tree      fs.FS
	folders   map[string]*folder
	sights    []sight  // one a rendered file, in the order of the paths
	orphans   []string // real paths, sorted
	untracked []string // real paths of marked rendered files, sorted
	close     func()
}

func (c *Comparison) survey(ctx context.Context) (_ *survey, err error) {
	if err := checkPaths(c.Files); err != nil {
		return nil, err
	}
	s := &survey{close: func() {}}
	if c.Staged != nil {
		s.tree = c.Staged
	} else {
		disk, err := openDisk(c.Dir)
		if err != nil {
			return nil, err
		}
		s.tree, s.close = disk, disk.close
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.folders, err = readFolders(s.tree, c.Files); err != nil {
		return nil, err
	}
	for _, file := range c.Files {
		seen, err := look(s.tree, s.folders, file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", display(file.Path), err)
		}
		s.sights = append(s.sights, seen)
	}
	slices.SortFunc(s.sights, func(a, b sight) int { return cmp.Compare(a.file.Path, b.file.Path) })

	var known knowledge
	if c.Staged != nil {
		known, err = stagedFiles(c.Staged)
	} else {
		known, err = c.knownFiles(ctx, s.ours())
	}
	if err != nil {
		return nil, err
	}
	s.untracked = known.untracked
	s.orphans, err = s.findOrphans(known.candidates, known.specs)
	return s, err
}

// ours returns the real paths of the marked files that are rendered.
func (s *survey) ours() []string {
	var paths []string
	for _, seen := range s.sights {
		if seen.there && seen.marked {
			paths = append(paths, seen.real)
		}
	}
	return paths
}
