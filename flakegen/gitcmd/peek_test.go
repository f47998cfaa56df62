package gitcmd_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
)

// peek returns what a peek visits, sorted.
func peek(g *gitcmd.Git) ([]string, error) {
	var names []string
	err := g.PeekIndex(func(path []byte, _ fs.FileMode) { names = append(names, string(path)) })
	slices.Sort(names)
	return slices.Compact(names), err
}

// Git itself is the oracle: a peek says what git says, or that it cannot tell.
func TestPeekAgreesWithGit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long/", 900) + "name" // does not fit the length in the flags
	for name, test := range map[string]struct {
		init   []string
		change func(r *gittest.Repository)
		asks   bool
	}{
		"empty":     {change: func(r *gittest.Repository) { r.Git("read-tree", "--empty") }},
		"version 2": {change: func(r *gittest.Repository) { r.Git("update-index", "--index-version", "2") }},
		"version 3": {change: func(r *gittest.Repository) {
			r.Write("sub/announced", "")
			r.Git("add", "--intent-to-add", "sub/announced")
		}},
		"version 4": {change: func(r *gittest.Repository) { r.Git("update-index", "--index-version", "4") }},
		"long names": {change: func(r *gittest.Repository) {
			blob := strings.TrimSpace(r.Git("rev-parse", "HEAD:top"))
			r.Feed("100644 "+blob+"\tsub/"+long+"\n100644 "+blob+"\tsub/"+long+"2\n", "update-index", "--index-info")
		}},
		"long names, version 4": {change: func(r *gittest.Repository) {
			blob := strings.TrimSpace(r.Git("rev-parse", "HEAD:top"))
			r.Feed("100644 "+blob+"\tsub/"+long+"\n", "update-index", "--index-info")
			r.Git("update-index", "--index-version", "4")
		}},
		"names that are not UTF-8": {change: func(r *gittest.Repository) {
			r.Write("sub/\xff", "")
			r.Git("add", "sub")
		}},
		"extensions": {change: func(r *gittest.Repository) {
			r.Git("update-index", "--untracked-cache")
			r.Git("-c", "index.threads=2", "update-index", "--force-write-index")
		}},
		"conflict": {change: func(r *gittest.Repository) {
			blob := strings.TrimSpace(r.Git("rev-parse", "HEAD:top"))
			for stage := 1; stage <= 3; stage++ {
				r.Feed(fmt.Sprintf("100644 %s %d\tsub/conflict\n", blob, stage), "update-index", "--index-info")
			}
		}},
		"no checksum": {change: func(r *gittest.Repository) {
			data, err := os.ReadFile(r.Path(".git/index"))
			if err != nil {
				panic(err)
			}
			clear(data[len(data)-20:]) // as index.skipHash of newer git does
			if err := os.WriteFile(r.Path(".git/index"), data, 0o644); err != nil {
				panic(err)
			}
		}},
		"split index":  {change: func(r *gittest.Repository) { r.Git("update-index", "--split-index") }, asks: true},
		"sparse index": {change: func(r *gittest.Repository) { r.Git("sparse-checkout", "set", "--sparse-index", "sub") }, asks: true},
		"SHA-256":      {init: []string{"--object-format=sha256"}, change: func(*gittest.Repository) {}, asks: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gittest.New(t, test.init...)
			r.Write("top", "")
			r.Write("sub/file", "")
			r.Write("sub/folder/file", "")
			r.Write("subway", "")
			r.Write("other/folder/file", "")
			r.Commit()
			test.change(r)
			for _, dir := range []string{".", "sub"} {
				g := at(r, dir)
				peeked, err := peek(g)
				if test.asks {
					if err == nil {
						t.Errorf("%s: the peek believes that it can tell: %q", dir, peeked)
					}
					continue
				}
				known, knownErr := g.Known(t.Context())
				if err != nil || knownErr != nil || !slices.Equal(peeked, known) {
					t.Errorf("%s: PeekIndex() = %q, %v; git says %q, %v", dir, peeked, err, known, knownErr)
				}
			}
		})
	}
}

func TestPeekModes(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("file", "")
	r.Write("run", "")
	r.Symlink("file", "link")
	if err := os.Chmod(r.Path("run"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.Commit()
	r.Git("update-index", "--add", "--cacheinfo", "160000,"+strings.TrimSpace(r.Git("rev-parse", "HEAD"))+",module")
	modes := map[string]fs.FileMode{}
	if err := at(r, ".").PeekIndex(func(path []byte, mode fs.FileMode) { modes[string(path)] = mode }); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{"file": 0o644, "run": 0o755, "link": fs.ModeSymlink | 0o777}
	if fmt.Sprint(modes) != fmt.Sprint(want) {
		t.Errorf("modes %v, want %v", modes, want)
	}
}

// Where the repository is found, without git.
func TestPeekFindsTheRepository(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("sub/file", "")
	r.Commit()
	linked := filepath.Join(filepath.Dir(r.Dir), "linked")
	r.Git("worktree", "add", "--quiet", linked)
	r.Git("-C", linked, "rm", "--quiet", "sub/file")
	if err := os.MkdirAll(filepath.Join(linked, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.Symlink("sub", "alias")
	r.Write("sub/empty/.git/not-a-repository", "")

	with := func(dir string, extra ...string) *gitcmd.Git {
		return &gitcmd.Git{Dir: dir, Cwd: r.Dir, Env: append(slices.Clone(r.Env), extra...)}
	}
	file := []string{"file"}
	for name, test := range map[string]struct {
		git  *gitcmd.Git
		want []string
	}{
		"folder":                     {with(r.Path("sub")), file},
		"folder by a link":           {with(r.Path("alias")), file},
		"a .git that is none":        {with(r.Path("sub/empty")), nil},
		"linked work tree":           {with(filepath.Join(linked, "sub")), nil},
		"GIT_DIR of the repository":  {with(r.Path("sub"), "GIT_DIR=.git"), file},
		"GIT_INDEX_FILE":             {with(r.Path("sub"), "GIT_INDEX_FILE="+filepath.Join(r.Dir, ".git/worktrees/linked/index")), nil},
		"GIT_INDEX_FILE, relative":   {with(r.Path("sub"), "GIT_INDEX_FILE=.git/worktrees/linked/index"), nil},
		"GIT_INDEX_FILE, not there":  {with(r.Path("sub"), "GIT_INDEX_FILE=.git/none"), nil},
		"GIT_INDEX_FILE, last wins":  {with(r.Path("sub"), "GIT_INDEX_FILE=.git/none", "GIT_INDEX_FILE=.git/index"), file},
		"GIT_PREFIX says nothing":    {with(r.Path("sub"), "GIT_PREFIX=other/"), file},
		"GIT_OPTIONAL_LOCKS neither": {with(r.Path("sub"), "GIT_OPTIONAL_LOCKS=1"), file},
	} {
		peeked, err := peek(test.git)
		if err != nil || !slices.Equal(peeked, test.want) {
			t.Errorf("%s: PeekIndex() = %q, %v; want %q", name, peeked, err, test.want)
		}
		if known, err := test.git.Known(t.Context()); err != nil || !slices.Equal(known, test.want) {
			t.Errorf("%s: git says %q, %v", name, known, err)
		}
	}

	for name, git := range map[string]*gitcmd.Git{
		"GIT_DIR of another":      with(r.Path("sub"), "GIT_DIR=.git/worktrees/linked"),
		"GIT_WORK_TREE":           with(r.Path("sub"), "GIT_DIR=.git", "GIT_WORK_TREE=sub"),
		"GIT_CEILING_DIRECTORIES": with(r.Path("sub"), "GIT_CEILING_DIRECTORIES="+r.Dir),
	} {
		if peeked, err := peek(git); err == nil || errors.Is(err, gitcmd.ErrNoRepository) {
			t.Errorf("%s: the peek believes that it can tell: %q, %v", name, peeked, err)
		}
	}
	if _, err := peek(&gitcmd.Git{Dir: t.TempDir(), Env: r.Env}); !errors.Is(err, gitcmd.ErrNoRepository) {
		t.Errorf("outside of a repository: %v", err)
	}
}

// bigIndex makes a repository whose index has that many entries, half of them
// Nix files.
func bigIndex(t testing.TB, entries int) *gittest.Repository {
	r := gittest.New(t)
	var info strings.Builder
	for i := range entries {
		fmt.Fprintf(&info, "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\tpkgs/by-name/a%03d/package-%d/default.%s\n", i%700, i, []string{"nix", "c"}[i%2])
	}
	r.Feed(info.String(), "update-index", "--index-info")
	return r
}

// The peek against git, in one run.
func BenchmarkPeekIndex(b *testing.B) {
	for _, entries := range []int{100, 50_000} {
		r := bigIndex(b, entries)
		g := at(r, ".")
		b.Run(fmt.Sprintf("peek/%d", entries), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				count := 0
				if err := g.PeekIndex(func([]byte, fs.FileMode) { count++ }); err != nil || count != entries {
					b.Fatal(count, err)
				}
			}
		})
		b.Run(fmt.Sprintf("git/%d", entries), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if known, err := g.Known(b.Context()); err != nil || len(known) != entries {
					b.Fatal(len(known), err)
				}
			}
		})
	}
}
