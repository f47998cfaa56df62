package flakegen_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/verify"
	"github.com/flakegen/flakegen/internal/require"
)

// A verified repository: the body of package "rts" and of its two variants, what
// else the spec says, and how the rendered files were altered by hand.
type verified struct {
	name           string
	shared         string
	build, checked string
	rest           string
	alias          string            // of the alias rts; without it linux checked, darwin build
	flake          string            // more of the flake block
	files          map[string]string // beside the spec
	alter          [3]string         // file, old, new
	want           []verify.Rule     // on at least one system, and no other
	place          string            // in the spec, of the first finding: the text that its range covers
}

const plainBuild, plainChecked = `doCheck = false`, "doCheck = true\n    checkPhase = \"make test\""

// checkedBy is a checked variant with this phase.
func checkedBy(phase string) string { return "doCheck = true\n    checkPhase = " + phase }

var mutants = []verified{
	{name: "true", checked: checkedBy(`"true"`), want: []verify.Rule{verify.RuleVacuous}, place: "checkPhase"},
	{name: "colon", checked: checkedBy(`":"`), want: []verify.Rule{verify.RuleVacuous}},
	{name: "nothing", checked: checkedBy(`""`), want: []verify.Rule{verify.RuleVacuous}},
	{name: "only a comment", checked: checkedBy(`"# make test"`), want: []verify.Rule{verify.RuleVacuous}},
	{name: "or true", checked: checkedBy(`"make test || true"`), want: []verify.Rule{verify.RuleVacuous}},
	{name: "errexit off", checked: checkedBy(`"set +e; make test; echo done"`), want: []verify.Rule{verify.RuleVacuous}},
	{name: "in the background", checked: checkedBy(`"make test &"`), want: []verify.Rule{verify.RuleVacuous}},
	{name: "make ignores errors", checked: checkedBy(`"make -i test"`), want: []verify.Rule{verify.RuleVacuous}},
	{name: "a condition", checked: checkedBy(`"if ! make test; then echo failed; fi"`), want: []verify.Rule{verify.RuleVacuous}},
	{
		name: "a hook that ends it", shared: `preCheck = "exit 0"`,
		checked: checkedBy(`"runHook preCheck\nmake test"`), want: []verify.Rule{verify.RuleVacuous},
	},
	{
		name: "phases without it", shared: `phases = "unpackPhase buildPhase installPhase"`,
		want: []verify.Rule{verify.RuleVacuous}, place: "phases",
	},
	{name: "doCheck shared as false", shared: `doCheck = false`, build: " ", checked: `checkPhase = "make test"`, want: []verify.Rule{verify.RuleUnchecked}, place: "doCheck"},
	{name: "doCheck false in the checked variant", checked: `doCheck = false`, want: []verify.Rule{verify.RuleUnchecked, verify.RuleSame}},
	{name: "nobody sets doCheck", build: `CFLAGS = "-O1"`, checked: `checkPhase = "make test"`, want: []verify.Rule{verify.RuleUnchecked}},
	{
		name: "a role by its name", checked: plainChecked,
		rest: "package \"lib\" {\n name = \"lib\"\n variant \"quick\" { role = \"build\" }\n variant \"full\" {\n role = \"checked\"\n CFLAGS = \"-O0\"\n }\n}",
		want: []verify.Rule{verify.RuleUnchecked},
	},
	{
		name: "a builder that drops doCheck", shared: `builder = nix("args: pkgs.stdenv.mkDerivation (removeAttrs args [ \"doCheck\" ])")`,
		want: []verify.Rule{verify.RuleUnchecked}, place: "doCheck",
	},
	{
		name: "a builder that drops all of it", shared: `builder = nix("args: pkgs.stdenv.mkDerivation (removeAttrs args [ \"doCheck\" \"checkPhase\" ])")`,
		want: []verify.Rule{verify.RuleUnchecked, verify.RuleSame},
	},
	{
		name:   "a builder that builds otherwise where it checks",
		shared: "CFLAGS = \"-O2\"\n builder = nix(\"args: pkgs.stdenv.mkDerivation (args // { CFLAGS = if args.doCheck then ''-O0'' else args.CFLAGS; })\")",
		want:   []verify.Rule{verify.RuleDrift}, place: "CFLAGS",
	},
	{
		name:   "a builder that has another source where it checks",
		shared: "builder = nix(\"args: pkgs.stdenv.mkDerivation (args // (if args.doCheck then { src = ../other; } else { }))\")",
		files:  map[string]string{"other/Makefile": "all:\n"},
		want:   []verify.Rule{verify.RuleDrift}, place: "src",
	},
	{name: "the build variant checks", build: `doCheck = true`, want: []verify.Rule{verify.RuleBuildChecks}, place: "doCheck"},
	{name: "the build variant checks what is installed", build: "doCheck = false\n    doInstallCheck = true", want: []verify.Rule{verify.RuleBuildChecks}},
	{name: "doCheck shared as true", shared: `doCheck = true`, build: " ", want: []verify.Rule{verify.RuleBuildChecks}},
	{
		name: "an input for a phase that does not run", shared: `preCheck = "PATH=${pkgs.greet}/bin:$PATH"`,
		want: []verify.Rule{verify.RuleTestOnly}, place: "preCheck",
	},
	{
		name: "a phase that does not run, shared", shared: `checkPhase = "${pkgs.greet}/bin/greet"`, checked: `doCheck = true`,
		want: []verify.Rule{verify.RuleTestOnly}, place: "checkPhase",
	},
	{
		name: "the tests run for the build-only variant", build: "doCheck = false\n    buildInputs = [package.tool]",
		rest: `package "tool" {` + "\n" + `name = "tool"` + "\n" + `buildInputs = [package.rts.checked]` + "\n}",
		want: []verify.Rule{verify.RuleRunsTests},
	},
	{
		name: "edited: an attribute of one variant", alter: [3]string{"nix/rts.nix", "doCheck = true;", "doCheck = true; CFLAGS = \"-O0\";"},
		want: []verify.Rule{verify.RuleDrift},
	},
	{
		name: "edited: an input of one variant", alter: [3]string{"nix/rts.nix", "doCheck = true;", "doCheck = true; patches = [ pkgs.greet ];"},
		want: []verify.Rule{verify.RuleDrift},
	},
	{
		name: "edited: the build-only variant checks", alter: [3]string{"nix/rts.nix", "doCheck = false;", "doCheck = true;"},
		want: []verify.Rule{verify.RuleBuildChecks},
	},
	{
		name: "edited: the alias lies", alter: [3]string{"flake.nix", `rts = "rts-build"`, `rts = "rts-checked"`},
		want: []verify.Rule{verify.RuleAlias},
	},
	{
		name: "adopted: the owner gives the name to another", flake: `render = "outputs"`,
		files: map[string]string{"flake.nix": owner(`fg.packages // { rts = fg.packages.rts-build; }`)},
		want:  []verify.Rule{verify.RuleAlias},
	},
	{
		name: "an alias that is not to be there", alias: "linux = package.rts.checked\n  darwin = null",
		rest: "output \"packages\" {\n per_system = true\n value = { rts = pkgs.greet }\n}",
		want: []verify.Rule{verify.RuleAlias},
	},
	{
		name: "adopted: an output is left out", flake: `render = "outputs"`,
		files: map[string]string{"flake.nix": owner(`removeAttrs fg.packages [ "rts-checked" ]`)},
		want:  []verify.Rule{verify.RuleEvaluation},
	},
	{
		name: "a check that cannot fail", rest: suite("", plainBuild, checkedBy(`"make test || true"`)),
		want: []verify.Rule{verify.RuleVacuous}, place: "checkPhase",
	},
	{
		name: "a check of the name of the package", rest: strings.Replace(suite("", plainBuild, checkedBy(`"true"`)), `"suite"`, `"rts"`, 1),
		want: []verify.Rule{verify.RuleVacuous},
	},
	{name: "a check that is never on", rest: suite("", plainBuild, `doCheck = false`), want: []verify.Rule{verify.RuleUnchecked, verify.RuleSame}},
	{name: "a check whose build variant checks", rest: suite("", `doCheck = true`, plainChecked), want: []verify.Rule{verify.RuleBuildChecks}, place: "doCheck"},
	{
		name: "a check with an input for a phase that does not run", rest: suite(`preCheck = "PATH=${pkgs.greet}/bin:$PATH"`, plainBuild, plainChecked),
		want: []verify.Rule{verify.RuleTestOnly}, place: "preCheck",
	},
	{
		name: "a check that needs its own tests", rest: suite("", "doCheck = false\n buildInputs = [self.checks[system][\"suite-checked\"]]", plainChecked),
		want: []verify.Rule{verify.RuleRunsTests},
	},
	{
		name:  "edited: an attribute of one variant of a check",
		alter: [3]string{"flake.nix", "doCheck = true;", "doCheck = true; CFLAGS = \"-O0\";"}, rest: suite("", plainBuild, plainChecked),
		want: []verify.Rule{verify.RuleDrift},
	},
	{
		name: "adopted: the checks are left out", flake: `render = "outputs"`, rest: suite("", plainBuild, plainChecked),
		files: map[string]string{"flake.nix": owner(`fg.packages`)},
		want:  []verify.Rule{verify.RuleEvaluation},
	},
	{
		name: "a check does not evaluate on darwin", rest: suite(`buildInputs = pkgs.stdenv.hostPlatform.isDarwin ? [pkgs.noSuchThing] : []`, plainBuild, plainChecked),
		want: []verify.Rule{verify.RuleEvaluation},
	},
	{
		name: "one does not evaluate on darwin", shared: `buildInputs = pkgs.stdenv.hostPlatform.isDarwin ? [pkgs.noSuchThing] : []`,
		want: []verify.Rule{verify.RuleEvaluation},
	},
}

var good = []verified{
	{name: "plain"},
	{name: "no variants matter to it", rest: `package "tool" { name = "tool" }`},
	{name: "inputs of one variant", shared: `buildInputs = [pkgs.greetlib]`, checked: plainChecked + "\n    buildInputs = concat(shared.buildInputs, [pkgs.greet])"},
	{name: "inputs for the check", checked: plainChecked + "\n    nativeCheckInputs = [pkgs.greet]"},
	{name: "inputs for the check, shared", shared: `nativeCheckInputs = [pkgs.greet]`},
	{name: "the phase names what it needs", checked: checkedBy(`"${pkgs.greet}/bin/greet && make test"`)},
	{name: "final", shared: `CFLAGS = final.doCheck ? "-O1" : "-O2"` + "\n LDFLAGS = \"x${final.CFLAGS}\""},
	{name: "env", shared: `env = { LEVEL = "2" }`, checked: plainChecked + "\n    env = merge(shared.env, { LEVEL = \"0\", TRACE = \"1\" })"},
	{name: "another version", shared: `pname = "rts"`, build: "doCheck = false\n    version = \"1\"", checked: plainChecked + "\n    version = \"2\""},
	{name: "made for each", rest: "package \"lib\" {\n name = \"lib\"\n variant \"tuned\" {\n for_each = { size = \"-Os\", speed = \"-O3\" }\n CFLAGS = each.value\n }\n}"},
	{name: "left out on darwin", alias: "linux = package.rts.checked\n  darwin = null"},
	{name: "checked where it is installed", checked: "doInstallCheck = true\n    installCheckPhase = \"test -e $out/rts\""},
	{name: "the default phase", checked: `doCheck = true`},
	{name: "its status is kept", checked: checkedBy(`"set +e; make test; status=$?; cat log; exit $status"`)},
	{name: "hooks and cleaning up", checked: checkedBy(`"runHook preCheck\nmake test\nrm -rf tmp || true\nrunHook postCheck"`)},
	{name: "one of two checks is vain", checked: plainChecked + "\n    doInstallCheck = true\n    installCheckPhase = \"true\""},
	{name: "arguments of a builder", shared: "attrs = { CFLAGS = \"-O2\" }\n builder = nix(\"args: pkgs.stdenv.mkDerivation (args // { GOFLAGS = if args.doCheck then ''-race'' else ''''; })\")"},
	{name: "a check with variants", rest: suite(`buildInputs = [pkgs.greetlib]`, plainBuild, plainChecked+"\n buildInputs = concat(shared.buildInputs, [pkgs.greet])")},
	{name: "a check named like the package", rest: strings.Replace(suite(`CFLAGS = "-g"`, plainBuild, plainChecked), `"suite"`, `"rts"`, 1)},
	{name: "a check on one system", rest: suite(`systems = ["linux"]`, plainBuild, plainChecked)},
	{name: "a check made for each", rest: "check \"level\" {\n name = \"level\"\n variant \"tuned\" {\n for_each = { size = \"-Os\", speed = \"-O3\" }\n CFLAGS = each.value\n }\n}"},
	{name: "a check that declares nothing", rest: `check "lint" { value = pkgs.greet }`},
	{name: "adopted", flake: `render = "outputs"`, files: map[string]string{"flake.nix": owner(`fg.packages`)}},
	{name: "roles by name", rest: "package \"lib\" {\n name = \"lib\"\n variant \"quick\" { role = \"build\" }\n variant \"full\" {\n role = \"checked\"\n doCheck = true\n }\n}"},
}

// suite is a check with these attributes and variants.
func suite(shared, build, checked string) string {
	return "check \"suite\" {\n name = \"suite\"\n src = path(\"src\")\n " + shared + "\n variant \"build\" {\n " + build +
		"\n }\n variant \"checked\" {\n " + checked + "\n }\n}"
}

// owner is a hand-written flake.nix that takes the packages of fg, the rendered
// ones, through an expression.
func owner(packages string) string {
	return `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  outputs = { self, nixpkgs }: {
    packages = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-darwin" ] (system:
      let fg = import ./nix/flakegen.nix { inherit system; pkgs = nixpkgs.legacyPackages.${system}; };
      in ` + packages + `);
  };
}
`
}

// TestNixVerify shows that verify finds each mutant and says nothing of good ones.
func TestNixVerify(t *testing.T) {
	require.Program(t, "nix")
	require.Program(t, "git")
	if len(mutants) < 25 || len(good) < 15 {
		t.Fatalf("%d mutants, %d good ones", len(mutants), len(good))
	}
	if len(testMutants) < 40 || len(testGood) < 15 {
		t.Fatalf("%d mutants of tests, %d good ones", len(testMutants), len(testGood))
	}
	seen := map[verify.Rule]bool{}
	for _, list := range [][]verified{mutants, testMutants, good, testGood} {
		for _, v := range list {
			t.Run(v.name, func(t *testing.T) {
				t.Parallel()
				v.run(t)
			})
			for _, rule := range v.want {
				seen[rule] = true
			}
		}
	}
	for _, rule := range verify.Rules {
		if !seen[rule] {
			t.Errorf("no mutant breaks the rule %s", rule)
		}
	}
}

func (v verified) spec() string {
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	input := `input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }`
	if strings.Contains(v.flake, "render") {
		input = ""
	}
	name := "  name = \"rts\"\n"
	if strings.Contains(v.shared, "pname") {
		name = ""
	}
	return "flake {\n  systems = [\"x86_64-linux\", \"aarch64-darwin\"]\n  " + v.flake + "\n}\n" + input + `
package "rts" {
` + name + `  src = path("src")
  ` + v.shared + `
  variant "build" {
    ` + or(v.build, plainBuild) + `
  }
  variant "checked" {
    ` + or(v.checked, plainChecked) + `
  }
}
alias "rts" {
  ` + or(v.alias, "linux = package.rts.checked\n  darwin = package.rts.build") + `
}
` + v.rest + "\n"
}

func (v verified) run(t *testing.T) {
	files := map[string]string{"flakegen.hcl": v.spec(), "src/Makefile": "all:\ntest:\n"}
	maps.Copy(files, v.files)
	project, rendering := renderedRepository(t, files, func(path, text string) string {
		if path != v.alter[0] {
			return text
		}
		altered := strings.Replace(text, v.alter[1], v.alter[2], 1)
		if altered == text {
			t.Fatalf("%s has no %q:\n%s", path, v.alter[1], text)
		}
		return altered
	})
	args, err := nixcmd.ParseArgs(withHostpkgs(t), project.Root)
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\n", "XDG_CACHE_HOME="+t.TempDir())
	nix := &nixcmd.Nix{Dir: project.Root, Env: env, Args: args}

	findings, err := project.Verify(context.Background(), nix, rendering.Spec, rendering.Spec.Systems)
	if err != nil {
		t.Fatal(err)
	}
	var rules []verify.Rule
	for _, f := range findings {
		if !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
		if f.Range.Filename == "" || f.Summary == "" || f.Detail == "" || f.Remedy == "" || f.System == "" {
			t.Errorf("a finding without place or words: %+v", f)
		}
	}
	slices.Sort(rules)
	want := slices.Sorted(slices.Values(v.want))
	if !slices.Equal(rules, want) {
		t.Errorf("found %v, want %v", rules, want)
		for _, f := range findings {
			t.Logf("%s: %s %s %s\n%s", f.Rule, f.Summary, f.Detail, f.Remedy, f.Diff())
		}
	}
	if v.place != "" && len(findings) > 0 {
		if got := string(findings[0].Range.SliceBytes([]byte(v.spec()))); got != v.place {
			t.Errorf("the place is %q, want %q", got, v.place)
		}
	}
}
