package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
)

// shownDiagnostics is how many errors are shown: more than anyone reads, and HCL's
// writer goes through the whole file for each.
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
	files := s.HCLFiles()
	for _, f := range files {
		f.Bytes = harmless(f.Bytes)
	}
	shown := make(hcl.Diagnostics, len(diags))
	for i, d := range diags {
		copied := *d
		copied.Summary, copied.Detail = printable(d.Summary), printable(d.Detail)
		// The values of variables in the expression belong to HCL's evaluator, not
		// to what the user wrote.
		copied.Expression, copied.EvalContext = nil, nil
		shown[i] = &copied
	}
	terminal := p.terminal()
	writer := hcl.NewDiagnosticTextWriter(p.stderr, files, uint(terminal.width), terminal.color)
	// Where stderr is gone there is nobody to be told.
	_ = writer.WriteDiagnostics(shown)
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
