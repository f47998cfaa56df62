package compile

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// Compiler compiles the expressions of one spec and collects what is wrong.
type Compiler struct {
	Spec *spec.Spec
	// Exists says whether the repository has a file or folder at a clean path
	// relative to its root.
	Exists func(path string) bool
	// Diagnostics grows with every error found, each once: what stands in a loop or
	// in a variant for each key is compiled many times.
	Diagnostics hcl.Diagnostics

	reported map[report]bool
	// bound are names that the file of the outputs binds; nil until one is asked for.
	bound map[string]bool
	// output is what all that was compiled comes to, in bytes.
	output int
}

// report is what tells two errors apart.
type report struct {
	rng     hcl.Range
	summary string
}

// Scope is what names mean where an expression stands.
type Scope struct {
	// File is the Nix file that the expression is rendered in, relative to the
	// root; path literals are relative to it.
	File string
	// Block is the derivation block whose lets it may refer to; nil outside of one.
	Block *spec.Derivation
	// Shared is what the variants of the block share; nil outside of variants,
	// where the root shared means nothing.
	Shared *Shared
	// Final is the name of the parameter that final stands for; empty where the
	// root means nothing. Prev says the same of prev.
	Final, Prev string
	// FlakeLevel says that the expression has no system, and so none of the roots
	// that depend on one.
	FlakeLevel bool
	// Values gives values to further names, such as each.
	Values map[string]cty.Value
	// Each says what the root each holds inside of a function of Nix over it; nil where
	// it is no parameter.
	Each *Each
	// Uses collects the names that the rendered file must get from outside.
	Uses Uses
	// Demand says how far the value is evaluated wherever what it is part of is.
	Demand Demand
	// Needs collects the outputs of the flake that are evaluated then.
	Needs []Need
}

// Shared is what the variants of a block share: its attributes.
type Shared struct {
	// Open says that there are more, which only Nix knows.
	Open bool
	// Function says that shared is a function of final.
	Function bool
}

// Uses is the set of the names that an expression uses and its file does not
// bind: pkgs, lib, system, self, inputs, packages, and lets of the flake. It also
// notes lets of the block, final and prev, and the fields of each.
type Uses map[string]bool

// Attribute compiles the value of an attribute.
func (c *Compiler) Attribute(a *spec.Attribute, scope *Scope) nixlang.Expr {
	return c.Expr(a.Expr, scope)
}

// Expr compiles one expression. Where it is in error the result is an
// expression that no caller should print.
func (c *Compiler) Expr(expr hclsyntax.Expression, scope *Scope) nixlang.Expr {
	open, _ := spec.AnalyzeIn(expr, scope.Each.bound())
	w := &walker{Compiler: c, scope: scope, open: open, values: scope.Values, demand: scope.Demand}
	return w.expr(expr)
}

// walker compiles the parts of one expression.
type walker struct {
	*Compiler
	scope *Scope
	open  spec.Open
	// parameters are the names that the functions around bind, the innermost
	// last, each with whether it was used.
	parameters []*parameter
	// values and parts are what the names of the for expressions around stand
	// for, where these are unrolled: a value, or Nix where only that is known.
	values map[string]cty.Value
	parts  map[string]part
	// demand is that of the scope, or less for what Nix may leave alone.
	demand Demand
}

// part is Nix that a name stands for, what it comes to in bytes, and what it uses
// where the name is used.
type part struct {
	expr nixlang.Expr
	size int
	uses traces
}

// traces are what compiling something left behind: names of the scope, and
// parameters of the functions around.
type traces struct {
	names      Uses
	needs      []Need
	parameters []*parameter
}

// apart compiles something that may not be rendered, and gives its traces instead
// of leaving them.
func (w *walker) apart(expr hclsyntax.Expression) (nixlang.Expr, traces) {
	names, needs := w.scope.Uses, w.scope.Needs
	w.scope.Uses, w.scope.Needs = Uses{}, nil
	var before []*parameter
	for _, p := range w.parameters {
		if p.used {
			before = append(before, p)
			p.used = false
		}
	}
	compiled := w.expr(expr)
	found := traces{names: w.scope.Uses, needs: w.scope.Needs}
	w.scope.Uses, w.scope.Needs = names, needs
	for _, p := range w.parameters {
		if p.used {
			found.parameters = append(found.parameters, p)
			p.used = false
		}
	}
	for _, p := range before {
		p.used = true
	}
	return compiled, found
}

// leave leaves the traces of something that was compiled apart.
func (w *walker) leave(t traces) {
	maps.Copy(w.scope.Uses, t.names)
	if w.demand != Undemanded {
		w.scope.Needs = append(w.scope.Needs, t.needs...)
	}
	for _, p := range t.parameters {
		p.used = true
	}
}

// parameter is a parameter of a function: its name in HCL and in Nix.
type parameter struct {
	name, nix string
	used      bool
}

const null = nixlang.Ident("null")

// broken stands for what could not be compiled.
const broken = null

// expr compiles a part. Every expression type of HCL has a case here, and a test
// holds the list against HCL.
func (w *walker) expr(expr hclsyntax.Expression) nixlang.Expr {
	expr = spec.Unmetered(expr)
	if !w.charge(0, expr.Range()) {
		return broken
	}
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return w.expr(e.Expression)
	case *hclsyntax.TupleConsExpr:
		return w.list(e)
	case *hclsyntax.ObjectConsExpr:
		return w.set(e)
	case *hclsyntax.TemplateExpr:
		return w.template(e)
	}
	if !w.open[expr] {
		return w.closed(expr)
	}
	switch e := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return w.reference(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		return w.steps(w.atMost(Shallow, e.Source), e.Traversal)
	case *hclsyntax.FunctionCallExpr:
		return w.call(e)
	case *hclsyntax.ConditionalExpr:
		return w.conditional(e)
	case *hclsyntax.BinaryOpExpr:
		return w.binary(e)
	case *hclsyntax.UnaryOpExpr:
		return w.unary(e)
	case *hclsyntax.IndexExpr:
		return w.index(e)
	case *hclsyntax.TemplateWrapExpr:
		return w.wrap(e)
	case *hclsyntax.ObjectConsKeyExpr:
		return w.expr(e.Wrapped)
	case *hclsyntax.ForExpr:
		return w.loop(e)
	case *hclsyntax.TemplateJoinExpr:
		return w.joined(e)
	case *hclsyntax.SplatExpr:
		w.errorf(e.MarkerRange, "A splat needs a value that is known when rendering", "Only Nix knows this one. Write builtins::map(fn(x, x.name), list).")
		return broken
	case *hclsyntax.AnonSymbolExpr, *hclsyntax.LiteralValueExpr, *hclsyntax.ExprSyntaxError:
		// They hold no names and so are never open.
	}
	panic(fmt.Sprintf("compile: unexpected expression %T", expr))
}

func (c *Compiler) errorf(rng hcl.Range, summary, detail string, args ...any) {
	c.add(&hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  summary,
		Detail:   fmt.Sprintf(detail, args...),
		Subject:  rng.Ptr(),
	})
}

// charge counts what is rendered against the limits of the spec.
func (c *Compiler) charge(size int, rng hcl.Range) bool {
	c.output += size + 1
	ok, diag := c.Spec.Charge(size, rng)
	if diag != nil {
		c.add(diag)
	}
	return ok
}

// add adds errors that were not found before.
func (c *Compiler) add(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		key := report{summary: d.Summary}
		if d.Subject != nil {
			key.rng = *d.Subject
		}
		if c.reported[key] {
			continue
		}
		if c.reported == nil {
			c.reported = map[report]bool{}
		}
		c.reported[key] = true
		c.Diagnostics = append(c.Diagnostics, d)
	}
}

// didYouMean names the candidate that is near, or else says otherwise.
func didYouMean(name string, candidates []string, otherwise string) string {
	if near := platform.Nearest(name, candidates); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	return otherwise
}
