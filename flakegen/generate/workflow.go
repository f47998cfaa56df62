package generate

import (
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/workflow"
)

// workflows gives the file that the ci block asks for, where it does.
func workflows(s *spec.Spec) []File {
	if s.CI == nil || !s.CI.Rendered {
		return nil
	}
	return []File{{
		Path:    s.CI.File,
		Content: workflow.Render(s, Marker),
		Marks:   []Mark{{Line: 1, Range: s.CI.Range}},
	}}
}

// emptyWorkflow reports a ci block whose jobs would all have nothing to do. One that is
// broken is reported where it is.
func (r *renderer) emptyWorkflow() {
	ci := r.spec.CI
	if ci == nil || !ci.Rendered || len(ci.Runners) == 0 || !ci.PullRequest && !ci.Runs() || !workflow.Empty(r.spec) {
		return
	}
	r.errorf(ci.Range, "A workflow without jobs", "No check is left to run on a system with a runner. Set pull_request, or render = false.")
}
