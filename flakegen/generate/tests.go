package generate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"mvdan.cc/sh/v3/syntax"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// testsRenderer renders the tests of a package: bindings that its variants use.
type testsRenderer struct {
	*derivationRenderer
	tests *spec.Tests
	// buildUses and runUses are the fields of each that building and running use;
	// binaryUses those of the derivation of the test binaries, whose attributes are own.
	buildUses, runUses, binaryUses map[string]bool
	own                            []nixlang.Entry
	ownFinal                       bool
	// fields are what a run of the matrix says beside its variant and its module, in order.
	fields []string
	// inline and aggregates say which strategies the variants have.
	inline, aggregates bool
	bindings           []nixlang.Entry
}

// form reads Nix text of flakegen's own into a tree, with a tree in the place of each
// §: in a string its parts, elsewhere the expression. Tabs are Go's indentation.
func form(text string, holes ...nixlang.Expr) nixlang.Expr {
	text = strings.ReplaceAll(text, "\t", "")
	var splices []nixlang.Splice
	for _, hole := range holes {
		splice := nixlang.Splice{Expr: hole}
		if s, ok := hole.(*nixlang.String); ok {
			splice.Parts = s.Parts
		}
		splices = append(splices, splice)
	}
	template, err := nixlang.ParseTemplate(strings.Split(text, "§"), splices)
	if err != nil {
		panic(fmt.Sprintf("generate: %v in:\n%s", err, text))
	}
	return template.Expr
}

// testsRenderer makes the bindings that the variants of a package with tests use.
func (c *derivationRenderer) testsRenderer() *testsRenderer {
	t := &testsRenderer{derivationRenderer: c, tests: c.block.Tests, buildUses: map[string]bool{}, runUses: map[string]bool{}, binaryUses: map[string]bool{}}
	for _, v := range c.block.Variants {
		for _, s := range v.Strategies {
			t.inline = t.inline || s == spec.Inline
			t.aggregates = t.aggregates || s == spec.Shards
		}
	}
	t.uses["pkgs"], t.uses["lib"] = true, true
	t.scripts()
	t.matrix()
	t.lines()
	if t.inline {
		t.inlineBindings()
	}
	if t.sharded() {
		t.shardBindings()
	}
	if len(t.bindings) > 0 {
		first := t.bindings[0].(*nixlang.Binding)
		first.Lead = append(t.tests.Comments.Lines(), first.Lead...)
	}
	return t
}

// sharded says whether anything runs as shards.
func (t *testsRenderer) sharded() bool { return t.aggregates || t.tests.Commit() }

// scripts binds what the spec says in shell.
func (t *testsRenderer) scripts() {
	if build := t.tests.Build; build != nil && build.Script != nil {
		scope := t.each(false)
		text := t.shell(build.Script, scope)
		text.Parts = append(t.environment(scope), text.Parts...)
		t.uses.TakeEach(t.buildUses)
		if t.sharded() {
			maps.Copy(t.binaryUses, t.buildUses)
			t.own, t.ownFinal = t.attributes(build.Attributes, t.updating(scope, nil))
			t.uses.TakeEach(t.binaryUses)
		}
		lead := build.Script.Comments.Lines()
		if !t.sharded() {
			lead = append(build.Comments.Lines(), lead...)
		}
		if len(lead) == 0 {
			lead = []string{"Puts the test binaries into the folder $tests."}
		}
		t.bind("testBuild", function(text, len(t.buildUses) > 0), lead...)
	}
	if t.tests.Run == nil {
		return // reported
	}
	scope := t.each(true)
	text := t.shell(t.tests.Run, scope)
	text.Parts = slices.Concat(t.environment(scope), t.guard(scope), text.Parts)
	t.uses.TakeEach(t.runUses)
	lead := t.tests.Run.Comments.Lines()
	if len(lead) == 0 {
		lead = []string{"One run of the tests."}
	}
	t.bind("testRun", function(text, len(t.runUses) > 0), lead...)
}

// guard gives the lines without which a run whose program is missing could pass.
func (t *testsRenderer) guard(scope *compile.Scope) []nixlang.Part {
	a := t.tests.Binary
	if a == nil {
		return nil
	}
	var name []nixlang.Part
	switch compiled := t.compiler.Attribute(a, scope).(type) {
	case *nixlang.String:
		name = compiled.Parts
	case nixlang.Ident, *nixlang.Select:
		name = []nixlang.Part{{Interpolated: compiled}}
	default:
		t.errorf(a.Expr.Range(), "binary is not a text", "Name the program below the folder of the tests, as in: binary = \"unit\"")
		return nil
	}
	sound := len(name) > 0
	for _, part := range name {
		sound = sound && strings.Trim(part.Text, programCharacters) == ""
	}
	if !sound {
		t.errorf(a.Expr.Range(), "No name for a program", "binary is the name of a program below the folder of the tests: letters, digits, and . _ + - / only.")
		return nil
	}
	path := append([]nixlang.Part{{Text: "$tests/"}}, name...)
	return slices.Concat(
		[]nixlang.Part{{Text: "if [[ ! -x "}}, path, []nixlang.Part{{Text: " ]]; then\n  echo \"error: no program "}}, path,
		[]nixlang.Part{{Text: "\" >&2\n  exit 127\nfi\n"}},
	)
}

const programCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-/"

func (t *testsRenderer) bind(name string, value nixlang.Expr, comments ...string) {
	binding := nixlang.Bind(name, value)
	binding.Blank = true
	binding.Lead = comments
	t.bindings = append(t.bindings, binding)
}

// each is the scope of what is compiled for a run, or for a variant that is built.
func (t *testsRenderer) each(running bool) *compile.Scope {
	each := &compile.Each{Missing: map[string]string{}}
	variants := t.tests.Variants
	if len(variants) > 0 {
		each.Fields = append(each.Fields, "variant")
	} else {
		each.Missing["variant"] = "These tests have no variants. Add: variants = [\"debug\", \"release\"]"
		variants = []string{""}
	}
	each.Fields = append(each.Fields, "module")
	for _, variant := range variants {
		for _, m := range t.tests.Modules {
			value := map[string]cty.Value{"module": cty.StringVal(m.Name)}
			if variant != "" {
				value["variant"] = cty.StringVal(variant)
			}
			each.Values = append(each.Values, cty.ObjectVal(value))
		}
	}
	numbers := []string{"chunk", "first", "last"}
	switch {
	case !running:
		for _, name := range append(numbers, "seed") {
			each.Missing[name] = "Test binaries are built once for all seeds, with env. Use it in run."
		}
	case t.tests.HasSeeds():
		each.Numbers = append(each.Numbers, numbers...)
	default:
		for _, name := range numbers {
			each.Missing[name] = "These tests have no seeds. Add: seeds = [1, 100]"
		}
	}
	if running && t.tests.Seeded() {
		each.Numbers = append(each.Numbers, "seed")
	} else if running {
		each.Missing["seed"] = "These tests have no seed. Add: seed = 4711, or seed = \"commit\""
	}
	each.Fields = append(each.Fields, each.Numbers...)
	scope := t.scope()
	scope.Each = each
	return scope
}

// shell gives the text of an attribute as a string in a shell script, ended by a newline.
func (t *testsRenderer) shell(a *spec.Attribute, scope *compile.Scope) *nixlang.String {
	scope.Demand, scope.Needs = compile.Shallow, nil
	text := &nixlang.String{Indented: true}
	switch compiled := t.compiler.Attribute(a, scope).(type) {
	case *nixlang.String:
		text.Parts = slices.Clone(compiled.Parts)
	default:
		text.Parts = []nixlang.Part{{Interpolated: compiled}}
	}
	t.present(derivationUser(t.block), scope.Needs)
	if n := len(text.Parts); n == 0 || text.Parts[n-1].Interpolated != nil || !strings.HasSuffix(text.Parts[n-1].Text, "\n") {
		text.Parts = append(text.Parts, nixlang.Part{Text: "\n"})
	}
	return text
}

// environment gives the lines that export env.
func (t *testsRenderer) environment(scope *compile.Scope) []nixlang.Part {
	var parts []nixlang.Part
	for _, a := range t.tests.Env {
		parts = append(parts, nixlang.Part{Text: "export " + a.Name + "="})
		value := t.compiler.Attribute(a, scope)
		if known, ok := literal(value); ok {
			quoted, err := syntax.Quote(known, syntax.LangBash)
			if err != nil {
				t.errorf(a.Range, fmt.Sprintf("No shell text for %s", a.Name), "%s.", err)
			}
			parts = append(parts, nixlang.Part{Text: quoted})
		} else {
			parts = append(parts, nixlang.Part{Interpolated: nixlang.Call(nixlang.Sel("lib", "escapeShellArg"), value)})
		}
		parts = append(parts, nixlang.Part{Text: "\n"})
	}
	return parts
}

// literal gives the text of a string without interpolations.
func literal(e nixlang.Expr) (string, bool) {
	s, ok := e.(*nixlang.String)
	switch {
	case !ok || len(s.Parts) > 1 || len(s.Parts) == 1 && s.Parts[0].Interpolated != nil:
		return "", false
	case len(s.Parts) == 0:
		return "", true
	}
	return s.Parts[0].Text, true
}

// function gives "each: body", or "_each: body" where the body does not use it.
func function(body nixlang.Expr, used bool) nixlang.Expr {
	if !used {
		return &nixlang.Lambda{Param: nixlang.Name("_each"), Body: body}
	}
	return &nixlang.Lambda{Param: nixlang.Name("each"), Body: body}
}
