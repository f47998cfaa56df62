package worktree_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

// mark returns the content of a rendered file with the given second line.
func mark(body string) string { return generate.Marker + "\n" + body + "\n" }

// render stands for the rendering of a spec: a file a line, "PATH BODY".
func render(spec string) []generate.File {
	var files []generate.File
	for line := range strings.Lines(spec) {
		name, body, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		files = append(files, generate.File{Path: name, Content: []byte(mark(body))})
	}
	return files
}

// readSpec renders the spec of a tree. The specs of these tests are the lists that
// render takes.
func readSpec(tree *gitcmd.FS) ([]generate.File, error) {
	spec, err := tree.ReadFile("flakegen.hcl")
	return render(string(spec)), err
}

// compare returns the comparison that the commands make: the spec on disk against
// the files on disk.
func compare(r *gittest.Repository, dir string) *worktree.Comparison {
	spec, err := os.ReadFile(filepath.Join(r.Path(dir), "flakegen.hcl"))
	if err != nil {
		panic(err)
	}
	git := &gitcmd.Git{Dir: r.Path(dir), Cwd: r.Dir, Env: r.Env}
	return &worktree.Comparison{
		Dir:   r.Path(dir),
		Files: render(string(spec)),
		Git:   git,
		Head:  head(git),
	}
}

func head(git *gitcmd.Git) func(context.Context) ([]generate.File, error) {
	return func(ctx context.Context) ([]generate.File, error) {
		tree, err := git.Tree(ctx, "HEAD")
		if err != nil {
			return nil, err
		}
		defer tree.Close()
		return readSpec(tree)
	}
}

// compareStaged returns the comparison of the hook: the staged spec against the
// staged files.
func compareStaged(t *testing.T, r *gittest.Repository, dir string) *worktree.Comparison {
	t.Helper()
	git := &gitcmd.Git{Dir: r.Path(dir), Cwd: r.Dir, Env: r.Env}
	staged, err := git.Index(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { staged.Close() })
	files, err := readSpec(staged)
	if err != nil {
		t.Fatal(err)
	}
	return &worktree.Comparison{Dir: r.Path(dir), Files: files, Staged: staged, Git: git, Head: head(git)}
}

// check returns the findings as lines of "KIND PATH: REMEDY".
func check(t *testing.T, c *worktree.Comparison) []string {
	t.Helper()
	findings, err := c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, f := range findings {
		if f.Summary == "" || f.Detail == "" || f.Remedy == "" {
			t.Errorf("a finding without words: %+v", f)
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", f.Kind, f.Path, f.Remedy))
	}
	return lines
}

func wantLines(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("findings\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// project makes a repository with a spec, as rendered and committed.
func project(t testing.TB) *gittest.Repository {
	r := gittest.New(t)
	spec := "flake.nix flake\nnix/rts.nix rts\n"
	r.Write("flakegen.hcl", spec)
	for _, file := range render(spec) {
		r.Write(file.Path, string(file.Content))
	}
	r.Commit()
	return r
}

// TestMain lets the test binary be run again as the process that a test kills,
// or that has fewer rights: see [child].
func TestMain(m *testing.M) {
	if name := os.Getenv(childVariable); name != "" {
		children[name](os.Args[1:])
		os.Exit(0)
	}
	os.Exit(m.Run())
}
