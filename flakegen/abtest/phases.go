package abtest

import (
	"slices"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// Part is a phase of the builds of one name, or such a build as a whole, where
// Phase is empty.
type Part struct {
	// Name is the store name of the derivation; where the outputs themselves have
	// different ones on the two sides, that of A.
	Name, Phase string
	// Median is that of each side, in seconds, and In says which sides have it at
	// all: in half of their runs or more.
	Median [2]float64
	In     [2]bool
}

// OnlyIn says whether one side alone has the part.
func (p Part) OnlyIn(s Side) bool { return p.In[s] && !p.In[s.Other()] }

// Saves is how many seconds less the part takes on a side.
func (p Part) Saves(s Side) float64 { return p.Median[s.Other()] - p.Median[s] }

// Parts says where the time of the two sides went: for each name that was built
// the build as a whole, then its phases, in the order in which they ran. Several
// derivations of one name count together.
func (r Result) Parts() []Part {
	top := timing.Name(r.Targets[A].Derivation)
	sides := [2]partsOfSide{
		measureParts(r.counted(A), func(name string) string { return name }),
		measureParts(r.counted(B), func(name string) string {
			if name == timing.Name(r.Targets[B].Derivation) {
				return top
			}
			return name
		}),
	}
	var parts []Part
	for _, key := range merge(sides[A].order, sides[B].order) {
		p := Part{Name: key.name, Phase: key.phase}
		for _, s := range []Side{A, B} {
			p.Median[s], p.In[s] = sides[s].median(key)
		}
		if p.In[A] || p.In[B] {
			parts = append(parts, p)
		}
	}
	return parts
}

type partKey struct{ name, phase string }

// partsOfSide are the parts of each run, and all that there are in the order in
// which they were seen first.
type partsOfSide struct {
	runs  []map[partKey]float64
	order []partKey
}

func measureParts(steps []Step, rename func(string) string) partsOfSide {
	var p partsOfSide
	for _, step := range steps {
		run := map[partKey]float64{}
		var order []partKey
		add := func(key partKey, seconds float64) {
			if _, ok := run[key]; !ok {
				order = append(order, key)
			}
			run[key] += seconds
		}
		for _, d := range step.Derivations {
			name := rename(d.Name)
			add(partKey{name, ""}, d.Seconds)
			for _, phase := range d.Phases {
				add(partKey{name, phase.Name}, phase.Seconds)
			}
		}
		p.runs = append(p.runs, run)
		p.order = merge(p.order, order)
	}
	return p
}

// median is that of the runs that have the part.
func (p partsOfSide) median(key partKey) (seconds float64, in bool) {
	var values []float64
	for _, run := range p.runs {
		if v, ok := run[key]; ok {
			values = append(values, v)
		}
	}
	if len(values) == 0 || 2*len(values) < len(p.runs) {
		return 0, false
	}
	return Median(values), true
}

// merge puts the elements of two lists into one, each once. Those of the second
// that the first has not go behind what they follow there.
func merge(a, b []partKey) []partKey {
	merged := slices.Clone(a)
	known := map[partKey]bool{}
	for _, key := range merged {
		known[key] = true
	}
	for i, key := range b {
		if known[key] {
			continue
		}
		known[key] = true
		at := 0
		if i > 0 {
			at = slices.Index(merged, b[i-1]) + 1
		}
		merged = slices.Insert(merged, at, key)
	}
	return merged
}
