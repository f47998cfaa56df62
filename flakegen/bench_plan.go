package flakegen

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
)

// benchSide is one side of a bench, evaluated.
type benchSide struct {
	target abtest.Target
	// builds are the derivations that each run builds, those that others need
	// first; the output's own is the last.
	builds []*store.Derivation
}

func (s benchSide) top() *store.Derivation { return s.builds[len(s.builds)-1] }

// plan evaluates both sides and finds what each run has to build: what one
// side needs and the other does not, and always the output itself. What both need
// is built or fetched once, before, and so is every download, whose time is that
// of the network.
func (o BenchOptions) plan(ctx context.Context) ([2]benchSide, error) {
	var sides [2]benchSide
	answers, err := o.Nix.Evaluate(ctx, []nixcmd.Installable{o.Targets[abtest.A].installable, o.Targets[abtest.B].installable})
	if err != nil {
		return sides, err
	}
	derivations := &store.Derivations{}
	var closures [2]benchClosure
	for i, answer := range answers {
		if answer.Err != nil {
			return sides, &BenchEvalError{o.Targets[i].Name, answer.Err}
		}
		sides[i].target = o.Targets[i].Target
		sides[i].target.Derivation = answer.Derivation
		if closures[i], err = closureOf(derivations, answer.Derivation); err != nil {
			return sides, fmt.Errorf("%s: %w", o.Targets[i].Name, err)
		}
		sides[i].target.System = closures[i].top.System
	}
	for i := range sides {
		sides[i].builds = closures[i].without(closures[1-i], o.OnlyOutputs)
		for _, d := range sides[i].builds {
			sides[i].target.Differs = append(sides[i].target.Differs, d.Path)
		}
	}
	return sides, nil
}

// BenchEvalError says that a side does not evaluate.
type BenchEvalError struct {
	Name string
	Err  error
}

func (e *BenchEvalError) Error() string {
	return fmt.Sprintf("%s does not evaluate:\n%s", e.Name, e.Err)
}
func (e *BenchEvalError) Unwrap() error { return e.Err }

// benchClosure is the derivations that an output needs, without those that only a
// download needs: its content is known beforehand, so nothing else depends on how
// it comes.
type benchClosure struct {
	top   *store.Derivation
	order []*store.Derivation // those that others need first
	paths map[string]bool     // of all outputs
}

var (
	errFixed    = errors.New("it is a download: its content is fixed, so there is nothing to build")
	errFloating = errors.New("where its outputs go is known only when they are built (content-addressed derivations): bench cannot build such a one anew")
)

func closureOf(derivations *store.Derivations, file string) (benchClosure, error) {
	c := benchClosure{paths: map[string]bool{}}
	all := map[string]*store.Derivation{}
	err := derivations.Walk([]string{file}, func(d *store.Derivation) error {
		if d.Fixed() {
			return store.ErrPrune
		}
		for _, output := range d.Outputs {
			if output.Path == "" {
				return fmt.Errorf("%s: %w", d.Path, errFloating)
			}
			c.paths[output.Path] = true
		}
		all[d.Path] = d
		return nil
	})
	if err != nil {
		return c, err
	}
	if c.top = all[file]; c.top == nil {
		return c, errFixed
	}
	c.order = inOrder(all, file)
	return c, nil
}

// inOrder sorts derivations so that each comes behind what it needs. It keeps its
// own stack, because chains of derivations are long.
func inOrder(all map[string]*store.Derivation, top string) []*store.Derivation {
	type step struct {
		d     *store.Derivation
		needs []string // still to be looked at
	}
	var order []*store.Derivation
	seen := map[string]bool{top: true}
	stack := []step{{all[top], all[top].Needs()}}
	for len(stack) > 0 {
		last := &stack[len(stack)-1]
		if len(last.needs) == 0 {
			order = append(order, last.d)
			stack = stack[:len(stack)-1]
			continue
		}
		file := last.needs[0]
		last.needs = last.needs[1:]
		if d := all[file]; d != nil && !seen[file] {
			seen[file] = true
			stack = append(stack, step{d, d.Needs()})
		}
	}
	return order
}

// without is what the other closure has not, and the top. Two derivations are the
// same where they make the same paths: the .drv files of equal ones differ where
// they need the same download by different means.
func (c benchClosure) without(other benchClosure, onlyTop bool) []*store.Derivation {
	return slices.DeleteFunc(slices.Clone(c.order), func(d *store.Derivation) bool {
		if d == c.top {
			return false
		}
		return onlyTop || !slices.ContainsFunc(d.Paths(), func(path string) bool { return !other.paths[path] })
	})
}

// needed are the outputs that the builds of both sides need and no run builds.
func needed(v nixcmd.Version, sides [2]benchSide) []nixcmd.Installable {
	outputs := map[string][]string{}
	var order []string
	for _, side := range sides {
		built := map[string]bool{}
		for _, d := range side.builds {
			built[d.Path] = true
		}
		for _, d := range side.builds {
			for _, file := range d.Needs() {
				if built[file] {
					continue
				}
				if _, ok := outputs[file]; !ok {
					order = append(order, file)
				}
				for _, output := range d.Inputs[file] {
					if !slices.Contains(outputs[file], output) {
						outputs[file] = append(outputs[file], output)
					}
				}
			}
		}
	}
	var list []nixcmd.Installable
	for _, file := range order {
		list = append(list, nixcmd.DerivationOutputs(v, file, outputs[file]...))
	}
	return list
}
