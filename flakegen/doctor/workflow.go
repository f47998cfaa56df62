package doctor

import (
	"context"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// workflow says whether GitHub sees the workflow that the spec renders: it reads those
// at the top of a repository only, and a spec may stand below.
func (e *examination) workflow(context.Context) []Finding {
	r := e.Repository
	if r == nil || r.Rendering.Diagnostics.HasErrors() {
		return nil
	}
	ci := r.Rendering.Spec.CI
	if ci == nil || !ci.Rendered {
		return nil
	}
	const rule, subject = "workflow", "workflow"
	if _, err := r.Git.PeekTopLevel(); err != nil {
		return nil // said already
	}
	top := r.Git.Above()
	if top == "" {
		return []Finding{ok(rule, subject, "%s, where GitHub reads it", ci.File)}
	}
	f := fault(rule, subject, "GitHub does not see %s", ci.File).
		because("It reads workflows at the top of the repository only, which is %s. Until then nothing runs.", nixcmd.Printable(top)).
		advise("Move the spec there. Or set render = false in the ci block, and keep a workflow there by hand: flakegen ci matrix tells it what to build.")
	f.File, f.Range = ci.Range.Filename, ci.Range.Ptr()
	return []Finding{f}
}
