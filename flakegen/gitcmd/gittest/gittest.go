// Package gittest makes real git repositories for tests.
package gittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// Repository is a repository of a test, in a folder that ends with the test.
type Repository struct {
	// Dir is the top level of the work tree, a real path.
	Dir string
	// Env is an environment in which git knows an author and no configuration
	// of the machine, and which owes nothing to a hook that may run the test.
	Env []string

	t testing.TB
}

// New makes an empty repository, with the arguments for git init.
func New(t testing.TB, args ...string) *Repository {
	t.Helper()
	require.Program(t, "git")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &Repository{Dir: filepath.Join(dir, "repository"), Env: Environment(filepath.Join(dir, "home")), t: t}
	if err := os.Mkdir(r.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.Git(append([]string{"init", "--quiet", "--initial-branch=main"}, args...)...)
	return r
}

// Environment returns the environment of a [Repository] with the given HOME.
func Environment(home string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + home,
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org",
	}
}

// Git runs git in the repository and returns what it printed.
func (r *Repository) Git(args ...string) string {
	r.t.Helper()
	return r.Feed("", args...)
}

// Feed runs git in the repository with the given standard input.
func (r *Repository) Feed(stdin string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = r.Dir, r.Env, strings.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}

// Path returns the path of a file of the repository.
func (r *Repository) Path(name string) string {
	return filepath.Join(r.Dir, filepath.FromSlash(name))
}

// Write writes a file and makes the folders above it.
func (r *Repository) Write(name, content string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.Path(name)), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.Path(name), []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// Symlink makes a symbolic link with the given text.
func (r *Repository) Symlink(text, name string) {
	r.t.Helper()
	if err := os.Symlink(text, r.Path(name)); err != nil {
		r.t.Fatal(err)
	}
}

// Commit commits everything in the work tree.
func (r *Repository) Commit() {
	r.t.Helper()
	r.Git("add", "--all", "--force")
	r.Git("commit", "--quiet", "--allow-empty", "--message", "Change")
}
