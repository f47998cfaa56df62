package coverage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

const head = `
flake { systems = ["x86_64-linux", "aarch64-darwin"] }
input "nixpkgs" { url = "x" }
`

const rts = `
package "rts" {
  variant "build" { doCheck = false }
  variant "checked" { doCheck = true }
}
`

const seededTests = `
package "rts" {
  tests {
    modules  = ["unit"]
    seed     = [4711, "commit"]
    fallback = 17
    seeds    = [1, 10]
    run      = "true ${each.module} ${each.seed}"
  }
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
}
`

const alias = `
alias "rts" {
  linux  = package.rts.checked
  darwin = package.rts.build
}
`

// ci is a block with runners for both systems and more.
func ci(more string) string {
	return "\nci \"github\" {\n runners = { linux = \"ubuntu-24.04\", darwin = \"macos-15\" }\n" + more + "\n}\n"
}

func load(t *testing.T, source string) *spec.Spec {
	t.Helper()
	s, diags, err := spec.Load(fstest.MapFS{"flakegen.hcl": {Data: []byte(head + source)}})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags, source)
	}
	return s
}

func TestStates(t *testing.T) {
	const nightly = `nightly = "17 3 * * *"`
	for _, test := range []struct {
		name, source string
		want         string // of each check on Linux and on darwin
		left         string // what is left on each
		findings     string
	}{
		{"an alias gates", rts + alias + ci(nightly), "rts-checked gates nightly", "- rts-checked", ""},
		{"by hand", rts + alias + ci("by_hand = true"), "rts-checked gates by hand", "- rts-checked", ""},
		{"nightly before by hand", rts + alias + ci("by_hand = true\n"+nightly), "rts-checked gates nightly", "- rts-checked", ""},
		{"never", rts + alias + ci(""), "rts-checked gates never", "- -", "rts-checked runs nowhere on aarch64-darwin"},
		{"no runner", rts + alias + "\nci \"github\" {\n runners = { linux = \"x\" }\n" + nightly + "\n}", "rts-checked gates never", "- -", "rts-checked runs nowhere on aarch64-darwin"},
		{"no ci block", rts + alias, "rts-checked by hand by hand", "- -", ""},
		{"pull requests build nothing", rts + alias + ci("pull_request = false\n"+nightly), "rts-checked nightly nightly", "rts-checked rts-checked", ""},
		{"without an alias all gates", rts + ci(""), "rts-checked gates gates", "- -", ""},
		{
			"an alias of an alias", rts + alias + "alias \"default\" { default = alias.rts }" + ci(nightly),
			"rts-checked gates nightly", "- rts-checked", "",
		},
		{"an alias of something else", rts + "package \"x\" {}\nalias \"y\" { default = package.x }" + ci(""), "rts-checked never never", "- -", "rts-checked runs nowhere on x86_64-linux, aarch64-darwin"},
		{
			"a check block", rts + alias + "check \"lint\" { systems = [\"linux\"] }" + ci(nightly),
			"rts-checked gates nightly; lint gates -", "- rts-checked", "",
		},
		{"a check block that is the variant", rts + alias + "check \"rts\" { value = package.rts.checked }" + ci(""), "rts-checked gates gates", "- -", ""},
		{
			"a check block that is the alias", rts + alias + "check \"rts\" { value = alias.rts }" + ci(nightly),
			"rts-checked gates nightly; rts gates gates", "- rts-checked", "",
		},
		{
			"a check block that is another variant", rts + alias + "check \"rts\" { value = package.rts.build }" + ci(nightly),
			"rts-checked gates nightly; rts gates gates", "- rts-checked", "",
		},
		{
			"check blocks at night", "check \"lint\" {}" + ci("pull_request = false\n"+nightly),
			"lint nightly nightly", "lint lint", "",
		},
		{"variants of a check", "check \"lint\" {\nvariant \"a\" {}\nvariant \"b\" {}\n}" + ci(""), "lint-a gates gates; lint-b gates gates", "- -", ""},
		{"a role", "package \"p\" {\nvariant \"fast\" {}\nvariant \"slow\" { role = \"checked\" }\n}\nalias \"q\" { default = package.p.fast }" + ci(nightly), "p-slow nightly nightly", "p-slow p-slow", ""},
		{
			"tests whose seed is the commit", seededTests + alias + ci(nightly),
			"rts-checked gates nightly; rts-seeded nightly nightly", "rts-seeded rts-checked,rts-seeded", "",
		},
		{
			"such tests without a schedule", seededTests + "alias \"rts\" { default = package.rts.checked }" + ci(""),
			"rts-checked gates gates; rts-seeded never never", "- -", "rts-seeded runs nowhere on x86_64-linux, aarch64-darwin",
		},
		{"no check", "package \"p\" {}" + ci(""), "", "- -", ""},
		{
			"a package of one system", "package \"p\" {\nsystems = [\"darwin\"]\nvariant \"checked\" {}\n}\nalias \"q\" {\nlinux = null\ndarwin = package.p.checked\n}" + ci(""),
			"p-checked - gates", "- -", "",
		},
	} {
		s := load(t, test.source)
		table := Of(s)
		if got := states(table); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		var left []string
		for _, system := range s.Systems {
			left = append(left, names(table.Left(system)))
		}
		if got := strings.Join(left, " "); got != test.left {
			t.Errorf("%s: left are %q, want %q", test.name, got, test.left)
		}
		if got := summaries(table); got != test.findings {
			t.Errorf("%s: findings %q, want %q", test.name, got, test.findings)
		}
	}
}

func states(table *Table) string {
	var list []string
	for _, c := range table.Checks {
		line := c.Name
		for _, system := range table.Systems {
			state := "-"
			if row, ok := table.Row(c, system); ok {
				state = string(row.State)
				if row.Excused() {
					state = "unchecked"
				}
			}
			line += " " + state
		}
		list = append(list, line)
	}
	return strings.Join(list, "; ")
}

func names(targets []Target) string {
	if len(targets) == 0 {
		return "-"
	}
	var list []string
	for _, t := range targets {
		list = append(list, t.Name)
	}
	return strings.Join(list, ",")
}

func summaries(table *Table) string {
	var list []string
	for _, f := range table.Findings() {
		if f.Range.Filename == "" || f.Detail == "" || f.Remedy == "" {
			list = append(list, fmt.Sprintf("incomplete: %+v", f))
		}
		list = append(list, f.Summary)
	}
	return strings.Join(list, "; ")
}

func TestUnchecked(t *testing.T) {
	// of is a package whose checked variant never runs on darwin.
	of := func(pkg, variant, more string) string {
		return "package \"rts\" {\n" + pkg + "\nvariant \"build\" {}\nvariant \"checked\" {\n" + variant + "\n}\n}\n" + alias + ci(more)
	}
	for _, test := range []struct{ name, source, want, findings string }{
		{"for every system", of("", `unchecked = "slow"`, ""), "rts-checked gates unchecked", ""},
		{"for a kernel", of("", `unchecked = { darwin = "slow" }`, ""), "rts-checked gates unchecked", ""},
		{"of the package", of(`unchecked = { aarch64-darwin = "slow" }`, "", ""), "rts-checked gates unchecked", ""},
		{
			"the variant's own counts", of(`unchecked = "slow"`, `unchecked = { linux = "never" }`, ""),
			"rts-checked gates never", "rts-checked runs nowhere on aarch64-darwin; rts-checked has a reason that it does not need; rts has a reason that it does not need",
		},
		{"where it runs", of("", `unchecked = { darwin = "slow", linux = "slow" }`, ""), "rts-checked gates unchecked", "rts-checked has a reason that it does not need"},
		{"where it runs at night", of("", `unchecked = "slow"`, `nightly = "17 3 * * *"`), "rts-checked gates nightly", "rts-checked has a reason that it does not need"},
		{"a line that never counts", of("", `unchecked = { aarch64-darwin = "slow", darwin = "slow" }`, ""), "rts-checked gates unchecked", "rts-checked has a reason that it does not need"},
		{"of a check block", "check \"x\" {\nunchecked = \"slow\"\n}\nci \"github\" {\nrunners = { linux = \"x\" }\n}", "x gates unchecked", ""},
		{"without a ci block nothing is judged", rts + "check \"x\" { unchecked = \"slow\" }", "rts-checked by hand by hand; x by hand by hand", ""},
	} {
		table := Of(load(t, test.source))
		if got := states(table); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if got := summaries(table); got != test.findings {
			t.Errorf("%s: findings %q, want %q", test.name, got, test.findings)
		}
	}
}

// Every check that the table says runs is in a list of what is built, and no other is.
func TestStatesAreWhatIsBuilt(t *testing.T) {
	s := load(t, rts+alias+"check \"lint\" {}\ncheck \"rts\" { value = package.rts.checked }\n"+ci("by_hand = true"))
	table := Of(s)
	for _, row := range table.Rows {
		built := gatedNames(s, row.System)[row.Check.Set+"."+row.Check.Name]
		left := slices.ContainsFunc(table.Left(row.System), func(x Target) bool { return x.Attribute(row.System) == row.Check.Attribute(row.System) })
		if built != (row.State == Gates) || left != (row.State == ByHand) {
			t.Errorf("%s on %s is %s, built %v, left %v", row.Check.Name, row.System, row.State, built, left)
		}
	}
}

// Two findings of one check, which differ by their cause, and one for each system.
func TestEach(t *testing.T) {
	s := load(t, rts+"alias \"rts\" { default = package.rts.build }\nci \"github\" {\n runners = { linux = \"x\" }\n}")
	findings := Of(s).Findings()
	if len(findings) != 2 || findings[0].Detail == findings[1].Detail {
		t.Fatalf("%+v", findings)
	}
	if !strings.Contains(findings[0].Remedy, "runners") || !strings.Contains(findings[0].Remedy, "nightly") {
		t.Errorf("a runner alone would not run it: %s", findings[0].Remedy)
	}
	s = load(t, rts+"alias \"rts\" { default = package.rts.build }\nci \"github\" {\n runners = { linux = \"x\", darwin = \"y\" }\n}")
	findings = Of(s).Findings()
	if len(findings) != 1 || len(findings[0].Each()) != 2 {
		t.Fatalf("%+v", findings)
	}
	for i, one := range findings[0].Each() {
		if one.Systems[0] != s.Systems[i] || one.Summary != "rts-checked runs nowhere on "+string(s.Systems[i]) || !strings.Contains(one.Remedy, "unchecked = { "+string(s.Systems[i])+" =") {
			t.Errorf("%+v", one)
		}
	}
}

// Many checks with one cause are one finding, which counts them; few are told one by one,
// and so is what is no check.
func TestTogether(t *testing.T) {
	source := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "package \"p%d\" {\nvariant \"build\" {}\nvariant \"checked\" {}\n}\nalias \"a%d\" { default = package.p%d.build }\n", i, i, i)
		}
		return b.String() + "check \"x\" { unchecked = { linux = \"slow\", darwin = \"slow\" } }\nci \"github\" {\nrunners = { linux = \"x\" }\n}"
	}
	for n, want := range map[int]int{2: 5, 9: 19, 10: 3, 1000: 3} {
		all := Of(load(t, source(n))).Findings()
		if len(all) != 2*n+1 {
			t.Fatalf("%d checks: %d findings", n, len(all))
		}
		got := Together(all)
		if len(got) != want {
			t.Errorf("%d checks: %d findings, want %d: %+v", n, len(got), want, got)
			continue
		}
		if want != 3 {
			if !slices.EqualFunc(got, all, func(a, b Finding) bool { return a.Summary == b.Summary }) {
				t.Errorf("%d checks: %+v", n, got)
			}
			continue
		}
		for i, system := range []string{"aarch64-darwin", "x86_64-linux"} {
			summary := fmt.Sprintf("p0-checked and %d more run nowhere on %s", n-1, system)
			if got[i].Summary != summary || got[i].Range != all[0].Range || got[i].Remedy == "" {
				t.Errorf("%+v, want %s", got[i], summary)
			}
		}
		if got[2].Summary != all[2*n].Summary {
			t.Errorf("%+v", got[2])
		}
	}
}

// Of a finding for several systems there may be a part.
func TestFindingOn(t *testing.T) {
	s := load(t, rts+"alias \"rts\" { default = package.rts.build }\nci \"github\" { runners = { linux = \"x\", darwin = \"y\" } }")
	for _, f := range Of(s).Findings() {
		for _, system := range s.Systems {
			one, ok := f.On([]platform.System{system})
			if ok != slices.Contains(f.Systems, system) || ok && one.Summary != "rts-checked runs nowhere on "+string(system) {
				t.Errorf("%+v on %s: %+v, %t", f, system, one, ok)
			}
		}
		if all, ok := f.On(s.Systems); !ok || all.Summary != f.Summary || all.Remedy != f.Remedy {
			t.Errorf("%+v: %+v", f, all)
		}
	}
	idle := Finding{Summary: "for no check"}
	if _, ok := idle.On(nil); !ok {
		t.Error("a reason for no system is for every one")
	}
}

// A check is built by its name, unless a package has that.
func TestArgument(t *testing.T) {
	const system = platform.System("x86_64-linux")
	s := load(t, rts+"check \"rts-checked\" {}\ncheck \"lint\" {}\n")
	for want, target := range map[string]Target{
		"rts-checked": {Name: "rts-checked", Set: packages}, ".#checks.x86_64-linux.rts-checked": {Name: "rts-checked", Set: checks}, "lint": {Name: "lint", Set: checks},
	} {
		if got := target.Argument(s, system); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
