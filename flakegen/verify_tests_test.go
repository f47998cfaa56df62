package flakegen_test

import (
	"strings"

	"github.com/flakegen/flakegen/flakegen/verify"
)

// matrix is a tests block with one of everything: what is given takes the place of its
// lines of that name, and an empty value takes a line away.
func matrix(changes ...string) string {
	lines := [][2]string{
		{"variants", `["debug", "release"]`},
		{"modules", `{ gc = 45, text = 1, heap = 1 }`},
		{"seeds", `[1, 20]`},
		{"chunks", `2`},
		{"seed", `[7, "commit"]`},
		{"fallback", `9`},
		{"timeout", `60`},
		{"binary", `"unit"`},
		{"nativeCheckInputs", `[pkgs.greet]`},
		{"build", "{\n script = \"make ${each.variant} && cp unit $tests\"\n }"},
		{"run", `"$tests/unit ${each.module} ${each.first} ${each.last} ${each.seed}"`},
	}
	text := "tests {\n"
	known := map[string]bool{}
	add := func(name, value string) {
		switch {
		case value == "":
		case name == "build":
			text += " build " + value + "\n"
		default:
			text += " " + name + " = " + value + "\n"
		}
	}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, " = ")
		known[name] = true
		add(name, value)
	}
	for _, line := range lines {
		if !known[line[0]] {
			add(line[0], line[1])
		}
	}
	return text + "}"
}

// plainMatrix has neither variants nor seeds, and builds nothing.
func plainMatrix(changes ...string) string {
	changes = append(changes, "variants", "seeds", "chunks", "seed", "fallback", "timeout", "binary", "build", "nativeCheckInputs", `modules = ["gc", "text"]`)
	if !strings.HasPrefix(changes[0], "run = ") {
		changes = append(changes, `run = "${pkgs.greet}/bin/greet ${each.module}"`)
	}
	return matrix(changes...)
}

// twoModules are tests of two modules, with weights.
func twoModules(run string) string {
	return "tests {\n modules = { gc = { weight = 4 }, text = { weight = 2 } }\n " + run + "\n }"
}

const shards, inline = `tests = "shards"`, `tests = "inline"`

// edited is an altered nix/rts.nix.
func edited(old, new string) [3]string { return [3]string{"nix/rts.nix", old, new} }

const (
	listedShards = "shards = lib.attrValues shards;"
	runsScript   = `exec bash -euo pipefail -c "$script" </dev/null`
)

// Specs and hand-altered renderings in which tests are not run as the matrix says.
var testMutants = []verified{
	{name: "shards: a run is true", shared: plainMatrix(`run = "true"`), checked: shards, want: []verify.Rule{verify.RuleVacuous}, place: "run"},
	{name: "shards: a run swallows its status", shared: matrix(`run = "$tests/unit || true"`), checked: shards, want: []verify.Rule{verify.RuleVacuous}, place: "run"},
	{name: "shards: nothing behind the guard", shared: matrix(`run = ":"`), checked: shards, want: []verify.Rule{verify.RuleVacuous}, place: "run"},
	{name: "inline: a run only says something", shared: matrix(`run = "echo ${each.module}"`), checked: inline, want: []verify.Rule{verify.RuleVacuous}, place: "run"},
	{name: "inline: a run in the background", shared: plainMatrix(`run = "greet &"`), checked: inline, want: []verify.Rule{verify.RuleVacuous}},
	{
		name: "a package needs shards with the seed of the commit", shared: matrix(), checked: shards,
		rest: "package \"tool\" {\n name = \"tool\"\n buildInputs = [self.checks[system][\"rts-seeded\"]]\n}",
		want: []verify.Rule{verify.RuleSeeded}, place: `"tool"`,
	},
	{
		name: "an alias needs shards with the seed of the commit", shared: matrix(), checked: shards, flake: `render = "outputs"`,
		files: map[string]string{"flake.nix": ownerWithChecks(`fg.packages // { rts = fg.checks.rts-seeded; }`, `fg.checks`)},
		want:  []verify.Rule{verify.RuleAlias, verify.RuleSeeded},
	},
	{
		name: "adopted: the shards with the seed of the commit are left out", shared: matrix(), checked: shards, flake: `render = "outputs"`,
		files: map[string]string{"flake.nix": ownerWithChecks(`fg.packages`, `{ }`)},
		want:  []verify.Rule{verify.RuleEvaluation}, place: "tests",
	},

	{
		name: "shards that cannot fail", shared: twoModules(`run = "true"`), checked: `tests = "shards"`,
		want: []verify.Rule{verify.RuleVacuous}, place: "run",
	},
	{
		name: "shards that go on", shared: twoModules("binary = \"gc\"\n run = \"$tests/gc || true\""), checked: `tests = "shards"`,
		want: []verify.Rule{verify.RuleVacuous},
	},
	{name: "inline tests that go on", shared: twoModules(`run = "make test || true"`), checked: `tests = "inline"`, want: []verify.Rule{verify.RuleVacuous}, place: "run"},
	{
		name: "tests of the commit that cannot fail", shared: twoModules("run = \"test ${each.seed} = 0 || true\"\n seed = [1, \"commit\"]\n fallback = 1"), checked: `tests = "inline"`,
		want: []verify.Rule{verify.RuleVacuous},
	},
	{
		name: "edited: a shard is left out", shared: twoModules(`run = "make test"`), checked: `tests = "shards"`,
		alter: [3]string{"nix/rts.nix", `(shard "h-gc" [ { module = "gc"; } ])`, ""},
		want:  []verify.Rule{verify.RuleShards},
	},
	{
		name: "edited: shards beside another content", shared: twoModules(`run = "make test"`), checked: `tests = "shards"`,
		alter: [3]string{"nix/rts.nix", "${build.${output}}", "${pkgs.greet}"},
		want:  []verify.Rule{verify.RuleAggregate},
	},
	{
		name: "edited: shards that run nothing", shared: twoModules(`run = "make test"`), checked: `tests = "shards"`,
		alter: [3]string{"nix/rts.nix", "${lib.concatMapStrings shardLines shard.runs}", ""},
		want:  []verify.Rule{verify.RuleRuns, verify.RuleVacuous},
	},

	{name: "shards edited: one is missing", shared: plainMatrix(), checked: shards, alter: edited(listedShards, "shards = lib.tail (lib.attrValues shards);"), want: []verify.Rule{verify.RuleShards}, place: `"checked"`},
	{name: "shards edited: one is there twice", shared: plainMatrix(), checked: shards, alter: edited(listedShards, "shards = lib.attrValues shards ++ [ (lib.head (lib.attrValues shards)) ];"), want: []verify.Rule{verify.RuleShards}},
	{name: "shards edited: one too many", shared: plainMatrix(), checked: shards, alter: edited(listedShards, "shards = lib.attrValues shards ++ [ pkgs.greet ];"), want: []verify.Rule{verify.RuleShards}},
	{name: "shards edited: none", shared: matrix(), checked: shards, alter: edited(listedShards, "shards = [ ];"), want: []verify.Rule{verify.RuleShards}},
	{
		name: "shards edited: named, and not needed", shared: plainMatrix(), checked: shards,
		alter: edited(listedShards, `shards = map (shard: builtins.unsafeDiscardStringContext "${shard}") (lib.attrValues shards);`), want: []verify.Rule{verify.RuleShards},
	},
	{name: "shards edited: not in this variant", shared: matrix(), checked: shards, alter: edited(`"release"`, ""), want: []verify.Rule{verify.RuleShards}},
	{name: "shards edited: another one is copied", shared: plainMatrix(), checked: shards, alter: edited("cp -a ${build.${output}}", "cp -a ${pkgs.greet}"), want: []verify.Rule{verify.RuleAggregate}},
	{name: "shards edited: nothing is copied", shared: plainMatrix(), checked: shards, alter: edited(`cp -a ${build.${output}} "''$${output}"`, `mkdir "''$${output}"`), want: []verify.Rule{verify.RuleAggregate}},
	{
		name: "shards edited: more than copied", shared: plainMatrix(), checked: shards,
		alter: edited("${lib.concatMapStrings copy build.outputs}", "${lib.concatMapStrings copy build.outputs}\ntouch \"$out\"/tested"), want: []verify.Rule{verify.RuleAggregate},
	},
	{name: "shards edited: an output too many", shared: plainMatrix(), checked: shards, alter: edited("inherit (build) outputs;", `outputs = [ "out" "dev" ];`), want: []verify.Rule{verify.RuleAggregate}},
	{name: "shards edited: the end is gone", shared: plainMatrix(), checked: shards, alter: edited(`exit "$failed"`, ""), want: []verify.Rule{verify.RuleVacuous}},
	{name: "shards edited: the end is true", shared: matrix(), checked: shards, alter: edited(`exit "$failed"`, "exit 0"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "shards edited: a failure sets nothing", shared: plainMatrix(), checked: shards, alter: edited("failed=1", "failed=0"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "shards edited: a hang is forgiven", shared: matrix(), checked: shards, alter: edited("failed=1", "true"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "shards edited: a failure is not noted", shared: plainMatrix(), checked: shards, alter: edited("|| code=$?", "|| true"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "shards edited: a failure is forgotten", shared: matrix(`least = 100`), checked: shards, alter: edited("export tests=${tests}", "failed=0\nexport tests=${tests}"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "shards edited: nothing is run", shared: plainMatrix(), checked: shards, alter: edited(runsScript, "true"), want: []verify.Rule{verify.RuleVacuous}},
	{
		name: "shards edited: only the last command counts", shared: plainMatrix("run = \"greet ${each.module}\\necho done\""), checked: shards,
		alter: edited(runsScript, `exec bash -c "$script"`), want: []verify.Rule{verify.RuleVacuous},
	},
	{name: "shards edited: another seed", shared: matrix(), checked: shards, alter: edited(`(run "gc" 1 10 7)`, `(run "gc" 1 10 8)`), want: []verify.Rule{verify.RuleRuns}},
	{name: "shards edited: another chunk", shared: matrix(), checked: shards, alter: edited(`(run "gc" 11 20 7)`, `(run "gc" 11 19 7)`), want: []verify.Rule{verify.RuleRuns}},
	{name: "shards edited: a run is left out of a group", shared: matrix(`least = 100`), checked: shards, alter: edited(`(run "heap" 1 10 7)`, ``), want: []verify.Rule{verify.RuleRuns}},
	{name: "shards edited: a run is there twice", shared: matrix(), checked: shards, alter: edited(`(run "gc" 1 10 7)`, `(run "gc" 1 10 7) (run "gc" 1 10 7)`), want: []verify.Rule{verify.RuleRuns}},
	{name: "shards edited: the binaries of another variant", shared: matrix(), checked: shards, alter: edited("testLines testBinaries.${each.variant} each", "testLines testBinaries.debug each"), want: []verify.Rule{verify.RuleRuns}, place: "build"},
	{name: "shards edited: no binaries", shared: matrix(), checked: shards, alter: edited("testLines testBinaries.${each.variant} each", `testLines "/var/empty" each`), want: []verify.Rule{verify.RuleRuns}},
	{name: "shards edited: what only builds needs them", shared: matrix(), checked: shards, alter: edited("{ doCheck = false; })", "{ doCheck = false; buildInputs = lib.attrValues (testDerivations testShards); })"), want: []verify.Rule{verify.RuleRunsTests}},
	{name: "shards edited: what only builds needs test binaries", shared: matrix(), checked: shards, alter: edited("{ doCheck = false; })", "{ doCheck = false; buildInputs = [ testBinaries.debug ]; })"), want: []verify.Rule{verify.RuleRunsTests}},
	{name: "shards edited: one with the seed of the commit is missing", shared: matrix(), checked: shards, alter: edited(`(shard "f-gc_1" [ (run "gc" 1 10 commitSeed) ])`, ""), want: []verify.Rule{verify.RuleShards}, place: "tests"},
	{name: "shards edited: a fixed seed for the commit's", shared: matrix(), checked: shards, alter: edited("testDerivations seededShards", "testDerivations testShards"), want: []verify.Rule{verify.RuleRuns}},
	{name: "shards edited: the commit's seed for a fixed one", shared: matrix(), checked: shards, alter: edited("testDerivations testShards", "testDerivations seededShards"), want: []verify.Rule{verify.RuleRuns}},

	{name: "inline edited: make goes on", shared: matrix(), checked: inline, alter: edited("make --keep-going", "make -i --keep-going"), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: make may fail", shared: matrix(), checked: inline, alter: edited("-f ${testMakefile}", "-f ${testMakefile} || true"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "inline edited: no test", shared: matrix(), checked: inline, alter: edited(`make --keep-going --output-sync -j"$jobs" -f ${testMakefile}`, ""), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: another makefile", shared: matrix(), checked: inline, alter: edited("-f ${testMakefile}", "-f ${pkgs.greet}"), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: another script", shared: matrix(), checked: inline, alter: edited("@bash ${testScript}", "@bash ${pkgs.greet}"), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: make forgives the script", shared: matrix(), checked: inline, alter: edited("; @bash", "; -@bash"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "inline edited: make forgives all", shared: matrix(), checked: inline, alter: edited("all: $(tests)", ".IGNORE:\nall: $(tests)"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "inline edited: the script succeeds", shared: matrix(), checked: inline, alter: edited(`exit "$failed"`, "exit 0"), want: []verify.Rule{verify.RuleVacuous}},
	{name: "inline edited: another phase", shared: matrix(), checked: inline, alter: edited("checkPhase = testPhase", `checkPhase = "make test"`), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: a run is left out", shared: matrix(), checked: inline, alter: edited("lib.concatMapStringsSep \" \" testTarget testRuns", "lib.concatMapStringsSep \" \" testTarget (lib.tail testRuns)"), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: a branch is left out", shared: matrix(), checked: inline, alter: edited("lib.concatMapStrings testCase testRuns", "lib.concatMapStrings testCase (lib.tail testRuns)"), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: binaries are not built", shared: matrix(), checked: inline, alter: edited("lib.concatMapStrings (variant: buildLines", "lib.concatMapStrings (_: let variant = \"debug\"; in buildLines"), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: what builds binaries is something else", shared: matrix(), checked: inline, alter: edited("source ${testBuilds}", "source ${pkgs.greet}"), want: []verify.Rule{verify.RuleRuns}},
	{name: "inline edited: it does not check", shared: matrix(), checked: inline, alter: edited("doCheck = true", "doCheck = false"), want: []verify.Rule{verify.RuleUnchecked}},
	{name: "inline edited: an attribute", shared: matrix(), checked: inline, alter: edited("doCheck = true;", "doCheck = true; CFLAGS = \"-O0\";"), want: []verify.Rule{verify.RuleDrift}},
	{name: "inline on one system: a run is left out", shared: matrix(), checked: `tests = { linux = "shards", darwin = "inline" }`, alter: edited("lib.concatMapStrings testCase testRuns", "lib.concatMapStrings testCase (lib.tail testRuns)"), want: []verify.Rule{verify.RuleRuns}},
}

// ownerWithChecks is a hand-written flake.nix with checks.
func ownerWithChecks(packages, checks string) string {
	each := func(of string) string {
		return `nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-darwin" ] (system:
      let fg = import ./nix/flakegen.nix { inherit system self; pkgs = nixpkgs.legacyPackages.${system}; };
      in ` + of + `);
`
	}
	return `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  outputs = { self, nixpkgs }: {
    packages = ` + each(packages) + `
    checks = ` + each(checks) + `
  };
}
`
}

var testGood = []verified{
	{name: "shards", shared: matrix(), checked: shards},
	{name: "inline", shared: matrix(), checked: inline},
	{name: "shards on one system, inline on the other", shared: matrix(), checked: `tests = { linux = "shards", darwin = "inline" }`},
	{name: "shards: no variants, no seeds, nothing to build", shared: plainMatrix(), checked: shards},
	{name: "inline: no variants, no seeds, nothing to build", shared: plainMatrix(), checked: inline},
	{name: "shards: groups", shared: matrix(`least = 50`), checked: shards},
	{name: "shards: binaries for each module", shared: matrix("build = {\n script = \"make ${each.variant}/${each.module}; cp unit $tests\"\n CFLAGS = each.variant == \"debug\" ? \"-g\" : \"-O2\"\n }"), checked: shards},
	{name: "inline: binaries for each module", shared: matrix("build = {\n script = \"make ${each.module}; cp unit $tests\"\n }"), checked: inline},
	{name: "shards: binaries for all", shared: matrix("build = {\n script = \"make unit; cp unit $tests\"\n }"), checked: shards},
	{name: "shards: binaries of another name", shared: matrix("build = {\n script = \"make ${each.variant}; cp unit $tests\"\n name = \"unit-${each.variant}\"\n }"), checked: shards},
	{name: "shards: the fallback is a fixed seed", shared: matrix(`fallback = 7`), checked: shards},
	{name: "shards: only the commit's seed for one", shared: matrix(`modules = { gc = 45, text = { weight = 1, seed = "commit" }, heap = { weight = 1, seed = 3, timeout = 5 } }`), checked: shards},
	{name: "shards: over what is built", shared: plainMatrix(`run = "${package.rts.build}/bin/rts ${each.module}"`), checked: shards},
	{name: "shards: a loop, words in quotes", shared: matrix(`env = { WORDS = "it's \"more\"", LIB = pkgs.greetlib }`, "run = <<-EOT\nset -x\nfor seed in $(seq ${each.first} ${each.last}); do\n  \"$tests\"/unit 'it''s' --seed \"$seed\" | tee log\ndone\nEOT"), checked: shards},
	{name: "inline: a loop, words in quotes", shared: matrix(`env = { WORDS = "it's \"more\"" }`, "run = <<-EOT\nfor seed in $(seq ${each.first} ${each.last}); do\n  \"$tests\"/unit 'it''s' --seed \"$seed\" | tee log\ndone\nEOT", `jobs = 4`, `memory = 512`), checked: inline},
	{name: "shards: two outputs", shared: "outputs = [\"out\", \"dev\"]\n" + matrix(), checked: shards},
	{name: "shards: tools shared", shared: "nativeCheckInputs = [pkgs.greetlib]\n" + matrix(), checked: shards},
	{name: "inline: tools shared", shared: "nativeCheckInputs = [pkgs.greetlib]\n" + matrix(), checked: inline},
	{name: "shards: a third variant", shared: matrix() + "\n variant \"fast\" {\n  doCheck = true\n  role = \"checked\"\n }", checked: shards},
	{
		name: "inline: a builder that checks what is installed", checked: inline,
		shared: matrix() + "\n builder = nix(\"args: pkgs.stdenv.mkDerivation (removeAttrs args [ \\\"doCheck\\\" \\\"checkPhase\\\" ] // lib.optionalAttrs (args ? checkPhase) { doInstallCheck = true; installCheckPhase = args.checkPhase; })\")",
	},
	{name: "shards: two variants that run them", shared: matrix() + "\n variant \"nightly\" {\n  tests = \"shards\"\n }", checked: shards},
	{
		name:    "tests as shards and inline",
		shared:  twoModules("variants = [\"debug\", \"release\"]\n binary = \"unit-${each.module}\"\n nativeCheckInputs = [pkgs.greet]\n run = \"$tests/unit-${each.module}\"\n build {\n script = \"cp ${each.module} $tests/unit-${each.module}\"\n }"),
		checked: `tests = { linux = "shards", darwin = "inline" }`,
	},
	{name: "tests with the seed of the commit", shared: twoModules("run = \"test ${each.seed} = 0\"\n seed = [1, \"commit\"]\n fallback = 1"), checked: `tests = "shards"`},
	{name: "adopted: shards", shared: matrix(), checked: shards, flake: `render = "outputs"`, files: map[string]string{"flake.nix": ownerWithChecks(`fg.packages`, `fg.checks`)}},
}
