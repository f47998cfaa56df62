package spec

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Eval gives the value of a closed expression with HCL's own evaluator. A symbol
// in it is an error.
func (s *Spec) Eval(expr hclsyntax.Expression) (cty.Value, hcl.Diagnostics) {
	return s.evalWith(expr, nil)
}

func (s *Spec) evalWith(expr hclsyntax.Expression, names map[string]cty.Value) (cty.Value, hcl.Diagnostics) {
	if diags := refuseSymbols(expr, "This value is computed when rendering, before Nix runs."); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return s.EvalClosed(expr, names)
}

// EvalClosed is Eval for an expression that is known to hold no symbol. Bound
// gives values to the names of the for expressions around it.
func (s *Spec) EvalClosed(expr hclsyntax.Expression, bound map[string]cty.Value) (cty.Value, hcl.Diagnostics) {
	ctx := s.context
	if len(bound) > 0 {
		ctx = ctx.NewChild()
		ctx.Variables = bound
	}
	value, diags := s.meter.evaluate(expr, ctx)
	return value, s.explain(diags)
}

// refuseSymbols reports each symbol in an expression that must be closed.
func refuseSymbols(expr hclsyntax.Expression, why string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, symbol := range Symbols(expr) {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  fmt.Sprintf("%s is known to Nix only", symbol.Name),
			Detail:   why + " What refers to Nix goes into a let block.",
			Subject:  symbol.Range.Ptr(),
		})
	}
	return diags
}

// explain adds to HCL's own errors what a user of flakegen needs to know.
func (s *Spec) explain(diags hcl.Diagnostics) hcl.Diagnostics {
	var result hcl.Diagnostics
	var operation hcl.Range
	for _, d := range diags {
		switch d.Summary {
		case "Unknown variable":
			s.explainName(d)
		case "Call to unknown function":
			s.explainFunction(d)
		case "Unsupported attribute":
			d.Detail = s.missingAttribute(d)
		case "Error in function call":
			explainPanic(d)
		case "Invalid operand":
			// One error is enough for both sides.
			if d.Context != nil && *d.Context == operation {
				continue
			}
			if d.Context != nil {
				operation = *d.Context
			}
			explainOperand(d)
		}
		result = append(result, d)
	}
	return result
}

// subject gives the text that an error points at, and its source.
func (s *Spec) subject(d *hcl.Diagnostic) (string, *Source) {
	if s == nil || d.Subject == nil || s.Sources[d.Subject.Filename] == nil {
		return "", nil
	}
	source := s.Sources[d.Subject.Filename]
	return string(d.Subject.SliceBytes(source.Bytes)), source
}

func (s *Spec) explainName(d *hcl.Diagnostic) {
	name, source := s.subject(d)
	if source == nil {
		return
	}
	if slices.Contains(Roots, name) {
		d.Summary = fmt.Sprintf("%q means nothing here", name)
		d.Detail = "Only a variant with for_each, and the texts of tests, may refer to it."
		return
	}
	d.Summary = fmt.Sprintf("Unknown name %q", name)
	roots := "A reference begins with one of " + strings.Join(Roots, ", ") + "."
	start, end := d.Subject.Start.Byte, d.Subject.End.Byte
	if bytes.HasSuffix(source.Bytes[:start], []byte("${")) && bytes.HasPrefix(source.Bytes[end:], []byte("}")) {
		roots = fmt.Sprintf("For a variable of the shell write $${%s}. %s", name, roots)
	}
	d.Detail = didYouMean(name, Roots, roots)
}

func (s *Spec) explainFunction(d *hcl.Diagnostic) {
	name, source := s.subject(d)
	if source == nil {
		return
	}
	d.Summary = fmt.Sprintf("Unknown function %q", name)
	d.Detail = didYouMean(name, FunctionNames(), "A function of Nix is called by its whole name, as in lib::optional(c, x) or builtins::toJSON(x).")
}

func explainOperand(d *hcl.Diagnostic) {
	switch {
	case strings.HasSuffix(d.Detail, "a number is required."):
		d.Summary = "Not a number"
		d.Detail = "To put text together write a template, as in \"${a}-${b}\"; for lists concat(a, b), for objects merge(a, b)."
	case strings.HasSuffix(d.Detail, "a bool is required."):
		d.Summary = "Not true or false"
		d.Detail = "Compare it with something, as in a == 1."
	}
}

// explainPanic words the error of a function that has no result, where what it
// says is meant for its programmer.
func explainPanic(d *hcl.Diagnostic) {
	extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
	if !ok {
		return
	}
	var panicked function.PanicError
	if errors.As(extra.FunctionCallError(), &panicked) {
		d.Detail = fmt.Sprintf("%s has no result for these arguments.", extra.CalledFunctionName())
	}
}

// missingAttribute words the error of a reference to a local that is not there.
func (s *Spec) missingAttribute(d *hcl.Diagnostic) string {
	if traversal, ok := d.Expression.(*hclsyntax.ScopeTraversalExpr); ok && traversal.Traversal.RootName() == "local" && !isHidden("local", d.EvalContext) {
		if name, ok := secondName(traversal.Traversal); ok && s.locals[name] == nil {
			d.Summary = fmt.Sprintf("Unknown local %q", name)
			return didYouMean(name, sortedKeys(s.locals), "Define it in a locals block.")
		}
	}
	return d.Detail
}

// isHidden says whether a name is bound by a for expression around.
func isHidden(name string, context *hcl.EvalContext) bool {
	for c := context; c != nil && c.Parent() != nil; c = c.Parent() {
		if _, ok := c.Variables[name]; ok {
			return true
		}
	}
	return false
}

// evaluateLocals computes all locals, each after those that it refers to.
func (d *decoder) evaluateLocals() {
	l := &localEvaluator{decoder: d, state: map[string]visitState{}, values: map[string]cty.Value{}, functions: d.spec.meter.functions()}
	for _, name := range sortedKeys(d.spec.locals) {
		l.visit(name)
	}
	d.spec.context = l.context(sortedKeys(l.values))
}

type visitState int

const (
	unvisited visitState = iota
	visiting
	visited
)

type localEvaluator struct {
	*decoder
	state     map[string]visitState
	chain     []string
	values    map[string]cty.Value
	functions map[string]function.Function
}

func (l *localEvaluator) visit(name string) {
	a := l.spec.locals[name]
	if a == nil || l.state[name] == visited {
		return
	}
	if l.state[name] == visiting {
		l.errorf(a.NameRange, "Locals in a circle", "local.%s refers to itself: %s.", name, circle(l.chain, name))
		return
	}
	l.state[name] = visiting
	l.chain = append(l.chain, name)
	used := l.usedBy(a.Expr)
	for _, other := range used {
		l.visit(other)
	}
	l.chain = l.chain[:len(l.chain)-1]
	l.state[name] = visited

	// Only what it refers to is put together, so that many locals stay linear.
	l.spec.context = l.context(used)
	// An unknown stands in for a value that is broken and reported.
	l.values[name] = cty.DynamicVal
	if value, ok := l.value(a.Expr); ok {
		l.values[name] = value
	}
}

// circle writes the way from a name back to itself, along the chain that led to it.
func circle(chain []string, name string) string {
	const most = 10
	way := append(slices.Clone(chain[slices.Index(chain, name):]), name)
	if len(way) > most {
		way = append(append(way[:most/2:most/2], "…"), way[len(way)-most/2:]...)
	}
	return strings.Join(way, " → ")
}

// usedBy lists the locals that an expression refers to, sorted, each once.
func (l *localEvaluator) usedBy(expr hclsyntax.Expression) []string {
	found := map[string]bool{}
	for _, traversal := range expr.Variables() {
		if traversal.RootName() != "local" {
			continue
		}
		name, ok := secondName(traversal)
		if !ok {
			// All of them, as in keys(local).
			return sortedKeys(l.spec.locals)
		}
		found[name] = true
	}
	return sortedKeys(found)
}

func (l *localEvaluator) context(names []string) *hcl.EvalContext {
	locals := map[string]cty.Value{}
	for _, name := range names {
		if value, ok := l.values[name]; ok {
			locals[name] = value
		} else if l.spec.locals[name] != nil {
			// It is part of a circle, which is reported.
			locals[name] = cty.DynamicVal
		}
	}
	return &hcl.EvalContext{
		Functions: l.functions,
		Variables: map[string]cty.Value{"local": cty.ObjectVal(locals)},
	}
}

// secondName gives the name behind the root of a traversal.
func secondName(traversal hcl.Traversal) (string, bool) {
	if len(traversal) < 2 {
		return "", false
	}
	switch step := traversal[1].(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.IsKnown() && !step.Key.IsNull() && step.Key.Type() == cty.String {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// value evaluates a closed expression and reports what is wrong with it. It is
// false also where the value rests on one that is broken and reported already.
func (d *decoder) value(expr hclsyntax.Expression) (cty.Value, bool) { return d.valueWith(expr, nil) }

// valueWith is value with further names that have a value where the expression stands.
func (d *decoder) valueWith(expr hclsyntax.Expression, names map[string]cty.Value) (cty.Value, bool) {
	value, diags := d.spec.evalWith(expr, names)
	d.diags = append(d.diags, diags...)
	return value, !diags.HasErrors() && value.IsWhollyKnown()
}
