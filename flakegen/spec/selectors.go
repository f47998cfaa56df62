package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/platform"
)

// selectorLine is a line of an object whose keys are selectors.
type selectorLine struct {
	selector string
	value    cty.Value
	// key is where the selector stands, and expr what the value comes from; both are
	// the whole object where that is not written out.
	key  hcl.Range
	expr hclsyntax.Expression
}

// selectorLines takes an attribute for an object whose keys are selectors, and reports
// what is not. What and example are for messages.
func (d *decoder) selectorLines(a *Attribute, what, example string) []selectorLine {
	value, ok := d.value(a.Expr)
	if !ok {
		return nil
	}
	if value.IsNull() || !value.Type().IsObjectType() && !value.Type().IsMapType() {
		d.errorf(a.Expr.Range(), what+" is not an object", "Write it as in: %s", example)
		return nil
	}
	if value.LengthInt() == 0 {
		d.errorf(a.Expr.Range(), what+" is empty", "Write it as in: %s", example)
		return nil
	}
	return d.linesOf(a, value)
}

// linesOf gives the lines of an object whose keys are selectors, the value of the
// attribute, and reports keys that are none.
func (d *decoder) linesOf(a *Attribute, value cty.Value) []selectorLine {
	var lines []selectorLine
	for it := value.ElementIterator(); it.Next(); {
		key, element := it.Element()
		line := selectorLine{selector: key.AsString(), value: element, key: a.Expr.Range(), expr: a.Expr}
		if object, ok := a.Expr.(*hclsyntax.ObjectConsExpr); ok {
			d.placeOf(object, &line)
		}
		if d.selector(line.selector, line.key) {
			lines = append(lines, line)
		}
	}
	return lines
}

// placeOf finds where a line of an object stands.
func (d *decoder) placeOf(object *hclsyntax.ObjectConsExpr, line *selectorLine) {
	for _, item := range object.Items {
		key, diags := d.spec.Eval(item.KeyExpr)
		if !diags.HasErrors() && key.IsWhollyKnown() && !key.IsNull() && key.Type() == cty.String && key.AsString() == line.selector {
			line.key, line.expr = item.KeyExpr.Range(), item.ValueExpr
		}
	}
}

// selector reports a selector that is none, or that matches no system of the flake.
func (d *decoder) selector(name string, rng hcl.Range) bool {
	if !platform.IsSelector(name) {
		remedy := "Name systems, or kernels such as linux or darwin."
		if near := platform.SuggestSelector(name); near != "" {
			remedy = fmt.Sprintf("Did you mean %q?", near)
		}
		d.errorf(rng, fmt.Sprintf("Unknown system %q", name), "%s", remedy)
		return false
	}
	if r := platform.Resolve([]string{name}, d.spec.Systems); len(r.Idle) > 0 && !d.systemsBroken {
		d.errorf(rng, fmt.Sprintf("%q matches no system of the flake", name), "Remove it, or add such a system to flake { systems = … }.")
		return false
	}
	return true
}

// stringOf takes the value of a line for a string.
func (d *decoder) stringOf(line selectorLine, what, example string) (string, bool) {
	if line.value.IsNull() || line.value.Type() != cty.String {
		d.errorf(line.expr.Range(), what+" is not a string", "Write it as in: %s = %s", line.selector, example)
		return "", false
	}
	return line.value.AsString(), true
}
