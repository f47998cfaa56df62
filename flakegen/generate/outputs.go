package generate

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/platform"
)

// outputs gives the function of the inputs: the outputs that have a system, made
// by one function of the system, and those that have none. One set is made in
// place; more are picked out of what that function gives.
func (f *flakeRenderer) outputs() nixlang.Expr {
	perSystem, sets := f.perSystem()
	whole := f.flakeLevel(sets)
	if len(sets) == 0 && !f.uses["lib"] {
		return &nixlang.Lambda{Param: f.outputArguments(false), Body: nixlang.Attrs(whole...)}
	}
	// One that the nixpkgs block names wrongly is reported there.
	if f.spec.Input(f.nixpkgs) == nil && !f.spec.NamesNixpkgs() {
		f.errorf(f.nixpkgsPlace(), fmt.Sprintf("No input %q", f.nixpkgs), "pkgs and lib come from it. Add: input %q { url = \"github:NixOS/nixpkgs/nixos-26.05\" }", f.nixpkgs)
	}

	let := &nixlang.Let{Entries: []nixlang.Entry{
		&nixlang.Inherit{From: nixlang.Ident(f.nixpkgs), Names: []string{"lib"}},
	}}
	if len(sets) > 0 {
		let.Entries = append(let.Entries, f.systems())
	}
	if len(f.presentAliases()) > 0 {
		let.Entries = append(let.Entries, f.aliasTable())
	}
	result := &nixlang.AttrSet{}
	switch len(sets) {
	case 0:
	case 1:
		perSystem.Body = sets[0].value
		binding := nixlang.Bind(sets[0].name, f.eachSystem(perSystem))
		binding.Trivia = sets[0].trivia
		result.Entries = append(result.Entries, binding)
	default:
		all := &nixlang.AttrSet{}
		for _, set := range sets {
			all.Entries = append(all.Entries, compile.Bind(nixlang.AttrName{Name: set.name}, set.value, set.trivia))
			result.Entries = append(result.Entries, nixlang.Bind(set.name, pickSet(set.name)))
		}
		perSystem.Body = all
		let.Entries = append(let.Entries, nixlang.Bind("perSystem", f.eachSystem(perSystem)))
	}
	result.Entries = append(result.Entries, whole...)
	let.Body = result
	return &nixlang.Lambda{Param: f.outputArguments(true), Body: let}
}

// eachSystem gives "lib.genAttrs systems (system: …)".
func (f *flakeRenderer) eachSystem(let *nixlang.Let) nixlang.Expr {
	parameter := nixlang.Name("system")
	if !f.uses["system"] {
		// The sign for a parameter that is not used.
		parameter = "_system"
	}
	return nixlang.Call(nixlang.Sel("lib", "genAttrs"), nixlang.Ident("systems"), &nixlang.Lambda{Param: parameter, Body: orBody(let)})
}

// pickSet gives "lib.mapAttrs (_: outputs: outputs.NAME) perSystem".
func pickSet(name string) nixlang.Expr {
	pick := &nixlang.Lambda{Param: nixlang.Name("_"), Body: &nixlang.Lambda{Param: nixlang.Name("outputs"), Body: nixlang.Sel("outputs", name)}}
	return nixlang.Call(nixlang.Sel("lib", "mapAttrs"), pick, nixlang.Ident("perSystem"))
}

// flakeLevel gives the entries that are the same for all systems: overlays, and
// the outputs that the spec writes out.
func (f *flakeRenderer) flakeLevel(sets []outputSet) []nixlang.Entry {
	var list []nixlang.Entry
	var overlays nixlang.Expr
	if len(f.spec.Overlays) > 0 {
		overlays = f.overlays()
	}
	for _, o := range f.spec.OutputBlocks {
		if o.PerSystem {
			continue
		}
		for _, set := range sets {
			if set.name == o.Name {
				f.errorf(o.Range, fmt.Sprintf("Output %q has a system", o.Name), "The flake fills it for each system. Add: per_system = true")
			}
		}
		value := f.compiler.Attribute(o.Value, &compile.Scope{File: f.path, FlakeLevel: true, Uses: f.uses})
		if o.Name == "overlays" && overlays != nil {
			// What flakegen fills lies over what is written out.
			value, overlays = &nixlang.Binary{Op: nixlang.Update, Left: value, Right: overlays}, nil
		}
		list = append(list, compile.Bind(nixlang.AttrName{Name: o.Name}, value, outputTrivia(o)))
	}
	if overlays != nil {
		list = append([]nixlang.Entry{nixlang.Bind("overlays", overlays)}, list...)
	}
	return list
}

// overlays gives the set of overlays, each a function of final and prev.
func (f *flakeRenderer) overlays() nixlang.Expr {
	set := &nixlang.AttrSet{}
	for _, o := range f.spec.Overlays {
		scope := &compile.Scope{File: f.path, FlakeLevel: true, Final: "final", Prev: "prev", Uses: compile.Uses{}}
		body := &nixlang.AttrSet{}
		for _, a := range o.Attributes {
			body.Entries = append(body.Entries, bind(a, f.compiler.Attribute(a, scope)))
		}
		var function nixlang.Expr = body
		for _, name := range []string{"prev", "final"} {
			parameter := name
			if !scope.Uses[name] {
				// The sign for a parameter that is not used.
				parameter = "_" + name
			}
			delete(scope.Uses, name)
			function = &nixlang.Lambda{Param: nixlang.Name(parameter), Body: function}
		}
		maps.Copy(f.uses, scope.Uses)
		entry := nixlang.Bind(o.Name, function)
		entry.Trivia = trivia(o.Comments, o.Range)
		set.Entries = append(set.Entries, entry)
	}
	return set
}

// nixpkgsPlace is what to point at where nixpkgs is missing: the first derivation,
// which is made with it, or else the flake.
func (f *flakeRenderer) nixpkgsPlace() hcl.Range {
	for _, d := range f.spec.Derivations() {
		return d.NameRange
	}
	return f.spec.Flake
}

// outputArguments are the inputs that the outputs name, with all of them as
// inputs where the spec refers to these.
func (f *flakeRenderer) outputArguments(nixpkgs bool) nixlang.Param {
	formals := &nixlang.Formals{}
	if f.uses["self"] {
		formals.Args = append(formals.Args, nixlang.Formal{Name: "self"})
	}
	if nixpkgs {
		formals.Args = append(formals.Args, nixlang.Formal{Name: f.nixpkgs})
	}
	if f.uses["inputs"] {
		formals.Bind = "inputs"
	}
	if len(formals.Args) == 0 {
		// A pattern of nothing is a name for all.
		if formals.Bind != "" {
			return nixlang.Name(formals.Bind)
		}
		return nixlang.Name("_")
	}
	// A flake's outputs are called with self and every input.
	formals.Ellipsis = len(formals.Args) < len(f.spec.Inputs)+1
	return formals
}

// aliasTable says for each system which output an alias is there. The systems
// stand outside, as Nix makes a value for each entry of the table that it looks
// into, and there may be many aliases.
func (f *flakeRenderer) aliasTable() nixlang.Entry {
	table := &nixlang.AttrSet{}
	for _, system := range f.spec.Systems {
		row := &nixlang.AttrSet{}
		for _, alias := range f.presentAliases() {
			if output := alias.Outputs[system]; output != nil {
				entry := nixlang.Bind(alias.Name, nixlang.Str(output.Name))
				line := alias.Lines[system]
				entry.Trivia = trivia(line.Comments, line.Range)
				row.Entries = append(row.Entries, entry)
			}
		}
		table.Entries = append(table.Entries, nixlang.Bind(string(system), row))
	}
	binding := nixlang.Bind(f.aliases, table)
	binding.Lead = []string{"What each system gets under these names."}
	return binding
}

// systems binds the systems of the flake, with the comments of the list.
func (f *flakeRenderer) systems() nixlang.Entry {
	at := f.spec.SystemsAt
	if at == nil {
		return nixlang.Bind("systems", systemList(nil)) // Reported where it is missing.
	}
	binding := nixlang.Bind("systems", f.compiler.Attribute(at, f.scope()))
	binding.Trivia = trivia(at.Comments, at.Range)
	return binding
}

func systemList(systems []platform.System) nixlang.Expr {
	list := &nixlang.List{}
	for _, system := range systems {
		list.Items = append(list.Items, nixlang.Item{Value: nixlang.Str(string(system))})
	}
	return list
}
