package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"github.com/flakegen/flakegen/internal/require"
)

// TestNixWorkflow runs the commands of a rendered workflow as GitHub does: each step
// in a bash of its own, with what stands in its environment. Programs stand in for what
// there is on GitHub only: nix takes the stand-in for nixpkgs, and flakegen is this one;
// gh writes down what it is asked to do.
func TestNixWorkflow(t *testing.T) {
	require.Program(t, "nix")
	require.Program(t, "git")
	require.Root(t)
	archive, err := txtar.ParseFile("testdata/workflow.txtar")
	if err != nil {
		t.Fatal(err)
	}
	g := newGithub(t, archive)
	g.bash(t, nil, "git init -q && flakegen render && git add .")
	jobs := g.jobs(t)

	g.run(t, jobs["check"], nil)
	g.run(t, jobs["build"], jobs["build"].row(t, "x86_64-linux"))
	for _, want := range []string{"`rts` (`checked`)", "lint"} {
		if got := g.read(t, "summary.md"); !strings.Contains(got, want) {
			t.Errorf("the summary of the job lacks %q:\n%s", want, got)
		}
	}
	if got := g.read(t, "temp/builds.jsonl"); !strings.Contains(got, `"rts"`) || strings.Count(got, "\n") != 1 {
		t.Errorf("the history is %q", got)
	}
	if got := strings.Fields(g.read(t, "pushed")); len(got) != 2 || !strings.HasPrefix(got[0], "/nix/store/") || !strings.HasPrefix(got[1], "/nix/store/") {
		t.Errorf("what is pushed is %q", got)
	}

	// At night the variant that pull requests leave out, and an issue where it fails.
	g.run(t, jobs["nightly"], jobs["nightly"].row(t, "aarch64-darwin"))
	if got := g.read(t, "summary.md"); !strings.Contains(got, "rts-checked") {
		t.Errorf("the summary of the night lacks its output:\n%s", got)
	}
	report := jobs["report"]
	g.run(t, report, nil)
	g.run(t, report, nil)
	want := "create --title Nightly checks fail --body At 0123: https://github.com/a/b/actions/runs/42\n" +
		"comment 7 --body At 0123: https://github.com/a/b/actions/runs/42\n"
	if got := g.read(t, "issues"); got != want {
		t.Errorf("the issues are\n%s\nwant\n%s", got, want)
	}

	// A build that fails fails its step.
	g.bash(t, nil, "sed -i 's/test -s stamp/false/' flakegen.hcl && flakegen render")
	if out, err := g.step(jobs["build"].Steps[jobs["build"].index(t, "Build")], jobs["build"].row(t, "x86_64-linux")); err == nil {
		t.Errorf("a failed build is none of its step:\n%s", out)
	}
}

// A job has flakegen from the input of that name, as flake.lock pins it.
func TestNixWorkflowInput(t *testing.T) {
	require.Program(t, "nix")
	require.Program(t, "git")
	require.Root(t)
	g := newGithub(t, &txtar.Archive{Files: []txtar.File{
		{Name: "src/flake.nix", Data: []byte(`{
			outputs = _: { packages.x86_64-linux.default = derivation {
				name = "flakegen";
				system = "x86_64-linux";
				builder = "/bin/sh";
				args = [ "-c" "/bin/mkdir -p $out/bin && printf '#!/bin/sh\necho this is \"$@\"' >$out/bin/flakegen && /bin/chmod +x $out/bin/flakegen" ];
			}; };
		}`)},
		{Name: "registry.json", Data: []byte(`{"flakes":[],"version":2}`)},
	}})
	spec := "flake { systems = [\"x86_64-linux\"] }\ninput \"flakegen\" { url = \"path:" + g.dir + "/src\" }\nci \"github\" { runners = { x86_64-linux = \"x\" } }\n"
	if err := os.WriteFile(filepath.Join(g.dir, "flakegen.hcl"), []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	config := []string{"NIX_CONFIG=experimental-features = nix-command flakes\nsubstituters =\nsandbox = false\nbuild-users-group =\nflake-registry = " + g.dir + "/registry.json\n"}
	g.bash(t, config, "git init -q && flakegen render && git add . && nix flake lock && git add .")
	job := g.jobs(t)["check"]
	out, err := g.try(config, job.Steps[len(job.Steps)-1].Run)
	if err != nil || !strings.HasSuffix(string(out), "this is check\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// github is a folder that a workflow runs in.
type github struct {
	dir         string
	environment []string
}

func newGithub(t *testing.T, archive *txtar.Archive) github {
	t.Helper()
	g := github{dir: t.TempDir()}
	for _, f := range archive.Files {
		name := filepath.Join(g.dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	hostpkgs := filepath.Join(t.TempDir(), "hostpkgs")
	if err := os.CopyFS(hostpkgs, os.DirFS("../../nix/hostpkgs")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(g.dir, "temp"), 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(g.dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH")
	g.environment = append(os.Environ(), "PATH="+path, "REAL_NIX="+require.Program(t, "nix"), "HOSTPKGS="+hostpkgs,
		"NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\n", "XDG_STATE_HOME="+filepath.Join(g.dir, "state"),
		"STAMP="+g.dir, "RUNNER_TEMP="+filepath.Join(g.dir, "temp"), "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+filepath.Join(g.dir, "summary.md"),
		"GITHUB_SHA=0123", "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=a/b", "GITHUB_RUN_ID=42", "CI=true")
	// Every run builds anew.
	if err := os.WriteFile(filepath.Join(g.dir, "src", "stamp"), []byte(g.dir), 0o644); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g github) read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(g.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (g github) bash(t *testing.T, more []string, script string) {
	t.Helper()
	if out, err := g.try(more, script); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// try runs a script as GitHub runs one whose shell is bash.
func (g github) try(more []string, script string) ([]byte, error) {
	command := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	command.Dir = g.dir
	command.Env = append(g.environment, more...)
	return command.CombinedOutput()
}

type ciJob struct {
	Env      map[string]string
	Strategy struct {
		Matrix struct{ Include []map[string]any }
	}
	Steps []ciStep
}

type ciStep struct {
	Name, Run string
	Env       map[string]string
}

func (g github) jobs(t *testing.T) map[string]ciJob {
	t.Helper()
	var f struct{ Jobs map[string]ciJob }
	if err := yaml.Unmarshal([]byte(g.read(t, ".github/workflows/flakegen.yml")), &f); err != nil {
		t.Fatal(err)
	}
	return f.Jobs
}

func (j ciJob) row(t *testing.T, system string) map[string]any {
	t.Helper()
	for _, row := range j.Strategy.Matrix.Include {
		if row["system"] == system {
			return row
		}
	}
	t.Fatalf("no row for %s", system)
	return nil
}

func (j ciJob) index(t *testing.T, name string) int {
	t.Helper()
	for i, step := range j.Steps {
		if step.Name == name {
			return i
		}
	}
	t.Fatalf("no step %q", name)
	return 0
}

// run runs all commands of a job.
func (g github) run(t *testing.T, job ciJob, row map[string]any) {
	t.Helper()
	ran := 0
	for _, step := range job.Steps {
		if step.Run == "" {
			continue
		}
		ran++
		for name, value := range job.Env {
			if step.Env == nil {
				step.Env = map[string]string{}
			}
			step.Env[name] = value
		}
		if out, err := g.step(step, row); err != nil {
			t.Fatalf("%q: %v\n%s", step.Run, err, out)
		}
	}
	if ran == 0 {
		t.Fatal("the job runs no command")
	}
}

// step runs a command with its environment, in which the expressions are replaced.
func (g github) step(step ciStep, row map[string]any) ([]byte, error) {
	replace := []string{"${{ runner.temp }}", filepath.Join(g.dir, "temp"), "${{ github.repository }}", "a/b", "${{ github.token }}", "token"}
	for name, value := range row {
		if text, ok := value.(string); ok {
			replace = append(replace, "${{ matrix."+name+" }}", text)
		}
	}
	var env []string
	for name, value := range step.Env {
		env = append(env, name+"="+strings.NewReplacer(replace...).Replace(value))
	}
	return g.try(env, step.Run)
}
