package compile

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// reference compiles root.a.b. What the root may be is the table of docs/language.md.
func (w *walker) reference(t hcl.Traversal) nixlang.Expr {
	root := t.RootName()
	if p := w.parameter(root); p != nil {
		p.used = true
		return w.steps(nixlang.Ident(p.nix), t[1:])
	}
	if part, ok := w.parts[root]; ok {
		if !w.charge(part.size, t.SourceRange()) {
			return broken
		}
		w.leave(part.uses)
		return w.steps(part.expr, t[1:])
	}
	if w.scope.Prev != "" && root == "pkgs" {
		w.errorf(t.SourceRange(), "pkgs in an overlay", "An overlay makes the package set: it is final here, or prev as it was before.")
		return broken
	}
	if w.scope.FlakeLevel && slices.Contains(systemRoots, root) {
		remedy := ""
		if w.scope.Prev == "" {
			remedy = " For an output of each system add: per_system = true"
		}
		w.errorf(t.SourceRange(), fmt.Sprintf("%s where there is no system", root), "This is a part of the flake that is the same for all systems. It may use self, inputs, lib, builtins and local.%s", remedy)
		return broken
	}
	switch root {
	case "final":
		return w.parameterRoot(t, w.scope.Final, "final", "Only an attribute of a derivation and an overlay may refer to it.")
	case "prev":
		return w.parameterRoot(t, w.scope.Prev, "prev", "Only an overlay may refer to it.")
	case "pkgs", "lib", "system", "self":
		w.scope.Uses[root] = true
		return w.steps(nixlang.Ident(root), t[1:])
	case "builtins":
		return w.steps(nixlang.Ident(root), t[1:])
	case "inputs":
		return w.inputReference(t)
	case "each":
		return w.eachReference(t)
	case "let":
		return w.letReference(t)
	case "shared":
		return w.sharedReference(t)
	case "package":
		return w.packageReference(t)
	case "alias":
		return w.aliasReference(t)
	}
	w.errorf(t.SourceRange(), fmt.Sprintf("%q means nothing here", root), "This version of flakegen does not know it yet.")
	return broken
}

// systemRoots are the roots that depend on the system.
var systemRoots = []string{"pkgs", "system", "let", "package", "alias"}

// parameterRoot compiles a root that stands for a parameter of the function that
// is rendered around.
func (w *walker) parameterRoot(t hcl.Traversal, name, root, remedy string) nixlang.Expr {
	if name == "" {
		w.errorf(t.SourceRange(), fmt.Sprintf("%q means nothing here", root), "%s", remedy)
		return broken
	}
	w.scope.Uses[root] = true
	return w.steps(nixlang.Ident(name), t[1:])
}

// parameter gives the innermost parameter of that name, or nil.
func (w *walker) parameter(name string) *parameter {
	for _, p := range slices.Backward(w.parameters) {
		if p.name == name {
			return p
		}
	}
	return nil
}

// name gives the step behind the root as a name, with an error where there is none.
func (w *walker) name(t hcl.Traversal, example string) (string, bool) {
	if len(t) > 1 {
		if name, ok := stepName(t[1]); ok {
			return name, true
		}
	}
	w.errorf(t.SourceRange(), "Incomplete reference", "Write the name behind it, as in %s.", example)
	return "", false
}

func stepName(step hcl.Traverser) (string, bool) {
	switch s := step.(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		if s.Key.IsKnown() && !s.Key.IsNull() && s.Key.Type() == cty.String {
			return s.Key.AsString(), true
		}
	}
	return "", false
}

func (w *walker) inputReference(t hcl.Traversal) nixlang.Expr {
	// Of an adopted flake the inputs are the owner's.
	if len(t) > 1 && !w.Spec.Adopted {
		if name, ok := stepName(t[1]); ok && name != "self" && w.Spec.Input(name) == nil {
			var names []string
			for _, in := range w.Spec.Inputs {
				names = append(names, in.Name)
			}
			w.errorf(t[1].SourceRange(), fmt.Sprintf("Unknown input %q", name), "%s", didYouMean(name, names, "Declare it: input \""+name+"\" { url = … }"))
			return broken
		}
	}
	w.scope.Uses["inputs"] = true
	return w.steps(nixlang.Ident("inputs"), t[1:])
}

func (w *walker) letReference(t hcl.Traversal) nixlang.Expr {
	name, ok := w.name(t, "let.llvmEnv")
	if !ok {
		return broken
	}
	if !w.useLet(name) {
		w.errorf(t[1].SourceRange(), fmt.Sprintf("Unknown let %q", name), "%s", didYouMean(name, w.letNames(), "Define it in a let block."))
		return broken
	}
	return w.steps(nixlang.Ident(name), t[2:])
}

// useLet notes the use of a let of the block or of the flake.
func (w *walker) useLet(name string) bool {
	if !w.isLet(name) {
		return false
	}
	w.scope.Uses[name] = true
	return true
}

func (w *walker) isLet(name string) bool {
	return w.scope.Block != nil && w.scope.Block.Let(name) != nil || w.Spec.Let(name) != nil
}

func (w *walker) letNames() []string {
	lets := w.Spec.Lets
	if w.scope.Block != nil {
		lets = slices.Concat(w.scope.Block.Lets, lets)
	}
	return attributeNames(lets)
}

func attributeNames(list []*spec.Attribute) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return names
}

func (w *walker) sharedReference(t hcl.Traversal) nixlang.Expr {
	if w.scope.Shared == nil {
		w.errorf(t.SourceRange(), "shared outside of a variant", "Only a variant may refer to what its package shares. Put a value that both need into a let.")
		return broken
	}
	name, ok := w.name(t, "shared.buildInputs")
	if !ok {
		return broken
	}
	var shared nixlang.Expr = nixlang.Ident("shared")
	if w.scope.Shared.Function {
		w.scope.Uses["final"] = true
		shared = nixlang.Call(shared, nixlang.Ident(w.scope.Final))
	}
	if w.scope.Shared.Open || w.scope.Block.Attribute(name) != nil {
		return w.steps(shared, t[1:])
	}
	names := attributeNames(w.scope.Block.Attributes)
	w.errorf(t[1].SourceRange(), fmt.Sprintf("No shared attribute %q", name), "%s", didYouMean(name, names, "The package has no such attribute outside of its variants."))
	return broken
}

func (w *walker) packageReference(t hcl.Traversal) nixlang.Expr {
	output, rest, diag := w.Spec.PackageReference(t)
	if diag != nil {
		w.add(diag)
		return broken
	}
	if output == nil {
		return broken
	}
	return w.outputReference(output, rest, t.SourceRange())
}

func (w *walker) aliasReference(t hcl.Traversal) nixlang.Expr {
	name, ok := w.name(t, "alias.rts")
	if !ok {
		return broken
	}
	if alias := w.Spec.Alias(name); alias != nil {
		return w.outputReference(&spec.Output{Name: name, Alias: alias}, t[2:], t.SourceRange())
	}
	var names []string
	for _, a := range w.Spec.Aliases {
		names = append(names, a.Name)
	}
	w.errorf(t[1].SourceRange(), fmt.Sprintf("Unknown alias %q", name), "%s", didYouMean(name, names, "There is no alias of that name."))
	return broken
}

func (w *walker) outputReference(output *spec.Output, rest hcl.Traversal, rng hcl.Range) nixlang.Expr {
	w.scope.Uses["packages"] = true
	w.need(output, rng)
	return w.steps(selectPath(nixlang.Ident("packages"), nixlang.AttrName{Name: output.Name}), rest)
}

// steps compiles what stands behind a reference: .name, ["name"] and [0].
func (w *walker) steps(of nixlang.Expr, steps hcl.Traversal) nixlang.Expr {
	for _, step := range steps {
		if name, ok := stepName(step); ok {
			if !w.checkText(name, step.SourceRange()) {
				return broken
			}
			of = selectPath(of, nixlang.AttrName{Name: name})
			continue
		}
		index, ok := step.(hcl.TraverseIndex)
		if !ok || !index.Key.IsKnown() || index.Key.IsNull() || index.Key.Type() != cty.Number {
			w.errorf(step.SourceRange(), "No Nix for this step", "Behind something that only Nix knows stands .name, [\"name\"] or [0].")
			return broken
		}
		position, accuracy := index.Key.AsBigFloat().Int64()
		if accuracy != big.Exact || position < 0 {
			w.errorf(step.SourceRange(), "Not a position in a list", "Positions are whole numbers, beginning with 0.")
			return broken
		}
		of = elementAt(of, nixlang.Int(position))
	}
	return of
}

// index compiles a[e] where e is more than a literal: a position where it is
// a number that is known, the name of an attribute otherwise.
func (w *walker) index(e *hclsyntax.IndexExpr) nixlang.Expr {
	collection := w.atMost(Shallow, e.Collection)
	if w.open[e.Key] {
		return selectPath(collection, attrName(w.atMost(Shallow, e.Key)))
	}
	key, ok := w.value(e.Key)
	if !ok || !key.IsKnown() {
		return broken
	}
	return w.steps(collection, hcl.Traversal{hcl.TraverseIndex{Key: key, SrcRange: e.Key.Range()}})
}

// elemAt is the function of Nix that takes an element of a list by its position.
var elemAt = nixlang.Sel("builtins", "elemAt")

func elementAt(list, position nixlang.Expr) nixlang.Expr {
	return nixlang.Call(elemAt, list, position)
}

// selectPath gives of.path, as one selection however deep of is.
func selectPath(of nixlang.Expr, path ...nixlang.AttrName) nixlang.Expr {
	if len(path) == 0 {
		return of
	}
	if s, ok := of.(*nixlang.Select); ok && s.Or == nil {
		return &nixlang.Select{Of: s.Of, Path: append(s.Path[:len(s.Path):len(s.Path)], path...)}
	}
	return &nixlang.Select{Of: of, Path: path}
}

// functionName compiles what stands before the parentheses of A::b::f(x).
func (w *walker) functionName(call *hclsyntax.FunctionCallExpr) nixlang.Expr {
	names := strings.Split(call.Name, "::")
	rng := call.NameRange
	t := hcl.Traversal{hcl.TraverseRoot{Name: names[0], SrcRange: rng}}
	for _, name := range names[1:] {
		t = append(t, hcl.TraverseAttr{Name: name, SrcRange: rng})
	}
	switch {
	case w.parameter(names[0]) != nil, w.parts[names[0]].expr != nil:
	case spec.IsSymbol(names[0]):
	case w.useLet(names[0]):
		return w.steps(nixlang.Ident(names[0]), t[1:])
	default:
		candidates := append(w.letNames(), spec.Roots...)
		w.errorf(rng, fmt.Sprintf("Unknown name %q", names[0]), "%s", didYouMean(names[0], candidates, "Before :: stands a root such as pkgs or lib, a let, or a parameter."))
		return broken
	}
	return w.reference(t)
}
