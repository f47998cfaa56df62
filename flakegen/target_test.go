package flakegen

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

func parse(t *testing.T, source string) *spec.Spec {
	t.Helper()
	rendering, err := generate.Tree(fstest.MapFS{"flakegen.hcl": {Data: []byte(source)}})
	if err != nil || rendering.Diagnostics.HasErrors() {
		t.Fatal(err, rendering.Diagnostics)
	}
	return rendering.Spec
}

const twoVariants = `
flake { systems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"] }
input "nixpkgs" { url = "x" }
package "rts" {
  variant "build" {}
  variant "checked" {}
}
package "tool" { systems = ["linux"] }
alias "both" {
  linux  = package.rts.checked
  darwin = package.rts.build
}
alias "some" {
  linux  = package.tool
  darwin = null
}
`

func TestTargets(t *testing.T) {
	s := parse(t, twoVariants)
	all := []platform.System{"x86_64-linux", "aarch64-darwin"}
	outputs, installables, err := Targets(s, []string{"both", "nixpkgs#hello", "rts-build"}, all)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range outputs {
		got = append(got, strings.Join([]string{o.Name, o.Attribute, o.System, o.Variant, o.Alias}, " "))
	}
	want := []string{
		"both packages.x86_64-linux.both x86_64-linux checked both",
		"both packages.aarch64-darwin.both aarch64-darwin build both",
		"rts-build packages.x86_64-linux.rts-build x86_64-linux build ",
		"rts-build packages.aarch64-darwin.rts-build aarch64-darwin build ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Equal(installables, []string{"nixpkgs#hello"}) {
		t.Errorf("installables %q", installables)
	}
}

func TestTargetsOfNothing(t *testing.T) {
	linux := []platform.System{"x86_64-linux"}
	for source, want := range map[string][]string{
		twoVariants: {"both", "some"},
		twoVariants + `alias "default" { default = alias.both }`:                                                  {"default"},
		`flake { systems = ["x86_64-linux"] }` + "\n" + `input "nixpkgs" { url = "x" }` + "\n" + `package "p" {}`: {"p"},
	} {
		outputs, _, err := Targets(parse(t, source), nil, linux)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, o := range outputs {
			names = append(names, o.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("without a name: %q, want %q", names, want)
		}
	}
}

func TestTargetsThatAreNotThere(t *testing.T) {
	s := parse(t, twoVariants)
	for _, test := range []struct {
		name   string
		system platform.System
		want   string
	}{
		{"bohts", "x86_64-linux", `Did you mean "both"?`},
		{"nothing", "x86_64-linux", "It has rts-build, rts-checked, tool, both, some."},
		{"some", "aarch64-darwin", `No output "some" on aarch64-darwin`},
		{"tool", "aarch64-darwin", `No output "tool" on aarch64-darwin`},
	} {
		_, _, err := Targets(s, []string{test.name}, []platform.System{test.system})
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s on %s: %v, want %q", test.name, test.system, err, test.want)
		}
	}
}

const withChecks = twoVariants + `
package "unit" {
  systems = ["x86_64-linux"]
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  tests {
    variants = ["debug", "release"]
    modules  = { gc = 4, text = 1, utf8 = 1 }
    seeds    = [1, 10]
    seed     = [1, "commit"]
    fallback = 2
    chunks   = 2
    jobs     = 3
    run      = "true"
  }
}
check "lint" { systems = ["linux"] }
check "tool" {}
check "style" {
  variant "nix" {}
  variant "go" {}
}
`

func TestTargetsAmongChecks(t *testing.T) {
	s := parse(t, withChecks)
	for name, want := range map[string]string{
		"unit-seeded": "checks.x86_64-linux.unit-seeded",
		"lint":        "checks.x86_64-linux.lint",
		"style-go":    "checks.x86_64-linux.style-go",
		// The name of a package goes before that of a check.
		"tool": "packages.x86_64-linux.tool",
	} {
		outputs, _, err := Targets(s, []string{name}, []platform.System{"x86_64-linux"})
		if err != nil || len(outputs) != 1 || outputs[0].Attribute != want || outputs[0].Name != name {
			t.Errorf("%s: %v, %v, want %s", name, outputs, err, want)
		}
	}
	for name, want := range map[string]string{
		"unit-sedeed": `Did you mean "unit-seeded"?`,
		"lynt":        `Did you mean "lint"?`,
		"styl-go":     `Did you mean "style-go"?`,
		"nothing":     "It has rts-build, rts-checked, tool, unit-build, unit-checked, both, some, lint, style-nix, style-go, unit-seeded.",
	} {
		if _, _, err := Targets(s, []string{name}, []platform.System{"x86_64-linux"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if _, _, err := Targets(s, []string{"unit-seeded"}, []platform.System{"aarch64-linux"}); err == nil || !strings.Contains(err.Error(), `No output "unit-seeded" on aarch64-linux`) {
		t.Errorf("a check that is not there: %v", err)
	}
	for name, want := range map[string]string{"unit-seeded": "  tests {", "lint": `check "lint"`, "style-go": `  variant "go"`, "tool": `package "tool"`} {
		rng, ok := TargetRange(s, name)
		if line := strings.Split(withChecks, "\n")[max(1, rng.Start.Line)-1]; !ok || !strings.HasPrefix(line, want) {
			t.Errorf("%s stands at %s: %s, want %s", name, rng, line, want)
		}
	}
	everywhere, _, err := TargetsEverywhere(s, []string{"lint"})
	if err != nil || len(everywhere) != 2 || everywhere[1].Attribute != "checks.aarch64-linux.lint" {
		t.Errorf("everywhere: %v, %v", everywhere, err)
	}
}

func TestSystems(t *testing.T) {
	s := parse(t, twoVariants)
	for _, test := range []struct {
		names []string
		want  []platform.System
		err   string
	}{
		{nil, []platform.System{NativeSystem()}, ""},
		{[]string{"aarch64-darwin", "aarch64-darwin"}, []platform.System{"aarch64-darwin"}, ""},
		{[]string{"arm64-darwin"}, nil, `Did you mean "aarch64-darwin"?`},
		{[]string{"x86_64-darwin"}, nil, "It lists x86_64-linux, aarch64-linux, aarch64-darwin."},
	} {
		got, err := Systems(s, test.names)
		if test.err == "" && (err != nil || !slices.Equal(got, test.want)) {
			t.Errorf("%q: %q, %v", test.names, got, err)
		}
		if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%q: %v, want %q", test.names, err, test.err)
		}
	}
	foreign := parse(t, `flake { systems = ["x86_64-redox"] }`)
	if _, err := Systems(foreign, nil); err == nil || !strings.Contains(err.Error(), "does not list "+string(NativeSystem())) {
		t.Errorf("a spec without the native system: %v", err)
	}
}
