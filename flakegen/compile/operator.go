package compile

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/flakegen/flakegen/flakegen/nixlang"
)

// operators are those with the same meaning in both languages.
var operators = map[*hclsyntax.Operation]nixlang.Op{
	hclsyntax.OpLogicalOr:          nixlang.Or,
	hclsyntax.OpLogicalAnd:         nixlang.And,
	hclsyntax.OpLogicalNot:         nixlang.Not,
	hclsyntax.OpEqual:              nixlang.Equal,
	hclsyntax.OpNotEqual:           nixlang.NotEqual,
	hclsyntax.OpGreaterThan:        nixlang.Greater,
	hclsyntax.OpGreaterThanOrEqual: nixlang.GreaterEqual,
	hclsyntax.OpLessThan:           nixlang.Less,
	hclsyntax.OpLessThanOrEqual:    nixlang.LessEqual,
	hclsyntax.OpAdd:                nixlang.Add,
	hclsyntax.OpSubtract:           nixlang.Sub,
	hclsyntax.OpMultiply:           nixlang.Mul,
	hclsyntax.OpNegate:             nixlang.Negate,
}

func (w *walker) binary(e *hclsyntax.BinaryOpExpr) nixlang.Expr {
	op, ok := operators[e.Op]
	if !ok {
		sign, way := "/", "builtins::div(a, b), which drops the fraction where both are integers"
		if e.Op == hclsyntax.OpModulo {
			sign, way = "%", "lib::mod(a, b)"
		}
		w.errorf(e.SrcRange, fmt.Sprintf("%q has another meaning in Nix", sign), "Only Nix knows these values. Write %s.", way)
		return broken
	}
	demand := w.demand
	defer func() { w.demand = demand }()
	parameters := e.Op.Impl.Params()
	before := len(w.Diagnostics)
	if op == nixlang.Equal || op == nixlang.NotEqual {
		// Of lists and sets they compare the sizes first.
		w.demand = Undemanded
	}
	left := w.operand(e.LHS, parameters[0].Type)
	if len(w.Diagnostics) > before {
		return broken // One error is enough for both sides.
	}
	if op == nixlang.And || op == nixlang.Or {
		w.demand = Undemanded
	}
	return &nixlang.Binary{Op: op, Left: left, Right: w.operand(e.RHS, parameters[1].Type)}
}

func (w *walker) unary(e *hclsyntax.UnaryOpExpr) nixlang.Expr {
	return &nixlang.Unary{Op: operators[e.Op], X: w.operand(e.Val, e.Op.Impl.Params()[0].Type)}
}

// operand compiles an operand. What is known of it is converted as HCL does, since
// Nix converts nothing: the operators that HCL has for numbers would join text.
func (w *walker) operand(e hclsyntax.Expression, t cty.Type) nixlang.Expr {
	if t == cty.DynamicPseudoType {
		return w.expr(e)
	}
	if w.open[e] {
		switch unwrap(e).(type) {
		case *hclsyntax.TemplateExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr:
			return w.badOperand(e, t)
		}
		return w.expr(e)
	}
	value, ok := w.value(e)
	if !ok || !value.IsKnown() {
		return broken
	}
	converted, err := convert.Convert(value, t)
	if err != nil || converted.IsNull() {
		return w.badOperand(e, t)
	}
	return w.Value(converted, e.Range())
}

func (w *walker) badOperand(e hclsyntax.Expression, t cty.Type) nixlang.Expr {
	summary, remedy := "Not true or false", "Compare it with something, as in a == 1."
	if t == cty.Number {
		summary = "Not a number"
		remedy = "To put text together write a template, as in \"${a}-${b}\"; for lists concat(a, b), for objects merge(a, b)."
	}
	w.errorf(e.Range(), summary, "%s", remedy)
	return broken
}

// conditional compiles c ? x : y. Where c is known when rendering, only the
// branch that it picks is rendered.
func (w *walker) conditional(e *hclsyntax.ConditionalExpr) nixlang.Expr {
	if w.open[e.Condition] {
		return &nixlang.If{
			Cond: w.atMost(Shallow, e.Condition),
			Then: w.atMost(Undemanded, e.TrueResult),
			Else: w.atMost(Undemanded, e.FalseResult),
		}
	}
	condition, ok := w.value(e.Condition)
	if !ok || !condition.IsKnown() {
		return broken
	}
	condition, err := convert.Convert(condition, cty.Bool)
	if err != nil || condition.IsNull() {
		w.errorf(e.Condition.Range(), "Condition is not true or false", "Compare it with something, as in local.n == 1.")
		return broken
	}
	picked, other := e.TrueResult, e.FalseResult
	if condition.False() {
		picked, other = other, picked
	}
	// The other branch is compiled for its errors; what it uses is not rendered.
	w.apart(other)
	return w.expr(picked)
}
