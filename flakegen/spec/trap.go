package spec

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// traps finds what HCL reads without complaint but in another way than it looks
// to someone who knows Nix.
func traps(source *Source, body *hclsyntax.Body) hcl.Diagnostics {
	t := &trapWalker{source: source}
	_ = hclsyntax.Walk(body, t)
	t.leadingUpdates()
	return t.diags
}

type trapWalker struct {
	source *Source
	diags  hcl.Diagnostics
	// comments are those of the file by the byte at which they begin; nil until
	// one is asked for, as most files have no need of it.
	comments map[int]hcl.Range
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

const (
	updateSummary = "\"//\" begins a comment in HCL"
	updateDetail  = "The rest of the line would be lost. To merge two sets write merge(a, b). For a comment behind an expression use #."
)

// update finds "//" behind an expression: a comment in HCL, but in Nix the
// operator that merges two sets. The rest of the line would be lost.
func (t *trapWalker) update(rng hcl.Range) {
	from := min(rng.End.Byte, len(t.source.Bytes))
	rest := t.source.Bytes[from:]
	start := from + len(rest) - len(bytes.TrimLeft(rest, " \t"))
	if bytes.HasPrefix(t.source.Bytes[start:], []byte("//")) {
		t.comment(start)
	}
}

// leadingUpdate finds "//" at the beginning of a line, as Nix is often laid out,
// in front of a set. That is hardly ever meant as a comment.
var leadingUpdate = regexp.MustCompile(`(?m)^[ \t]*//[ \t]*\{`)

func (t *trapWalker) leadingUpdates() {
	for _, match := range leadingUpdate.FindAllIndex(t.source.Bytes, -1) {
		t.comment(match[0] + bytes.IndexByte(t.source.Bytes[match[0]:], '/'))
	}
}

// comment reports a comment that begins with "//" at the byte start, unless that
// is text in a string.
func (t *trapWalker) comment(start int) {
	if t.comments == nil {
		t.comments = map[int]hcl.Range{}
		tokens, _ := hclsyntax.LexConfig(t.source.Bytes, t.source.Name, hcl.InitialPos)
		for _, token := range tokens {
			if token.Type == hclsyntax.TokenComment {
				t.comments[token.Range.Start.Byte] = token.Range
			}
		}
	}
	rng, ok := t.comments[start]
	if !ok {
		return
	}
	delete(t.comments, start) // it is reported once
	rng.End = rng.Start
	rng.End.Byte += 2
	rng.End.Column += 2
	t.diags = append(t.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  updateSummary,
		Detail:   updateDetail,
		Subject:  &rng,
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

// IsLiteralKey says whether the key of an object entry is written out.
func IsLiteralKey(expr hclsyntax.Expression) bool {
	_, ok := literalKey(expr)
	return ok
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
