package worktree_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

// apply plans and applies.
func apply(t *testing.T, c *worktree.Comparison) worktree.Result {
	t.Helper()
	plan, err := c.Plan(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	result, err := plan.Apply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func wantResult(t *testing.T, got, want worktree.Result) {
	t.Helper()
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("result\n  %+q\nwant\n  %+q", got, want)
	}
}

func wantContent(t *testing.T, r *gittest.Repository, name, want string) {
	t.Helper()
	content, err := os.ReadFile(r.Path(name))
	if err != nil || string(content) != want {
		t.Errorf("%s holds %q, %v; want %q", name, content, err, want)
	}
}

// paths returns every file and folder below dir but .git, sorted.
func paths(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == ".git" {
			return fs.SkipDir
		}
		if name != dir {
			relative, _ := filepath.Rel(dir, name)
			names = append(names, relative)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestApply(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("nix/old.nix", mark("old"))
	r.Write("mine.nix", "{ }\n")
	r.Write("flakegen.hcl", "flake.nix flake\nnew/deep/file.nix new\nnix/rts.nix rts2\n")
	unchanged, err := os.Stat(r.Path("flake.nix"))
	if err != nil {
		t.Fatal(err)
	}

	c := compare(r, ".")
	plan, err := c.Plan(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, change := range plan.Changes {
		actions = append(actions, fmt.Sprintf("%s %s", change.Action, change.Path))
		if change.Diff() == "" {
			t.Errorf("%s has no diff", change.Path)
		}
	}
	if want := []string{"create new/deep/file.nix", "remove nix/old.nix", "update nix/rts.nix"}; !slices.Equal(actions, want) {
		t.Errorf("the plan is %q, want %q", actions, want)
	}
	wantContent(t, r, "nix/rts.nix", mark("rts")) // a plan writes nothing

	result, err := plan.Apply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantResult(t, result, worktree.Result{
		Written:   []string{"new/deep/file.nix", "nix/rts.nix"},
		Removed:   []string{"nix/old.nix"},
		Unchanged: []string{"flake.nix"},
		Untracked: []string{"new/deep/file.nix"},
		Remedies:  []string{"git add new/deep/file.nix"},
	})
	wantContent(t, r, "nix/rts.nix", mark("rts2"))
	wantContent(t, r, "mine.nix", "{ }\n")
	want := []string{"flake.nix", "flakegen.hcl", "mine.nix", "new", "new/deep", "new/deep/file.nix", "nix", "nix/rts.nix"}
	if got := paths(t, r.Dir); !slices.Equal(got, want) {
		t.Errorf("the tree holds %q, want %q", got, want)
	}
	if now, err := os.Stat(r.Path("flake.nix")); err != nil || !os.SameFile(now, unchanged) || now.ModTime() != unchanged.ModTime() {
		t.Errorf("a file that was as rendered was written: %v", err)
	}
	if stat, err := os.Stat(r.Path("new/deep/file.nix")); err != nil || stat.Mode() != 0o644&^umask() {
		t.Errorf("a new file has the mode %v, %v", stat.Mode(), err)
	}

	r.Git("add", ".")
	wantLines(t, check(t, compare(r, ".")), nil)
	wantResult(t, apply(t, compare(r, ".")), worktree.Result{Unchanged: []string{"flake.nix", "new/deep/file.nix", "nix/rts.nix"}})
}

func umask() fs.FileMode {
	mask := unix.Umask(0)
	unix.Umask(mask)
	return fs.FileMode(mask)
}

func TestApplyNamesWhatIsIgnored(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write(".gitignore", "/nix/\n")
	r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts\n")
	wantResult(t, apply(t, compare(r, ".")), worktree.Result{
		Written:   []string{"flake.nix", "nix/rts.nix"},
		Untracked: []string{"flake.nix", "nix/rts.nix"},
		Remedies:  []string{"git add flake.nix", "git add --force nix/rts.nix"},
	})
}

func TestApplyKeepsModes(t *testing.T) {
	t.Parallel()
	r := project(t)
	for name, mode := range map[string]fs.FileMode{"flake.nix": 0o600, "nix/rts.nix": 0o444} {
		if err := os.Chmod(r.Path(name), mode); err != nil {
			t.Fatal(err)
		}
	}
	r.Write("flakegen.hcl", "flake.nix flake2\nnix/rts.nix rts2\n")
	apply(t, compare(r, "."))
	for name, mode := range map[string]fs.FileMode{"flake.nix": 0o600, "nix/rts.nix": 0o444} {
		if stat, err := os.Stat(r.Path(name)); err != nil || stat.Mode() != mode {
			t.Errorf("%s has the mode %v, %v; want %v", name, stat.Mode(), err, mode)
		}
	}
	wantContent(t, r, "nix/rts.nix", mark("rts2"))
}

// All obstacles are told at once, and then nothing is written.
func TestObstacles(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("flakegen.hcl", "flake.nix flake2\na.nix a\nb.nix b\nc/c.nix c\nD/d.nix d\ne.nix e\n")
	r.Write("a.nix", "mine")
	r.Write("b.nix/x", "")
	r.Write("c", "a file")
	r.Write("d/x", "")
	r.Symlink("../e.nix", "e.nix")
	before := paths(t, r.Dir)

	c := compare(r, ".")
	plan, err := c.Plan(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	var blocked *worktree.BlockedError
	if _, err := plan.Apply(t.Context()); !errors.As(err, &blocked) {
		t.Fatalf("Apply() with obstacles: %v", err)
	}
	wantObstacles := func(obstacles []worktree.Finding, want ...string) {
		t.Helper()
		var names []string
		for _, o := range obstacles {
			names = append(names, o.Path)
		}
		if !slices.Equal(names, want) {
			t.Errorf("obstacles %q, want %q", names, want)
		}
	}
	wantObstacles(blocked.Obstacles, "D/d.nix", "a.nix", "b.nix", "c/c.nix", "e.nix")
	for _, o := range blocked.Obstacles {
		if !strings.Contains(blocked.Error(), o.Path) {
			t.Errorf("the error %q does not name %s", blocked, o.Path)
		}
	}
	if after := paths(t, r.Dir); !slices.Equal(before, after) {
		t.Errorf("the tree was %q and is %q", before, after)
	}
	wantContent(t, r, "flake.nix", mark("flake"))

	// Force overcomes a file, and nothing else.
	plan, err = c.Plan(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	wantObstacles(plan.Obstacles, "D/d.nix", "b.nix", "c/c.nix", "e.nix")
}

func TestForce(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("nix/rts.nix", "mine")
	plan, err := compare(r, ".").Plan(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantContent(t, r, "nix/rts.nix", mark("rts"))
}

// A link within the folder is written through; no other is.
func TestApplyThroughLinks(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Git("mv", "nix", "real")
	r.Git("mv", "real/rts.nix", "real/target.nix")
	r.Symlink("target.nix", "real/rts.nix")
	r.Symlink("real", "nix")
	r.Symlink("elsewhere/new.nix", "dangling.nix")
	r.Write("flakegen.hcl", "dangling.nix new\nflake.nix flake\nnix/rts.nix rts2\n")
	result := apply(t, compare(r, "."))
	if want := []string{"dangling.nix", "nix/rts.nix"}; !slices.Equal(result.Written, want) {
		t.Errorf("written %q, want %q", result.Written, want)
	}
	if want := []string{"elsewhere/new.nix"}; !slices.Equal(result.Untracked, want) {
		t.Errorf("untracked %q, want %q", result.Untracked, want)
	}
	wantContent(t, r, "real/target.nix", mark("rts2"))
	wantContent(t, r, "elsewhere/new.nix", mark("new"))
	for name, text := range map[string]string{"nix": "real", "real/rts.nix": "target.nix", "dangling.nix": "elsewhere/new.nix"} {
		if got, err := os.Readlink(r.Path(name)); err != nil || got != text {
			t.Errorf("the link %s is %q, %v", name, got, err)
		}
	}

	outside := filepath.Join(filepath.Dir(r.Dir), "outside.nix")
	if err := os.WriteFile(outside, []byte(mark("secret")), 0o644); err != nil {
		t.Fatal(err)
	}
	remove(r, "flake.nix")
	r.Symlink("../outside.nix", "flake.nix")
	for _, force := range []bool{false, true} {
		plan, err := compare(r, ".").Plan(t.Context(), force)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Apply(t.Context()); err == nil {
			t.Error("written through a link that leaves")
		}
	}
	if content, err := os.ReadFile(outside); err != nil || string(content) != mark("secret") {
		t.Errorf("the file outside holds %q, %v", content, err)
	}
}

// The folders that an orphan leaves empty go with it. One in which something else is
// stays, and so do a link to one that goes and what was empty before.
func TestApplyRemovesEmptyFolders(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("flakegen.hcl", "flake.nix flake\n.github/workflows/one.yml one\nnix/rts.nix rts\n")
	apply(t, compare(r, "."))
	if err := os.MkdirAll(r.Path("empty/inner"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.Write("flakegen.hcl", "flake.nix flake\n")
	result := apply(t, compare(r, "."))
	if want := []string{".github/workflows/one.yml", "nix/rts.nix"}; !slices.Equal(result.Removed, want) {
		t.Errorf("removed %q, want %q", result.Removed, want)
	}
	want := []string{"empty", "empty/inner", "flake.nix", "flakegen.hcl"}
	if got := paths(t, r.Dir); !slices.Equal(got, want) {
		t.Errorf("the tree holds %q, want %q", got, want)
	}

	r.Write(".github/dependabot.yml", "version: 2\n")
	r.Write(".github/workflows/one.yml", mark("one"))
	r.Write("real/rts.nix", mark("rts"))
	r.Symlink("real", "nix")
	apply(t, compare(r, "."))
	want = []string{".github", ".github/dependabot.yml", "empty", "empty/inner", "flake.nix", "flakegen.hcl", "nix"}
	if got := paths(t, r.Dir); !slices.Equal(got, want) {
		t.Errorf("the tree holds %q, want %q", got, want)
	}
}

// What was put in the way between plan and apply leads nowhere either.
func TestApplyAfterTheTreeChanged(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("flakegen.hcl", "flake.nix flake2\nnix/rts.nix rts2\n")
	plan, err := compare(r, ".").Plan(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	remove(r, "nix")
	r.Symlink(outside, "nix")
	if _, err := plan.Apply(t.Context()); err == nil {
		t.Error("written through a link that leaves")
	}
	if names := paths(t, outside); len(names) > 0 {
		t.Errorf("outside of the folder there is %q", names)
	}
	wantContent(t, r, "flake.nix", mark("flake"))
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	r := project(t)
	leftovers := []string{"nix/.rts.nix123456", "nix/.gone.nix1", ".flake.nix77", ".github/workflows/.ci.yml5"}
	for i, name := range leftovers {
		r.Write(name, mark("half")[:i*20])
	}
	r.Write("nix/.mine.nix8", "{ }\n")
	r.Write("nix/.marked.nix", mark("x"))
	r.Write("nix/.notes.txt9", "")
	want := []string{"orphan nix/.marked.nix: flakegen render"}
	wantLines(t, check(t, compare(r, ".")), want)

	apply(t, compare(r, "."))
	for _, name := range leftovers {
		if _, err := os.Lstat(r.Path(name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
	wantContent(t, r, "nix/.mine.nix8", "{ }\n")
	wantContent(t, r, "nix/.notes.txt9", "")
}

// Runs at the same time do not take each other's temporary files for leftovers.
func TestConcurrentApply(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			version := fmt.Sprintf("version %d", i%2)
			c := &worktree.Comparison{Dir: dir, Files: bigFiles(version)}
			plan, err := c.Plan(t.Context(), false)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := plan.Apply(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if news := wantWhole(t, dir, "version 0", "version 1"); news != 0 && news != 3 {
		t.Errorf("%d of 3 files are of version 1: two runs were mixed", news)
	}
	if got, want := paths(t, dir), []string{"flake.nix", "nix", "nix/a.nix", "nix/b.nix"}; !slices.Equal(got, want) {
		t.Errorf("the tree holds %q, want %q", got, want)
	}
}

// A run that waits for another one can be interrupted, and nothing is written.
func TestApplyInterrupted(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("flakegen.hcl", "flake.nix flake2\nnew/file.nix new\n")
	plan, err := compare(r, ".").Plan(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	before := paths(t, r.Dir)
	dir, err := os.Open(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := unix.Flock(int(dir.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := plan.Apply(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Apply() while another run writes: %v", err)
	}
	if err := unix.Flock(int(dir.Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Apply(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Apply() after its time: %v", err)
	}
	if after := paths(t, r.Dir); !slices.Equal(before, after) {
		t.Errorf("the tree was %q and is %q", before, after)
	}
	wantContent(t, r, "flake.nix", mark("flake"))
}

// A process killed at any moment leaves each file old or new, and what else it
// leaves is no orphan and goes with the next run.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := mustPlan(t, dir, "v0").Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	tries := 200
	if testing.Short() {
		tries = 30
	}
	var left, olds, news, partly int
	within := 5 * time.Millisecond // when to kill, at the latest
	last := "v0"
	for i := range tries {
		next := fmt.Sprintf("v%d", i+1)
		cmd := child(t, "apply", dir, next)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
			t.Fatalf("the child says %q, %v", line, err)
		}
		time.Sleep(rand.N(within))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()

		switch wantWhole(t, dir, last, next) {
		case 0:
			olds++
			within += within / 8 // the next ones later
		case 3:
			news++
			within -= within / 8 // the next ones sooner
		default:
			partly++
		}
		if hasLeftovers(t, dir) {
			left++
		}
		c := &worktree.Comparison{Dir: dir, Files: bigFiles(next)}
		for _, line := range check(t, c) {
			if !strings.HasPrefix(line, "differs ") {
				t.Errorf("after a kill: %s", line)
			}
		}
		if _, err := mustPlan(t, dir, next).Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		if hasLeftovers(t, dir) {
			t.Fatalf("the next run leaves %q", paths(t, dir))
		}
		last = next
	}
	t.Logf("%d kills: %d before, %d after, %d between two files; %d left temporary files", tries, olds, news, partly, left)
	if left == 0 || olds == 0 || news == 0 {
		t.Error("the kills did not come at all moments")
	}
}

func mustPlan(t *testing.T, dir, version string) *worktree.Plan {
	t.Helper()
	plan, err := (&worktree.Comparison{Dir: dir, Files: bigFiles(version)}).Plan(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func hasLeftovers(t *testing.T, dir string) bool {
	return slices.ContainsFunc(paths(t, dir), func(name string) bool {
		return strings.HasPrefix(filepath.Base(name), ".")
	})
}

// A process that may not write files so large changes nothing.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := mustPlan(t, dir, "v1").Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := paths(t, dir)
	out, err := child(t, "apply-limited", dir, "v2").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "error: write flake.nix: ") || !strings.Contains(string(out), "file too large") {
		t.Errorf("%s%v", out, err)
	}
	if news := wantWhole(t, dir, "v1", "v2"); news != 0 {
		t.Errorf("%d files were written", news)
	}
	if after := paths(t, dir); !slices.Equal(before, after) {
		t.Errorf("the tree was %q and is %q", before, after)
	}
}

// wantBlocked plans for flake.nix and nix/rts.nix of a project and wants one
// blocked folder, nix, with the reason.
func wantBlocked(t *testing.T, r *gittest.Repository, reason error) {
	t.Helper()
	r.Write("flakegen.hcl", "flake.nix flake2\nnix/new/file.nix new\nnix/rts.nix rts2\n")
	plan, err := compare(r, ".").Plan(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Obstacles) != 1 {
		t.Fatalf("obstacles %+v", plan.Obstacles)
	}
	o := plan.Obstacles[0]
	if o.Kind != worktree.Blocked || o.Path != "nix" || !strings.Contains(o.Detail, reason.Error()) {
		t.Errorf("the obstacle is %+v, want that nix has: %v", o, reason)
	}
	if _, err := plan.Apply(t.Context()); err == nil {
		t.Error("applied")
	}
	wantContent(t, r, "flake.nix", mark("flake"))
}

// Rights of an ordinary user: root passes by a folder's mode.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	r := project(t)
	if err := os.Chmod(r.Path("nix"), 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(r.Path("nix"), 0o755) })
	cmd := child(t, "plan", r.Dir)
	if os.Geteuid() == 0 {
		// The child is nobody, and owns the repository.
		const nobody = 65534
		for dir := r.Dir; dir != filepath.Clean(os.TempDir()); dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range append(paths(t, r.Dir), ".") {
			if err := os.Lchown(r.Path(name), nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		program := filepath.Join(r.Dir, "child")
		copyFile(t, cmd.Path, program)
		cmd.Path = program
		cmd.Env = []string{childVariable + "=plan"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "blocked nix\n" {
		t.Errorf("%s%v", out, err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o755); err != nil {
		t.Fatal(err)
	}
}
