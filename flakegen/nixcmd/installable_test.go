package nixcmd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestInstallable(t *testing.T) {
	for _, test := range []struct {
		attribute        Attribute
		nix, installable string
	}{
		{Attribute{"packages", "x86_64-linux", "rts"}, "packages.x86_64-linux.rts", ".#packages.x86_64-linux.rts"},
		{Attribute{"packages", "x", "it's-1_"}, "packages.x.it's-1_", ".#packages.x.it's-1_"},
		{Attribute{"packages", "x", "a.b"}, `packages.x."a.b"`, ".#packages.x.%22a.b%22"},
		{Attribute{"packages", "x", "a ^ü"}, `packages.x."a ^ü"`, ".#packages.x.%22a%20%5E%C3%BC%22"},
		{Attribute{"x", ""}, `x.""`, ".#x.%22%22"},
	} {
		i := Installable{Flake: ".", Attribute: test.attribute}
		if test.attribute.String() != test.nix || i.String() != test.installable {
			t.Errorf("%q: %s and %s, want %s and %s", []string(test.attribute), test.attribute, i, test.nix, test.installable)
		}
		if got, err := ParseAttribute(test.nix); err != nil || !slices.Equal(got, test.attribute) {
			t.Errorf("ParseAttribute(%s) = %q, %v", test.nix, []string(got), err)
		}
	}
	for _, bad := range []string{"", ".", "a.", ".a", "a..b", `a."b`, `a"b"`, `"a"b`} {
		if got, err := ParseAttribute(bad); err == nil {
			t.Errorf("ParseAttribute(%s) = %q", bad, []string(got))
		}
	}
	for _, bad := range []Installable{{}, {Flake: "."}, {Flake: ".", Attribute: Attribute{`a"b`}}} {
		if words, err := operands([]Installable{bad}); err == nil {
			t.Errorf("%+v became %q", bad, words)
		}
	}
}

// Names that flakegen does not let through today are in here as well: quoting is
// Nix's matter, not that of the spec.
func TestAttributeNamesReachTheRealNix(t *testing.T) {
	names := []string{"plain", "a-b_1", "1a", "-a", "a'b", "a.b", "a b", "a+b", "a%20b", "ü", "a^b", "a#b", "a/b", "a?b", "a@b", `a\b`, "a[b", "a!b"}
	dir := t.TempDir()
	var outputs strings.Builder
	for i, name := range names {
		fmt.Fprintf(&outputs, "packages.x.\"%s\" = make \"number-%d\" \"x\" \"\";\n", strings.ReplaceAll(name, `\`, `\\`), i)
	}
	gitFlake(t, dir, outputs.String())
	n := realNix(t, dir)
	for i, name := range names {
		installable := Installable{Flake: ".", Attribute: Attribute{"packages", "x", name}}
		m, err := n.Missing(t.Context(), []Installable{installable}, OneSecond)
		if err != nil || len(m.Products) != 1 || !strings.HasSuffix(m.Products[0].Derivation, fmt.Sprintf("-number-%d.drv", i)) {
			t.Errorf("%q as %s: %v, %v", name, installable, m.Products, err)
		}
	}
	// All at once, which goes by an expression and not by installables.
	var all []Installable
	for _, name := range names {
		all = append(all, Installable{Flake: ".", Attribute: Attribute{"packages", "x", name}})
	}
	answers, err := n.Evaluate(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if a.Err != nil || !strings.HasSuffix(a.Derivation, fmt.Sprintf("-number-%d.drv", i)) || !slices.Equal([]string{"out"}, keys(a.Outputs)) {
			t.Errorf("%q: %+v", names[i], a)
		}
	}
}

func keys(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
