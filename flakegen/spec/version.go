package spec

import (
	"fmt"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
)

// requirement is what the spec asks of the version of flakegen.
type requirement struct {
	constraints version.Constraints
	rng         hcl.Range
}

// versionConstraint reads required_version, in the form that Terraform has.
func (d *decoder) versionConstraint() {
	if d.requiredVersion == nil {
		return
	}
	text, ok := d.text(d.requiredVersion.Expr, "required_version")
	if !ok {
		return
	}
	constraints, err := version.NewConstraint(text)
	if err != nil {
		d.errorf(d.requiredVersion.Expr.Range(), fmt.Sprintf("Not a version constraint: %q", text), "Write it as in \">= 0.2\" or \">= 0.2, < 1.0\".")
		return
	}
	d.spec.required = &requirement{constraints, d.requiredVersion.Expr.Range()}
}

// CheckVersion holds a version of flakegen against required_version. One that is
// no release, such as a build from a checkout, passes.
func (s *Spec) CheckVersion(of string) *hcl.Diagnostic {
	if s.required == nil {
		return nil
	}
	v, err := version.NewSemver(of)
	if err != nil || s.required.constraints.Check(v.Core()) {
		return nil
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  fmt.Sprintf("This is flakegen %s", of),
		Detail:   fmt.Sprintf("The spec asks for %s. Install one that fits.", s.required.constraints),
		Subject:  s.required.rng.Ptr(),
	}
}
