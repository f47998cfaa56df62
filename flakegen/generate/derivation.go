package generate

import (
	"fmt"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// defaultBuilders are the functions that make a derivation of each kind where
// the block names none.
var defaultBuilders = map[spec.Kind][]string{
	spec.KindPackage: {"pkgs", "stdenv", "mkDerivation"},
	spec.KindCheck:   {"pkgs", "stdenv", "mkDerivation"},
	spec.KindShell:   {"pkgs", "mkShell"},
}

// derivationFile renders a derivation to a file of its own: a function of what
// it uses.
func (r *renderer) derivationFile(d *spec.Derivation) *file {
	uses := compile.Uses{}
	body, lead := r.derivation(d, d.Path, uses)
	formals := &nixlang.Formals{}
	for _, name := range r.arguments(uses) {
		formals.Args = append(formals.Args, nixlang.Formal{Name: name})
	}
	return &file{path: d.Path, lead: lead, body: &nixlang.Lambda{Param: formals, Body: body}, uses: uses}
}

// derivation renders a derivation block for the file of that name and adds what
// it uses, other than its own lets, to uses. The lead are comments to stand above.
func (r *renderer) derivation(d *spec.Derivation, path string, uses compile.Uses) (body nixlang.Expr, lead []string) {
	c := &derivationRenderer{renderer: r, block: d, path: path, uses: compile.Uses{}}
	body = c.body()
	bindings := c.lets()
	lead = lines(d.Value, d.Builder)
	if c.shared != nil && len(d.Variants) > 0 {
		shared := nixlang.Bind("shared", ofFinal(c.shared, c.sharedFinal))
		shared.Lead = lines(d.Attrs)
		bindings = append(bindings, shared)
	} else {
		lead = append(lead, lines(d.Attrs)...)
	}
	bindings = append(bindings, c.tests...)
	for name := range c.uses {
		uses[name] = true
		if d.Tests != nil && spec.IsTestName(name) {
			let := d.Let(name)
			if let == nil {
				let = r.spec.Let(name)
			}
			r.errorf(let.NameRange, fmt.Sprintf("A let cannot be called %q", name), "The file of package %q, which has tests, uses the name itself. Rename the let.", d.Name)
		}
	}
	for _, let := range d.Lets {
		delete(uses, let.Name)
	}
	return orBody(&nixlang.Let{Entries: bindings, Body: body}), lead
}

// derivationRenderer renders one derivation block.
type derivationRenderer struct {
	*renderer
	block *spec.Derivation
	path  string
	uses  compile.Uses
	// shared is the set of the block's own attributes, on top of attrs; nil where
	// there are neither. sharedFinal says that it refers to final.
	shared      nixlang.Expr
	sharedFinal bool
	// tests are the bindings that the variants' tests use.
	tests []nixlang.Entry
}

// finalName is what nixpkgs calls the parameter that final stands for.
const finalName = "finalAttrs"

func (c *derivationRenderer) scope() *compile.Scope {
	return &compile.Scope{File: c.path, Block: c.block, Uses: c.uses}
}

func (c *derivationRenderer) body() nixlang.Expr {
	if c.block.Value != nil {
		return c.evaluated(c.block.Value, c.scope(), compile.Shallow)
	}
	builder := c.builder()
	c.shared, c.sharedFinal = c.sharedSet()
	if len(c.block.Variants) == 0 {
		argument := c.shared
		if argument == nil {
			argument = nixlang.Attrs()
		}
		return nixlang.Call(builder, ofFinal(argument, c.sharedFinal))
	}
	var tests *testsRenderer
	if c.block.Tests != nil {
		tests = c.testsRenderer()
	}
	set := &nixlang.AttrSet{}
	for _, output := range c.block.Outputs() {
		value := nixlang.Call(builder, c.variant(output.Variant))
		if tests != nil {
			value = tests.variant(output, value)
		}
		entry := nixlang.Bind(output.Name, value)
		entry.Trivia = compile.Trivia(output.Variant.Comments, output.Variant.NameRange)
		entry.Blank = entry.Blank || tests != nil && len(set.Entries) > 0
		set.Entries = append(set.Entries, entry)
	}
	if tests != nil {
		set.Entries = append(set.Entries, tests.seeded()...)
		c.tests = tests.bindings
	}
	return set
}

// evaluated compiles an attribute that is evaluated as far as demand says where the
// derivation is.
func (c *derivationRenderer) evaluated(a *spec.Attribute, scope *compile.Scope, demand compile.Demand) nixlang.Expr {
	scope.Demand, scope.Needs = demand, nil
	value := c.compiler.Attribute(a, scope)
	// A shared attribute that every variant replaces is never evaluated.
	if len(scope.Needs) > 0 && !(c.block.Attribute(a.Name) == a && isReplaced(a.Name, c.block.Variants)) {
		c.present(derivationUser(c.block), scope.Needs)
	}
	return value
}

// ofFinal gives "finalAttrs: body" where the body refers to it.
func ofFinal(body nixlang.Expr, uses bool) nixlang.Expr {
	if !uses {
		return body
	}
	return &nixlang.Lambda{Param: nixlang.Name(finalName), Body: body}
}

// sharedSet gives what the variants share, and whether it refers to final.
func (c *derivationRenderer) sharedSet() (nixlang.Expr, bool) {
	scope := c.scope()
	scope.Final = finalName
	own, final := c.attributes(c.block.Attributes, scope)
	if c.block.Attrs == nil {
		if len(own) == 0 {
			return nil, false
		}
		return nixlang.Attrs(own...), final
	}
	demand := compile.Undemanded
	if forces(c.block) {
		demand = compile.Shallow
	}
	attrs := c.evaluated(c.block.Attrs, c.scope(), demand)
	if len(own) == 0 {
		return attrs, false
	}
	return &nixlang.Binary{Op: nixlang.Update, Left: attrs, Right: nixlang.Attrs(own...)}, final
}

func (c *derivationRenderer) builder() nixlang.Expr {
	if c.block.Builder != nil {
		return c.evaluated(c.block.Builder, c.scope(), compile.Shallow)
	}
	path := defaultBuilders[c.block.Kind]
	c.uses[path[0]] = true
	return nixlang.Sel(path[0], path[1:]...)
}

// variant gives the argument of the builder: what is shared, updated with the
// variant's own attributes. The update is shallow and lazy, as Nix's is, and
// inside of the function of final, which so sees the variant's values.
func (c *derivationRenderer) variant(v *spec.Variant) nixlang.Expr {
	entries, final := c.attributes(v.Attributes, c.updating(c.scope(), v.Each))
	return c.updated(entries, final)
}

// updating makes a scope that of attributes over what is shared: with final, shared,
// and the values of for_each.
func (c *derivationRenderer) updating(scope *compile.Scope, values map[string]cty.Value) *compile.Scope {
	scope.Final = finalName
	scope.Values = values
	scope.Shared = &compile.Shared{Open: c.block.Attrs != nil, Function: c.sharedFinal}
	return scope
}

// sharedValue gives what is shared, inside of a function of final where it is one.
func (c *derivationRenderer) sharedValue() nixlang.Expr {
	if c.sharedFinal {
		return nixlang.Call(nixlang.Ident("shared"), nixlang.Ident(finalName))
	}
	return nixlang.Ident("shared")
}

// updated gives the argument of the builder: what is shared, updated with entries,
// of which final says whether one refers to it.
func (c *derivationRenderer) updated(entries []nixlang.Entry, final bool) nixlang.Expr {
	own := nixlang.Attrs(entries...)
	switch {
	case c.shared == nil:
		return ofFinal(own, final)
	case len(entries) == 0:
		return nixlang.Ident("shared")
	}
	return ofFinal(&nixlang.Binary{Op: nixlang.Update, Left: c.sharedValue(), Right: own}, final || c.sharedFinal)
}

// attributes gives the entries of attributes, and whether one refers to final.
func (c *derivationRenderer) attributes(list []*spec.Attribute, scope *compile.Scope) ([]nixlang.Entry, bool) {
	var entries []nixlang.Entry
	for _, a := range list {
		entries = append(entries, bind(a, c.evaluated(a, scope, c.demand(a))))
	}
	final := c.uses["final"]
	delete(c.uses, "final")
	return compile.MergeInherits(entries), final
}

// lets renders the lets of the block that are in use, in the spec's order. A let
// that nothing uses is left out: it could not change the derivation, and the
// reader would look for its use.
func (c *derivationRenderer) lets() []nixlang.Entry {
	uses := map[string]compile.Uses{}
	values := map[string]nixlang.Expr{}
	for _, let := range c.block.Lets {
		scope := &compile.Scope{File: c.path, Block: c.block, Uses: compile.Uses{}}
		values[let.Name] = c.compiler.Attribute(let, scope)
		uses[let.Name] = scope.Uses
	}
	closure(c.uses, uses)
	var entries []nixlang.Entry
	for _, let := range c.block.Lets {
		if c.uses[let.Name] {
			entries = append(entries, bindLet(let, values[let.Name]))
		}
	}
	return entries
}

// closure adds to used what the lets in it use, and so on.
func closure(used compile.Uses, byLet map[string]compile.Uses) {
	var todo []string
	for name := range used {
		todo = append(todo, name)
	}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for next := range byLet[name] {
			if !used[next] {
				used[next] = true
				todo = append(todo, next)
			}
		}
	}
}

// standing are the arguments that are no lets, in the order in which they are
// written.
var standing = []string{"pkgs", "lib", "system", "self", "inputs", "packages"}

// arguments lists what a file takes: first what the flake always has, then lets
// in the spec's order.
func (r *renderer) arguments(uses compile.Uses) []string {
	var list []string
	for _, name := range standing {
		if uses[name] {
			list = append(list, name)
		}
	}
	// A file uses few of the lets that there may be.
	first := len(list)
	for name := range uses {
		if _, isLet := r.letPlaces[name]; isLet {
			list = append(list, name)
		}
	}
	slices.SortFunc(list[first:], func(a, b string) int { return r.letPlaces[a] - r.letPlaces[b] })
	return list
}
