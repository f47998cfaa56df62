package worktree

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
)

// Diff returns what rendering would change, as a unified diff from the tree to the
// rendering, or "" where there is nothing to show. `git apply` and patch take it.
// The bytes are those of the files: see [Visible] before a terminal gets them.
func (f Finding) Diff() string {
	if f.staged {
		return unified(f.Path, "in the index", f.Tree, f.Rendered)
	}
	return unified(f.Path, "in the tree", f.Tree, f.Rendered)
}

// unified compares two versions of a file; nil stands for no file.
func unified(name, where string, tree, rendered []byte) string {
	// What follows the tab is not part of the name for those who apply it.
	from := fmt.Sprintf("a/%s\t(%s)", name, where)
	if tree == nil {
		from = "/dev/null"
	}
	to := fmt.Sprintf("b/%s\t(from the spec)", name)
	if rendered == nil {
		to = "/dev/null"
	}
	return udiff.Unified(from, to, string(tree), string(rendered))
}

// Visible returns text with everything that a terminal would obey, or that would
// hide or reorder what stands around it, written as an escape. Lines and tabs stay.
func Visible(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\n' && r != '\t', r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case unicode.IsPrint(r) || r == '\n' || r == '\t':
			b.WriteString(text[:size])
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[size:]
	}
	return b.String()
}
