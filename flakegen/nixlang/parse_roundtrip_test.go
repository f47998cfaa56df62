package nixlang

import (
	"strings"
	"testing"
)

// TestParsePrinted reads what the printer wrote, and what a writer without its
// rules wrote: both are the tree that was written. Trees are compared with all
// parentheses, which leaves out what the printer normalises.
func TestParsePrinted(t *testing.T) {
	for seed := range uint64(2000) {
		tree := newGrower(seed).file().Body
		want := parenthesized(tree)
		for _, text := range []string{Print(tree), want} {
			got, err := Parse(text)
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, text)
			}
			if got := parenthesized(got); got != want {
				t.Fatalf("seed %d: %s\nis read as\n%s\nwant\n%s", seed, text, got, want)
			}
		}
	}
}

// TestParseKeepsComments prints random files with comments, reads them and prints
// them again: nothing may be lost or moved.
func TestParseKeepsComments(t *testing.T) {
	for seed := range uint64(2000) {
		g := newGrower(seed)
		g.chatty = true
		text := Print(g.file().Body)
		tree, err := Parse(text)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		if again := Print(tree); again != text {
			t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, again, text)
		}
	}
}

// FuzzParse holds that reading never panics, and that where it succeeds printing
// and reading again gives the same tree.
func FuzzParse(f *testing.F) {
	for _, text := range accepted {
		f.Add(text)
	}
	for _, c := range refused {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := Parse(text)
		if err != nil {
			return
		}
		printed := Print(tree)
		again, err := Parse(printed)
		if err != nil {
			t.Fatalf("%q is printed as %q: %v", text, printed, err)
		}
		if got, want := parenthesized(again), parenthesized(tree); got != want {
			t.Fatalf("%q is printed as %q and read as %s, want %s", text, printed, got, want)
		}
		if got := Print(again); got != printed {
			t.Fatalf("%q is printed as %q and then as %q", text, printed, got)
		}
	})
}

// TestParseDeep holds that deep nesting ends in an error and not in an overflow.
func TestParseDeep(t *testing.T) {
	const many = 20_000
	for _, c := range []struct{ before, inner, behind string }{
		{before: "(", inner: "a", behind: ")"},
		{before: "[", inner: "a", behind: "]"},
		{before: "{ a = ", inner: "a", behind: "; }"},
		{before: "rec {a=", inner: "a", behind: ";}"},
		{before: "a: ", inner: "a"},
		{before: "{ a ? ", inner: "a", behind: " }: a"},
		{before: "-", inner: "a"},
		{before: "!", inner: "a"},
		{before: `"${`, inner: "a", behind: `}"`},
		{before: "''${", inner: "a", behind: "}''"},
		{before: "a.${", inner: "a", behind: "}"},
		{before: "a ++ ", inner: "a"},
		{before: "a -> ", inner: "a"},
		{before: "a.b or ", inner: "a"},
		{before: "if a then b else ", inner: "a"},
		{before: "with a; ", inner: "a"},
		{before: "assert a; ", inner: "a"},
		{before: "let a = ", inner: "a", behind: "; in a"},
		{before: "let in ", inner: "a"},
		{inner: "a", behind: " + a"},
		{inner: "a", behind: " a"},
		{inner: "a", behind: " ? a"},
		{before: "(", inner: "a", behind: " ? a)"},
		{before: "(", inner: "a"},
		{before: "{ ", inner: "a"},
	} {
		text := strings.Repeat(c.before, many) + c.inner + strings.Repeat(c.behind, many)
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), "too many expressions within each other") && !strings.Contains(err.Error(), "expected") {
			t.Errorf("%s%s%s many times gives %v", c.before, c.inner, c.behind, err)
		}
		text = strings.Repeat(c.before, 500) + c.inner + strings.Repeat(c.behind, 500)
		if tree, err := Parse(text); err == nil {
			Print(tree)
		} else if c.behind != "" {
			t.Errorf("%s%s%s some times gives %v", c.before, c.inner, c.behind, err)
		}
	}
}
