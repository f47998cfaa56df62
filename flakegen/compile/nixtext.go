package compile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// nixText is the argument of nix("…"): texts, and the splices between them.
type nixText struct {
	rng     hcl.Range
	texts   []string
	pieces  []textPiece
	splices []splice
}

// splice is "${x}" in Nix text.
type splice struct {
	expr hclsyntax.Expression
	nixlang.Splice
}

// nixCall compiles nix("…"). The text is read into the tree, and what is rendered
// is printed from that: no text can reach beyond its place.
func (w *walker) nixCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if !w.arity(e, 1, 1, "nix(\"with pkgs; [ hello ]\")") {
		return broken
	}
	text, ok := w.nixText(unwrap(e.Args[0]))
	if !ok {
		return broken
	}
	var splices []nixlang.Splice
	for _, s := range text.splices {
		splices = append(splices, s.Splice)
	}
	template, err := nixlang.ParseTemplate(text.texts, splices)
	if failure := (*nixlang.SyntaxError)(nil); errors.As(err, &failure) {
		w.errorf(w.placeInText(text, failure.Text, failure.Offset, max(1, failure.Length)), "Error in Nix text",
			"Line %d, column %d of the text: %s.", failure.Line, failure.Column, failure.Message)
		return broken
	}
	for _, use := range template.Free {
		w.nixVariable(use, w.placeInText(text, use.Text, use.Offset, len(use.Name)))
	}
	for i, place := range template.Places {
		w.checkSplice(text.splices[i], place)
	}
	return template.Expr
}

// nixText takes the argument of nix("…") apart.
func (w *walker) nixText(arg hclsyntax.Expression) (*nixText, bool) {
	text := &nixText{rng: arg.Range(), texts: []string{""}}
	var parts []hclsyntax.Expression
	quoted := !w.Spec.Sources[text.rng.Filename].IsHeredoc(text.rng)
	switch e := arg.(type) {
	case *hclsyntax.TemplateExpr:
		parts = e.Parts
	case *hclsyntax.TemplateWrapExpr:
		return text, w.addSplice(text, e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		parts = []hclsyntax.Expression{e}
	default:
		if w.open[arg] {
			w.errorf(arg.Range(), "Not a text", "What nix takes is known when rendering. Write the Nix in quotes or as a heredoc, with ${…} for what is not.")
			return nil, false
		}
		known, ok := w.partText(arg)
		text.texts[0] = known
		return text, ok && w.charge(len(known), arg.Range())
	}
	for _, part := range parts {
		part = spec.Unmetered(part)
		if literal, ok := part.(*hclsyntax.LiteralValueExpr); ok && literal.Val.Type() == cty.String {
			last := len(text.texts) - 1
			value := literal.Val.AsString()
			text.pieces = append(text.pieces, textPiece{text: last, offset: len(text.texts[last]), value: value, rng: literal.SrcRange, quoted: quoted})
			text.texts[last] += value
			if !w.charge(len(value), literal.SrcRange) {
				return nil, false
			}
			continue
		}
		if w.isDirective(part) {
			w.errorf(part.Range(), "A directive in Nix text", "Write the condition or the loop in Nix, or within ${…}.")
			return nil, false
		}
		if !w.addSplice(text, part) {
			return nil, false
		}
	}
	return text, true
}

// isDirective says whether a part of a template is written as %{…}.
func (w *walker) isDirective(part hclsyntax.Expression) bool {
	rng := part.Range()
	return strings.HasPrefix(string(rng.SliceBytes(w.Spec.Sources[rng.Filename].Bytes)), "%{")
}

// addSplice compiles "${x}". In a string of the text it is what it is in a string
// of HCL: text that is known becomes text.
func (w *walker) addSplice(text *nixText, expr hclsyntax.Expression) bool {
	s := splice{expr: expr}
	if !w.open[expr] {
		value, ok := w.value(expr)
		if !ok || !value.IsKnown() {
			return false
		}
		if known, err := convert.Convert(value, cty.String); err == nil && !known.IsNull() {
			if !w.checkText(known.AsString(), expr.Range()) {
				return false
			}
			s.Parts = []nixlang.Part{{Text: known.AsString()}}
		}
	}
	s.Expr = w.atMost(Undemanded, expr)
	if str, ok := s.Expr.(*nixlang.String); ok && s.Parts == nil {
		s.Parts = append([]nixlang.Part{}, str.Parts...)
	}
	text.splices = append(text.splices, s)
	text.texts = append(text.texts, "")
	return true
}

// checkSplice refuses a splice that means something else where it stands.
func (w *walker) checkSplice(s splice, place nixlang.SplicePlace) {
	if place.Interpolated && !w.open[s.expr] && s.Parts == nil {
		// It has no text, and this says why.
		w.partText(s.expr)
		return
	}
	if len(place.Bound) == 0 {
		return
	}
	inner, err := nixlang.ParseTemplate([]string{nixlang.Print(s.Expr)}, nil)
	if err != nil {
		w.errorf(s.expr.Range(), "Too deeply nested", "Move a part into a let.")
		return
	}
	for _, use := range inner.Free {
		if slices.Contains(place.Bound, use.Name) {
			w.errorf(s.expr.Range(), fmt.Sprintf("The Nix text has another %q here", use.Name), "What stands in ${…} would refer to that. Give it another name in the text.")
			return
		}
	}
}

// nixRoots are the roots that Nix text can name.
var nixRoots = []string{"inputs", "lib", "pkgs", "self", "system"}

// nixVariable notes or refuses a variable that Nix text uses and does not bind.
func (w *walker) nixVariable(use nixlang.Use, rng hcl.Range) {
	name := use.Name
	_, isValue := w.values[name]
	_, isPart := w.parts[name]
	switch {
	case isValue, isPart, w.parameter(name) != nil:
		w.errorf(rng, fmt.Sprintf("%q is a name of HCL", name), "Write ${%s}.", name)
	case slices.Contains(nixRoots, name), name == "final" && name == w.scope.Final, name == "prev" && name == w.scope.Prev:
		// An overlay's parameters have the names of the roots.
		t := hcl.Traversal{hcl.TraverseRoot{Name: name, SrcRange: rng}}
		if name == "inputs" && use.Attribute != "" {
			t = append(t, hcl.TraverseAttr{Name: use.Attribute, SrcRange: rng})
		}
		w.reference(t)
	case nixlang.IsGlobal(name):
	case w.isLet(name):
		w.reference(hcl.Traversal{hcl.TraverseRoot{Name: "let", SrcRange: rng}, hcl.TraverseAttr{Name: name, SrcRange: rng}})
	case use.With && w.isRendered(name):
		w.errorf(rng, fmt.Sprintf("%q has a meaning in the rendered file", name), "Inside of a with that meaning counts. Write the whole path, as in pkgs.%s.", name)
	case use.With:
		// The with has it, as far as anyone but Nix knows.
	case slices.Contains(spec.Roots, name):
		w.errorf(rng, fmt.Sprintf("%q is a root of HCL", name), "Write it within ${…}, as in ${%s.x}.", name)
	case name == strings.ToUpper(name) || name == "out":
		w.errorf(rng, fmt.Sprintf("Unknown name %q", name), "For a variable of the shell, Nix wants its own escape in front: ''$${%s} between pairs of single quotes.", name)
	default:
		candidates := slices.Concat(w.letNames(), w.Spec.Takes, nixRoots, nixlang.Globals())
		w.errorf(rng, fmt.Sprintf("Unknown name %q", name), "%s", didYouMean(name, candidates, "Nix text may name "+strings.Join(nixRoots, ", ")+", a let, and what Nix has everywhere. Anything else stands within ${…}."))
	}
}

// isRendered says whether the file that is rendered may bind a name itself, so
// that a with around Nix text would not be asked for it.
func (w *walker) isRendered(name string) bool {
	// Where a name is taken, an apostrophe is put behind it.
	name = strings.TrimRight(name, "'")
	if slices.Contains([]string{"final", "finalAttrs", "packages", "prev", "shared"}, name) {
		return true
	}
	return w.scope.File == w.Spec.FlakePath() && w.boundByFlake()[name]
}

// boundByFlake gives the names that the file of the outputs may bind.
func (c *Compiler) boundByFlake() map[string]bool {
	if c.bound != nil {
		return c.bound
	}
	c.bound = map[string]bool{c.Spec.NixpkgsInput(): true}
	for _, name := range []string{"aliases", "nixpkgs", "perSystem", "systems"} {
		c.bound[name] = true
	}
	for _, d := range c.Spec.Derivations() {
		if len(d.Variants) > 0 {
			c.bound[strings.ReplaceAll(d.Name, "+", "_")] = true
		}
	}
	return c.bound
}
