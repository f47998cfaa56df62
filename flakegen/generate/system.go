package generate

import (
	"fmt"
	"slices"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// outputSet is a set of the flake's outputs for one system.
type outputSet struct {
	name  string
	value nixlang.Expr
	// trivia are the comments of blocks that say what all of it is.
	trivia nixlang.Trivia
}

// perSystem gives what is bound for one system, without a body yet, and the sets
// that are made of it.
func (f *flakeRenderer) perSystem() (*nixlang.Let, []outputSet) {
	var sets []outputSet
	add := func(name string, value nixlang.Expr) {
		if value != nil {
			sets = append(sets, outputSet{name: name, value: value})
		}
	}
	packages := f.derivations(f.spec.Packages)
	f.aliasEntries(packages)
	add("packages", packages.expr())
	checks := f.derivations(f.spec.Checks)
	f.seededChecks(checks)
	add("checks", checks.expr())
	add("devShells", f.derivations(f.spec.Shells).expr())
	add("apps", f.apps().expr())
	if formatter := f.spec.Formatter; formatter != nil {
		value := f.evaluated(formatter, user{name: "formatter", on: f.spec.Systems})
		sets = append(sets, outputSet{"formatter", value, trivia(formatter.Comments, formatter.Range)})
	}
	sets = f.writtenOut(sets)

	let := &nixlang.Let{Entries: f.standingBindings()}
	let.Entries = append(let.Entries, f.bindings...)
	if f.uses["packages"] {
		binding := nixlang.Bind("packages", nixlang.Attrs())
		// Without packages there can still be an alias, null on every system.
		if len(sets) > 0 && sets[0].name == "packages" {
			binding.Value, binding.Trivia = sets[0].value, sets[0].trivia
			sets[0] = outputSet{name: "packages", value: nixlang.Ident("packages")}
		}
		let.Entries = append(let.Entries, binding)
	}
	return let, sets
}

func (f *flakeRenderer) scope() *compile.Scope {
	return &compile.Scope{File: f.path, Uses: f.uses}
}

// evaluated compiles what is evaluated wherever its user is.
func (f *flakeRenderer) evaluated(a *spec.Attribute, u user) nixlang.Expr {
	scope := f.scope()
	scope.Demand = compile.Shallow
	value := f.compiler.Attribute(a, scope)
	f.present(u, scope.Needs)
	return value
}

// standingBindings bind pkgs and the lets of the flake that are in use. For an
// adopted flake pkgs is an argument.
func (f *flakeRenderer) standingBindings() []nixlang.Entry {
	var list []nixlang.Entry
	closure(f.uses, f.letUses)
	if f.uses["pkgs"] && !f.spec.Adopted {
		binding := nixlang.Bind("pkgs", f.pkgs())
		if n := f.spec.Nixpkgs; n != nil {
			binding.Lead = append(n.Comments.Lines(), lines(n.InputAt, n.From)...)
		}
		list = append(list, binding)
		// What pkgs is made of may use further lets.
		closure(f.uses, f.letUses)
	}
	for _, a := range f.spec.Lets {
		if f.uses[a.Name] {
			list = append(list, bindLet(a, f.letExprs[a.Name]))
		}
	}
	return list
}

// pkgs gives the package set of the system.
func (f *flakeRenderer) pkgs() nixlang.Expr {
	n := f.spec.Nixpkgs
	switch {
	case n != nil && n.From != nil:
		return f.compiler.Attribute(n.From, f.scope())
	case n != nil && (n.Config != nil || n.Overlays != nil):
		f.uses["system"] = true
		arguments := nixlang.Attrs(&nixlang.Inherit{Names: []string{"system"}})
		for _, a := range []*spec.Attribute{n.Config, n.Overlays} {
			if a != nil {
				arguments.Entries = append(arguments.Entries, bind(a, f.compiler.Attribute(a, f.scope())))
			}
		}
		return nixlang.Call(nixlang.Ident("import"), nixlang.Ident(f.nixpkgs), arguments)
	}
	f.uses["system"] = true
	return &nixlang.Select{
		Of:   nixlang.Ident(f.nixpkgs),
		Path: []nixlang.AttrName{{Name: "legacyPackages"}, {Dynamic: nixlang.Ident("system")}},
	}
}

// writtenOut adds the outputs with a system that the spec writes out: under the
// set of that name where flakegen fills it, as a set of their own otherwise.
func (f *flakeRenderer) writtenOut(sets []outputSet) []outputSet {
	for _, o := range f.spec.OutputBlocks {
		if !o.PerSystem {
			continue
		}
		value := f.evaluated(o.Value, user{name: fmt.Sprintf("output %q", o.Name), on: f.spec.Systems})
		i := slices.IndexFunc(sets, func(s outputSet) bool { return s.name == o.Name })
		switch {
		case i < 0 && o.Name == "overlays" && len(f.spec.Overlays) > 0:
			f.errorf(o.Range, "Overlays have no system", "Remove per_system, or the overlay blocks.")
			continue
		case i < 0:
			sets = append(sets, outputSet{o.Name, value, outputTrivia(o)})
			continue
		case o.Name == "formatter":
			f.errorf(o.Range, "A second formatter", "There is a formatter block. Remove one.")
			continue
		}
		sets[i].value = &nixlang.Binary{Op: nixlang.Update, Left: value, Right: sets[i].value}
		sets[i].trivia = outputTrivia(o)
	}
	return sets
}

func outputTrivia(o *spec.OutputBlock) nixlang.Trivia {
	t := trivia(o.Comments, o.Range)
	t.Lead = append(slices.Clip(t.Lead), lines(o.Value)...)
	return t
}

// entries are those of an output set: the ones that every system has, and the
// ones that only some have.
type entries struct {
	systems []platform.System
	set     nixlang.AttrSet
	// partial holds the entries of only some systems, one set for all entries of
	// the same: Nix's parser does not take thousands of // in a row.
	partial []*partialSet
	bySet   map[string]*partialSet
}

// partialSet is a set that only the systems on have.
type partialSet struct {
	on  []platform.System
	set nixlang.AttrSet
}

func (f *flakeRenderer) entries() *entries {
	return &entries{systems: f.spec.Systems, bySet: map[string]*partialSet{}}
}

// add adds an entry that the systems on have, which are in the order of the spec.
func (e *entries) add(on []platform.System, entry nixlang.Entry) {
	if len(on) == len(e.systems) {
		e.set.Entries = append(e.set.Entries, entry)
		return
	}
	key := fmt.Sprint(on)
	part := e.bySet[key]
	if part == nil {
		part = &partialSet{on: on}
		e.bySet[key] = part
		e.partial = append(e.partial, part)
	}
	part.set.Entries = append(part.set.Entries, entry)
}

// expr gives the set, or nil where nothing is in it.
func (e *entries) expr() nixlang.Expr {
	var sum nixlang.Expr
	if len(e.set.Entries) > 0 {
		sum = &e.set
	}
	for _, part := range e.partial {
		condition := nixlang.Call(nixlang.Sel("lib", "elem"), nixlang.Ident("system"), systemList(part.on))
		optional := nixlang.Call(nixlang.Sel("lib", "optionalAttrs"), condition, &part.set)
		if sum == nil {
			sum = optional
			continue
		}
		sum = &nixlang.Binary{Op: nixlang.Update, Left: sum, Right: optional}
	}
	return sum
}

// add adds an entry that the systems on have, and notes what that takes.
func (f *flakeRenderer) add(e *entries, on []platform.System, entry nixlang.Entry) {
	if len(on) < len(f.spec.Systems) {
		f.uses["lib"], f.uses["system"] = true, true
	}
	e.add(on, entry)
}

// derivations gives the entries of derivation blocks. One with variants is bound
// to a variable once and inherited from there.
func (f *flakeRenderer) derivations(list []*spec.Derivation) *entries {
	result := f.entries()
	for _, d := range list {
		f.add(result, d.On, f.derivationEntry(d))
	}
	return result
}

func (f *flakeRenderer) derivationEntry(d *spec.Derivation) nixlang.Entry {
	variable, ok := f.variables[d]
	if !ok {
		return f.derivationBinding(d.Name, d)
	}
	binding := f.derivationBinding(variable, d)
	f.bindings = append(f.bindings, binding)
	inherit := &nixlang.Inherit{From: nixlang.Ident(variable)}
	for _, output := range d.Outputs() {
		inherit.Names = append(inherit.Names, output.Name)
	}
	return inherit
}

// derivationBinding binds a derivation block to a name: imported where it has a file
// of its own, in place otherwise.
func (f *flakeRenderer) derivationBinding(name string, d *spec.Derivation) *nixlang.Binding {
	binding := nixlang.Bind(name, nil)
	binding.Trivia = trivia(d.Comments, d.NameRange)
	if d.Path == "" {
		var lead []string
		binding.Value, lead = f.derivation(d, f.path, f.uses)
		binding.Lead = append(slices.Clip(binding.Lead), lead...)
		return binding
	}
	binding.Value = f.imported(d)
	return binding
}

// imported gives the derivation block that has a file of its own.
func (f *flakeRenderer) imported(d *spec.Derivation) nixlang.Expr {
	own := f.files[d]
	arguments := &nixlang.AttrSet{}
	if names := f.arguments(own.uses); len(names) > 0 {
		arguments.Entries = append(arguments.Entries, &nixlang.Inherit{Names: names})
	}
	for name := range own.uses {
		f.uses[name] = true
	}
	return nixlang.Call(nixlang.Ident("import"), compile.RelativePath(f.path, own.path), arguments)
}

// aliasEntries adds the aliases that some system has.
func (f *flakeRenderer) aliasEntries(packages *entries) {
	for _, alias := range f.presentAliases() {
		f.uses["packages"], f.uses["system"] = true, true
		row := &nixlang.Select{Of: nixlang.Ident(f.aliases), Path: []nixlang.AttrName{{Dynamic: nixlang.Ident("system")}, {Name: alias.Name}}}
		entry := nixlang.Bind(alias.Name, &nixlang.Select{Of: nixlang.Ident("packages"), Path: []nixlang.AttrName{{Dynamic: row}}})
		entry.Trivia = trivia(alias.Comments, alias.NameRange)
		f.add(packages, alias.On(f.spec.Systems), entry)
	}
}

// seededChecks adds the tests that get their seed from the commit: no package depends
// on them, so that a commit changes none.
func (f *flakeRenderer) seededChecks(checks *entries) {
	for _, p := range f.spec.Packages {
		if name := p.SeededCheck(); name != "" {
			f.add(checks, p.On, &nixlang.Inherit{From: nixlang.Ident(f.variables[p]), Names: []string{name}})
		}
	}
}

// presentAliases lists the aliases that are not null on every system.
func (f *flakeRenderer) presentAliases() []*spec.Alias {
	var list []*spec.Alias
	for _, alias := range f.spec.Aliases {
		if len(alias.Outputs) > 0 {
			list = append(list, alias)
		}
	}
	return list
}

// apps gives the entries of what nix run starts.
func (f *flakeRenderer) apps() *entries {
	result := f.entries()
	for _, app := range f.spec.Apps {
		program := f.evaluated(app.Program, user{name: fmt.Sprintf("app %q", app.Name), on: app.On, narrows: true})
		entry := nixlang.Bind(app.Name, nixlang.Attrs(
			nixlang.Bind("type", nixlang.Str("app")),
			bind(app.Program, program),
		))
		entry.Trivia = trivia(app.Comments, app.Range)
		f.add(result, app.On, entry)
	}
	return result
}
