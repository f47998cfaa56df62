package generate

import (
	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// shardBindings bind what makes shards: the test binaries, and the derivations over
// them.
func (t *testsRenderer) shardBindings() {
	folder := `"/var/empty"`
	if t.tests.Build != nil {
		t.testBinaries()
		folder = "testBinaries" + perBuild(t.binaryUses, ".${each.variant}", ".${each.module}")
	}
	attributes := &nixlang.AttrSet{}
	if a := t.tests.NativeCheckInputs; a != nil {
		attributes.Entries = append(attributes.Entries, compile.Bind(nixlang.AttrName{Name: "nativeBuildInputs"}, t.evaluated(a, t.scope(), compile.Deep), compile.Trivia(a.Comments, a.Range)))
	}
	own, _ := t.attributes(t.tests.Shard, t.scope())
	attributes.Entries = append(attributes.Entries, own...)
	name := nixlang.Str(t.block.Name + "-test-")
	const comment = "Runs a shard. It leaves a line for every test, all of which have passed."
	t.bind("shardLines", form("each: testLines "+folder+" each"))
	t.bindings[len(t.bindings)-1].(*nixlang.Binding).Blank = t.tests.Build == nil
	if len(t.tests.Variants) == 0 {
		t.bind("testShard", form(`shard: pkgs.runCommand "§${shard.name}" § ''
			ran=$out
			${testRunner}
			${lib.concatMapStrings shardLines shard.runs}
			exit "$failed"
		''`, name, attributes), comment)
		t.bind("testDerivations", form(`shards: lib.listToAttrs (map (shard: lib.nameValuePair shard.name (testShard shard)) shards)`))
		return
	}
	t.bind("testShard", form(`variant: shard: pkgs.runCommand "§${shard.name}-${variant}" § ''
		ran=$out
		${testRunner}
		${lib.concatMapStrings (test: shardLines (test // { inherit variant; })) shard.runs}
		exit "$failed"
	''`, name, attributes), comment)
	t.bind("testDerivations", form(`shards:
		lib.listToAttrs (lib.concatMap (shard:
		map (variant: lib.nameValuePair "${shard.name}-${variant}" (testShard variant shard)) testVariants
		) shards)`))
}

// perBuild joins what stands for the variant and for the module, where these are used.
func perBuild(uses map[string]bool, variant, module string) string {
	text := ""
	if uses["variant"] {
		text += variant
	}
	if uses["module"] {
		text += module
	}
	return text
}

// testBinaries binds the derivations that make the test binaries: one for each variant
// and module that building them depends on.
func (t *testsRenderer) testBinaries() {
	build := t.tests.Build
	// In the order of names these come before the shards, for which Nix would otherwise
	// let the test binaries of another variant wait.
	name := form(`"§`+perBuild(t.binaryUses, "-${each.variant}", "-${each.module}")+`"`, nixlang.Str(t.block.Name+"-binaries"))
	// There is no postBuild: what the package, or a hook of its builder, does with what
	// it has built finds nothing here.
	entries := []nixlang.Entry{
		nixlang.Bind("name", name),
		nixlang.Bind("buildPhase", form(`''
			runHook preBuild
			export tests=$out
			mkdir -p "$tests"
			(
			set -eo pipefail
			${testBuild each}
			)
		''`)),
		nixlang.Bind("dontInstall", nixlang.Ident("true")),
		nixlang.Bind("dontFixup", nixlang.Ident("true")),
		nixlang.Bind("doCheck", nixlang.Ident("false")),
	}
	// separateDebugInfo adds an output that only the fixup fills.
	for _, name := range []string{"doInstallCheck", "dontBuild", "separateDebugInfo"} {
		if t.mayHave(name) {
			entries = append(entries, nixlang.Bind(name, nixlang.Ident("false")))
		}
	}
	if t.mayHave("outputs") {
		entries = append(entries, nixlang.Bind("outputs", nixlang.ListOf(nixlang.Str("out"))))
	}
	entries = withOwn(entries, t.own)
	drv := nixlang.Call(t.builder(), t.updated(entries, t.ownFinal))

	comments := build.Comments.Lines()
	if len(comments) == 0 {
		comments = []string{"The test binaries, built once for all runs."}
	}
	if len(t.binaryUses) == 0 {
		t.bind("testBinaries", form(`let each = { }; in §`, drv), comments...)
		return
	}
	t.bind("testBinary", &nixlang.Lambda{Param: nixlang.Name("each"), Body: drv})
	switch {
	case t.binaryUses["variant"] && t.binaryUses["module"]:
		t.bind("testBinaries", form(`lib.genAttrs testVariants (variant:
			lib.genAttrs testModules (module: testBinary { inherit variant module; })
		)`), comments...)
	case t.binaryUses["variant"]:
		t.bind("testBinaries", form(`lib.genAttrs testVariants (variant: testBinary { inherit variant; })`), comments...)
	default:
		t.bind("testBinaries", form(`lib.genAttrs testModules (module: testBinary { inherit module; })`), comments...)
	}
}

// mayHave says whether the attributes that the variants share may hold one of the name.
func (t *testsRenderer) mayHave(name string) bool {
	return t.block.Attrs != nil || t.block.Attribute(name) != nil
}

// withOwn puts entries of the spec over those of flakegen's.
func withOwn(entries, own []nixlang.Entry) []nixlang.Entry {
	names := map[string]bool{}
	for _, entry := range own {
		switch e := entry.(type) {
		case *nixlang.Binding:
			names[e.Path[0].Name] = true
		case *nixlang.Inherit:
			for _, name := range e.Names {
				names[name] = true
			}
		}
	}
	var list []nixlang.Entry
	for _, entry := range entries {
		if !names[entry.(*nixlang.Binding).Path[0].Name] {
			list = append(list, entry)
		}
	}
	return append(list, own...)
}

// variant gives the value of an output, of which plain is that without tests.
func (t *testsRenderer) variant(output *spec.Output, plain nixlang.Expr) nixlang.Expr {
	v := output.Variant
	if v == t.block.BuildOnly() && t.aggregates {
		t.bind("build", plain)
		return nixlang.Ident("build")
	}
	if !v.RunsTests() {
		return plain
	}
	var inline, shards []string
	for _, system := range t.block.On {
		if v.Strategies[system] == spec.Inline {
			inline = append(inline, string(system))
		} else {
			shards = append(shards, string(system))
		}
	}
	switch {
	case len(shards) == 0:
		return t.inlineVariant(v)
	case len(inline) == 0:
		return t.aggregate()
	}
	t.uses["system"] = true
	return &nixlang.If{
		Cond: nixlang.Call(nixlang.Sel("lib", "elem"), nixlang.Ident("system"), stringList(shards)),
		Then: t.aggregate(),
		Else: t.inlineVariant(v),
	}
}

// aggregate gives what needs every shard and has the content of what only builds.
func (t *testsRenderer) aggregate() nixlang.Expr {
	return form(`let
		shards = testDerivations testShards;
		copy = output: ''
		  cp -a ${build.${output}} "''$${output}"
		'';
		in
		pkgs.runCommand build.name
		{
		  inherit (build) outputs;
		  meta = build.meta or { };
		  passthru = build.passthru or { } // { inherit shards; };
		  # In a file: there may be more than a variable of the environment holds.
		  passAsFile = [ "shards" ];
		  shards = lib.attrValues shards;
		  # Structured attributes know no passAsFile.
		  __structuredAttrs = false;
		}
		''
		  echo "$(xargs cat <"$shardsPath" | wc -l) tests passed"
		  ${lib.concatMapStrings copy build.outputs}
		''`)
}

// seeded gives the entry of the shards with the seed of the commit.
func (t *testsRenderer) seeded() []nixlang.Entry {
	name := t.block.SeededCheck()
	if name == "" {
		return nil
	}
	entry := nixlang.Bind(name, form(`let shards = testDerivations seededShards; in
		pkgs.runCommand "§"
		{
		  passthru = { inherit shards; };
		  passAsFile = [ "shards" ];
		  shards = lib.attrValues shards;
		  # Structured attributes know no passAsFile.
		  __structuredAttrs = false;
		}
		''
		  xargs cat <"$shardsPath" >"$out"
		''`, nixlang.Str(name)))
	entry.Blank = true
	return []nixlang.Entry{entry}
}
