package compile

import (
	"math/big"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/nixlang"
)

// closed computes an expression without symbols.
func (w *walker) closed(expr hclsyntax.Expression) nixlang.Expr {
	value, ok := w.value(expr)
	if !ok {
		return broken
	}
	return w.Value(value, expr.Range())
}

// value evaluates a closed expression.
func (w *walker) value(expr hclsyntax.Expression) (cty.Value, bool) {
	before := w.Spec.Charged()
	value, diags := w.Spec.EvalClosed(expr, w.values)
	w.output += w.Spec.Charged() - before
	w.add(diags...)
	return value, !diags.HasErrors()
}

// Value gives the Nix literal of a value; rng is the place to name in errors.
// Objects and maps are sorted by key, as HCL keeps no order of theirs.
func (c *Compiler) Value(value cty.Value, rng hcl.Range) nixlang.Expr {
	t := value.Type()
	switch {
	case !value.IsKnown():
		// A broken local stands behind it, which is reported where it is.
		return broken
	case value.IsNull():
		return null
	case t == cty.String:
		// A text of several lines that was computed has no form of its own.
		text := value.AsString()
		return c.text(text, strings.Contains(text, "\n"), rng)
	case t == cty.Number:
		return c.number(value.AsBigFloat(), rng)
	case t == cty.Bool:
		if value.True() {
			return nixlang.Ident("true")
		}
		return nixlang.Ident("false")
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
		list := &nixlang.List{}
		for it := value.ElementIterator(); it.Next(); {
			_, element := it.Element()
			list.Items = append(list.Items, nixlang.Item{Value: c.Value(element, rng)})
		}
		return list
	case t.IsObjectType() || t.IsMapType():
		set := &nixlang.AttrSet{}
		for it := value.ElementIterator(); it.Next(); {
			key, element := it.Element()
			if !c.checkText(key.AsString(), rng) {
				continue
			}
			set.Entries = append(set.Entries, &nixlang.Binding{
				Path:  []nixlang.AttrName{{Name: key.AsString()}},
				Value: c.Value(element, rng),
			})
		}
		return set
	}
	c.errorf(rng, "No Nix for this value", "A value of type %s has no form in Nix. Use strings, numbers, bools, lists and objects.", t.FriendlyName())
	return broken
}

// number gives an integer or a float. Nix integers have 64 bits.
func (c *Compiler) number(n *big.Float, rng hcl.Range) nixlang.Expr {
	if n.IsInt() {
		i, accuracy := n.Int64()
		if accuracy != big.Exact {
			c.errorf(rng, "Number too large for Nix", "A Nix integer has 64 bits: from -9223372036854775808 to 9223372036854775807. Write it as a string.")
			return broken
		}
		return nixlang.Int(i)
	}
	f, _ := n.Float64()
	if f == 0 {
		c.errorf(rng, "Number too small for Nix", "It is nearer to zero than any float of 64 bits. Write it as a string.")
		return broken
	}
	return nixlang.Float(f)
}

// text gives a string literal.
func (c *Compiler) text(text string, indented bool, rng hcl.Range) nixlang.Expr {
	if !c.checkText(text, rng) {
		return broken
	}
	s := &nixlang.String{Indented: indented}
	if text != "" {
		s.Parts = []nixlang.Part{{Text: text}}
	}
	return s
}

// checkText refuses what no Nix string can hold.
func (c *Compiler) checkText(text string, rng hcl.Range) bool {
	if err := nixlang.CheckText(text); err != nil {
		c.errorf(rng, "No Nix string for this text", "%s. Take it out, or let the build make it, as with printf.", capitalize(err.Error()))
		return false
	}
	return true
}

func capitalize(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
