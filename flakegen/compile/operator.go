package compile

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

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
	return &nixlang.Binary{Op: op, Left: w.expr(e.LHS), Right: w.expr(e.RHS)}
}

func (w *walker) unary(e *hclsyntax.UnaryOpExpr) nixlang.Expr {
	return &nixlang.Unary{Op: operators[e.Op], X: w.expr(e.Val)}
}

// conditional compiles c ? x : y. Where c is known when rendering, only the
// branch that it picks is rendered.
func (w *walker) conditional(e *hclsyntax.ConditionalExpr) nixlang.Expr {
	if w.open[e.Condition] {
		return &nixlang.If{Cond: w.expr(e.Condition), Then: w.expr(e.TrueResult), Else: w.expr(e.FalseResult)}
	}
	condition, ok := w.value(e.Condition)
	if !ok || !condition.IsKnown() {
		return broken
	}
	if condition.IsNull() || condition.Type() != cty.Bool {
		w.errorf(e.Condition.Range(), "Condition is not true or false", "Compare it with something, as in local.n == 1.")
		return broken
	}
	picked, other := e.TrueResult, e.FalseResult
	if condition.False() {
		picked, other = other, picked
	}
	// The other branch is compiled for its errors; what it uses is not rendered.
	uses := w.scope.Uses
	w.scope.Uses = Uses{}
	w.expr(other)
	w.scope.Uses = uses
	return w.expr(picked)
}
