package worktree_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	const spec = "flake.nix flake\nnix/rts.nix rts\n"
	for name, test := range map[string]struct {
		change func(r *gittest.Repository)
		want   []string
		detail string // part of the first finding's
	}{
		"clean": {change: func(*gittest.Repository) {}},
		"missing": {
			change: func(r *gittest.Repository) { remove(r, "nix/rts.nix") },
			want:   []string{"missing nix/rts.nix: flakegen render"},
		},
		"missing with its folder": {
			change: func(r *gittest.Repository) { remove(r, "nix") },
			want:   []string{"missing nix/rts.nix: flakegen render"},
		},
		"stale": {
			change: func(r *gittest.Repository) { r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts2\n") },
			want:   []string{"stale nix/rts.nix: flakegen render"},
			detail: "The spec has changed",
		},
		"edited": {
			change: func(r *gittest.Repository) { r.Write("nix/rts.nix", mark("mine")) },
			want:   []string{"edited nix/rts.nix: flakegen render"},
			detail: "belongs into the spec",
		},
		"edited and committed": {
			change: func(r *gittest.Repository) { r.Write("nix/rts.nix", mark("mine")); r.Commit() },
			want:   []string{"edited nix/rts.nix: flakegen render"},
			detail: "It was committed so",
		},
		"both": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts2\n")
				r.Write("nix/rts.nix", mark("mine"))
			},
			want: []string{"both nix/rts.nix: flakegen render"},
		},
		"spec and rendering committed apart": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts2\n")
				r.Commit()
			},
			want:   []string{"edited nix/rts.nix: flakegen render"},
			detail: "It was committed so",
		},
		"line ends of another system": {
			change: func(r *gittest.Repository) {
				r.Write("nix/rts.nix", strings.ReplaceAll(mark("rts"), "\n", "\r\n"))
			},
			want: []string{"edited nix/rts.nix: flakegen render"},
		},
		"emptied": {
			change: func(r *gittest.Repository) { r.Write("nix/rts.nix", "") },
			want:   []string{"foreign nix/rts.nix: flakegen render --force"},
		},
		"foreign": {
			change: func(r *gittest.Repository) { r.Write("nix/rts.nix", "{ }\n"+mark("rts")) },
			want:   []string{"foreign nix/rts.nix: flakegen render --force"},
		},
		"a longer first line is no marker": {
			change: func(r *gittest.Repository) { r.Write("nix/rts.nix", generate.Marker+"!\n") },
			want:   []string{"foreign nix/rts.nix: flakegen render --force"},
		},
		"a folder where a file should be": {
			change: func(r *gittest.Repository) { remove(r, "nix/rts.nix"); r.Write("nix/rts.nix/x", "") },
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "nix/rts.nix is a folder",
		},
		"a file where a folder should be": {
			change: func(r *gittest.Repository) { remove(r, "nix"); r.Write("nix", "") },
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "nix is not a folder",
		},
		"a pipe where a file should be": {
			change: func(r *gittest.Repository) {
				remove(r, "nix/rts.nix")
				pipe(r, "nix/rts.nix")
			},
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "not a regular file",
		},
		"letter case of a file": {
			change: func(r *gittest.Repository) { r.Git("mv", "nix/rts.nix", "nix/RTS.nix") },
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "nix/RTS.nix is there, which differs in letter case only",
		},
		"letter case of a folder": {
			change: func(r *gittest.Repository) { r.Git("mv", "nix", "Nix") },
			want: []string{
				"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render",
			},
		},
		"a huge file": {
			change: func(r *gittest.Repository) {
				r.Write("nix/rts.nix", mark("rts"))
				if err := os.Truncate(r.Path("nix/rts.nix"), 1<<40); err != nil {
					panic(err)
				}
			},
			want:   []string{"differs nix/rts.nix: flakegen render"},
			detail: "1099511627776 bytes",
		},
		"a huge foreign file": {
			change: func(r *gittest.Repository) {
				if err := errors.Join(os.Truncate(r.Path("nix/rts.nix"), 0), os.Truncate(r.Path("nix/rts.nix"), 1<<40)); err != nil {
					panic(err)
				}
			},
			want: []string{"foreign nix/rts.nix: flakegen render --force"},
		},
		"a file of a new package, edited before it was committed": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", spec+"nix/new.nix new\n")
				r.Write("nix/new.nix", mark("mine"))
				r.Git("add", "nix/new.nix")
			},
			want:   []string{"differs nix/new.nix: flakegen render"},
			detail: "the spec of the last commit does not render this file",
		},
		"untracked": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", spec+"nix/new.nix new\n")
				r.Write("nix/new.nix", mark("new"))
			},
			want:   []string{"untracked nix/new.nix: git add nix/new.nix"},
			detail: "Nix would not see",
		},
		"an untracked workflow": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", spec+".github/workflows/new.yml new\n")
				r.Write(".github/workflows/new.yml", mark("new"))
			},
			want:   []string{"untracked .github/workflows/new.yml: git add .github/workflows/new.yml"},
			detail: "GitHub reads only files that git knows",
		},
		"untracked and stale": {
			change: func(r *gittest.Repository) {
				r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
				r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts2\n")
			},
			want: []string{"stale nix/rts.nix: flakegen render", "untracked nix/rts.nix: git add nix/rts.nix"},
		},
		"untracked and ignored": {
			change: func(r *gittest.Repository) {
				r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
				r.Write(".gitignore", "/nix/\n")
			},
			want:   []string{"untracked nix/rts.nix: git add --force nix/rts.nix"},
			detail: ".gitignore",
		},
		"announced is known": {
			change: func(r *gittest.Repository) {
				r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
				r.Git("add", "--intent-to-add", "nix/rts.nix")
			},
		},
		"known to a split index": {
			change: func(r *gittest.Repository) { r.Git("update-index", "--split-index") },
		},
		"untracked beside a split index": {
			change: func(r *gittest.Repository) {
				r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
				r.Git("update-index", "--split-index")
			},
			want: []string{"untracked nix/rts.nix: git add nix/rts.nix"},
		},
		"orphans": {
			change: func(r *gittest.Repository) {
				r.Write("nix/old.nix", mark("old"))                   // in a folder that is rendered into
				r.Write("old.nix", generate.Marker)                   // without a newline
				r.Write(".github/workflows/old.yml", mark("old"))     // where workflows are
				r.Write("pkgs/deep/default.nix", mark("old"))         // known to git
				r.Git("add", "pkgs")                                  //
				r.Write("pkgs/unseen/default.nix", mark("old"))       // unknown, in a folder of no interest
				r.Write("nix/mine.nix", "{ }\n")                      // not marked
				r.Write("nix/notes.txt", mark("old"))                 // named like nothing that is rendered
				r.Write("elsewhere/workflow.yml", mark("old"))        // not where workflows are
				r.Write("examples/one/flakegen.hcl", "")              // another spec's
				r.Write("examples/one/nix/rts.nix", mark("rts"))      //
				r.Write("nix/below/flakegen.hcl", "")                 //
				r.Write("nix/below/x.nix", mark("x"))                 //
				r.Write("gone.nix", mark("gone"))                     // known, and not on disk
				r.Git("add", "elsewhere", "examples", "nix/below")    //
				r.Git("add", "gone.nix", "nix/mine.nix")              //
				remove(r, "gone.nix")                                 //
				r.Symlink("rts.nix", "nix/link.nix")                  // leads to a rendered file
				r.Write("moved/rts.nix", mark("rts"))                 // known, and now behind a link
				r.Git("add", "moved", "nix/link.nix")                 //
				remove(r, "moved")                                    //
				r.Symlink("nix", "moved")                             //
				r.Symlink("/nonexistent/flakegen-test", "broken.nix") //
				r.Write("pkgs/pipe.nix", mark("pipe"))                // known, and now a pipe
				r.Git("add", "pkgs/pipe.nix")                         //
				remove(r, "pkgs/pipe.nix")                            //
				pipe(r, "pkgs/pipe.nix")                              //
			},
			want: []string{
				"orphan .github/workflows/old.yml: flakegen render",
				"orphan nix/old.nix: flakegen render",
				"orphan old.nix: flakegen render",
				"orphan pkgs/deep/default.nix: flakegen render",
			},
		},
		"a link to another folder": {
			change: func(r *gittest.Repository) {
				r.Git("mv", "nix", "real")
				r.Symlink("real", "nix")
				r.Write("real/old.nix", mark("old"))
			},
			want: []string{"orphan real/old.nix: flakegen render"},
		},
		"untracked behind a link": {
			change: func(r *gittest.Repository) {
				r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
				if err := os.Rename(r.Path("nix"), r.Path("real")); err != nil {
					panic(err)
				}
				r.Symlink("real", "nix")
			},
			want: []string{"untracked real/rts.nix: git add real/rts.nix"},
		},
		"a link to another file": {
			change: func(r *gittest.Repository) {
				r.Git("mv", "nix/rts.nix", "nix/real.nix")
				r.Symlink("real.nix", "nix/rts.nix")
			},
		},
		"a link to nothing": {
			change: func(r *gittest.Repository) {
				remove(r, "nix/rts.nix")
				r.Symlink("real.nix", "nix/rts.nix")
			},
			want: []string{"missing nix/rts.nix: flakegen render"},
		},
		"a link that leaves": {
			change: func(r *gittest.Repository) {
				remove(r, "nix/rts.nix")
				r.Symlink("../../rts.nix", "nix/rts.nix")
			},
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "leaves the folder",
		},
		"an absolute link": {
			change: func(r *gittest.Repository) {
				remove(r, "nix")
				r.Symlink(r.Dir, "nix")
			},
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "absolute",
		},
		"a link in circles": {
			change: func(r *gittest.Repository) {
				remove(r, "nix")
				r.Symlink("nix", "nix")
			},
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "circles",
		},
		"a link into git's folder": {
			change: func(r *gittest.Repository) {
				remove(r, "nix/rts.nix")
				r.Symlink("../.git/hooks/pre-commit", "nix/rts.nix")
			},
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
			detail: "git's own folder",
		},
		"the last commit has no spec": {
			change: func(r *gittest.Repository) {
				r.Git("rm", "--quiet", "--cached", "flakegen.hcl")
				r.Git("commit", "--quiet", "--message", "Forget the spec")
				r.Write("nix/rts.nix", mark("mine"))
			},
			want:   []string{"differs nix/rts.nix: flakegen render"},
			detail: "the last commit has no spec",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := project(t)
			test.change(r)
			c := compare(r, ".")
			wantLines(t, check(t, c), test.want)
			findings, err := c.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if test.detail != "" && !strings.Contains(findings[0].Detail, test.detail) {
				t.Errorf("the detail %q does not say %q", findings[0].Detail, test.detail)
			}
		})
	}
}

func pipe(r *gittest.Repository, name string) {
	if err := unix.Mkfifo(r.Path(name), 0o644); err != nil {
		panic(err)
	}
}

func remove(r *gittest.Repository, name string) {
	if err := os.RemoveAll(r.Path(name)); err != nil {
		panic(err)
	}
}

// A check in which nothing drifted starts no process, and renders HEAD's spec
// only if something did.
func TestCleanCheckAsksNobody(t *testing.T) {
	t.Parallel()
	r := project(t)
	c := compare(r, ".")
	c.Git.Program = r.Path("no-such-program")
	asked := 0
	c.Head = func(context.Context) ([]generate.File, error) { asked++; return nil, errors.New("no") }
	wantLines(t, check(t, c), nil)
	if asked != 0 {
		t.Error("HEAD was rendered though nothing drifted")
	}
	r.Write("nix/rts.nix", mark("mine"))
	r.Write("flake.nix", mark("mine"))
	wantLines(t, check(t, c), []string{"differs flake.nix: flakegen render", "differs nix/rts.nix: flakegen render"})
	if asked != 1 {
		t.Errorf("HEAD was rendered %d times, want once", asked)
	}
}

// Without git on PATH the index file still tells what is untracked.
func TestUntrackedWithoutGit(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
	c := compare(r, ".")
	c.Git.Program = r.Path("no-such-program")
	wantLines(t, check(t, c), []string{"untracked nix/rts.nix: git add nix/rts.nix"})

	// Only git can read a split index.
	r.Git("update-index", "--split-index")
	if _, err := c.Check(t.Context()); !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Check() without git and with a split index: %v", err)
	}
}

func TestCheckWithoutRepository(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{"flake.nix": mark("flake"), "old.nix": mark("old"), "edited.nix": mark("mine")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git := &gitcmd.Git{Dir: dir, Env: gittest.Environment(dir)}
	c := &worktree.Comparison{Dir: dir, Files: render("flake.nix flake\nedited.nix edited\n"), Git: git, Head: head(git)}
	want := []string{"differs edited.nix: flakegen render", "orphan old.nix: flakegen render"}
	wantLines(t, check(t, c), want)
	findings, err := c.Check(t.Context())
	if err != nil || !strings.Contains(findings[0].Detail, "this is not a git repository") {
		t.Errorf("%v, %v", findings, err)
	}
	c.Git, c.Head = nil, nil
	wantLines(t, check(t, c), want)
}

func TestCheckBeforeTheFirstCommit(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("flakegen.hcl", "flake.nix flake\n")
	r.Write("flake.nix", mark("mine"))
	r.Git("add", ".")
	findings, err := compare(r, ".").Check(t.Context())
	if err != nil || len(findings) != 1 || findings[0].Kind != worktree.Differs || !strings.Contains(findings[0].Detail, "there is no commit yet") {
		t.Errorf("%+v, %v", findings, err)
	}
}

// The root of the spec may lie below the top level, and in a linked work tree.
func TestCheckBelowTopLevel(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("sub/flakegen.hcl", "flake.nix flake\nnix/rts.nix rts\n")
	r.Write("sub/flake.nix", mark("flake"))
	r.Write("sub/nix/rts.nix", mark("rts"))
	r.Write("nix/other.nix", mark("outside of the spec's folder"))
	r.Commit()
	r.Git("worktree", "add", "--quiet", r.Path("../linked"))

	for _, dir := range []string{"sub", "../linked/sub"} {
		wantLines(t, check(t, compare(r, dir)), nil)
		r.Write(dir+"/nix/rts.nix", mark("mine"))
		r.Write(dir+"/flakegen.hcl", "flake.nix flake2\nnix/rts.nix rts\nnix/new.nix new\n")
		r.Write(dir+"/nix/new.nix", mark("new"))
		c := compare(r, dir)
		c.From = "sub folder"
		wantLines(t, check(t, c), []string{
			"stale flake.nix: flakegen -C 'sub folder' render",
			"untracked nix/new.nix: git -C 'sub folder' add nix/new.nix",
			"edited nix/rts.nix: flakegen -C 'sub folder' render",
		})
		findings, err := c.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"flakegen -C 'sub folder' render", "git -C 'sub folder' add nix/new.nix"}
		if got := c.Remedies(findings); !slices.Equal(got, want) {
			t.Errorf("Remedies() = %q, want %q", got, want)
		}
	}
}

func TestCheckStaged(t *testing.T) {
	t.Parallel()
	const mend = "flakegen render && git add nix/rts.nix"
	for name, test := range map[string]struct {
		change func(r *gittest.Repository)
		want   []string
	}{
		"clean": {change: func(*gittest.Repository) {}},
		"what is not staged does not count": {
			change: func(r *gittest.Repository) {
				r.Write("nix/rts.nix", mark("mine"))
				r.Write("nix/old.nix", mark("old"))
				remove(r, "flake.nix")
				r.Write("flakegen.hcl", "other.nix other\n")
			},
		},
		"staged edit": {
			change: func(r *gittest.Repository) {
				r.Write("nix/rts.nix", mark("mine"))
				r.Git("add", ".")
				r.Write("nix/rts.nix", mark("rts"))
			},
			want: []string{"edited nix/rts.nix: " + mend},
		},
		"spec without its rendering": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts2\n")
				r.Write("nix/rts.nix", mark("rts2"))
				r.Git("add", "flakegen.hcl")
			},
			want: []string{"stale nix/rts.nix: " + mend},
		},
		"rendering without its spec": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts2\n")
				r.Write("nix/rts.nix", mark("rts2"))
				r.Git("add", "nix")
			},
			want: []string{"edited nix/rts.nix: " + mend},
		},
		"removed": {
			change: func(r *gittest.Repository) { r.Git("rm", "--quiet", "--cached", "nix/rts.nix") },
			want:   []string{"missing nix/rts.nix: " + mend},
		},
		"announced only": {
			change: func(r *gittest.Repository) {
				r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
				r.Git("add", "--intent-to-add", "nix/rts.nix")
			},
			want: []string{"missing nix/rts.nix: " + mend},
		},
		"foreign": {
			change: func(r *gittest.Repository) { r.Write("nix/rts.nix", "{ }\n"); r.Git("add", ".") },
			want:   []string{"foreign nix/rts.nix: flakegen render --force && git add nix/rts.nix"},
		},
		"orphan": {
			change: func(r *gittest.Repository) {
				r.Write("pkgs/old.nix", mark("old"))
				r.Write("examples/flakegen.hcl", "")
				r.Write("examples/flake.nix", mark("of another spec"))
				r.Symlink("../nix/rts.nix", "pkgs/link.nix")
				r.Git("add", ".")
				remove(r, "pkgs")
			},
			want: []string{"orphan pkgs/old.nix: flakegen render && git add pkgs/old.nix"},
		},
		"behind a link": {
			change: func(r *gittest.Repository) {
				r.Git("mv", "nix", "real")
				r.Symlink("real", "nix")
				r.Git("add", ".")
			},
		},
		"letter case": {
			change: func(r *gittest.Repository) { r.Git("mv", "nix/rts.nix", "nix/RTS.nix") },
			want:   []string{"foreign nix/rts.nix: Move or rename what is in the way, then: flakegen render"},
		},
		"several": {
			change: func(r *gittest.Repository) {
				r.Write("flakegen.hcl", "flake.nix flake2\nnix/rts.nix rts2\n")
				r.Git("add", ".")
			},
			want: []string{"stale flake.nix: flakegen render && git add flake.nix", "stale nix/rts.nix: " + mend},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := project(t)
			test.change(r)
			wantLines(t, check(t, compareStaged(t, r, ".")), test.want)
		})
	}
}

func TestStagedDiff(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("nix/rts.nix", mark("mine"))
	r.Git("add", ".")
	findings, err := compareStaged(t, r, ".").Check(t.Context())
	if err != nil || len(findings) != 1 {
		t.Fatalf("%+v, %v", findings, err)
	}
	want := "--- a/nix/rts.nix\t(in the index)\n+++ b/nix/rts.nix\t(from the spec)\n@@ -1,2 +1,2 @@\n " + generate.Marker + "\n-mine\n+rts\n"
	if got := findings[0].Diff(); got != want {
		t.Errorf("Diff() =\n%s\nwant\n%s", got, want)
	}
}

// In `git commit FILE` staging alone does not help: the file has to be named.
func TestPartialCommitSaysSo(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("flakegen.hcl", "flake.nix flake\nnix/rts.nix rts2\n")
	r.Git("add", ".")
	index := r.Path(".git/next-index-1.lock")
	content, err := os.ReadFile(r.Path(".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index, content, 0o644); err != nil {
		t.Fatal(err)
	}
	r.Env = append(r.Env, "GIT_INDEX_FILE="+index)
	findings, err := compareStaged(t, r, ".").Check(t.Context())
	if err != nil || len(findings) != 1 || !strings.Contains(findings[0].Detail, "name nix/rts.nix too") {
		t.Errorf("%+v, %v", findings, err)
	}
}

func TestUnmergedIsAnError(t *testing.T) {
	t.Parallel()
	r := project(t)
	blob := strings.TrimSpace(r.Git("rev-parse", "HEAD:flake.nix"))
	r.Git("rm", "--quiet", "--cached", "nix/rts.nix")
	r.Feed("100644 "+blob+" 1\tnix/rts.nix\n100644 "+blob+" 2\tnix/rts.nix\n", "update-index", "--index-info")
	_, err := compareStaged(t, r, ".").Check(t.Context())
	if !errors.Is(err, gitcmd.ErrUnmerged) || !strings.Contains(err.Error(), "nix/rts.nix") {
		t.Errorf("Check() of a file in conflict: %v", err)
	}
}

func TestCheckErrors(t *testing.T) {
	t.Parallel()
	r := project(t)
	c := compare(r, ".")
	c.Dir = r.Path("none")
	if _, err := c.Check(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	for _, bad := range []string{"../flake.nix", "/flake.nix", "", ".", "a//b", "flake.nix"} {
		c := compare(r, ".")
		c.Files = append(c.Files, generate.File{Path: bad})
		if _, err := c.Check(t.Context()); err == nil {
			t.Errorf("a rendered file at %q is accepted", bad)
		}
	}
	r.Write("nix/rts.nix", mark("mine"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := compare(r, ".").Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a check that was cancelled: %v", err)
	}
}

// Names from the repository are harmless in what is shown.
func TestOddNames(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("nix/\x1b[31mred's.nix", mark("old"))
	r.Write("nix/two words.nix", mark("old"))
	r.Write("nix/it's.nix", mark("old"))
	r.Git("add", ".")
	c := compareStaged(t, r, ".")
	findings, err := c.Check(t.Context())
	if err != nil || len(findings) != 3 {
		t.Fatalf("%+v, %v", findings, err)
	}
	for _, f := range findings {
		if strings.ContainsRune(f.Summary+f.Detail+f.Remedy, '\x1b') {
			t.Errorf("an escape character in %+v", f)
		}
	}
	commands := c.Remedies(findings)
	if want := `git add $'nix/\033[31mred\'s.nix' 'nix/it'\''s.nix' 'nix/two words.nix'`; commands[1] != want {
		t.Errorf("the command is %s\nwant %s", commands[1], want)
	}
	// The shell reads the words as they were meant.
	for _, f := range findings {
		remove(r, f.Path)
	}
	cmd := exec.Command("bash", "-c", commands[1])
	cmd.Dir, cmd.Env = r.Dir, r.Env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	wantLines(t, check(t, compareStaged(t, r, ".")), nil)
}
