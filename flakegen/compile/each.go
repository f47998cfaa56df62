package compile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// Each is what the root each holds where it is the parameter of a function of Nix.
type Each struct {
	// Fields are the names behind it; Numbers those among them that are numbers, which
	// Nix does not put into a string by itself.
	Fields, Numbers []string
	// Missing says of names that could stand behind it, and do not here, why.
	Missing map[string]string
	// Values are all that each can be, for what must be known when rendering: the paths
	// of files.
	Values []cty.Value
}

// eachName is the parameter in the rendered Nix.
const eachName = "each"

// eachPrefix stands before the fields of each among [Uses].
const eachPrefix = eachName + "."

// TakeEach takes the fields of each out of what was used, and adds them to fields.
func (u Uses) TakeEach(fields map[string]bool) {
	for name := range u {
		if field, ok := strings.CutPrefix(name, eachPrefix); ok {
			fields[field] = true
			delete(u, name)
		}
	}
}

func (e *Each) bound() map[string]bool {
	if e == nil {
		return nil
	}
	return map[string]bool{eachName: true}
}

// eachReference compiles each.NAME.
func (w *walker) eachReference(t hcl.Traversal) nixlang.Expr {
	each := w.scope.Each
	if each == nil {
		panic("compile: each is a symbol without a scope of its own")
	}
	name, ok := w.name(t, "each."+each.Fields[0])
	if !ok {
		return broken
	}
	if !slices.Contains(each.Fields, name) {
		remedy, ok := each.Missing[name]
		if !ok {
			var names []string
			for _, field := range each.Fields {
				names = append(names, "each."+field)
			}
			remedy = didYouMean(name, each.Fields, "Here there are "+strings.Join(names, ", ")+".")
		}
		w.errorf(t[1].SourceRange(), fmt.Sprintf("No each.%s here", name), "%s", remedy)
		return broken
	}
	w.scope.Uses[eachPrefix+name] = true
	return w.steps(nixlang.Ident(eachName), t[1:])
}

// asText gives what a part of a template is in a string of Nix, which takes no numbers.
func (w *walker) asText(part hclsyntax.Expression, compiled nixlang.Expr) nixlang.Expr {
	_, hidden := w.parts[eachName]
	if w.scope.Each == nil || hidden || w.parameter(eachName) != nil || !w.isNumber(part) {
		return compiled
	}
	return nixlang.Call(nixlang.Ident("toString"), compiled)
}

// isNumber says whether an expression is a number for sure: a whole literal, one of
// each, or one that is computed. All of these are whole, as there is no division of symbols.
func (w *walker) isNumber(expr hclsyntax.Expression) bool {
	switch e := spec.Unmetered(expr).(type) {
	case *hclsyntax.LiteralValueExpr:
		return e.Val.Type() == cty.Number && !e.Val.IsNull() && e.Val.AsBigFloat().IsInt()
	case *hclsyntax.ParenthesesExpr:
		return w.isNumber(e.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		if e.Traversal.RootName() != eachName || len(e.Traversal) != 2 {
			return false
		}
		name, ok := stepName(e.Traversal[1])
		return ok && slices.Contains(w.scope.Each.Numbers, name)
	case *hclsyntax.BinaryOpExpr:
		return e.Op.Type == cty.Number && (w.isNumber(e.LHS) || w.isNumber(e.RHS))
	case *hclsyntax.UnaryOpExpr:
		return w.isNumber(e.Val)
	case *hclsyntax.ConditionalExpr:
		return w.isNumber(e.TrueResult) && w.isNumber(e.FalseResult)
	}
	return false
}

// eachPath compiles path("tests/${each.module}.sh"): a literal for the folders that are
// known, and the rest added as a string. Whatever each is, the file must exist.
func (w *walker) eachPath(arg hclsyntax.Expression) nixlang.Expr {
	text, ok := w.expr(arg).(*nixlang.String)
	if !ok || len(text.Parts) == 0 {
		w.errorf(arg.Range(), "Not a path with each", "Write it in quotes, as in path(\"tests/${each.module}.sh\").")
		return broken
	}
	// After it was compiled: what is evaluated is metered from then on.
	for _, value := range w.scope.Each.Values {
		inner := *w
		inner.values = map[string]cty.Value{eachName: value}
		if inner.repositoryPath(arg) == broken {
			return broken
		}
	}
	known := "."
	rest := &nixlang.String{Parts: slices.Clone(text.Parts)}
	if first := rest.Parts[0]; first.Interpolated == nil {
		cut := strings.LastIndexByte(first.Text, '/')
		if cut >= 0 {
			known = path.Clean(first.Text[:cut])
		}
		rest.Parts[0].Text = first.Text[cut+1:]
	}
	rest.Parts = append([]nixlang.Part{{Text: "/"}}, rest.Parts...)
	return &nixlang.Binary{Op: nixlang.Add, Left: RelativePath(w.scope.File, known), Right: rest}
}
