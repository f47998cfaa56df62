package spec

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// The limits of what a spec may compute. They are far above what a flake needs,
// and keep a spec from someone else from taking the memory of this machine: a
// local that holds another one twice, sixty times in a row, is a short text.
const (
	// freeComputed is what the values of any spec may come to, in bytes, and
	// computedPerByte what each byte of its text adds. A list that is written out
	// stays below that.
	freeComputed    = 16 << 20
	computedPerByte = 256
	// nodeSize is what an element of a list or an object counts, besides its text.
	nodeSize = 64
	// maxExponent bounds numbers, to 2^±4096: far beyond what Nix can hold. In text
	// a number has a digit for every three of its bits, however short it is written.
	maxExponent = 4096
)

// A meter counts what the values of a spec come to.
//
// HCL's evaluator has no limits of its own and no place to put any, so calls of a
// function that counts are put into the expressions before they are evaluated:
// around what is put together with something else, or is computed repeatedly.
type meter struct {
	// limit is what all values may come to, in bytes, and left what is left of it.
	limit, left int
	// exhausted says that left was passed, which is reported once.
	exhausted bool
	// failure is what the evaluation at hand is refused for.
	failure *hcl.Diagnostic
	// prepared are the expressions that have these calls.
	prepared map[hclsyntax.Expression]bool
}

// The names of the functions that count. No call in a spec can have such a name.
const (
	meterCall       = "count value"
	meterNumberCall = "count number"
)

// newMeter gives the meter for a spec of that many bytes.
func newMeter(size int) *meter {
	limit := freeComputed + size*computedPerByte
	return &meter{limit: limit, left: limit, prepared: map[hclsyntax.Expression]bool{}}
}

var errMetered = errors.New("the limits of a spec are passed")

// charge counts n bytes. It says whether there were so many left.
func (m *meter) charge(n int) bool {
	if n > m.left {
		m.exhausted = true
	}
	m.left -= min(n, m.left)
	return !m.exhausted
}

// value counts what a value comes to. It is nil where that is within the limits.
func (m *meter) value(v cty.Value, depth int) error {
	switch {
	case !m.charge(nodeSize):
		return errMetered
	case !v.IsKnown() || v.IsNull():
		return nil
	case depth > maxDepth:
		return m.fail("Too deeply nested", fmt.Sprintf("More than %d lists and objects stand in each other here.", maxDepth))
	case v.Type() == cty.String:
		if !m.charge(len(v.AsString())) {
			return errMetered
		}
	case v.Type() == cty.Number:
		return m.number(v)
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next(); {
			key, element := it.Element()
			if key.Type() == cty.String && !m.charge(len(key.AsString())) {
				return errMetered
			}
			if err := m.value(element, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// number refuses a number that would be endless as text.
func (m *meter) number(v cty.Value) error {
	n := v.AsBigFloat()
	if n.IsInf() {
		return m.fail("Number out of range", "It is infinite, as what is divided by zero.")
	}
	if exponent := n.MantExp(nil); exponent > maxExponent || exponent < -maxExponent {
		return m.fail("Number out of range", fmt.Sprintf("It is beyond 2^%d, or nearer to zero than 2^-%d. No Nix number is.", maxExponent, maxExponent))
	}
	return nil
}

func (m *meter) fail(summary, detail string) error {
	if m.failure == nil {
		m.failure = &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail}
	}
	return errMetered
}

// spent gives the error of a spec that computes too much.
func (m *meter) spent(rng hcl.Range) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "The spec computes too much",
		Detail:   fmt.Sprintf("Up to here its values come to more than %d MiB. Look for a local that repeats another one, a for expression inside of another, or a wide format.", m.limit>>20),
		Subject:  rng.Ptr(),
	}
}

// Charge counts what is rendered for the expression at rng: size bytes, and a node.
// Where the limits are passed it is false, the first time with a diagnostic.
func (s *Spec) Charge(size int, rng hcl.Range) (bool, *hcl.Diagnostic) {
	if s.meter.exhausted {
		return false, nil
	}
	if s.meter.charge(nodeSize + size) {
		return true, nil
	}
	return false, s.meter.spent(rng)
}

// Charged gives the number of bytes that were counted so far.
func (s *Spec) Charged() int { return s.meter.limit - s.meter.left }

// evaluate is expr.Value within the limits. Where they were passed before, the
// value is unknown and there is no error: it was reported.
func (m *meter) evaluate(expr hclsyntax.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if m.exhausted {
		return cty.DynamicVal, nil
	}
	m.failure = nil
	m.prepare(expr)
	value, diags := cty.DynamicVal, hcl.Diagnostics(nil)
	if m.failure == nil {
		value, diags = expr.Value(ctx)
	}
	if m.failure == nil && !m.exhausted && !diags.HasErrors() {
		_ = m.value(value, 0) // noted in the meter
	}
	switch {
	case m.exhausted:
		return cty.DynamicVal, hcl.Diagnostics{m.spent(expr.Range())}
	case m.failure != nil:
		if m.failure.Subject == nil {
			m.failure.Subject = expr.Range().Ptr()
		}
		return cty.DynamicVal, hcl.Diagnostics{m.failure}
	}
	return value, diags
}

// prepare puts the calls that count into a closed expression.
func (m *meter) prepare(expr hclsyntax.Expression) {
	if m.prepared[expr] {
		return
	}
	m.prepared[expr] = true
	// The walker returns no diagnostics.
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		switch n := node.(type) {
		case *hclsyntax.LiteralValueExpr:
			m.literal(n)
		case *hclsyntax.TemplateExpr:
			for i, part := range n.Parts {
				n.Parts[i] = counted(meterCall, part)
			}
		case *hclsyntax.ForExpr:
			n.CollExpr = counted(meterCall, n.CollExpr)
			n.ValExpr = counted(meterCall, n.ValExpr)
			if n.KeyExpr != nil {
				n.KeyExpr = counted(meterCall, n.KeyExpr)
			}
		case *hclsyntax.BinaryOpExpr:
			switch n.Op {
			case hclsyntax.OpEqual, hclsyntax.OpNotEqual:
				n.LHS, n.RHS = counted(meterCall, n.LHS), counted(meterCall, n.RHS)
			case hclsyntax.OpLogicalAnd, hclsyntax.OpLogicalOr:
			default:
				n.LHS, n.RHS = counted(meterNumberCall, n.LHS), counted(meterNumberCall, n.RHS)
			}
		case *hclsyntax.UnaryOpExpr:
			if n.Op.Type == cty.Number {
				n.Val = counted(meterNumberCall, n.Val)
			}
		}
		return nil
	})
}

// literal refuses a number in the text that is out of range.
func (m *meter) literal(e *hclsyntax.LiteralValueExpr) {
	if e.Val.Type() != cty.Number || e.Val.IsNull() {
		return
	}
	if m.number(e.Val) != nil && m.failure.Subject == nil {
		m.failure.Subject = e.SrcRange.Ptr()
	}
}

// counted gives the call of a function that counts what expr gives. A literal is
// as long as its text, and needs none.
func counted(name string, expr hclsyntax.Expression) hclsyntax.Expression {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return expr
	case *hclsyntax.FunctionCallExpr:
		if e.Name == meterCall || e.Name == meterNumberCall {
			return expr
		}
	}
	rng := expr.Range()
	return &hclsyntax.FunctionCallExpr{
		Name:            name,
		Args:            []hclsyntax.Expression{expr},
		NameRange:       rng,
		OpenParenRange:  rng,
		CloseParenRange: rng,
	}
}

// Unmetered gives the expression that such a call was put around, or expr itself.
// What was computed in one round of a loop may be Nix's in another.
func Unmetered(expr hclsyntax.Expression) hclsyntax.Expression {
	for {
		call, ok := expr.(*hclsyntax.FunctionCallExpr)
		if !ok || call.Name != meterCall && call.Name != meterNumberCall {
			return expr
		}
		expr = call.Args[0]
	}
}

// functions are those that a spec may call, and the two that count.
func (m *meter) functions() map[string]function.Function {
	all := functions()
	for name, f := range all {
		all[name] = m.function(name, f)
	}
	all[meterCall] = m.counter(func(v cty.Value) cty.Value { return v })
	all[meterNumberCall] = m.counter(asNumber)
	return all
}

// asNumber converts a value as an operator on numbers does, where that is possible.
func asNumber(v cty.Value) cty.Value {
	if n, err := convert.Convert(v, cty.Number); err == nil {
		return n
	}
	return v // HCL says what is wrong with it
}

// counter gives the function that counts its argument and gives it back.
func (m *meter) counter(as func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
		}},
		Type: func(arguments []cty.Value) (cty.Type, error) {
			v := as(arguments[0])
			return v.Type(), m.value(v, 0)
		},
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
			return as(arguments[0]), nil
		},
	})
}

// function gives f with its arguments and its result within the limits.
func (m *meter) function(name string, f function.Function) function.Function {
	if name == "try" || name == "can" {
		// Their arguments are expressions, which are counted themselves.
		return f
	}
	check := func(arguments []cty.Value) error {
		for _, v := range arguments {
			if v.Type() == cty.Number && v.IsKnown() && !v.IsNull() {
				if err := m.number(v); err != nil {
					return err
				}
			}
		}
		if estimate, ok := estimates[name]; ok && !m.charge(estimate(arguments)) {
			return errMetered
		}
		return nil
	}
	wrapped := &function.Spec{
		// The type of the result is that of the result: HCL asks for no other.
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
			if err := check(arguments); err != nil {
				return cty.NilVal, err
			}
			v, err := f.Call(arguments)
			if err == nil {
				err = m.value(v, 0)
			}
			return v, err
		},
	}
	for _, p := range f.Params() {
		wrapped.Params = append(wrapped.Params, unmarked(p))
	}
	if p := f.VarParam(); p != nil {
		parameter := unmarked(*p)
		wrapped.VarParam = &parameter
	}
	return function.New(wrapped)
}

// unmarked gives a parameter that is not searched for marks: there are none, and
// the search goes through all of a value.
func unmarked(p function.Parameter) function.Parameter {
	p.AllowMarked = true
	return p
}
