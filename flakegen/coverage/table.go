package coverage

import (
	"slices"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// State is where a check runs on a system.
type State string

// The states, from the best to the worst.
const (
	// Gates: on every pull request.
	Gates State = "gates"
	// Nightly: on a schedule.
	Nightly State = "nightly"
	// ByHand: when a person starts it.
	ByHand State = "by hand"
	// Never: nowhere.
	Never State = "never"
)

// Row is a check on a system.
type Row struct {
	Check  *Check
	System platform.System
	State  State
	// Unchecked is the reason that the spec gives for State Never, or "".
	Unchecked string
}

// Excused says that the check runs nowhere and that the spec says why.
func (r Row) Excused() bool { return r.State == Never && r.Unchecked != "" }

// Table says where all checks run.
type Table struct {
	Systems []platform.System
	Checks  []*Check
	// Rows are ordered by check, then by system. A check has no row on a system that
	// does not have it.
	Rows []Row
	// Unknown says that the spec has no ci block: what runs where is not known then,
	// and a person can run all of it.
	Unknown bool

	spec *spec.Spec
	// byCheck are the rows of each check, gated the names of what is built on each
	// system for pull requests.
	byCheck map[*Check][]Row
	gated   map[platform.System]map[string]bool
}

// Of tells where the checks of a spec run.
func Of(s *spec.Spec) *Table {
	t := &Table{Systems: s.Systems, Checks: Checks(s), Unknown: s.CI == nil, spec: s, byCheck: map[*Check][]Row{}}
	t.gated = map[platform.System]map[string]bool{}
	for _, system := range s.Systems {
		t.gated[system] = gatedNames(s, system)
	}
	for _, c := range t.Checks {
		for _, system := range s.Systems {
			if !slices.Contains(c.On, system) {
				continue
			}
			row := Row{Check: c, System: system, State: state(s.CI, system, t.isGated(c, system))}
			if line := c.reason(system); line != nil && row.State == Never {
				row.Unchecked = line.Reason
			}
			t.Rows = append(t.Rows, row)
			t.byCheck[c] = append(t.byCheck[c], row)
		}
	}
	return t
}

func (t *Table) isGated(c *Check, system platform.System) bool {
	return !c.scheduled && t.gated[system][c.Set+"."+c.Name]
}

func state(ci *spec.CI, system platform.System, gated bool) State {
	switch {
	case ci == nil:
		return ByHand
	case len(ci.Runners[system]) == 0:
		return Never
	case gated && ci.PullRequest:
		return Gates
	case ci.Nightly != "":
		return Nightly
	case ci.ByHand:
		return ByHand
	}
	return Never
}

func (c *Check) reason(system platform.System) *spec.UncheckedLine {
	if c.unchecked == nil {
		return nil
	}
	return c.unchecked.On[system]
}

// Row gives a check's row on a system; ok is false where there is none.
func (t *Table) Row(c *Check, system platform.System) (row Row, ok bool) {
	for _, row := range t.byCheck[c] {
		if row.System == system {
			return row, true
		}
	}
	return Row{}, false
}

// Left lists the checks that a schedule, or a person, starts on a system.
func (t *Table) Left(system platform.System) []Target {
	var list []Target
	for _, row := range t.Rows {
		if !t.Unknown && row.System == system && (row.State == Nightly || row.State == ByHand) {
			list = append(list, row.Check.Target)
		}
	}
	return list
}
