package missing

import (
	"maps"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/store"
)

// race finds what is decided by which of two jobs that run at the same time ends
// first. Nix has two such cases:
//
//   - A derivation that is not to be fetched for itself is built, and another path
//     that is fetched refers to its output. Nix starts both, and looks whether the
//     output is there before the builder runs.
//   - What a cache has of a derivation is incomplete, and Nix comes to it late: it
//     comes to inputs when it has given up to fetch what needs them, which may be
//     after a download. What was lacking may have been built for others by then, so
//     this one is fetched at once.
//
// What only such a derivation needs is not needed then. No question asked before
// tells which way it goes: TestRace has Nix go both ways of one graph, by how long a
// build and a download take.
type race struct {
	*resolution
	// given are the paths that caches may give.
	given map[*path]bool

	// early are the outputs that Nix comes to before anything was built or fetched.
	early map[*store.Node]map[string]bool
	takes map[*store.Node]bool    // realises its inputs whatever comes first
	comes map[*path]bool          // is fetched whatever comes first
	met   map[bool]map[*path]bool // by come, early and not
}

// outputsTodo are outputs of derivations that are to be looked at.
type outputsTodo struct {
	of   map[*store.Node]map[string]bool
	todo []*store.Node
}

func (t *outputsTodo) add(n *store.Node, outputs []string) {
	if t.of[n] == nil {
		t.of[n] = map[string]bool{}
	}
	before := len(t.of[n])
	for _, name := range outputs {
		t.of[n][name] = true
	}
	if len(t.of[n]) > before {
		t.todo = append(t.todo, n)
	}
}

// each gives every derivation again when more of it was added. Where f says so the
// inputs are added.
func (t *outputsTodo) each(f func(n *store.Node, outputs map[string]bool) bool) {
	for len(t.todo) > 0 {
		n := t.todo[len(t.todo)-1]
		t.todo = t.todo[:len(t.todo)-1]
		if !f(n, t.of[n]) {
			continue
		}
		for _, i := range n.Inputs {
			t.add(i.Node, i.Wanted)
		}
	}
}

// markUncertain says in a result what is so only by what comes first.
func (q *resolution) markUncertain(result *Result, asked map[*store.Node]map[string]bool, given map[*path]bool) {
	r := &race{resolution: q, given: given, takes: map[*store.Node]bool{}, comes: map[*path]bool{}, met: map[bool]map[*path]bool{true: {}, false: {}}}
	r.findEarly(asked)
	r.findCertain(asked)
	for _, n := range result.Build {
		if !r.takes[n] {
			result.MaySpare = append(result.MaySpare, n)
		}
	}
	for i, f := range result.Fetch {
		result.Fetch[i].MaySpare = !r.comes[r.paths[f.Path]]
	}
	referred := map[*path]bool{}
	for p := range given {
		for _, name := range p.references() {
			referred[q.paths[name]] = true
		}
	}
	for p := range given {
		if p.have == incomplete && !q.comes(p) && r.mayCome(p, map[*path]bool{}) && (referred[p] || !r.takes[q.maker[p.name]]) {
			result.MayFetch = append(result.MayFetch, Fetch{Path: p.name, Offer: *p.answer.Offer, MaySpare: true})
		}
	}
	slices.SortFunc(result.MayFetch, func(a, b Fetch) int { return strings.Compare(a.Path, b.Path) })
}

// findEarly goes down from what is asked for as far as nothing is waited for.
func (r *race) findEarly(asked map[*store.Node]map[string]bool) {
	early := &outputsTodo{of: map[*store.Node]map[string]bool{}}
	for n, outputs := range asked {
		early.add(n, slices.Collect(maps.Keys(outputs)))
	}
	// Before 2.30 one goal is for all outputs and begins with those that are wanted by
	// then, which are not known but of what is asked for.
	late := func(n *store.Node, name string) bool { return r.Rules.Retry && len(n.Outputs) > 1 && !asked[n][name] }
	early.each(func(n *store.Node, outputs map[string]bool) bool {
		givesUp, waits := false, false
		for name := range outputs {
			if late(n, name) {
				continue
			}
			p := r.paths[n.Outputs[name].Path]
			switch {
			case p == nil:
				waits = true
			case p.valid:
			case !r.mayFetch(n), p.have == none:
				givesUp = true
			case r.downloads(p):
				waits = true
			default:
				givesUp = true
			}
		}
		return givesUp && !(waits && r.Rules.Retry)
	})
	for n, outputs := range early.of {
		maps.DeleteFunc(outputs, func(name string, _ bool) bool { return late(n, name) })
	}
	r.early = early.of
}

// downloads says whether something is fetched before Nix knows whether a path can be.
func (r *race) downloads(p *path) bool {
	if p.have == had {
		return !p.valid
	}
	for p := range r.fetchAll([]*path{p}) {
		if p.have == had {
			return true
		}
	}
	return false
}

// findCertain goes down from what is asked for, and what Nix comes to early, as far as
// no race spares it.
func (r *race) findCertain(asked map[*store.Node]map[string]bool) {
	wanted := &outputsTodo{of: map[*store.Node]map[string]bool{}}
	for _, outputs := range []map[*store.Node]map[string]bool{asked, r.early} {
		for n, names := range outputs {
			wanted.add(n, slices.Collect(maps.Keys(names)))
		}
	}
	wanted.each(func(n *store.Node, outputs map[string]bool) bool {
		for name := range outputs {
			if p := r.paths[n.Outputs[name].Path]; p != nil && r.mayFetch(n) {
				r.come(p, r.early[n][name])
			}
		}
		if r.takes[n] || !r.forced(n, outputs) {
			return false
		}
		r.takes[n] = true
		for _, source := range n.Sources {
			if p := r.paths[source]; p != nil {
				r.come(p, false)
			}
		}
		return true
	})
}

// forced says whether one of the outputs makes Nix realise the inputs.
func (r *race) forced(n *store.Node, outputs map[string]bool) bool {
	for name := range outputs {
		p := r.paths[n.Outputs[name].Path]
		switch {
		case p == nil:
			return true
		case p.valid:
		case !r.mayFetch(n):
			if !r.given[p] {
				return true
			}
		case p.have == none, p.have == incomplete && r.early[n][name]:
			return true
		}
	}
	return false
}

// come notes that a path is fetched, and with it what it refers to. One that a build
// makes as well may be there before, unless Nix comes to it early.
func (r *race) come(p *path, early bool) {
	ways := []*path{p}
	for len(ways) > 0 {
		p := ways[len(ways)-1]
		ways = ways[:len(ways)-1]
		if p.valid || p.answer == nil || r.met[early][p] {
			continue
		}
		r.met[early][p] = true
		switch {
		case !early && r.decisions[r.maker[p.name]] == build:
			continue
		case r.resolution.comes(p):
			r.comes[p] = true
		case !early:
			continue
		}
		for _, name := range p.references() {
			ways = append(ways, r.paths[name])
		}
	}
}

// mayCome says whether what is built may make an incomplete path one that can be
// fetched.
func (r *race) mayCome(p *path, way map[*path]bool) bool {
	if r.resolution.comes(p) || p.valid || r.built[p.name] {
		return true
	}
	if p.have != incomplete || way[p] {
		return false
	}
	way[p] = true
	return !slices.ContainsFunc(p.references(), func(name string) bool { return !r.mayCome(r.paths[name], way) })
}
