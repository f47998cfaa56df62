package worktree_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/flakegen/flakegen/flakegen/worktree"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	f := worktree.Finding{Path: "nix/rts.nix", Tree: []byte("a\nold\nb\n"), Rendered: []byte("a\nnew\nb\n")}
	want := "--- a/nix/rts.nix\t(in the tree)\n+++ b/nix/rts.nix\t(from the spec)\n@@ -1,3 +1,3 @@\n a\n-old\n+new\n b\n"
	if got := f.Diff(); got != want {
		t.Errorf("Diff() =\n%s\nwant\n%s", got, want)
	}
	if got := (worktree.Finding{Path: "x", Tree: []byte("a"), Rendered: []byte("a")}).Diff(); got != "" {
		t.Errorf("Diff() of equal sides: %q", got)
	}
}

// What --diff prints is what git applies.
func TestDiffApplies(t *testing.T) {
	t.Parallel()
	r := project(t)
	r.Write("flakegen.hcl", "flake.nix flake2\nnew/file.nix new\nnix/rts.nix rts\n")
	r.Write("nix/rts.nix", mark("mine")+"no newline")
	r.Write("nix/old.nix", mark("old"))
	findings, err := compare(r, ".").Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var patch strings.Builder
	for _, f := range findings {
		patch.WriteString(f.Diff())
	}
	r.Feed(patch.String(), "apply", "--unsafe-paths", "-p1", "-")
	r.Git("add", ".")
	wantLines(t, check(t, compare(r, ".")), nil)
}

func TestLargeDiff(t *testing.T) {
	t.Parallel()
	f := worktree.Finding{
		Path:     "flake.nix",
		Tree:     bytes.Repeat([]byte("a line\nof the tree\n"), 200_000),
		Rendered: bytes.Repeat([]byte("another line\nfrom the spec\n"), 200_000),
	}
	start := time.Now()
	if f.Diff() == "" {
		t.Error("no diff")
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("a diff of 4 MB took %v", took)
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain\ttext\n":         "plain\ttext\n",
		"ünï → 編 🙂":             "ünï → 編 🙂",
		"\x1b[31mred\x07\r\x7f": `\x1b[31mred\x07\x0d\x7f`,
		"bidi \u202e\u2066":     `bidi \u202e\u2066`,
		"C1 \u009b":             `C1 \u009b`,
		"zero \u200b\ufeff":     `zero \u200b\ufeff`,
		"tag \U000e0041":        `tag \U000e0041`,
		"bytes \xff\xc3":        `bytes \xff\xc3`,
		"real \ufffd":           "real \ufffd",
		"":                      "",
	} {
		if got := worktree.Visible(text); got != want {
			t.Errorf("Visible(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("text\x1b[0m\u202e\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := worktree.Visible(text)
		for _, r := range got {
			if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
				t.Errorf("Visible(%q) = %q has %q", text, got, r)
			}
		}
		if worktree.Visible(got) != got {
			t.Errorf("Visible(%q) is not its own", got)
		}
	})
}

// The shell is the oracle of the quoting: what git is told to add is the file.
func FuzzRemedyQuoting(f *testing.F) {
	for _, name := range []string{"a", "a b", "it's", "$(touch x)", "\x1b[0m7", "\\", "\xff0", "-x", "é\n", "!x", "~"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsRune(name, 0) || name == "" {
			t.Skip() // no file has such a name
		}
		c := &worktree.Comparison{From: name}
		command := c.Remedies([]worktree.Finding{worktree.MustRender})[0]
		out, err := exec.Command("bash", "-c", "flakegen() { printf %s \"$2\"; }; "+command).Output()
		if name == "." {
			return
		}
		if err != nil || string(out) != name {
			t.Errorf("bash reads %q from %s, %v; want %q", out, command, err, name)
		}
		for _, r := range command {
			if !unicode.IsPrint(r) {
				t.Errorf("%q in %q", r, command)
			}
		}
	})
}
