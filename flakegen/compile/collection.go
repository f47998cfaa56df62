package compile

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// list compiles a literal list with the comments of its elements.
func (w *walker) list(e *hclsyntax.TupleConsExpr) nixlang.Expr {
	list := &nixlang.List{}
	after := e.OpenRange.End
	for _, element := range e.Exprs {
		list.Items = append(list.Items, nixlang.Item{
			Trivia: w.trivia(after, element.Range()),
			Value:  w.atMost(w.elements(), element),
		})
		after = element.Range().End
	}
	first, behind := w.Spec.Sources[e.SrcRange.Filename].Inner(e.OpenRange.End, after, e.SrcRange)
	switch {
	case first == "":
	case len(list.Items) == 0:
		list.Inner = []string{first}
	default:
		list.Items[0].Lead = append([]string{first}, list.Items[0].Lead...)
	}
	list.Inner = append(list.Inner, behind...)
	return list
}

// set compiles a literal object in the order of the spec.
func (w *walker) set(e *hclsyntax.ObjectConsExpr) nixlang.Expr {
	set := &nixlang.AttrSet{}
	seen := map[string]hclsyntax.Expression{}
	after := e.OpenRange.End
	for _, item := range e.Items {
		rng := hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range())
		name, ok := w.key(item.KeyExpr)
		value := w.atMost(Undemanded, item.ValueExpr)
		if ok && w.firstOf(seen, name, item.KeyExpr) {
			set.Entries = append(set.Entries, Bind(name, value, w.trivia(after, rng)))
		}
		after = rng.End
	}
	first, behind := w.Spec.Sources[e.SrcRange.Filename].Inner(e.OpenRange.End, after, e.SrcRange)
	switch {
	case first == "":
	case len(set.Entries) == 0:
		set.Inner = []string{first}
	default:
		prepend(set.Entries[0], first)
	}
	set.Inner = append(set.Inner, behind...)
	set.Entries = MergeInherits(set.Entries)
	return set
}

// prepend puts a comment above an entry, and above its other comments.
func prepend(entry nixlang.Entry, comment string) {
	switch e := entry.(type) {
	case *nixlang.Binding:
		e.Lead = append([]string{comment}, e.Lead...)
	case *nixlang.Inherit:
		e.Lead = append([]string{comment}, e.Lead...)
	}
}

// firstOf refuses a key that the object has already: HCL keeps the last and says
// nothing, and Nix takes none. Where both are written out it is reported as a trap.
func (w *walker) firstOf(seen map[string]hclsyntax.Expression, name nixlang.AttrName, key hclsyntax.Expression) bool {
	if name.Dynamic != nil {
		return true
	}
	first, ok := seen[name.Name]
	if !ok {
		seen[name.Name] = key
		return true
	}
	if !spec.IsLiteralKey(first) || !spec.IsLiteralKey(key) {
		w.errorf(key.Range(), fmt.Sprintf("Key %q twice in one object", name.Name), "HCL would keep only this one. Remove one.")
	}
	return false
}

// MergeInherits writes neighbouring inherits from the same place as one, unless
// comments keep them apart.
func MergeInherits(entries []nixlang.Entry) []nixlang.Entry {
	var merged []nixlang.Entry
	var last *nixlang.Inherit
	for _, entry := range entries {
		inherit, ok := entry.(*nixlang.Inherit)
		if ok && last != nil && !inherit.Blank && len(inherit.Lead) == 0 && inherit.Trail == "" && last.Trail == "" && sameFrom(last, inherit) {
			last.Names = append(last.Names, inherit.Names...)
			continue
		}
		if last = inherit; ok {
			copied := *inherit
			last = &copied
			entry = last
		}
		merged = append(merged, entry)
	}
	return merged
}

func sameFrom(a, b *nixlang.Inherit) bool {
	if a.From == nil || b.From == nil {
		return a.From == nil && b.From == nil
	}
	return nixlang.Print(a.From) == nixlang.Print(b.From)
}

// key compiles the key of an object entry. A key that only Nix knows becomes a
// dynamic attribute name.
func (w *walker) key(expr hclsyntax.Expression) (nixlang.AttrName, bool) {
	if path, ok := pathKey(expr); ok {
		w.errorf(expr.Range(), "Not a key", "For a set inside of the object write %s = { %s = … }. For the value of a reference write it in parentheses.", path.RootName(), steps(path[1:]))
		return nixlang.AttrName{}, false
	}
	if w.open[expr] {
		return attrName(w.expr(expr)), true
	}
	value, ok := w.value(expr)
	if !ok {
		return nixlang.AttrName{}, false
	}
	text, err := convert.Convert(value, cty.String)
	if err != nil || text.IsNull() {
		w.errorf(expr.Range(), "Not a key", "The key of an object is a string. Write a name, or text in quotes.")
		return nixlang.AttrName{}, false
	}
	if !text.IsKnown() || !w.checkText(text.AsString(), expr.Range()) {
		return nixlang.AttrName{}, false
	}
	return nixlang.AttrName{Name: text.AsString()}, true
}

// attrName gives the attribute name that an expression stands for: one that is
// known where what is open in the expression has come to nothing but text.
func attrName(e nixlang.Expr) nixlang.AttrName {
	s, ok := e.(*nixlang.String)
	if !ok {
		return nixlang.AttrName{Dynamic: e}
	}
	var text strings.Builder
	for _, part := range s.Parts {
		if part.Interpolated != nil {
			return nixlang.AttrName{Dynamic: e}
		}
		text.WriteString(part.Text)
	}
	return nixlang.AttrName{Name: cty.NormalizeString(text.String())}
}

// pathKey finds a key such as a.b, which in Nix is a set inside of a set and in
// HCL an error.
func pathKey(expr hclsyntax.Expression) (hcl.Traversal, bool) {
	key, ok := expr.(*hclsyntax.ObjectConsKeyExpr)
	if !ok || key.ForceNonLiteral {
		return nil, false
	}
	path, ok := key.Wrapped.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(path.Traversal) < 2 {
		return nil, false
	}
	return path.Traversal, true
}

// steps writes what stands behind a root, for a message.
func steps(path hcl.Traversal) string {
	var names []string
	for _, step := range path {
		if name, ok := stepName(step); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

// Bind gives the entry "name = value;", written with inherit where a careful
// person would: "inherit x;" for a variable, "inherit (a) x;" for an attribute
// of the same name.
func Bind(name nixlang.AttrName, value nixlang.Expr, trivia nixlang.Trivia) nixlang.Entry {
	if name.Dynamic == nil {
		switch v := value.(type) {
		case nixlang.Ident:
			if string(v) == name.Name && !isConstant(v) {
				return &nixlang.Inherit{Trivia: trivia, Names: []string{name.Name}}
			}
		case *nixlang.Select:
			if v.Or == nil && len(v.Path) > 0 && v.Path[len(v.Path)-1] == name {
				return &nixlang.Inherit{Trivia: trivia, From: selectPath(v.Of, v.Path[:len(v.Path)-1]...), Names: []string{name.Name}}
			}
		}
	}
	return &nixlang.Binding{Trivia: trivia, Path: []nixlang.AttrName{name}, Value: value}
}

// isConstant tells the words that Nix defines as variables from variables.
func isConstant(name nixlang.Ident) bool {
	return name == null || name == "true" || name == "false"
}

// trivia finds the comments of the node at rng; after is where the one before it
// ends.
func (w *walker) trivia(after hcl.Pos, rng hcl.Range) nixlang.Trivia {
	return Trivia(w.Spec.Sources[rng.Filename].Comments(after, rng), rng)
}

// Trivia gives the comments and the place of what stands at rng to the entry that
// it becomes.
func Trivia(c spec.Comments, rng hcl.Range) nixlang.Trivia {
	return nixlang.Trivia{Blank: c.Blank, Lead: c.Lead, Trail: c.Trail, Origin: rng}
}
