package missing

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// path is what is known of a store path.
type path struct {
	name  string
	valid bool
	// answer is nil until the caches were asked.
	answer *substituter.Answer
	have   having
}

// having says whether a path can be had without building it.
type having int

const (
	unasked having = iota
	// valid or fetchable
	had
	incomplete
	none
)

// maxInvented is how many paths outside of the closure caches may lead to. What a
// real output refers to is an output or a source of the closure.
const maxInvented = 100_000

// prepare asks once which outputs and sources of the closure are valid.
func (r *Resolver) prepare(ctx context.Context) error {
	if r.paths != nil {
		return nil
	}
	r.maker, r.place = map[string]*store.Node{}, map[*store.Node]int{}
	known := map[string]bool{}
	for i, n := range r.Closure.Sorted() {
		r.place[n] = i
		for _, o := range n.Outputs {
			if o.Path != "" {
				known[o.Path], r.maker[o.Path] = true, n
			}
		}
		for _, source := range n.Sources {
			known[source] = true
		}
	}
	paths := map[string]*path{}
	if err := r.validate(ctx, paths, slices.Sorted(maps.Keys(known))); err != nil {
		return err
	}
	r.paths = paths
	return nil
}

// validate notes paths that are new, and whether they are valid.
func (r *Resolver) validate(ctx context.Context, paths map[string]*path, names []string) error {
	invalid, err := r.Store.Invalid(ctx, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		paths[name] = &path{name: name, valid: true, have: had}
	}
	for _, name := range invalid {
		if p, ok := paths[name]; ok {
			p.valid, p.have = false, unasked
		}
	}
	return nil
}

// ask asks the caches for paths, and for all that these refer to, a round for each
// step away. Afterwards all of them have a having.
func (r *Resolver) ask(ctx context.Context, names []string) error {
	var asked []*path
	for len(names) > 0 {
		if err := r.meet(ctx, names); err != nil {
			return err
		}
		var round []*path
		for _, name := range names {
			if p := r.paths[name]; p.have == unasked && p.answer == nil {
				round = append(round, p)
				p.answer = &substituter.Answer{Path: name}
			}
		}
		if err := r.askCaches(ctx, round); err != nil {
			return err
		}
		asked = append(asked, round...)
		next := map[string]bool{}
		for _, p := range round {
			for _, reference := range p.references() {
				if known := r.paths[reference]; known == nil || known.answer == nil && known.have == unasked {
					next[reference] = true
				}
			}
		}
		names = slices.Sorted(maps.Keys(next))
	}
	r.settle(asked)
	return nil
}

// meet validates the paths that are met for the first time.
func (r *Resolver) meet(ctx context.Context, names []string) error {
	strangers := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return r.paths[name] != nil })
	if len(strangers) == 0 {
		return nil
	}
	if r.invented += len(strangers); r.invented > maxInvented {
		return fmt.Errorf("the caches lead to more than %d paths that no derivation here makes", maxInvented)
	}
	return r.validate(ctx, r.paths, strangers)
}

func (r *Resolver) askCaches(ctx context.Context, round []*path) error {
	if len(round) == 0 || r.Caches == nil {
		return nil
	}
	names := make([]string, len(round))
	for i, p := range round {
		names[i] = p.name
	}
	answers, err := r.Caches.Ask(ctx, names)
	if err != nil {
		// Nothing of this round is known.
		for _, p := range round {
			p.answer = nil
		}
		return err
	}
	for i, p := range round {
		p.answer = &answers[i]
	}
	return nil
}

// references are the other paths that what a cache offers refers to.
func (p *path) references() []string {
	if p.answer == nil || p.answer.Offer == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.answer.Offer.References), func(r string) bool { return r == p.name })
}

// settle says of paths that were asked for together whether they can be had: those
// that all they refer to can be had of, beginning with those that refer to nothing.
// A circle, which only a cache could make, cannot.
func (r *Resolver) settle(asked []*path) {
	waiting := map[*path]int{}
	users := map[*path][]*path{}
	var ready []*path
	for _, p := range asked {
		if p.answer.Offer == nil {
			p.have = none
			continue
		}
		for _, name := range p.references() {
			if reference := r.paths[name]; reference.have != had {
				waiting[p]++
				users[reference] = append(users[reference], p)
			}
		}
		if waiting[p] == 0 {
			ready = append(ready, p)
		}
	}
	for len(ready) > 0 {
		p := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		p.have = had
		for _, user := range users[p] {
			if waiting[user]--; waiting[user] == 0 {
				ready = append(ready, user)
			}
		}
	}
	for _, p := range asked {
		if p.have == unasked {
			p.have = incomplete
		}
	}
}
