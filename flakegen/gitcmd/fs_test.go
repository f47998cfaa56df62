package gitcmd_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
)

// trees returns the folder dir of a repository as its last commit has it and as
// its index has it.
func trees(t *testing.T, r *gittest.Repository, dir string) map[string]*gitcmd.FS {
	t.Helper()
	g := at(r, dir)
	tree, err := g.Tree(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	index, err := g.Index(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(tree.Close(), index.Close()); err != nil {
			t.Error(err)
		}
	})
	return map[string]*gitcmd.FS{"commit": tree, "index": index}
}

func TestFileSystem(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		r := gittest.New(t, "--object-format="+format)
		r.Write("sub/flakegen.hcl", "spec")
		r.Write("sub/nix/rts.nix", "rts")
		r.Write("sub/nix/empty.nix", "")
		r.Write("sub/run", "#!/bin/sh\n")
		r.Write("sub/ünï code/$(x)", "odd")
		r.Write("outside", "")
		r.Symlink("nix", "sub/folder")
		r.Symlink("rts.nix", "sub/nix/link.nix")
		if err := os.Chmod(r.Path("sub/run"), 0o755); err != nil {
			t.Fatal(err)
		}
		r.Commit()
		for name, tree := range trees(t, r, "sub") {
			t.Run(format+"/"+name, func(t *testing.T) {
				if err := fstest.TestFS(tree, "flakegen.hcl", "nix/rts.nix", "nix/empty.nix", "run", "ünï code/$(x)", "folder", "nix/link.nix"); err != nil {
					t.Error(err)
				}
				if content, err := tree.ReadFile("folder/link.nix"); err != nil || string(content) != "rts" {
					t.Errorf("through two links: %q, %v", content, err)
				}
				for name, content := range map[string]string{"flakegen.hcl": "spec", "folder/link.nix": "rts", "nix/empty.nix": ""} {
					if !tree.Holds(name, []byte(content)) {
						t.Errorf("%s does not hold %q", name, content)
					}
					if tree.Holds(name, []byte(content+"x")) || tree.Holds(name+"x", []byte(content)) {
						t.Errorf("%s holds something else too", name)
					}
				}
				if tree.Holds("nix", nil) {
					t.Error("a folder holds bytes")
				}
				if _, err := tree.Stat("outside"); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("a file outside of the folder: %v", err)
				}
				if stat, err := tree.Stat("run"); err != nil || stat.Mode() != 0o755 {
					t.Errorf("an executable: %v, %v", stat, err)
				}
				if _, err := tree.ReadFile("run/x"); err == nil || errors.Is(err, fs.ErrNotExist) {
					t.Errorf("a file below a file: %v", err)
				}
			})
		}
	}
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	g := at(r, ".")
	if _, err := g.Tree(t.Context(), "HEAD"); !errors.Is(err, gitcmd.ErrUnknownRevision) {
		t.Errorf("HEAD before the first commit: %v", err)
	}
	r.Write("spec", "one")
	r.Commit()
	r.Git("tag", "-a", "-m", "first", "v1")
	r.Write("spec", "two")
	r.Write("later/spec", "later")
	r.Commit()

	for revision, want := range map[string]string{
		"HEAD": "two", "main": "two", "HEAD~1": "one", "v1": "one", ":/Change": "two",
		strings.TrimSpace(r.Git("rev-parse", "HEAD^{tree}")): "two",
	} {
		tree, err := g.Tree(t.Context(), revision)
		if err != nil {
			t.Errorf("%s: %v", revision, err)
			continue
		}
		if content, err := tree.ReadFile("spec"); err != nil || string(content) != want {
			t.Errorf("spec at %s is %q, %v", revision, content, err)
		}
		tree.Close()
	}
	for _, revision := range []string{"", "nope", "-x", "--all", "HEAD\nmain", "HEAD~7"} {
		if _, err := g.Tree(t.Context(), revision); !errors.Is(err, gitcmd.ErrUnknownRevision) {
			t.Errorf("revision %q: %v", revision, err)
		}
	}

	// A folder that did not exist at that revision is empty.
	tree, err := at(r, "later").Tree(t.Context(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if entries, err := tree.ReadDir("."); err != nil || len(entries) != 0 {
		t.Errorf("a folder of later: %v, %v", entries, err)
	}
}

// The links of a repository do not lead out of the folder.
func TestSymlinks(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("sub/real/file", "here")
	r.Write("outside", "secret")
	links := map[string]string{
		"up":       "../outside",
		"absolute": r.Path("sub/real/file"),
		"loop":     "loop",
		"dangling": "real/none",
		"around":   "real/../real/./file",
		"long":     strings.Repeat("real/../", 400) + "real/file",
	}
	for name, text := range links {
		r.Symlink(text, "sub/"+name)
	}
	r.Commit()
	for kind, tree := range trees(t, r, "sub") {
		for name, text := range links {
			content, err := tree.ReadFile(name)
			switch name {
			case "around", "long":
				if err != nil || string(content) != "here" {
					t.Errorf("%s: %s: %q, %v", kind, name, content, err)
				}
			case "dangling":
				if !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: %s: %v", kind, name, err)
				}
			default:
				if err == nil || errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s: %s: %q, %v", kind, name, content, err)
				}
			}
			if got, err := tree.ReadLink(name); err != nil || got != text {
				t.Errorf("%s: ReadLink(%s) = %q, %v", kind, name, got, err)
			}
			if stat, err := tree.Lstat(name); err != nil || stat.Mode().Type() != fs.ModeSymlink {
				t.Errorf("%s: Lstat(%s) = %v, %v", kind, name, stat, err)
			}
		}
		if _, err := tree.ReadLink("real/file"); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: ReadLink of a file: %v", kind, err)
		}
	}
}

// Submodules, names that are not UTF-8 and names with a newline do not disturb
// the others.
func TestOddEntries(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("file", "content")
	r.Write("new\nline", "odd")
	r.Write("not-utf8-\xff\xfe", "x")
	r.Commit()
	head := strings.TrimSpace(r.Git("rev-parse", "HEAD"))
	r.Git("update-index", "--add", "--cacheinfo", "160000,"+head+",module")
	r.Git("commit", "--quiet", "--message", "Add a module")
	for kind, tree := range trees(t, r, ".") {
		var names []string
		entries, err := tree.ReadDir(".")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if want := []string{"file", "module", "new\nline"}; !slices.Equal(names, want) {
			t.Errorf("%s: entries %q, want %q", kind, names, want)
		}
		if content, err := tree.ReadFile("new\nline"); err != nil || string(content) != "odd" {
			t.Errorf("%s: a name with a newline: %q, %v", kind, content, err)
		}
		if entries, err := tree.ReadDir("module"); err != nil || len(entries) != 0 {
			t.Errorf("%s: a submodule: %v, %v", kind, entries, err)
		}
	}
}

// A tree object made by hand can hold what git would never write.
func TestHostileTree(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("file", "content")
	r.Commit()
	blob := strings.TrimSpace(r.Git("rev-parse", "HEAD:file"))
	raw := ""
	for _, name := range []string{"..", ".", "a/b", "good", "good"} {
		id := make([]byte, len(blob)/2)
		for i := range id {
			id[i] = unhex(blob[2*i])<<4 | unhex(blob[2*i+1])
		}
		raw += "100644 " + name + "\x00" + string(id)
	}
	tree := strings.TrimSpace(r.Feed(raw, "hash-object", "-t", "tree", "-w", "--stdin", "--literally"))
	f, err := at(r, ".").Tree(t.Context(), tree)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries, err := f.ReadDir(".")
	if err != nil || len(entries) != 1 || entries[0].Name() != "good" {
		t.Errorf("entries %v, %v; want good alone", entries, err)
	}
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c - 'a' + 10
}

func TestUnmerged(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("file", "base")
	r.Write("calm", "calm")
	r.Commit()
	r.Git("switch", "--quiet", "--create", "other")
	r.Write("file", "theirs")
	r.Commit()
	r.Git("switch", "--quiet", "main")
	r.Write("file", "ours")
	r.Commit()
	r.Feed("", "-c", "merge.conflictStyle=merge", "read-tree", "-m", "main~1", "main", "other")

	index, err := at(r, ".").Index(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	if _, err := index.ReadFile("file"); !errors.Is(err, gitcmd.ErrUnmerged) {
		t.Errorf("a file in conflict: %v", err)
	}
	if content, err := index.ReadFile("calm"); err != nil || string(content) != "calm" {
		t.Errorf("a file beside it: %q, %v", content, err)
	}
	if known, err := at(r, ".").Known(t.Context()); err != nil || !slices.Equal(known, []string{"calm", "file"}) {
		t.Errorf("Known() = %q, %v", known, err)
	}
}

// A huge blob is read piece by piece, and leaving it half read ends its process.
func TestHugeFile(t *testing.T) { // alone: it counts what is allocated
	r := gittest.New(t)
	r.Git("config", "core.compression", "0")
	const size = 32 << 20
	content := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	r.Write("huge", string(content))
	r.Write("small", "small")
	r.Git("add", "huge", "small")
	r.Git("commit", "--quiet", "--message", "Add it")

	tree := trees(t, r, ".")["index"]
	file, err := tree.Open("huge")
	if err != nil {
		t.Fatal(err)
	}
	if stat, err := file.Stat(); err != nil || stat.Size() != size {
		t.Fatalf("Stat() = %v, %v", stat, err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sum := sha256.New()
	if n, err := io.Copy(sum, file); err != nil || n != size {
		t.Fatalf("read %d bytes, %v", n, err)
	}
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > size/8 {
		t.Errorf("reading %d bytes allocated %d", size, allocated)
	}
	if want := sha256.Sum256(content); !bytes.Equal(sum.Sum(nil), want[:]) {
		t.Error("other bytes came back")
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}

	half, err := tree.Open("huge")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(half, make([]byte, 80)); err != nil {
		t.Fatal(err)
	}
	if err := half.Close(); err != nil {
		t.Error(err)
	}
	if _, err := half.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Read() after Close(): %v", err)
	}
	if content, err := tree.ReadFile("small"); err != nil || string(content) != "small" {
		t.Errorf("another file after it: %q, %v", content, err)
	}
}

func TestConcurrentReads(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	names := []string{"a/1", "a/2", "b/1", "b/2", "c"}
	for _, name := range names {
		r.Write(name, strings.Repeat(name, 1000))
	}
	r.Commit()
	for _, tree := range trees(t, r, ".") {
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				name := names[i%len(names)]
				content, err := fs.ReadFile(tree, name)
				if err != nil || string(content) != strings.Repeat(name, 1000) {
					t.Errorf("%s: %d bytes, %v", name, len(content), err)
				}
			})
		}
		group.Wait()
	}
}
