package gitcmd_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
	"github.com/flakegen/flakegen/internal/require"
)

// at asks about a folder of a repository.
func at(r *gittest.Repository, dir string) *gitcmd.Git {
	return &gitcmd.Git{Dir: r.Path(dir), Cwd: r.Dir, Env: r.Env}
}

func TestTopLevel(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("sub/folder/file", "")
	top, err := at(r, "sub/folder").TopLevel(t.Context())
	if err != nil || top != r.Dir {
		t.Errorf("TopLevel() = %q, %v; want %q", top, err, r.Dir)
	}
}

func TestAbove(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("sub/folder/file", "")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(r.Dir, link); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{r.Path("sub/folder"): r.Dir, r.Dir: "", link: "", t.TempDir(): "", r.Path("absent"): ""} {
		if got := (&gitcmd.Git{Dir: dir, Env: r.Env}).Above(); got != want {
			t.Errorf("above %s: %q, want %q", dir, got, want)
		}
	}
}

func TestNoRepository(t *testing.T) {
	t.Parallel()
	g := &gitcmd.Git{Dir: t.TempDir(), Env: gittest.Environment(t.TempDir())}
	_, err := g.TopLevel(t.Context())
	if !errors.Is(err, gitcmd.ErrNoRepository) {
		t.Errorf("TopLevel() outside of a repository: %v", err)
	}
	var failed *gitcmd.Error
	if !errors.As(err, &failed) || failed.ExitCode != 128 || failed.Args[0] != "rev-parse" {
		t.Errorf("the error is %#v", err)
	}
	if _, err := g.Tree(t.Context(), "HEAD"); !errors.Is(err, gitcmd.ErrNoRepository) {
		t.Errorf("Tree() outside of a repository: %v", err)
	}
	if _, err := g.Index(t.Context()); !errors.Is(err, gitcmd.ErrNoRepository) {
		t.Errorf("Index() outside of a repository: %v", err)
	}
}

// A repository that git refuses is not the same as none.
func TestDubiousOwnership(t *testing.T) {
	t.Parallel()
	require.Root(t) // to give a folder away
	r := gittest.New(t)
	if err := os.Chown(r.Dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	_, err := at(r, ".").TopLevel(t.Context())
	if err == nil || errors.Is(err, gitcmd.ErrNoRepository) || !strings.Contains(err.Error(), "dubious ownership") {
		t.Errorf("TopLevel() in another user's repository: %v", err)
	}
}

func TestNoProgram(t *testing.T) {
	t.Parallel()
	g := &gitcmd.Git{Dir: t.TempDir(), Program: "no-such-git"}
	if _, err := g.Known(t.Context()); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("Known() without git: %v", err)
	}
	if _, err := g.Tree(t.Context(), "HEAD"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("Tree() without git: %v", err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("file", "content")
	r.Commit()
	ctx, cancel := context.WithCancel(t.Context())
	tree, err := at(r, ".").Tree(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.ReadFile("file"); err != nil {
		t.Fatal(err)
	}
	cancel()
	done := make(chan error)
	go func() {
		var err error
		for err == nil { // until the processes have ended
			_, err = tree.ReadFile("file")
		}
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ReadFile() after cancel: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the processes outlive their context")
	}
}

// What git says may quote the repository, and goes to a terminal.
func TestErrorIsPrintable(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "\x1b[31mred")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: \x1b[2Jnowhere\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := (&gitcmd.Git{Dir: dir, Env: gittest.Environment(dir)}).TopLevel(t.Context())
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Fatalf("the error does not quote git: %v", err)
	}
	if strings.ContainsRune(err.Error(), '\x1b') {
		t.Errorf("an escape character in %q", err)
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("b.nix", "")
	r.Write("sub/a.nix", "")
	r.Write("sub/*.nix", "")
	r.Commit()
	r.Write("sub/announced.nix", "x")
	r.Git("add", "--intent-to-add", "sub/announced.nix")
	r.Write("sub/unknown.nix", "")

	known, err := at(r, "sub").Known(t.Context())
	if want := []string{"*.nix", "a.nix", "announced.nix"}; err != nil || !slices.Equal(known, want) {
		t.Errorf("Known() = %q, %v; want %q", known, err, want)
	}
}

func TestIgnored(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write(".gitignore", "*.nix\n")
	r.Write("known.nix", "")
	r.Commit()
	g := at(r, ".")
	g.Env = append(slices.Clone(g.Env), "GIT_LITERAL_PATHSPECS=1")
	ignored, err := g.Ignored(t.Context(), []string{"known.nix", "new.nix", "new.txt", ":(top)new.nix", "*.txt"})
	if want := []string{"new.nix", ":(top)new.nix"}; err != nil || !slices.Equal(ignored, want) {
		t.Errorf("Ignored() = %q, %v; want %q", ignored, err, want)
	}
	ignored, err = g.Ignored(t.Context(), []string{"new.txt"})
	if err != nil || ignored != nil {
		t.Errorf("Ignored() = %q, %v; want none", ignored, err)
	}
}

// The configuration of a repository must not run anything.
func TestHostileConfiguration(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("file", "content")
	r.Write(".gitattributes", "* filter=bad diff=bad\n")
	r.Commit()
	ran := r.Path("ran")
	bad := "touch " + ran + "; false"
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "pager.ls-files", "pager.cat-file",
		"filter.bad.clean", "filter.bad.smudge", "diff.bad.textconv", "diff.bad.command",
		"core.sshCommand", "core.editor",
	} {
		r.Git("config", key, bad)
	}
	for _, hook := range []string{"post-index-change", "fsmonitor-watchman"} {
		r.Write(".git/hooks/"+hook, "#!/bin/sh\n"+bad+"\n")
		if err := os.Chmod(r.Path(".git/hooks/"+hook), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	g := at(r, ".")
	tree, err := g.Tree(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	index, err := g.Index(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*gitcmd.FS{tree, index} {
		if content, err := f.ReadFile("file"); err != nil || string(content) != "content" {
			t.Errorf("ReadFile() = %q, %v", content, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := g.Known(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := g.Ignored(t.Context(), []string{"file", "other"}); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(ran); err == nil {
		t.Error("the configuration of the repository ran a program")
	}
}

// runInHook commits with a pre-commit hook that prints its environment, and
// returns the environment and folder that the hook saw.
func runInHook(t *testing.T, r *gittest.Repository, dir string, commit ...string) (env []string, cwd string) {
	t.Helper()
	hook := filepath.Join(strings.TrimSuffix(r.Git("-C", dir, "rev-parse", "--path-format=absolute", "--git-common-dir"), "\n"), "hooks", "pre-commit")
	seen := filepath.Join(t.TempDir(), "seen")
	// The index of the commit is gone after it: keep what the hook saw.
	script := "#!/bin/sh\n{ pwd; env; } > '" + seen + "'\ncp \"$GIT_INDEX_FILE\" '" + seen + ".index'\nexit 1\n"
	if err := os.WriteFile(hook, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("git", append([]string{"-C", dir}, commit...)...)
	cmd.Dir, cmd.Env = r.Dir, r.Env
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Fatalf("the hook did not refuse:\n%s", out)
	}
	content, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	return append(lines[1:], "GIT_INDEX_FILE="+seen+".index"), lines[0]
}

// In a hook the truth is where the environment says, in every kind of commit and
// for a root below the top level too.
func TestHookEnvironment(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("sub/spec", "old")
	r.Write("sub/other", "old")
	r.Write("top", "old")
	r.Commit()
	linked := filepath.Join(filepath.Dir(r.Dir), "linked")
	r.Git("worktree", "add", "--quiet", linked)

	for _, tree := range []string{r.Dir, linked} {
		for name, commit := range map[string][]string{
			"all":  {"commit", "--all", "--message", "x"},
			"file": {"commit", "--message", "x", "sub/spec"},
		} {
			t.Run(filepath.Base(tree)+"/"+name, func(t *testing.T) {
				if err := os.WriteFile(filepath.Join(tree, "sub/spec"), []byte("new"), 0o644); err != nil {
					t.Fatal(err)
				}
				env, cwd := runInHook(t, r, tree, commit...)
				g := &gitcmd.Git{Dir: filepath.Join(cwd, "sub"), Cwd: cwd, Env: env}
				index, err := g.Index(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer index.Close()
				if content, err := index.ReadFile("spec"); err != nil || string(content) != "new" {
					t.Errorf("the staged spec is %q, %v", content, err)
				}
				known, err := g.Known(t.Context())
				if want := []string{"other", "spec"}; err != nil || !slices.Equal(known, want) {
					t.Errorf("Known() = %q, %v; want %q", known, err, want)
				}
				if peeked, err := peek(g); err != nil || !slices.Equal(peeked, known) {
					t.Errorf("PeekIndex() = %q, %v; want %q", peeked, err, known)
				}
				head, err := g.Tree(t.Context(), "HEAD")
				if err != nil {
					t.Fatal(err)
				}
				defer head.Close()
				if content, err := head.ReadFile("spec"); err != nil || string(content) != "old" {
					t.Errorf("the committed spec is %q, %v", content, err)
				}
			})
		}
	}
}

func TestPartialCommit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		index string
		want  bool
	}{
		{"", false},
		{".git/index", false},
		{"/r/.git/index.lock", false},
		{"/r/.git/next-index-4711.lock", true},
	} {
		g := &gitcmd.Git{Env: []string{"GIT_INDEX_FILE=" + test.index}}
		if got := g.PartialCommit(); got != test.want {
			t.Errorf("PartialCommit() with GIT_INDEX_FILE=%s is %v", test.index, got)
		}
	}
}
