package compile

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// Demand says how far Nix evaluates a value. Nix is lazy, so of most values this is
// not known: the arguments of functions, the attributes of sets.
type Demand int

// The demands, from the least to the most.
const (
	// Undemanded may never be evaluated.
	Undemanded Demand = iota
	// Shallow is evaluated as far as to know whether it is a list, a set, or what
	// else; elements and attributes may never be.
	Shallow
	// Deep is evaluated, and if it is a list, so are its elements.
	Deep
)

// Need is a reference to an output of the flake that is evaluated wherever that is
// which refers to it.
type Need struct {
	Output *spec.Output
	Range  hcl.Range
}

// need notes a reference to an output, where it is sure to be evaluated.
func (w *walker) need(output *spec.Output, rng hcl.Range) {
	if w.demand != Undemanded {
		w.scope.Needs = append(w.scope.Needs, Need{output, rng})
	}
}

// atMost compiles a part that is evaluated no further than that, even where all of
// it is.
func (w *walker) atMost(demand Demand, expr hclsyntax.Expression) nixlang.Expr {
	outer := w.demand
	defer func() { w.demand = outer }()
	w.demand = min(outer, demand)
	return w.expr(expr)
}

// elements is the demand on the elements of a list.
func (w *walker) elements() Demand {
	if w.demand == Deep {
		return Deep
	}
	return Undemanded
}

// lazy compiles parts that may never be evaluated.
func (w *walker) lazy(args []hclsyntax.Expression) []nixlang.Expr {
	list := make([]nixlang.Expr, len(args))
	for i, arg := range args {
		list[i] = w.atMost(Undemanded, arg)
	}
	return list
}
