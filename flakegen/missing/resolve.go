package missing

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// decision is what becomes of a derivation. The later ones take more and replace
// the earlier ones as more outputs are wanted.
type decision int

const (
	leave decision = iota
	fetch
	// retry: its inputs are realised, and then it is fetched if that is enough.
	retry
	build
)

// resolution is one question on its way.
type resolution struct {
	*Resolver
	wanted    map[*store.Node]map[string]bool
	decisions map[*store.Node]decision
	sources   map[string]bool
	// todo are derivations of which more is wanted than was decided on, each once.
	todo   []*store.Node
	queued map[*store.Node]bool

	fetched map[*path]bool
	built   map[string]bool // output paths
}

// Resolve says what it takes to realise what is wanted. The error is of the store,
// of the context, or of a derivation or output that is not there.
func (r *Resolver) Resolve(ctx context.Context, wanted []Wanted) (*Result, error) {
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	q := &resolution{
		Resolver: r, wanted: map[*store.Node]map[string]bool{}, decisions: map[*store.Node]decision{}, sources: map[string]bool{},
		queued: map[*store.Node]bool{}, fetched: map[*path]bool{}, built: map[string]bool{},
	}
	for _, w := range wanted {
		n := r.Closure.Node(w.Derivation)
		if n == nil {
			return nil, fmt.Errorf("%s is not in the closure that was read", w.Derivation)
		}
		outputs := w.Outputs
		if len(outputs) == 0 {
			outputs = slices.Sorted(maps.Keys(n.Outputs))
		}
		if err := q.want(n, outputs); err != nil {
			return nil, err
		}
	}
	asked := maps.Clone(q.wanted)
	for n, outputs := range asked {
		asked[n] = maps.Clone(outputs)
	}
	for len(q.todo) > 0 {
		round := q.todo
		q.todo = nil
		clear(q.queued)
		if err := q.ask(ctx, q.fetchables(round)); err != nil {
			return nil, err
		}
		for _, n := range round {
			if err := q.decide(n); err != nil {
				return nil, err
			}
		}
	}
	if !q.Rules.NoSubstitutes {
		if err := q.ask(ctx, slices.Sorted(maps.Keys(q.sources))); err != nil {
			return nil, err
		}
	}
	q.retryAll()
	return q.result(asked), nil
}

// want adds outputs of a derivation to what is wanted.
func (q *resolution) want(n *store.Node, outputs []string) error {
	if q.wanted[n] == nil {
		q.wanted[n] = map[string]bool{}
	}
	more := false
	for _, name := range outputs {
		if _, ok := n.Outputs[name]; !ok {
			return fmt.Errorf("%s has no output %q", n.Path, name)
		}
		more = more || !q.wanted[n][name]
		q.wanted[n][name] = true
	}
	if more && !q.queued[n] {
		q.todo, q.queued[n] = append(q.todo, n), true
	}
	return nil
}

// missing are the wanted outputs of a derivation that are not valid, sorted.
// Unclear is true where their paths are not known.
func (q *resolution) missing(n *store.Node) (paths []*path, unclear bool) {
	for name := range q.wanted[n] {
		o := n.Outputs[name].Path
		if o == "" {
			return nil, true
		}
		if p := q.paths[o]; !p.valid {
			paths = append(paths, p)
		}
	}
	slices.SortFunc(paths, func(a, b *path) int { return strings.Compare(a.name, b.name) })
	return paths, false
}

// mayFetch says whether a derivation's outputs may come from a cache.
func (q *resolution) mayFetch(n *store.Node) bool {
	return !q.Rules.NoSubstitutes && (!n.NoSubstitutes || q.Rules.AlwaysAllowSubstitutes)
}

// fetchables are the paths that the caches are to be asked for.
func (q *resolution) fetchables(nodes []*store.Node) []string {
	var names []string
	for _, n := range nodes {
		if !q.mayFetch(n) {
			continue
		}
		missing, _ := q.missing(n)
		for _, p := range missing {
			names = append(names, p.name)
		}
	}
	return names
}

func (q *resolution) decide(n *store.Node) error {
	if q.queued[n] {
		return nil // more is wanted of it since this round began; the next one asks for that
	}
	missing, unclear := q.missing(n)
	become := leave
	switch {
	case unclear, len(missing) > 0 && !q.mayFetch(n):
		become = build
	default:
		for _, p := range missing {
			switch p.have {
			case had:
				become = max(become, fetch)
			case incomplete:
				become = max(become, map[bool]decision{true: retry, false: build}[q.Rules.Retry])
			case none:
				become = build
			default:
				panic(fmt.Sprintf("%s was not asked for", p.name))
			}
		}
	}
	before := q.decisions[n]
	q.decisions[n] = max(before, become)
	if before >= retry || become < retry {
		return nil
	}
	for _, i := range n.Inputs {
		if err := q.want(i.Node, i.Wanted); err != nil {
			return fmt.Errorf("%s needs what is not there: %w", n.Path, err)
		}
	}
	for _, source := range n.Sources {
		q.sources[source] = true
	}
	return nil
}

// retryAll decides on those that are tried again when their inputs are there, the
// inputs before who needs them.
func (q *resolution) retryAll() {
	for n, d := range q.decisions {
		if d == build {
			q.markBuilt(n)
		}
	}
	for _, n := range q.decided() {
		if q.decisions[n] != retry {
			continue
		}
		q.decisions[n] = fetch
		missing, _ := q.missing(n)
		for _, p := range missing {
			if !q.later(p, map[*path]bool{}) {
				q.decisions[n] = build
			}
		}
		if q.decisions[n] == build {
			q.markBuilt(n)
		}
	}
}

// decided are the derivations that were decided on, inputs before who needs them. The
// closure may be that of thousands of outputs, of which one is looked at here.
func (q *resolution) decided() []*store.Node {
	return slices.SortedFunc(maps.Keys(q.decisions), func(a, b *store.Node) int { return q.place[a] - q.place[b] })
}

func (q *resolution) markBuilt(n *store.Node) {
	for _, o := range n.Outputs {
		q.built[o.Path] = true
	}
}

// later says whether a path can be fetched with what is built by then, and notes it.
func (q *resolution) later(p *path, way map[*path]bool) bool {
	if p.have == had || q.built[p.name] || q.fetched[p] {
		return true
	}
	if p.have != incomplete || way[p] {
		return false
	}
	way[p] = true
	for _, name := range p.references() {
		if !q.later(q.paths[name], way) {
			return false
		}
	}
	q.fetched[p] = true
	return true
}

// result puts the decisions together.
func (q *resolution) result(asked map[*store.Node]map[string]bool) *Result {
	r := &Result{}
	var useful, superseded []*path
	for _, n := range q.decided() {
		if q.decisions[n] == leave {
			continue
		}
		missing, unclear := q.missing(n)
		if q.decisions[n] == build {
			r.Build = append(r.Build, n)
			if unclear {
				r.Unclear = append(r.Unclear, n)
			}
		}
		switch {
		case !q.mayFetch(n):
		case q.decisions[n] == build:
			superseded = append(superseded, missing...)
		default:
			useful = append(useful, missing...)
		}
	}
	for _, source := range slices.Sorted(maps.Keys(q.sources)) {
		if p := q.paths[source]; p.have != had {
			r.Unknown = append(r.Unknown, source)
		} else {
			useful = append(useful, p)
		}
	}
	for n, outputs := range asked {
		for name := range outputs {
			if p := q.paths[n.Outputs[name].Path]; p != nil && p.valid {
				r.Present = append(r.Present, p.name)
			}
		}
	}
	slices.Sort(r.Present)
	needed := q.fetchAll(useful)
	all := q.fetchAll(superseded)
	maps.Copy(all, needed)
	for p := range all {
		if f := p.answer; q.comes(p) {
			r.Fetch = append(r.Fetch, Fetch{Path: p.name, Offer: *f.Offer, Superseded: !needed[p]})
		}
		if len(p.answer.Refused) > 0 {
			r.Refused = append(r.Refused, *p.answer)
		}
		if len(p.answer.Failed) > 0 {
			r.Failed = append(r.Failed, *p.answer)
		}
	}
	slices.SortFunc(r.Fetch, func(a, b Fetch) int { return strings.Compare(a.Path, b.Path) })
	q.markUncertain(r, asked, all)
	byPath := func(a, b substituter.Answer) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(r.Refused, byPath)
	slices.SortFunc(r.Failed, byPath)
	return r
}

// comes says whether a path is fetched in the end.
func (q *resolution) comes(p *path) bool { return p.have == had || q.fetched[p] }

// fetchAll are the paths, and all that they refer to, that are not valid. Nix
// fetches what an incomplete one refers to as well, before it knows. What a build
// makes is there by then.
func (q *resolution) fetchAll(paths []*path) map[*path]bool {
	all := map[*path]bool{}
	for len(paths) > 0 {
		p := paths[len(paths)-1]
		paths = paths[:len(paths)-1]
		if p.valid || all[p] {
			continue
		}
		all[p] = true
		for _, name := range p.references() {
			paths = append(paths, q.paths[name])
		}
	}
	return all
}
