package generate

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// flake renders flake.nix, or for an adopted flake the function that its owner
// imports, around the files of the derivations.
func (r *renderer) flake() *file {
	f := &flakeRenderer{renderer: r, path: r.spec.FlakePath(), uses: compile.Uses{}}
	f.names()
	if r.spec.Adopted {
		return &file{path: f.path, body: f.adopted()}
	}
	return &file{path: f.path, body: f.body()}
}

// flakeRenderer renders the file that holds the outputs.
type flakeRenderer struct {
	*renderer
	path string
	// uses is what the outputs use.
	uses compile.Uses
	// nixpkgs is the input that pkgs and lib come from.
	nixpkgs string
	// aliases is the name of the table of aliases, variables those that hold the
	// derivations with variants.
	aliases   string
	variables map[*spec.Derivation]string
	// bindings are the bindings of these variables.
	bindings []nixlang.Entry
}

// names chooses the variables that the spec does not name, beside those that it
// does.
func (f *flakeRenderer) names() {
	f.nixpkgs = f.spec.NixpkgsInput()
	taken := map[string]bool{f.nixpkgs: true}
	for _, name := range standing {
		taken[name] = true
	}
	for _, let := range f.spec.Lets {
		taken[let.Name] = true
	}
	for _, name := range f.spec.Takes {
		taken[name] = true
	}
	f.aliases = freeName("aliases", taken)
	f.variables = map[*spec.Derivation]string{}
	for _, d := range f.spec.Derivations() {
		if len(d.Variants) > 0 {
			f.variables[d] = freeName(d.Name, taken)
		}
	}
}

// freeName makes a variable of a name: one that Nix takes, that hides nothing of
// Nix, and that is not taken; it then is.
func freeName(name string, taken map[string]bool) string {
	name = strings.ReplaceAll(name, "+", "_")
	if !nixlang.IsIdent(name) {
		name = "_" + name
	}
	if spec.UnfitName(name) != "" {
		name += "'"
	}
	for taken[name] {
		name += "'"
	}
	taken[name] = true
	return name
}

// body gives the flake: description, nixConfig, inputs, outputs, with an empty
// line between them.
func (f *flakeRenderer) body() nixlang.Expr {
	var list []*nixlang.Binding
	if f.spec.Description != "" {
		at := f.spec.DescriptionAt
		description := nixlang.Bind("description", f.compiler.Value(cty.StringVal(f.spec.Description), at.Expr.Range()))
		description.Trivia = trivia(at.Comments, at.Range)
		list = append(list, description)
	}
	if len(f.spec.Caches) > 0 {
		list = append(list, nixlang.Bind("nixConfig", f.nixConfig()))
	}
	if len(f.spec.Inputs) > 0 {
		list = append(list, nixlang.Bind("inputs", f.inputs()))
	}
	list = append(list, nixlang.Bind("outputs", f.outputs()))
	set := &nixlang.AttrSet{}
	for i, entry := range list {
		entry.Blank = i > 0
		set.Entries = append(set.Entries, entry)
	}
	return set
}

// adopted gives the function of one system that the owner's flake imports.
func (f *flakeRenderer) adopted() nixlang.Expr {
	let, sets := f.perSystem()
	if f.uses["lib"] {
		let.Entries = append([]nixlang.Entry{&nixlang.Inherit{From: nixlang.Ident("pkgs"), Names: []string{"lib"}}}, let.Entries...)
		f.uses["pkgs"] = true
	}
	if len(f.presentAliases()) > 0 {
		f.uses["system"] = true
		let.Entries = append([]nixlang.Entry{f.aliasTable()}, let.Entries...)
	}
	result := &nixlang.AttrSet{}
	for _, set := range sets {
		result.Entries = append(result.Entries, compile.Bind(nixlang.AttrName{Name: set.name}, set.value, set.trivia))
	}
	let.Body = result
	return &nixlang.Lambda{Param: f.adoptedArguments(), Body: orBody(let)}
}

// adoptedArguments are what is used of what the owner's flake may hand over. It may
// hand over all of it: its call stands in a file that flakegen does not write, and
// must not break where the last use of an argument goes away.
func (f *flakeRenderer) adoptedArguments() nixlang.Param {
	formals := &nixlang.Formals{Ellipsis: true}
	for _, name := range append([]string{"pkgs", "system", "self", "inputs"}, f.spec.Takes...) {
		if f.uses[name] {
			formals.Args = append(formals.Args, nixlang.Formal{Name: name})
		}
	}
	if len(formals.Args) == 0 {
		return nixlang.Name("_")
	}
	return formals
}

// orBody gives a let, or its body where it binds nothing.
func orBody(let *nixlang.Let) nixlang.Expr {
	if len(let.Entries) == 0 {
		return let.Body
	}
	return let
}
