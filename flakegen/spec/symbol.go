package spec

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Symbol is a reference to something that only Nix knows.
type Symbol struct {
	// Name is what to call it in a message: a root name, or the name of a
	// function that makes Nix text.
	Name  string
	Range hcl.Range
}

// nixFunctions are the functions that have no value before Nix runs.
var nixFunctions = map[string]bool{"call": true, "fn": true, "import": true, "nix": true, "path": true}

// Symbols lists the symbols in an expression, in the order of the text.
func Symbols(expr hclsyntax.Expression) []Symbol {
	_, symbols := Analyze(expr)
	return symbols
}

// Open is the set of the nodes of an expression that hold a symbol; all others
// are closed.
type Open map[hclsyntax.Node]bool

// Analyze finds, in one walk, which nodes of an expression hold symbols.
//
// HCL's own Expression.Variables does not report what stands before "::" in the
// name of a function, so it cannot serve here.
func Analyze(expr hclsyntax.Expression) (Open, []Symbol) { return AnalyzeIn(expr, nil) }

// AnalyzeIn is [Analyze] for an expression inside of others that bind names: true
// for a name whose value only Nix knows.
func AnalyzeIn(expr hclsyntax.Expression, bound map[string]bool) (Open, []Symbol) {
	w := &symbolWalker{open: Open{}, scopes: []map[string]bool{bound}}
	// The walker returns no diagnostics.
	_ = hclsyntax.Walk(expr, w)
	return w.open, w.symbols
}

type symbolWalker struct {
	open    Open
	symbols []Symbol
	// nodes are those that the walk is in; scopes the names bound around them,
	// true for a name whose value only Nix knows.
	nodes  []hclsyntax.Node
	scopes []map[string]bool
}

func (w *symbolWalker) Enter(node hclsyntax.Node) hcl.Diagnostics {
	w.nodes = append(w.nodes, node)
	switch n := node.(type) {
	case hclsyntax.ChildScope:
		scope := map[string]bool{}
		for name := range n.LocalNames {
			scope[name] = w.overSymbol()
		}
		w.scopes = append(w.scopes, scope)
	case *hclsyntax.ObjectConsKeyExpr:
		// HCL takes (x) for the literal key x when it walks, but not when it
		// evaluates.
		if n.ForceNonLiteral && hcl.ExprAsKeyword(n.Wrapped) != "" {
			_ = hclsyntax.Walk(n.Wrapped, w)
		}
	case *hclsyntax.ScopeTraversalExpr:
		if w.isSymbol(n.Traversal.RootName()) {
			w.found(n.Traversal.RootName(), n.SrcRange)
		}
	case *hclsyntax.FunctionCallExpr:
		if nixFunctions[n.Name] || strings.Contains(n.Name, "::") {
			w.found(n.Name, n.NameRange)
		}
		if n.Name == "fn" {
			w.scopes = append(w.scopes, parameters(n))
		}
	}
	return nil
}

func (w *symbolWalker) Exit(node hclsyntax.Node) hcl.Diagnostics {
	switch n := node.(type) {
	case hclsyntax.ChildScope:
		w.scopes = w.scopes[:len(w.scopes)-1]
	case *hclsyntax.FunctionCallExpr:
		if n.Name == "fn" {
			w.scopes = w.scopes[:len(w.scopes)-1]
		}
	}
	w.nodes = w.nodes[:len(w.nodes)-1]
	return nil
}

// found marks the node that the walk is in and all around it.
func (w *symbolWalker) found(name string, rng hcl.Range) {
	w.symbols = append(w.symbols, Symbol{Name: name, Range: rng})
	for i := len(w.nodes) - 1; i >= 0; i-- {
		// A child scope holds a map and so cannot be a key; it is no expression.
		if _, ok := w.nodes[i].(hclsyntax.Expression); !ok {
			continue
		}
		if w.open[w.nodes[i]] {
			return
		}
		w.open[w.nodes[i]] = true
	}
}

// overSymbol says whether the for expression that the walk is in goes over
// something open, so that only Nix knows what its names stand for. HCL walks the
// collection before the scope.
func (w *symbolWalker) overSymbol() bool {
	for i := len(w.nodes) - 1; i >= 0; i-- {
		if loop, ok := w.nodes[i].(*hclsyntax.ForExpr); ok {
			return w.open[loop.CollExpr]
		}
	}
	return false
}

func (w *symbolWalker) isSymbol(root string) bool {
	for i := len(w.scopes) - 1; i >= 0; i-- {
		if symbolic, bound := w.scopes[i][root]; bound {
			return symbolic
		}
	}
	return IsSymbol(root)
}

// parameters are the names that a call of fn binds: all arguments but the last.
func parameters(call *hclsyntax.FunctionCallExpr) map[string]bool {
	names := map[string]bool{}
	for i, arg := range call.Args {
		if name := hcl.ExprAsKeyword(arg); name != "" && i < len(call.Args)-1 {
			names[name] = true
		}
	}
	return names
}
