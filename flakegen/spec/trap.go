package spec

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// traps finds what HCL reads without complaint but in another way than it looks
// to someone who knows Nix.
func traps(source *Source, body *hclsyntax.Body) hcl.Diagnostics {
	t := &trapWalker{source: source, seen: map[int]bool{}}
	_ = hclsyntax.Walk(body, t)
	return t.diags
}

type trapWalker struct {
	source *Source
	diags  hcl.Diagnostics
	seen   map[int]bool
}

func (t *trapWalker) Enter(node hclsyntax.Node) hcl.Diagnostics {
	switch n := node.(type) {
	case *hclsyntax.ObjectConsExpr:
		t.duplicateKeys(n)
		t.update(n.Range())
	case *hclsyntax.TemplateExpr:
		t.stripMarker(n)
	case hclsyntax.Expression:
		if _, ok := n.(*hclsyntax.LiteralValueExpr); !ok {
			t.update(n.Range())
		}
	}
	return nil
}

func (t *trapWalker) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// update finds "//" behind an expression: a comment in HCL, but in Nix the
// operator that merges two sets. The rest of the line would be lost.
func (t *trapWalker) update(rng hcl.Range) {
	rest := t.source.behind(rng.End)
	if !bytes.HasPrefix(rest, []byte("//")) {
		return
	}
	start := rng.End
	start.Byte += bytes.Index(t.source.Bytes[start.Byte:], []byte("//"))
	if t.seen[start.Byte] {
		return
	}
	t.seen[start.Byte] = true
	start.Column += start.Byte - rng.End.Byte
	end := start
	end.Byte, end.Column = start.Byte+2, start.Column+2
	t.diags = append(t.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "\"//\" begins a comment in HCL",
		Detail:   "The rest of the line would be lost. To merge two sets write merge(a, b). For a comment behind an expression use #.",
		Subject:  &hcl.Range{Filename: rng.Filename, Start: start, End: end},
	})
}

// duplicateKeys finds a key that stands twice in an object: HCL keeps the last
// and says nothing.
func (t *trapWalker) duplicateKeys(object *hclsyntax.ObjectConsExpr) {
	first := map[string]hcl.Range{}
	for _, item := range object.Items {
		key, ok := literalKey(item.KeyExpr)
		if !ok {
			continue
		}
		rng := item.KeyExpr.Range()
		if before, ok := first[key]; ok {
			t.diags = append(t.diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  fmt.Sprintf("Key %q twice in one object", key),
				Detail:   fmt.Sprintf("The first is at %s. HCL would keep only this one. Remove one.", place(before)),
				Subject:  &rng,
			})
			continue
		}
		first[key] = rng
	}
}

// literalKey gives the key of an object entry where it needs no evaluation.
func literalKey(expr hclsyntax.Expression) (string, bool) {
	if name := hcl.ExprAsKeyword(expr); name != "" {
		return name, true
	}
	key, ok := expr.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return "", false
	}
	template, ok := key.Wrapped.(*hclsyntax.TemplateExpr)
	if !ok || !template.IsStringLiteral() {
		return "", false
	}
	value, _ := template.Value(nil)
	return value.AsString(), value.Type() == cty.String
}

// stripMarker finds a strip marker in a "<<-" heredoc. The marker joins lines
// before HCL looks for the indentation, and the whole text keeps its own.
func (t *trapWalker) stripMarker(template *hclsyntax.TemplateExpr) {
	src := t.source.Bytes[template.SrcRange.Start.Byte:min(template.SrcRange.End.Byte, len(t.source.Bytes))]
	if !bytes.HasPrefix(src, []byte("<<-")) {
		return
	}
	for i, part := range template.Parts {
		if _, ok := part.(*hclsyntax.LiteralValueExpr); ok {
			continue
		}
		// The marker stands between the braces and the expression, so it is
		// looked for in the gaps around the part.
		from, to := template.SrcRange.Start.Byte, template.SrcRange.End.Byte
		if i > 0 {
			from = template.Parts[i-1].Range().End.Byte
		}
		if i < len(template.Parts)-1 {
			to = template.Parts[i+1].Range().Start.Byte
		}
		rng := part.Range()
		before := t.source.Bytes[min(from, rng.Start.Byte):rng.Start.Byte]
		after := t.source.Bytes[rng.End.Byte:max(to, rng.End.Byte)]
		if bytes.Contains(before, []byte("{~")) || bytes.HasPrefix(bytes.TrimLeft(after, " \t\n"), []byte("~}")) {
			t.diags = append(t.diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Strip marker in a \"<<-\" heredoc",
				Detail:   "With ~ in it HCL no longer removes the indentation of the heredoc. Use << with text that is not indented, or write the text without ~.",
				Subject:  &rng,
			})
			return
		}
	}
}
