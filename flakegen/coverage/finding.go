package coverage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// Rule is the name of what findings of this package are about.
const Rule = "coverage"

// Finding is a check that runs nowhere without a reason, or a reason for one that runs.
type Finding struct {
	// Check is nil for a reason that is for no check.
	Check   *Check
	Systems []platform.System
	Summary string
	Detail  string
	Remedy  string
	Range   hcl.Range

	// mend is the remedy in the words of one of the systems; nil where Check is.
	mend func(platform.System) string
}

// of is a finding about a check, for some systems.
func (f Finding) of(systems []platform.System) Finding {
	f.Systems = systems
	f.Summary = fmt.Sprintf("%s runs nowhere on %s", f.Check.Name, join(systems))
	f.Remedy = f.mend(systems[0])
	return f
}

// On gives what a finding says of some systems; ok is false where that is nothing.
func (f Finding) On(systems []platform.System) (finding Finding, ok bool) {
	var on []platform.System
	for _, system := range f.Systems {
		if slices.Contains(systems, system) {
			on = append(on, system)
		}
	}
	switch {
	case f.Check == nil:
		return f, len(f.Systems) == 0 || len(on) > 0
	case len(on) == 0:
		return Finding{}, false
	}
	return f.of(on), true
}

// Each gives a finding of its own for each system of one about a check.
func (f Finding) Each() []Finding {
	if f.Check == nil {
		return []Finding{f}
	}
	var list []Finding
	for i := range f.Systems {
		list = append(list, f.of(f.Systems[i:i+1]))
	}
	return list
}

// many is from how many checks on those that share a cause are told together.
const many = 10

// Together gives findings for people to read: where many checks run nowhere on the same
// systems for the same reason, the first stands for all of them and counts the others.
func Together(findings []Finding) []Finding {
	type cause struct{ systems, detail, remedy string }
	of := func(f Finding) cause { return cause{join(f.Systems), f.Detail, f.Remedy} }
	sharing := map[cause]int{}
	for _, f := range findings {
		if f.Check != nil {
			sharing[of(f)]++
		}
	}
	var list []Finding
	for _, f := range findings {
		switch n := sharing[of(f)]; {
		case f.Check == nil || n > 0 && n < many:
			list = append(list, f)
		case n >= many:
			f.Summary = fmt.Sprintf("%s and %d more run nowhere on %s", f.Check.Name, n-1, join(f.Systems))
			list = append(list, f)
			sharing[of(f)] = 0
		}
	}
	return list
}

// Findings lists what is wrong with the table. Without a ci block nothing is.
func (t *Table) Findings() []Finding {
	if t.Unknown {
		return nil
	}
	var list []Finding
	for _, c := range t.Checks {
		list = append(list, t.neverRun(c)...)
	}
	return append(list, t.idle()...)
}

// neverRun finds where a check runs nowhere: one finding for all systems on which that
// has the same cause.
func (t *Table) neverRun(c *Check) []Finding {
	var runner, schedule []platform.System
	for _, row := range t.byCheck[c] {
		switch {
		case row.State != Never || row.Unchecked != "":
		case len(t.spec.CI.Runners[row.System]) == 0:
			runner = append(runner, row.System)
		default:
			schedule = append(schedule, row.System)
		}
	}
	finding := func(systems []platform.System, detail string, remedy func(platform.System) string) Finding {
		f := Finding{Check: c, Range: c.Place, Detail: detail, mend: func(system platform.System) string {
			return fmt.Sprintf("%s, or say why it does not run: unchecked = { %s = \"…\" }", remedy(system), system)
		}}
		return f.of(systems)
	}
	var list []Finding
	if len(runner) > 0 {
		list = append(list, finding(runner, "There is no runner for it.", func(system platform.System) string {
			remedy := fmt.Sprintf("Add one to the ci block, as in runners = { %s = \"…\" }", system)
			if !t.spec.CI.Runs() && !(t.spec.CI.PullRequest && t.isGated(c, system)) {
				remedy += ", and a schedule, as in nightly = \"17 3 * * *\""
			}
			return remedy
		}))
	}
	if len(schedule) > 0 {
		detail := "Pull requests do not build it there, and nothing runs at night or by hand."
		list = append(list, finding(schedule, detail, func(platform.System) string {
			return "Add a schedule to the ci block, as in nightly = \"17 3 * * *\", or by_hand = true"
		}))
	}
	return list
}

// idle finds the reasons that nothing needs.
func (t *Table) idle() []Finding {
	used := map[*spec.UncheckedLine]bool{}
	runs := map[*spec.UncheckedLine][]platform.System{}
	for _, row := range t.Rows {
		line := row.Check.reason(row.System)
		if line != nil && row.State == Never {
			used[line] = true
		} else if line != nil {
			runs[line] = append(runs[line], row.System)
		}
	}
	var list []Finding
	seen := map[*spec.Unchecked]bool{nil: true}
	look := func(u *spec.Unchecked, name string) {
		if seen[u] {
			return
		}
		seen[u] = true
		for _, line := range u.Lines {
			if used[line] {
				continue
			}
			detail := "No system takes this line: a more exact one counts, or none there has the check."
			if on := runs[line]; len(on) > 0 {
				detail = fmt.Sprintf("It runs on %s.", join(on))
			}
			list = append(list, Finding{
				Systems: runs[line], Range: line.Range, Detail: detail,
				Summary: fmt.Sprintf("%s has a reason that it does not need", name), Remedy: removal(line),
			})
		}
	}
	for _, d := range t.spec.Derivations() {
		for _, v := range d.Variants {
			look(v.Unchecked, d.Name+"-"+v.Name)
		}
		look(d.Unchecked, d.Name)
	}
	return list
}

// removal names the line: others may stand beside it.
func removal(line *spec.UncheckedLine) string {
	if line.Selector == platform.Default {
		return "Remove the reason."
	}
	return fmt.Sprintf("Remove the reason for %s.", line.Selector)
}

func join(systems []platform.System) string {
	names := make([]string, len(systems))
	for i, s := range systems {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}
