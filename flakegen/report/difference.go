package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Difference holds the last builds of a package's variants against each other,
// phase by phase: what one leaves out, and what that takes in the other. Where one
// system has several variants it is of that system, otherwise each variant is of
// the system that had it last.
type Difference struct {
	Project  string         `json:"project"`
	Package  string         `json:"package"`
	Variants []VariantBuild `json:"variants"`
	// Phases are all phases, in the order of the fullest variant, which is first.
	Phases []PhaseCost `json:"phases"`
}

// VariantBuild is the last build of a variant that succeeded.
type VariantBuild struct {
	Variant string    `json:"variant"`
	System  string    `json:"system"`
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	Commit  string    `json:"commit"`
	Seconds float64   `json:"seconds"`
	// LeftOut are the phases of the first variant that this one has not, and
	// LeftOutSeconds what they took there.
	LeftOut        []string `json:"left_out"`
	LeftOutSeconds float64  `json:"left_out_seconds"`

	phases []timing.Phase
}

// PhaseCost is what a phase took in each variant, in their order; null where the
// variant has no such phase.
type PhaseCost struct {
	Phase   string     `json:"phase"`
	Seconds []*float64 `json:"seconds"`
}

// Differences are those of all packages that were built in several variants, by
// project, package and system.
func Differences(records []history.Record) []Difference {
	type key struct{ project, name string }
	last := map[key][]VariantBuild{}
	var keys []key
	for _, r := range inOrder(records) {
		derivations := byPath(r.Report)
		for _, o := range r.Report.Outputs {
			d, ok := derivations[o.Derivation]
			if !ok || o.Variant == "" || d.Disposition != timing.DispositionBuilt {
				continue
			}
			k := key{r.Project, packageOf(o)}
			if last[k] == nil {
				keys = append(keys, k)
			}
			build := VariantBuild{
				Variant: o.Variant, System: o.System, ID: r.ID, Started: r.Report.Started, Commit: r.Commit,
				Seconds: d.Seconds, LeftOut: []string{}, phases: d.Phases,
			}
			last[k] = latest(last[k], build)
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.name, b.name))
	})
	list := []Difference{}
	for _, k := range keys {
		for _, variants := range groups(last[k]) {
			list = append(list, difference(k.project, k.name, variants))
		}
	}
	return list
}

// packageOf is the package of an output; where a report is older than packages in
// it, as far as the name tells.
func packageOf(o timing.Output) string {
	if o.Package != "" {
		return o.Package
	}
	return strings.TrimSuffix(o.Name, "-"+o.Variant)
}

// latest puts a build in the place of the last one of its variant and system.
func latest(list []VariantBuild, build VariantBuild) []VariantBuild {
	for i, b := range list {
		if b.Variant == build.Variant && b.System == build.System {
			list[i] = build
			return list
		}
	}
	return append(list, build)
}

// groups puts the last builds of a package together as they are held against
// each other.
func groups(list []VariantBuild) [][]VariantBuild {
	slices.SortStableFunc(list, func(a, b VariantBuild) int { return cmp.Compare(a.System, b.System) })
	var found [][]VariantBuild
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].System == list[from].System {
			to++
		}
		if to-from > 1 {
			found = append(found, list[from:to])
		}
		from = to
	}
	if len(found) > 0 {
		return found
	}
	// No system has two: the usual case of an alias that gives each its own.
	var across []VariantBuild
	for _, b := range list {
		i := slices.IndexFunc(across, func(o VariantBuild) bool { return o.Variant == b.Variant })
		switch {
		case i < 0:
			across = append(across, b)
		case b.Started.After(across[i].Started):
			across[i] = b
		}
	}
	if len(across) < 2 {
		return nil
	}
	return [][]VariantBuild{across}
}

// difference compares variants, the fullest first.
func difference(project, name string, variants []VariantBuild) Difference {
	variants = slices.Clone(variants)
	slices.SortStableFunc(variants, func(a, b VariantBuild) int {
		return cmp.Or(cmp.Compare(len(b.phases), len(a.phases)), cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Variant, b.Variant))
	})
	d := Difference{Project: project, Package: name, Variants: variants, Phases: []PhaseCost{}}
	at := map[string]int{}
	for v, variant := range variants {
		for _, p := range variant.phases {
			i, known := at[p.Name]
			if !known {
				i = len(d.Phases)
				at[p.Name] = i
				d.Phases = append(d.Phases, PhaseCost{Phase: p.Name, Seconds: make([]*float64, len(variants))})
			}
			seconds := p.Seconds
			d.Phases[i].Seconds[v] = &seconds
		}
	}
	for _, p := range d.Phases {
		for v := 1; v < len(variants); v++ {
			if p.Seconds[0] != nil && p.Seconds[v] == nil {
				variants[v].LeftOut = append(variants[v].LeftOut, p.Phase)
				variants[v].LeftOutSeconds += *p.Seconds[0]
			}
		}
	}
	return d
}
