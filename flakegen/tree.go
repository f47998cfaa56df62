package flakegen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

// Comparison holds a rendering against the files on disk.
func (p *Project) Comparison(r *generate.Rendering) *worktree.Comparison {
	git := p.git()
	return &worktree.Comparison{
		Dir:   p.Root,
		Files: r.Files,
		Git:   git,
		From:  p.From,
		Head:  func(ctx context.Context) ([]generate.File, error) { return filesAt(ctx, git, "HEAD") },
	}
}

// Above gives the top of the repository where the spec stands below it, or "". No
// process is started.
func (p *Project) Above() string { return p.git().Above() }

func (p *Project) git() *gitcmd.Git { return &gitcmd.Git{Dir: p.Root, Env: p.Env, Cwd: p.Folder} }

// filesAt renders the spec of a commit.
func filesAt(ctx context.Context, git *gitcmd.Git, revision string) (_ []generate.File, err error) {
	tree, err := git.Tree(ctx, revision)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tree.Close()) }()
	r, err := generate.Tree(tree)
	if err != nil {
		return nil, err
	}
	if r.Diagnostics.HasErrors() {
		return nil, fmt.Errorf("the spec of %s: %w", revision, r.Diagnostics)
	}
	return r.Files, nil
}

// ErrNotStaged says that the next commit has no spec.
var ErrNotStaged = errors.New("the index of git has no spec")

// Staged renders the spec of the next commit, which the index of git holds. The
// comparison holds it against the files of that commit. Close ends the process
// that reads the index; the comparison must not be used after it.
func (p *Project) Staged(ctx context.Context) (r *generate.Rendering, c *worktree.Comparison, close func() error, err error) {
	git := p.git()
	index, err := git.Index(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	r, err = generate.Tree(index)
	if err != nil {
		err = errors.Join(err, index.Close())
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %w", ErrNotStaged, err)
		}
		return nil, nil, nil, err
	}
	c = p.Comparison(r)
	c.Staged = index
	return r, c, index.Close, nil
}
