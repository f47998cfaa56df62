package main

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
)

// shownDiagnostics is how many errors are shown: more than anyone reads.
const shownDiagnostics = 100

// showDiagnostics writes the errors of a spec with the lines that they are about,
// and how many there are.
func (p *program) showDiagnostics(s *spec.Spec, diags hcl.Diagnostics) {
	p.writeDiagnostics(s, diags[:min(len(diags), shownDiagnostics)])
	errors := 0
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			errors++
		}
	}
	if len(diags) > shownDiagnostics {
		p.say("the first %d of %s in the spec; flakegen validate --json has all.", shownDiagnostics, count(errors, "error", "errors"))
		return
	}
	p.say("%s in the spec.", count(errors, "error", "errors"))
}

func (p *program) writeDiagnostics(s *spec.Spec, diags hcl.Diagnostics) {
	sources := map[string][]byte{}
	for name, f := range s.HCLFiles() {
		sources[name] = harmless(f.Bytes)
	}
	terminal := p.terminal()
	for _, d := range diags {
		shown := *d
		shown.Summary, shown.Detail = printable(d.Summary), printable(d.Detail)
		// The values of variables in the expression belong to HCL's evaluator, not
		// to what the user wrote.
		shown.Expression, shown.EvalContext = nil, nil
		files := excerpt(sources, &shown)
		// Where stderr is gone there is nobody to be told.
		_ = hcl.NewDiagnosticTextWriter(p.stderr, files, uint(terminal.width), terminal.color).WriteDiagnostic(&shown)
	}
}

// excerpt gives the file that a diagnostic is about, with its lines only, and moves the
// diagnostic's ranges to fit. HCL's writer goes through all of a file for each
// diagnostic, grapheme by grapheme, so the lines before are left empty: they count, and
// cost next to nothing.
func excerpt(sources map[string][]byte, d *hcl.Diagnostic) map[string]*hcl.File {
	if d.Subject == nil {
		return nil
	}
	src, ok := sources[d.Subject.Filename]
	if !ok {
		return nil
	}
	all := *d.Subject
	if d.Context != nil {
		all = hcl.RangeOver(all, *d.Context)
	}
	if all.Start.Byte > len(src) || all.End.Byte > len(src) {
		return map[string]*hcl.File{d.Subject.Filename: {Bytes: src}}
	}
	first := bytes.LastIndexByte(src[:all.Start.Byte], '\n') + 1
	// HCL shows the next line as well where a range ends at the end of one.
	last := lineEnd(src, lineEnd(src, all.End.Byte))
	before := bytes.Count(src[:first], []byte("\n"))
	move := func(r *hcl.Range) *hcl.Range {
		if r == nil {
			return nil
		}
		moved := *r
		moved.Start.Byte += before - first
		moved.End.Byte += before - first
		return &moved
	}
	d.Subject, d.Context = move(d.Subject), move(d.Context)
	lines := append(bytes.Repeat([]byte("\n"), before), src[first:last]...)
	return map[string]*hcl.File{d.Subject.Filename: {Bytes: lines}}
}

// lineEnd is where the line after the one of a byte begins.
func lineEnd(src []byte, at int) int {
	end := bytes.IndexByte(src[at:], '\n')
	if end < 0 {
		return len(src)
	}
	return at + end + 1
}

// harmless makes the bytes of a file fit for a terminal without moving any, so
// that the places of diagnostics stay true.
func harmless(src []byte) []byte {
	out := make([]byte, len(src))
	for i, b := range src {
		switch {
		case b == '\n' || b == '\t' || b >= 0x20 && b != 0x7f:
			out[i] = b
		default:
			out[i] = '?'
		}
		// U+0080 to U+009F are control characters too: C2 80 to C2 9F.
		if i > 0 && src[i-1] == 0xc2 && b >= 0x80 && b <= 0x9f {
			out[i-1], out[i] = '?', '?'
		}
	}
	return out
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
