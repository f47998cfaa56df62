package flakegen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/internal/require"
)

// testMatrix is a repository of one package with tests, "unit", and Nix to build it with.
type testMatrix struct {
	t     *testing.T
	dir   string
	env   []string
	tests *spec.Tests
}

// matrixHead has the stand-in for nixpkgs as its input, and not in the place of one:
// Nix gives a flake with other inputs than flake.lock says no commit.
const matrixHead = `flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "path:HOSTPKGS" }
`

// newMatrix lays out a repository of the files, renders it and commits it all. In
// their texts HOSTPKGS is the folder of the stand-in for nixpkgs, and STAMP a text of
// its own for each matrix: what has it in what it runs was never built before.
func newMatrix(t *testing.T, files map[string]string) *testMatrix {
	t.Helper()
	require.Program(t, "nix")
	require.Program(t, "git")
	require.Root(t)
	m := &testMatrix{t: t, dir: t.TempDir()}
	m.env = append(os.Environ(),
		"NIX_CONFIG=experimental-features = nix-command flakes\nsubstituters =\nsandbox = false\nbuild-users-group =\nmax-jobs = 2\ncores = 2\n",
		"XDG_CACHE_HOME="+t.TempDir(),
		"GIT_AUTHOR_NAME=tester", "GIT_AUTHOR_EMAIL=tester@example.org", "GIT_COMMITTER_NAME=tester", "GIT_COMMITTER_EMAIL=tester@example.org")
	stamp := fmt.Sprintf("%s %d", t.Name(), time.Now().UnixNano())
	hostpkgs := filepath.Join(t.TempDir(), "hostpkgs")
	copyTree(t, "../nix/hostpkgs", hostpkgs)
	for name, text := range files {
		m.write(name, strings.NewReplacer("STAMP", stamp, "HOSTPKGS", hostpkgs).Replace(text))
	}
	m.run("git", "init", "-q")
	m.render()
	m.run("nix", "flake", "lock")
	m.commit("first")
	return m
}

func (m *testMatrix) write(name, text string) {
	m.t.Helper()
	writeFile(m.t, filepath.Join(m.dir, name), []byte(text))
}

// render writes what the spec renders to, and lets git know it.
func (m *testMatrix) render() {
	m.t.Helper()
	rendering, err := generate.Tree(os.DirFS(m.dir))
	if err != nil || rendering.Diagnostics.HasErrors() {
		m.t.Fatal(err, rendering.Diagnostics)
	}
	for _, f := range rendering.Files {
		m.write(f.Path, string(f.Content))
	}
	m.tests = rendering.Spec.Packages[0].Tests
	m.run("git", "add", ".")
}

func (m *testMatrix) commit(message string) {
	m.t.Helper()
	m.run("git", "add", ".")
	m.run("git", "commit", "-q", "--allow-empty", "-m", message)
}

func (m *testMatrix) run(name string, args ...string) string {
	m.t.Helper()
	command := exec.Command(name, args...)
	command.Dir, command.Env = m.dir, m.env
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		m.t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, stderr.Bytes())
	}
	return string(out)
}

// evaluate gives what Nix says of an attribute of the flake.
func evaluate[T any](m *testMatrix, attribute, apply string) T {
	m.t.Helper()
	var value T
	if err := json.Unmarshal([]byte(m.run("nix", "eval", "--json", ".#"+attribute, "--apply", apply)), &value); err != nil {
		m.t.Fatal(err)
	}
	return value
}

// matrixBuild is what a nix build of a matrix did.
type matrixBuild struct {
	err error
	log string
	// built are the names of the derivations that were built, sorted.
	built []string
	// passed and failed are the labels of the runs that did, sorted; reasons says of
	// those that failed what the log does.
	passed, failed []string
	reasons        map[string]string
	// took is wall time, cpu that of the processors, of Nix and of what it ran.
	took, cpu time.Duration
	// memory is the most, in KiB, that one process had.
	memory int64
}

var (
	matrixBuilding = regexp.MustCompile(`(?m)^building '/nix/store/[a-z0-9]{32}-(.*)\.drv'`)
	matrixVerdict  = regexp.MustCompile(`(?m)> (passed|FAILED): ([^,\n]+), (.*)$`)
)

// build has Nix build outputs, all that can be.
func (m *testMatrix) build(outputs []string, flags ...string) matrixBuild {
	m.t.Helper()
	args := []string{"build", "-v", "-L", "--keep-going", "--no-link"}
	for _, output := range outputs {
		args = append(args, ".#"+output)
	}
	args = append(args, flags...)
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Hour)
	defer cancel()
	command := exec.CommandContext(ctx, "nix", args...)
	command.Dir, command.Env = m.dir, m.env
	begun := time.Now()
	out, err := command.CombinedOutput()
	b := matrixBuild{err: err, log: string(out), took: time.Since(begun), reasons: map[string]string{}}
	if state := command.ProcessState; state != nil {
		b.cpu = state.UserTime() + state.SystemTime()
		b.memory = state.SysUsage().(*syscall.Rusage).Maxrss
	}
	for _, match := range matrixBuilding.FindAllStringSubmatch(b.log, -1) {
		b.built = append(b.built, match[1])
	}
	passed := map[string]bool{}
	for _, match := range matrixVerdict.FindAllStringSubmatch(b.log, -1) {
		if match[1] == "passed" {
			passed[match[2]] = true
		} else {
			b.reasons[match[2]] = match[3]
		}
	}
	slices.Sort(b.built)
	b.passed = slices.Sorted(maps.Keys(passed))
	b.failed = slices.Sorted(maps.Keys(b.reasons))
	return b
}

// packages gives the attributes of outputs.
func packagesOf(names ...string) []string {
	var list []string
	for _, name := range names {
		list = append(list, "packages.x86_64-linux."+name)
	}
	return list
}

// labels are those of all runs with a fixed seed, worked out from the spec: of each
// variant, module and chunk. Sorted.
func (m *testMatrix) labels() []string {
	var list []string
	for _, variant := range m.tests.Variants {
		for _, module := range m.tests.Modules {
			for _, chunk := range module.Chunks {
				label := fmt.Sprintf("%s %s %d-%d", variant, module.Name, chunk.First, chunk.Last)
				if module.Seeded {
					label += fmt.Sprintf(" seed %d", module.Seed)
				}
				list = append(list, label)
			}
		}
	}
	slices.Sort(list)
	return list
}

// lines are what the shards of an aggregate have left, sorted.
func (m *testMatrix) lines(aggregate string) []string {
	m.t.Helper()
	shards := evaluate[map[string]string](m, "packages.x86_64-linux."+aggregate+".shards", "shards: builtins.mapAttrs (_: shard: shard.outPath) shards")
	var list []string
	for name, path := range shards {
		data, err := os.ReadFile(path)
		if err != nil {
			m.t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if len(lines) == 1 && lines[0] == "" {
			m.t.Errorf("shard %s leaves no line", name)
		}
		list = append(list, lines...)
	}
	slices.Sort(list)
	return list
}

// hash is that of all that a package holds: names, contents, and what may be executed.
func (m *testMatrix) hash(output string) string {
	m.t.Helper()
	return strings.TrimSpace(m.run("nix", "hash", "path", evaluate[string](m, "packages.x86_64-linux."+output, "p: p.outPath")))
}

// without gives the elements of a that b has not.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
