package nixcmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// buildFlake is a flake whose packages depend on each other and differ in how
// they end.
func buildFlake(t *testing.T, dir string) (n *Nix, attribute func(name string) Installable) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	n = realNix(t, dir)
	system := native(t, n)
	gitFlake(t, dir, fmt.Sprintf(`packages.%s = rec {
      base = make "base" "%[1]s" "echo base > $out";
      top = make "top" "%[1]s" "cat=${base}; read line < $cat; echo $line > $out";
      z = make "z" "%[1]s" "echo z > $out";
      z2 = z;
      two = derivation { name = "two"; system = "%[1]s"; stamp = base; outputs = [ "out" "dev" ]; builder = "/bin/sh"; args = [ "-c" "echo > $out; echo > $dev" ]; };
      both = two // { meta.outputsToInstall = [ "out" "dev" ]; };
      broken = make "broken" "%[1]s" "echo 'the reason'; exit 3";
      onBroken = make "on-broken" "%[1]s" "${broken}";
      foreign = make "foreign" "aarch64-darwin" "${base}";
      thrown = throw "by intention";
    };`, system))
	reference, err := Reference(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	return n, func(name string) Installable {
		return Installable{Flake: reference, Attribute: Attribute{"packages", system, name}}
	}
}

func TestBuild(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder")
	n, attribute := buildFlake(t, dir)
	var built []string
	products, err := n.Build(t.Context(), BuildRequest{
		Installables: []Installable{attribute("top")}, Now: time.Now,
		Observe: func(e Event) {
			if s, ok := e.(Start); ok && s.Type == ActivityBuild {
				built = append(built, s.Fields.Text(0))
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(products) != 1 || len(built) != 2 || products[0].Derivation != built[1] {
		t.Fatalf("%+v from builds of %q", products, built)
	}
	text, err := os.ReadFile(filepath.Join(dir, "result"))
	if err != nil || string(text) != "base\n" {
		t.Errorf("the result holds %q, %v", text, err)
	}
	if target, _ := os.Readlink(filepath.Join(dir, "result")); !slices.Equal(products[0].Paths(), []string{target}) {
		t.Errorf("the link goes to %q, the outputs are %q", target, products[0].Paths())
	}
}

func TestBuildLinks(t *testing.T) {
	dir := t.TempDir()
	n, attribute := buildFlake(t, dir)
	for name, request := range map[string]BuildRequest{
		"":      {NoLink: true},
		"other": {OutLink: "other"},
	} {
		request.Installables, request.Now = []Installable{attribute("z")}, time.Now
		if _, err := n.Build(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		links, err := filepath.Glob(filepath.Join(dir, "[or]*"))
		if err != nil || name == "" && len(links) > 0 || name != "" && !slices.Equal(links, []string{filepath.Join(dir, name)}) {
			t.Errorf("%+v left %q, %v", request, links, err)
		}
		os.Remove(filepath.Join(dir, name))
	}
}

func TestBuildWritesTheLockFileAndNothingElseDoes(t *testing.T) {
	for _, name := range []string{"plain", "a folder"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.MkdirAll(filepath.Join(dir, "other"), 0o755); err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(t.TempDir(), "other")
		if err := os.MkdirAll(other, 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(other, "flake.nix"), `{ outputs = { self }: { }; }`)
		n := realNix(t, dir)
		system := native(t, n)
		writeFile(t, filepath.Join(dir, "flake.nix"), fmt.Sprintf(`{
  inputs.other.url = "path:%s";
  outputs = { self, other }: { packages.%s.a = derivation { name = "a"; system = "%[2]s"; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; }; };
}`, other, system))
		git(t, dir, "init", "-q")
		git(t, dir, "add", "-A")
		reference, err := Reference(dir, dir)
		if err != nil {
			t.Fatal(err)
		}
		a := []Installable{{Flake: reference, Attribute: Attribute{"packages", system, "a"}}}
		if answers, err := n.Evaluate(t.Context(), a); err != nil || answers[0].Err != nil {
			t.Fatal(err, answers)
		}
		if _, err := n.Missing(t.Context(), a, OneSecond); err != nil {
			t.Fatal(err)
		}
		lock := filepath.Join(dir, "flake.lock")
		if _, err := os.Stat(lock); err == nil {
			t.Errorf("%q: a question wrote flake.lock", name)
		}
		if _, err := n.Build(t.Context(), BuildRequest{Installables: a, NoLink: true, Now: time.Now}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(lock); err != nil {
			t.Errorf("%q: the build wrote no flake.lock: %v", name, err)
		}
	}
}

func TestBuildFails(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	var said []string
	request := BuildRequest{
		Installables: []Installable{attribute("onBroken"), attribute("z")}, NoLink: true, KeepGoing: true, Now: time.Now,
		Observe: func(e Event) {
			switch e := e.(type) {
			case Message:
				said = append(said, e.Raw)
			case Result:
				if e.Type == ResultLogLine {
					said = append(said, e.Fields.Text(0))
				}
			}
		},
	}
	_, err := n.Build(t.Context(), request)
	var failed *Error
	if !errors.As(err, &failed) || failed.ExitCode != 1 || errors.Is(err, ErrInterrupted) {
		t.Fatalf("%v, want exit code 1", err)
	}
	all := strings.Join(said, "\n")
	if !strings.Contains(all, "the reason") || !strings.Contains(all, "exit code 3") {
		t.Errorf("the events say %q", all)
	}
	// --keep-going has built what does not depend on it.
	m, err := n.Missing(t.Context(), []Installable{attribute("z")}, OneSecond)
	if err != nil || len(m.Build) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
}

// Several installables of one derivation are the hard case: Nix repeats the
// answer for each pair of them.
func TestInOrderOfTheRealNix(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	version, err := n.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"z", "two", "base", "both", "z2", "two", "z"}
	var installables []Installable
	for _, name := range names {
		installables = append(installables, attribute(name))
	}
	products, err := n.Build(t.Context(), BuildRequest{Installables: installables, NoLink: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ordered, ok := InOrder(products, len(names), version)
	if ok != version.AtLeast(2, 26) {
		t.Fatalf("Nix %s: %+v, %v", version, ordered, ok)
	}
	for i, p := range ordered {
		want := map[string]string{"both": "two", "z2": "z"}[names[i]]
		if want == "" {
			want = names[i]
		}
		if !strings.HasSuffix(p.Derivation, "-"+want+".drv") || len(p.Outputs) == 2 != (names[i] == "both") {
			t.Errorf("product %d is %+v, want that of %s", i, p, names[i])
		}
	}
	// One derivation, however often, is in order for every version.
	products, err = n.Build(t.Context(), BuildRequest{Installables: []Installable{attribute("z"), attribute("z2")}, NoLink: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if ordered, ok := InOrder(products, 2, version); !ok || len(ordered) != 2 {
		t.Errorf("%+v, %v", ordered, ok)
	}
}

func TestMissing(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	m, err := n.Missing(t.Context(), []Installable{attribute("top"), attribute("base"), attribute("foreign")}, OneSecond)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Build) != 3 || len(m.Fetch) != 0 || len(m.Unknown) != 0 || len(m.Unreachable) != 0 {
		t.Errorf("%+v", m)
	}
	for i, name := range []string{"-top.drv", "-base.drv", "-foreign.drv"} {
		p := m.Products[i]
		if !strings.HasSuffix(p.Derivation, name) || !slices.Contains(m.Build, p.Derivation) || p.Outputs["out"] == "" {
			t.Errorf("product %d is %+v, want %s", i, p, name)
		}
		if _, err := os.Stat(p.Derivation); err != nil {
			t.Errorf("the dry run has to leave the .drv file: %v", err)
		}
	}
	if _, err := n.Build(t.Context(), BuildRequest{Installables: []Installable{attribute("base")}, NoLink: true, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	m, err = n.Missing(t.Context(), []Installable{attribute("base")}, OneSecond)
	if err != nil || len(m.Build) != 0 || len(m.Products) != 1 {
		t.Errorf("of what is there: %+v, %v", m, err)
	}
	// A store path is an installable too.
	path := m.Products[0].Outputs["out"]
	m, err = n.Missing(t.Context(), []Installable{{Text: path}}, OneSecond)
	if err != nil || len(m.Products) != 1 || !slices.Equal(m.Products[0].Paths(), []string{path}) {
		t.Errorf("of a store path: %+v, %v", m, err)
	}
}

func TestInvalid(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	products, err := n.Build(t.Context(), BuildRequest{Installables: []Installable{attribute("z")}, NoLink: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	there := products[0].Outputs["out"]
	m, err := n.Missing(t.Context(), []Installable{attribute("broken"), attribute("base")}, OneSecond)
	if err != nil {
		t.Fatal(err)
	}
	broken, base := m.Products[0].Outputs["out"], m.Products[1].Outputs["out"]
	if _, err := n.Build(t.Context(), BuildRequest{Installables: []Installable{attribute("broken")}, NoLink: true, Now: time.Now}); err == nil {
		t.Fatal("it built")
	}
	want := []string{broken, base}
	slices.Sort(want)
	got, err := n.Invalid(t.Context(), []string{base, there, broken})
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if got, err := n.Invalid(t.Context(), []string{there}); err != nil || len(got) != 0 {
		t.Errorf("%q, %v, want none", got, err)
	}
}

func TestMissingNamesUnreachableCachesAndDoesNotWaitForThem(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	// Nothing listens on port 1 of the loopback interface.
	if err := n.parse("--option", "substituters", "http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	m, err := n.Missing(t.Context(), []Installable{attribute("base")}, OneSecond)
	if err != nil || !slices.Equal(m.Unreachable, []string{"http://127.0.0.1:1"}) || len(m.Build) != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	// With its own settings Nix tries five times, for 4 s.
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestMissingKeepsNixsError(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	_, err := n.Missing(t.Context(), []Installable{attribute("thrown")}, OneSecond)
	var failed *Error
	if !errors.As(err, &failed) || !strings.Contains(failed.Stderr, "by intention") {
		t.Errorf("%v", err)
	}
}

func TestEvaluate(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	names := []string{"top", "thrown", "two", "both", "none", "base"}
	var installables []Installable
	for _, name := range names {
		installables = append(installables, attribute(name))
	}
	installables = append(installables, Installable{Text: attribute("z").String()})
	answers, err := n.Evaluate(t.Context(), installables)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ derivation, err string }{
		{"-top.drv", ""}, {"", "by intention"}, {"-two.drv", ""}, {"-two.drv", ""}, {"", "does not provide attribute"}, {"-base.drv", ""}, {"-z.drv", ""},
	} {
		a := answers[i]
		if want.err != "" && (a.Err == nil || !strings.Contains(a.Err.Error(), want.err)) {
			t.Errorf("%s: %+v, want an error with %q", installables[i], a, want.err)
		}
		if want.err == "" && (a.Err != nil || !strings.HasSuffix(a.Derivation, want.derivation)) {
			t.Errorf("%s: %+v, want %s", installables[i], a, want.derivation)
		}
	}
	// Nix builds the outputs that the package wants installed, else out.
	if got := keys(answers[2].Outputs); !slices.Equal(got, []string{"out"}) {
		t.Errorf("the outputs of two are %q", got)
	}
	if got := keys(answers[3].Outputs); !slices.Equal(got, []string{"dev", "out"}) {
		t.Errorf("the outputs of both are %q", got)
	}
	version, err := n.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !version.AtLeast(2, 26) {
		return // Nix 2.8 builds one output of what a flake calls both
	}
	// They are what nix build says.
	m, err := n.Missing(t.Context(), []Installable{attribute("two"), attribute("both")}, OneSecond)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range m.Products {
		if got := answers[2+i].Product; !slices.Equal(got.Paths(), p.Paths()) || got.Derivation != p.Derivation {
			t.Errorf("evaluated %+v, nix build says %+v", got, p)
		}
	}
}

// One that does not evaluate is found by halves, and what that took is counted.
func TestEvaluateInFewProcesses(t *testing.T) {
	n, attribute := buildFlake(t, t.TempDir())
	all := make([]Installable, 16)
	for i := range all {
		all[i] = attribute("base")
	}
	for _, test := range []struct{ thrown, processes int }{{-1, 1}, {5, 9}} {
		if test.thrown >= 0 {
			all[test.thrown] = attribute("thrown")
		}
		var answers []Evaluation
		took, err := n.Measured(time.Now, func(n *Nix) (err error) {
			answers, err = n.Evaluate(t.Context(), all)
			return err
		})
		if err != nil || took.Processes != test.processes || took.Seconds <= 0 || took.MemoryBytes < 1<<20 {
			t.Errorf("%+v, %v; want %d processes", took, err, test.processes)
		}
		for i, a := range answers {
			if (a.Err != nil) != (i == test.thrown) {
				t.Errorf("%d: %+v", i, a)
			}
		}
	}
}

func TestParseProducts(t *testing.T) {
	got, err := parseProducts([]byte(`[
		{"drvPath":"/nix/store/a.drv","outputs":{"out":"/nix/store/a","dev":null},"startTime":1,"stopTime":2},
		{"path":"/nix/store/b"}, "/nix/store/c"]`))
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []string{"/nix/store/a", "/nix/store/b", "/nix/store/c"} {
		if !slices.Equal(got[i].Paths(), []string{want}) {
			t.Errorf("product %d is %+v", i, got[i])
		}
	}
	for _, text := range []string{"", "{}", "[1]"} {
		if got, err := parseProducts([]byte(text)); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
