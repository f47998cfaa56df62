package nixlang

import (
	"bytes"
	"cmp"
	"slices"
)

// Mark says that the entry or item that carried Origin begins at Line of the
// text, counted from 1. The comments above it stand before that line.
type Mark struct {
	Origin any
	Line   int
}

// Format returns the text of f: UTF-8, lines end in a newline, the last one too.
// It panics on a tree that has no text, such as an invalid identifier or text
// that fails [CheckText].
func Format(f *File) []byte {
	text, _ := FormatMarked(f)
	return text
}

// FormatMarked is [Format] with a mark for each entry and item that has an
// origin, from the top to the bottom.
func FormatMarked(f *File) ([]byte, []Mark) {
	var w lowering
	body := w.node(f.Body)
	breakFileBody(body)
	lines := f.Header
	if !leadBody(body, f.Lead) {
		lines = slices.Concat(lines, f.Lead)
	}
	if len(lines) > 0 {
		head(body)
	}

	var header bytes.Buffer
	for _, line := range lines {
		header.WriteString(commentLine(line))
		header.WriteByte('\n')
	}
	text := append(header.Bytes(), w.settle(body)...)
	// Places are numbered from the top to the bottom.
	slices.SortFunc(w.marked, func(a, b markedRow) int { return cmp.Compare(a.row.at, b.row.at) })
	marks := make([]Mark, len(w.marked))
	for i, m := range w.marked {
		marks[i] = Mark{Origin: m.origin, Line: len(lines) + m.line}
	}
	return append(text, '\n'), marks
}

// Print returns the text of an expression, without a newline at the end. It
// panics as [Format] does.
func Print(e Expr) string {
	var w lowering
	return string(w.settle(w.node(e)))
}

// settle lays n out until nixfmt would leave it as it is. nixfmt keeps braces,
// brackets and colons on different lines where it finds them so, and that can
// change what is around them; so what was broken once stays broken, until
// nothing more is.
func (w *lowering) settle(n node) []byte {
	for {
		s := newStream(n, w.nodes)
		text := s.layout()
		settled := true
		for _, p := range w.pairs {
			if !p.broken && s.lines[p.first] != s.lines[p.last] {
				p.broken = true
				settled = settled && p.decided
			}
		}
		if !settled {
			continue
		}
		for i, m := range w.marked {
			w.marked[i].line = s.lines[m.row.at]
		}
		return text
	}
}

// breakFileBody breaks lines where nixfmt leaves the choice, the way files are
// mostly written: what a file comes down to has a line for each attribute, and
// begins on a line of its own below its formals.
func breakFileBody(n node) {
	switch n := n.(type) {
	case *set:
		n.broken = len(n.rows) > 0
	case *function:
		breakFileBody(n.body)
	case *setFunction:
		n.below.broken = isAbsorbed(n.body)
		breakFileBody(n.body)
	case *letIn:
		breakFileBody(n.body)
	case *withIn:
		breakFileBody(n.body)
	case *assertion:
		breakFileBody(n.body)
	}
}

// leadBody puts comments above the body of the function of formals, of the let, or
// of the let in the function that n is. It reports false where n is neither.
func leadBody(n node, lead []string) bool {
	if len(lead) == 0 {
		return true
	}
	f, isFunction := n.(*setFunction)
	if isFunction {
		n = f.body
	}
	switch l, isLet := n.(*letIn); {
	case isLet:
		l.lead = lead
		head(l.body)
	case isFunction:
		f.lead, f.below.broken = lead, true
		head(f.body)
	default:
		return false
	}
	return true
}

// head says of what the file begins with that a comment stands in front of it:
// nixfmt may expand empty brackets and short applications then.
func head(n node) {
	switch n := n.(type) {
	case *list:
		n.headed = true
	case *set:
		n.headed = !n.recursive
	case *apply:
		n.headed = true
	case *selection:
		head(n.of)
	case *membership:
		head(n.of)
	case *comparison:
		head(n.left)
	case *chain:
		head(n.operands[0])
	}
}
