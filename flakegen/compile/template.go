package compile

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// template compiles a quoted template or a heredoc.
func (w *walker) template(e *hclsyntax.TemplateExpr) nixlang.Expr {
	heredoc := w.Spec.Sources[e.SrcRange.Filename].IsHeredoc(e.SrcRange)
	if !w.open[e] {
		value, ok := w.value(e)
		if !ok || !value.IsKnown() {
			return broken
		}
		return w.text(value.AsString(), heredoc, e.SrcRange)
	}
	s := &nixlang.String{Indented: heredoc}
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			// HCL normalizes the whole, and parts that are joined may compose.
			s.Parts = append(s.Parts, nixlang.Part{Text: cty.NormalizeString(text.String())})
			text.Reset()
		}
	}
	for _, part := range e.Parts {
		if join, ok := spec.Unmetered(part).(*hclsyntax.TemplateJoinExpr); ok && w.open[part] {
			flush()
			s.Parts = append(s.Parts, w.joinedParts(join)...)
			continue
		}
		if w.open[part] {
			flush()
			s.Parts = append(s.Parts, inText(w.asText(part, w.atMost(Shallow, part)))...)
			continue
		}
		known, ok := w.partText(part)
		if !ok || !w.checkText(known, part.Range()) {
			return broken
		}
		text.WriteString(known)
	}
	flush()
	return s
}

// partText gives the text of a closed part, converted as HCL does.
func (w *walker) partText(part hclsyntax.Expression) (string, bool) {
	value, ok := w.value(part)
	if !ok || !value.IsKnown() {
		return "", false
	}
	if value.IsNull() {
		w.errorf(part.Range(), "null in a string", "The value is null, which has no text.")
		return "", false
	}
	text, err := convert.Convert(value, cty.String)
	if err != nil {
		w.errorf(part.Range(), "No text for this value", "A string, a number or a bool can stand in a string; this is %s.", value.Type().FriendlyName())
		return "", false
	}
	return text.AsString(), true
}

// wrap compiles "${x}", which HCL takes for x itself. In Nix it asks for the
// text of x, and that is what whoever writes it wants.
func (w *walker) wrap(e *hclsyntax.TemplateWrapExpr) nixlang.Expr {
	return &nixlang.String{Parts: inText(w.asText(e.Wrapped, w.atMost(Shallow, e.Wrapped)))}
}

// joined compiles a %{for} that is all of its template.
func (w *walker) joined(e *hclsyntax.TemplateJoinExpr) nixlang.Expr {
	return &nixlang.String{Parts: w.joinedParts(e)}
}

// joinedParts compiles a %{for}: its turns one after the other where these are
// known, one text made by Nix otherwise.
func (w *walker) joinedParts(e *hclsyntax.TemplateJoinExpr) []nixlang.Part {
	turns := w.expr(e.Tuple)
	list, ok := turns.(*nixlang.List)
	if !ok {
		return []nixlang.Part{{Interpolated: nixlang.Call(w.lib("concatStrings"), turns)}}
	}
	var parts []nixlang.Part
	for _, turn := range list.Items {
		parts = append(parts, inText(turn.Value)...)
	}
	return parts
}

// inText gives what an expression is in a string: that of a string its own parts.
func inText(e nixlang.Expr) []nixlang.Part {
	if s, ok := e.(*nixlang.String); ok {
		return s.Parts
	}
	return []nixlang.Part{{Interpolated: e}}
}
