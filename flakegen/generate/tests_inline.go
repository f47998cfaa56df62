package generate

import (
	"fmt"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// inlineBindings bind what runs all tests in one derivation: a script that knows each
// of them, a fragment for make that orders them, and the phase around.
func (t *testsRenderer) inlineBindings() {
	// Sources lie in NIX_BUILD_TOP as well, under a name of their own, which in the store
	// does not begin with a dot.
	folder := `"$NIX_BUILD_TOP/.tests` + perBuild(t.buildUses, "/${each.variant}", "/${each.module}") + `"`
	all := `lib.concatMap (shard: shard.runs) testShards`
	if len(t.tests.Variants) > 0 {
		all = `lib.concatMap (shard:
			lib.concatMap (test: map (variant: test // { inherit variant; }) testVariants) shard.runs
		) testShards`
	}
	t.bind("testRuns", form(all), "All runs, the heaviest first.")
	parts := []string{"test"}
	if len(t.tests.Variants) > 0 {
		parts = append(parts, "${each.variant}")
	}
	parts = append(parts, "${each.module}")
	if t.tests.HasSeeds() {
		parts = append(parts, "${toString each.first}-${toString each.last}")
	}
	t.bind("testTarget", form(`each: "`+strings.Join(parts, "/")+`"`))
	t.bind("testCase", form(`each: ''
		${testTarget each})
		  ${testLines `+folder+` each}
		  ;;
	''`))
	t.bind("testScript", form(`pkgs.writeText "§-tests.sh" ''
		${testRunner}
		case $1 in
		${lib.concatMapStrings testCase testRuns}
		esac
		exit "$failed"
	''`, nixlang.Str(t.block.Name)), "Runs the test of that name.")
	t.bind("testMakefile", form(`pkgs.writeText "§-tests.mk" ''
		tests := ${lib.concatMapStringsSep " " testTarget testRuns}
		all: $(tests)
		$(tests): ; @bash ${testScript} $@
		.PHONY: all $(tests)
	''`, nixlang.Str(t.block.Name)))
	t.bind("testPhase", form("''\nrunHook preCheck\n"+t.inlineBuilds(folder)+`export ran=$NIX_BUILD_TOP/.tests.ran
: >"$ran"
`+t.jobs()+`make --keep-going --output-sync -j"$jobs" -f ${testMakefile}
echo "$(wc -l <"$ran") tests passed"
runHook postCheck
''`))
}

// inlineBuilds binds the lines that build test binaries into a folder of their own, and
// gives those that do so for all of them, one after the other: two builds in one tree
// would be in each other's way.
func (t *testsRenderer) inlineBuilds(folder string) string {
	if t.tests.Build == nil {
		return ""
	}
	t.bind("buildLines", form(`each: ''
		export tests=`+strings.Trim(folder, `"`)+`
		mkdir -p "$tests"
		(
		  set -eo pipefail
		  ${testBuild each}
		)
	''`))
	all := ""
	switch {
	case t.buildUses["variant"] && t.buildUses["module"]:
		all = "lib.concatMapStrings (variant: lib.concatMapStrings (module: buildLines { inherit variant module; }) testModules) testVariants"
	case t.buildUses["variant"]:
		all = "lib.concatMapStrings (variant: buildLines { inherit variant; }) testVariants"
	case t.buildUses["module"]:
		all = "lib.concatMapStrings (module: buildLines { inherit module; }) testModules"
	default:
		return "${buildLines { }}\n"
	}
	t.bind("testBuilds", form(`pkgs.writeText "§-test-builds.sh" (`+all+`)`, nixlang.Str(t.block.Name)),
		"In a file: there may be more than a variable of the environment holds.")
	return "source ${testBuilds}\n"
}

// jobs gives the lines that say how many runs go on at once.
func (t *testsRenderer) jobs() string {
	text := "jobs=''${NIX_BUILD_CORES:-1}\n"
	if n := t.tests.Jobs; n > 0 {
		text += fmt.Sprintf("if ((jobs > %d)); then jobs=%d; fi\n", n, n)
	}
	if n := t.tests.Memory; n > 0 {
		text += fmt.Sprintf(`# No more at once than memory holds, at %d MiB each.
memory=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo 2>/dev/null ||
  echo $(($(/usr/sbin/sysctl -n hw.memsize 2>/dev/null || echo 0) / 1048576)))
if ((memory > 0 && jobs > memory / %d)); then jobs=$((memory / %d)); fi
if ((jobs < 1)); then jobs=1; fi
`, n, n, n)
	}
	return text
}

// inlineVariant gives a variant that runs the tests in its check phase.
func (t *testsRenderer) inlineVariant(v *spec.Variant) nixlang.Expr {
	own, final := t.attributes(v.Attributes, t.updating(t.scope(), v.Each))
	entries := []nixlang.Entry{
		nixlang.Bind("doCheck", nixlang.Ident("true")),
		nixlang.Bind("checkPhase", nixlang.Ident("testPhase")),
	}
	if a := t.tests.NativeCheckInputs; a != nil {
		var tools nixlang.Expr = t.compiler.Attribute(a, t.scope())
		if t.mayHave(a.Name) && v.Attribute(a.Name) == nil {
			inherited := &nixlang.Select{Of: t.sharedValue(), Path: nixlang.Names(a.Name)}
			final = final || t.sharedFinal
			if t.block.Attribute(a.Name) == nil {
				inherited.Or = &nixlang.List{}
			}
			tools = &nixlang.Binary{Op: nixlang.Concat, Left: inherited, Right: tools}
		}
		entries = append(entries, nixlang.Bind(a.Name, tools))
	}
	entries = withOwn(entries, own)
	return nixlang.Call(t.builder(), t.updated(entries, final))
}
