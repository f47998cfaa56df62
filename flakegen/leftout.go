package flakegen

import (
	"context"
	"slices"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// leftOut says what an output that only builds has left out: against the checked
// variant as it was built in the same run, else as the history knows it, on the same
// system if it does. It is nil where nothing was left out.
func (r *Recording) leftOut(ctx context.Context, report *timing.Report, o timing.Output) *timing.LeftOut {
	l := &timing.LeftOut{Output: o.Name, System: o.System, Phases: []timing.Phase{}}
	checked := r.lastBuilt(ctx, report, o, spec.RoleChecked, o.System)
	if checked == nil {
		checked = r.lastBuilt(ctx, report, o, spec.RoleChecked, "")
	}
	if checked == nil {
		if r.store == nil {
			return nil // nobody has looked
		}
		return l
	}
	l.Checked = &timing.CheckedBuild{ID: checked.ID, Output: variantName(checked.Output), System: checked.Output.System, Started: checked.Started}
	// Where it is not known which phases this one has, it has all that do not check.
	runs := func(phase string) bool { return !history.IsCheck(phase) }
	if own := r.lastBuilt(ctx, report, o, spec.RoleBuild, o.System); own != nil {
		runs = func(phase string) bool {
			return slices.ContainsFunc(own.Derivation.Phases, func(p timing.Phase) bool { return p.Name == phase })
		}
	}
	for _, p := range checked.Derivation.Phases {
		if !runs(p.Name) {
			l.Phases = append(l.Phases, p)
		}
	}
	if len(l.Phases) == 0 {
		return nil
	}
	return l
}

// variantName is what the output of a variant is called, also where it was asked
// for by an alias.
func variantName(o timing.Output) string {
	if o.Alias != "" && o.Variant != "" {
		return o.Package + "-" + o.Variant
	}
	return o.Name
}

// lastBuilt looks for a build of the package's variant of a role, in the report and
// then in the history.
func (r *Recording) lastBuilt(ctx context.Context, report *timing.Report, of timing.Output, role spec.Role, system string) *history.Built {
	for _, o := range report.Outputs {
		if o.Package != of.Package || o.Role != string(role) || system != "" && o.System != system {
			continue
		}
		for _, d := range report.Derivations {
			if d.Derivation == o.Derivation && d.Disposition == timing.DispositionBuilt {
				return &history.Built{Started: report.Started, Output: o, Derivation: d}
			}
		}
	}
	if r.store == nil {
		return nil
	}
	built, err := r.store.LastBuilt(ctx, r.project, of.Package, string(role), system)
	if err != nil {
		return nil
	}
	return built
}
