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
