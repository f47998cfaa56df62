package workflow_test

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/workflow"
	"github.com/flakegen/flakegen/internal/require"
)

// load reads a spec that must be right.
func load(t *testing.T, source string) *spec.Spec {
	t.Helper()
	s, diags := read(t, source)
	if diags != "" {
		t.Fatal(diags)
	}
	return s
}

func read(t *testing.T, source string) (*spec.Spec, string) {
	t.Helper()
	s, diags, err := spec.Load(fstest.MapFS{"flakegen.hcl": {Data: []byte(source)}})
	if err != nil {
		t.Fatal(err)
	}
	if diags.HasErrors() {
		return nil, diags.Error()
	}
	return s, ""
}

// goldens are the workflows that the archives of generate render.
func goldens(t *testing.T) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../generate/testdata/render/ci*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == "flakegen.hcl" {
				found[strings.TrimSuffix(filepath.Base(path), ".txtar")] = workflow.Render(load(t, string(f.Data)), generate.Marker)
			}
		}
	}
	if len(found) < 3 {
		t.Fatalf("%d workflows, want the three of the archives", len(found))
	}
	return found
}

func lint(t *testing.T, content []byte, shellcheck string) []*actionlint.Error {
	t.Helper()
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: shellcheck})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.Lint("flakegen.yml", content, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// actionlint knows GitHub's syntax, contexts and types, and shellcheck the scripts.
func TestActionlint(t *testing.T) {
	shellcheck := require.Program(t, "shellcheck")
	for name, content := range goldens(t) {
		for _, e := range lint(t, content, shellcheck) {
			// The command of the spec's author splits the list of paths, as it should.
			if strings.Contains(e.Message, "SC2086") && strings.Contains(lineOf(content, e.Line+1), "OUT_PATHS") {
				continue
			}
			// A label of a machine of one's own.
			if strings.Contains(e.Message, `label "arm64: \"big\"" is unknown`) {
				continue
			}
			t.Errorf("%s: %s\n%s", name, e, content)
		}
	}
}

func lineOf(content []byte, n int) string {
	lines := strings.Split(string(content), "\n")
	return strings.Join(lines[max(0, n-3):min(len(lines), n+4)], "\n")
}

// A workflow that is wrong has to be found to be so, or the test above says nothing.
func TestActionlintFinds(t *testing.T) {
	content := strings.Replace(string(goldens(t)["ci"]), "${{ matrix.runner }}", "${{ matrix.machine }}", 1)
	if len(lint(t, []byte(content), "")) == 0 {
		t.Error("actionlint finds nothing wrong with a matrix value that is not there")
	}
}

type workflowFile struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Permissions map[string]string
		Timeout     int `yaml:"timeout-minutes"`
		Steps       []struct {
			Uses, Run string
			With      map[string]any
			Env       map[string]string
		}
	}
}

// What a job may do, what it runs, and how its actions are pinned.
func TestSafe(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`)
	for name, content := range goldens(t) {
		var f workflowFile
		if err := yaml.Unmarshal(content, &f); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(f.Permissions) != "map[contents:read]" {
			t.Errorf("%s: permissions %v", name, f.Permissions)
		}
		for job, j := range f.Jobs {
			if want := map[bool]string{true: "map[issues:write]", false: "map[]"}[job == "report"]; fmt.Sprint(j.Permissions) != want {
				t.Errorf("%s: the job %s has the permissions %v, want %s", name, job, j.Permissions, want)
			}
			if j.Timeout == 0 {
				t.Errorf("%s: the job %s has no limit", name, job)
			}
			for _, step := range j.Steps {
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: GitHub replaces a part of the command %q", name, step.Run)
				}
				if step.Uses != "" && !pinned.MatchString(step.Uses) {
					t.Errorf("%s: %q is not pinned", name, step.Uses)
				}
				if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
					t.Errorf("%s: the token of the checkout is there for all that is run", name)
				}
			}
		}
	}
}

// spec of which one label, branch and comment is a text.
func withLabel(text string) string {
	return fmt.Sprintf(`
flake { systems = ["x86_64-linux", "aarch64-linux"] }
input "nixpkgs" { url = "x" }
package "a" { name = "a" }
# %s
ci "github" {
  runners  = { x86_64-linux = %[2]s, aarch64-linux = ["x", %[2]s] }
  branches = [%[2]s]
}
`, strings.NewReplacer("\n", " ", "\r", "\u2028").Replace(text), hclString(text))
}

func hclString(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\"\\$%", r) || r < ' ' {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}

// hostile are texts that a workflow can hold, and refused those that it cannot.
var (
	hostile = []string{
		"ubuntu-24.04", "a: b", "a #b", "# a", "- a", "-", "? a", ": a", "&a", "*a", "!a", "!!str a", "|", ">", "'", "\"", "''", "\\", "\\n",
		"{a", "[a", "a, b", "a]", "%a", "@a", "`a", "on", "yes", "null", "~", "true", "1", "1.0", "0x1f", "1e3", ".inf", "2001-01-01", "<<", "=",
		" a", "a ", "---", "...", "--- a", "$(x)", "${x}", "{{x}}", "}}", "ü", "日本", "a'b\"c: #d", strings.Repeat("a ", 400) + "a",
	}
	refused = []string{
		"", "a\nb", "a\rb", "a\tb", "\x00", "a\x1b[31m", "a\u2028b", "a\u0085b", "a\u00a0b", "\ufeffa", "${{ github.token }}", "a ${{", strings.Repeat("a", 2000),
	}
)

// A text of the spec is that text in the workflow, or is refused: then it holds none.
func holdsText(t *testing.T, label string) (held bool) {
	t.Helper()
	s, _ := read(t, withLabel(label))
	if s == nil {
		return false
	}
	content := workflow.Render(s, generate.Marker)
	var f struct {
		On struct {
			Push struct{ Branches []string }
		}
		Jobs map[string]struct {
			RunsOn   any `yaml:"runs-on"`
			Strategy struct {
				Matrix struct{ Include []map[string]any }
			}
		}
	}
	if err := yaml.Unmarshal(content, &f); err != nil {
		t.Fatalf("%q: %v\n%s", label, err, content)
	}
	rows := f.Jobs["build"].Strategy.Matrix.Include
	got := fmt.Sprintf("%q", []any{f.On.Push.Branches, f.Jobs["check"].RunsOn, rows[0]["runner"], rows[1]["runner"]})
	if want := fmt.Sprintf("%q", []any{[]string{label}, label, label, []string{"x", label}}); got != want {
		t.Errorf("the workflow holds %s, want %s\n%s", got, want, content)
	}
	if len(f.Jobs) != 2 {
		t.Errorf("%q has made jobs of its own:\n%s", label, content)
	}
	for _, e := range lint(t, content, "") {
		if e.Kind == "syntax-check" {
			t.Errorf("%q: %s\n%s", label, e, content)
		}
	}
	if strings.Contains(string(content), "${{ github.token }}") {
		t.Errorf("%q: an expression of the spec\n%s", label, content)
	}
	return true
}

func TestHostileTexts(t *testing.T) {
	for _, label := range hostile {
		if !holdsText(t, label) {
			t.Errorf("%q is refused", label)
		}
	}
	for _, label := range refused {
		if holdsText(t, label) {
			t.Errorf("%q is taken", label)
		}
	}
}

func FuzzTexts(f *testing.F) {
	for _, label := range slices.Concat(hostile, refused) {
		f.Add(label)
	}
	f.Fuzz(func(t *testing.T, label string) {
		// HCL composes accents, which is no matter of this package.
		if s, _ := read(t, withLabel(label)); s != nil && s.CI != nil {
			holdsText(t, s.CI.Branches[0])
		}
	})
}

// What YAML 1.1 takes for a truth value or a number, and 1.2 does not, or the other way
// around, is in quotes for both. The word on that begins a section is GitHub's.
func TestWordsThatReadersTakeOtherwise(t *testing.T) {
	words := []string{
		"yes", "on", "no", "y", "N", "Off", "TRUE", "false", "null", "~", "1e3", "0o7", "0777", "1_000", "1:30", "190:20:30.15", "-1:30",
		".5", "0x1F", "=", "<<", "2001-01-01", "2001-12-14 21:59:43.10 -5", "+1", ".inf", ".NaN", "10", "017", "1,000",
	}
	list := `["` + strings.Join(words, `", "`) + `", "main", "1.x-arm", "non"]`
	secrets := "push = \"true\"\n secrets = [\"on\", \"NO\"]\n url = \"https://example.org\"\n public_key = \"k:x\"\n"
	got := string(workflow.Render(load(t, fmt.Sprintf("flake { systems = [\"x86_64-linux\"] }\ninput \"nixpkgs\" { url = \"github:NixOS/nixpkgs\" }\npackage \"p\" {}\nci \"github\" {\n branches = %s\n runners = { linux = %s }\n cache \"c\" {\n %s }\n}\n", list, list, secrets)), generate.Marker))
	if !strings.Contains(got, "\non:\n") || !strings.Contains(got, ` "on": ${{`) || !strings.Contains(got, ` "NO": ${{`) {
		t.Error(got)
	}
	_, rest, _ := strings.Cut(got, "branches: [")
	branches, _, _ := strings.Cut(rest, "]")
	_, rest, _ = strings.Cut(got, "runs-on: [")
	runner, _, _ := strings.Cut(rest, "]")
	if want := `"` + strings.Join(words, `", "`) + `", main, 1.x-arm, non`; unfolded(branches) != want || unfolded(runner) != want {
		t.Errorf("branches %s\nrunner   %s\nwant     %s", branches, runner, want)
	}
	var all struct {
		On struct {
			Push struct{ Branches []string }
		}
	}
	if err := yaml.Unmarshal([]byte(got), &all); err != nil || !slices.Equal(all.On.Push.Branches, append(words, "main", "1.x-arm", "non")) {
		t.Errorf("%v: %q", err, all)
	}
}

// unfolded is a list that may go over several lines on one.
func unfolded(list string) string { return strings.Join(strings.Fields(list), " ") }

// The same spec gives the same bytes.
func TestSame(t *testing.T) {
	first := goldens(t)
	for range 5 {
		for name, content := range goldens(t) {
			if string(content) != string(first[name]) {
				t.Fatalf("%s differs from one run to the next", name)
			}
		}
	}
}
