package flakegen_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/internal/require"
)

// Each archive in testdata/adoption/cases holds a repository with a spec, and in
// hand/ the same outputs written by hand: a function of what it takes among pkgs,
// lib, system, self, inputs and the inputs by name, for one system.
const adoptionCases = "testdata/adoption/cases"

// adoptionSystems are those of every case.
var adoptionSystems = []string{"x86_64-linux", "aarch64-linux", "aarch64-darwin"}

// TestNixAdoption is the proof that an adoption changes nothing: what is rendered
// has the same derivations as what was written by hand, on every system.
func TestNixAdoption(t *testing.T) {
	w := newWorld(t)
	cases := w.unpack(adoptionCases)
	if len(cases) < 12 {
		t.Errorf("there are %d cases, fewer than twelve", len(cases))
	}
	w.parse("cases")
	w.compare(cases, func(name, system string, rendered, hand map[string]any) {
		derivations := 0
		for _, key := range slices.Sorted(maps.Keys(hand)) {
			if strings.HasSuffix(key, ".drvPath") {
				derivations++
			}
		}
		if derivations == 0 {
			t.Errorf("%s has no derivation by hand on %s", name, system)
		}
		for _, d := range differences(rendered, hand) {
			t.Errorf("%s on %s: %s", name, system, d)
		}
	})
}

// TestNixAdoptionTellsApart: a difference of one letter in the spec is one in the derivation and in no other.
func TestNixAdoptionTellsApart(t *testing.T) {
	w := newWorld(t)
	const name = "motoko_rts"
	w.unpack(filepath.Join(adoptionCases, name+".txtar"), "make test", "make tests")
	w.compare([]string{name}, func(_, system string, rendered, hand map[string]any) {
		changed := []string{"packages.rts-checked.drvPath"}
		if system != "aarch64-darwin" {
			changed = append(changed, "packages.rts.drvPath")
		}
		var got []string
		for _, d := range differences(rendered, hand) {
			got = append(got, d.key)
			if !strings.Contains(d.String(), "checkPhase") {
				t.Errorf("%s does not name the phase", d)
			}
		}
		slices.Sort(changed)
		if !slices.Equal(got, changed) {
			t.Errorf("on %s %q differ, not %q", system, got, changed)
		}
	})
}

// world is a folder in which a stand-in for nixpkgs, stand-ins for other inputs and
// repositories lie side by side, and Nix evaluates them.
type world struct {
	t   *testing.T
	dir string
	env []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	require.Program(t, "nix")
	w := &world{t: t, dir: t.TempDir()}
	w.env = append(os.Environ(),
		"NIX_CONFIG=experimental-features = nix-command flakes\nsubstituters =\nsandbox = false\nbuild-users-group =",
		"XDG_CACHE_HOME="+t.TempDir())
	for from, to := range map[string]string{
		"testdata/adoption/compare.nix": "compare.nix",
		"testdata/adoption/nixpkgs":     "nixpkgs",
		"testdata/adoption/inputs":      "inputs",
		"../nix/hostpkgs":               "nixpkgs/hostpkgs",
	} {
		copyTree(t, from, filepath.Join(w.dir, to))
	}
	return w
}

// copyTree copies a file or a folder, without Go files and the files of git.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if filepath.Ext(path) == ".go" && strings.HasSuffix(path, "_test.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unpack lays out the repositories of the archives that a path names, in cases/,
// with the files that their specs render to, and lists their names. Old and new
// alternate: texts of the specs and what stands for them.
func (w *world) unpack(path string, oldnew ...string) []string {
	w.t.Helper()
	archives := []string{path}
	if filepath.Ext(path) == "" {
		var err error
		if archives, err = filepath.Glob(filepath.Join(path, "*.txtar")); err != nil {
			w.t.Fatal(err)
		}
	}
	var names []string
	for _, archive := range archives {
		name := strings.TrimSuffix(filepath.Base(archive), ".txtar")
		contents, err := txtar.ParseFile(archive)
		if err != nil {
			w.t.Fatal(err)
		}
		dir := filepath.Join(w.dir, "cases", name)
		for _, f := range contents.Files {
			if f.Name == "flakegen.hcl" {
				f.Data = []byte(strings.NewReplacer(oldnew...).Replace(string(f.Data)))
			}
			writeFile(w.t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
		}
		renderInto(w.t, dir)
		names = append(names, name)
	}
	return names
}

// renderInto writes what the spec in a folder renders to.
func renderInto(t *testing.T, dir string) {
	t.Helper()
	for path, content := range rendered(t, os.DirFS(dir)) {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(path)), content)
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// parse holds every Nix file below a folder against Nix's own parser.
func (w *world) parse(folder string) {
	w.t.Helper()
	args := []string{"--parse"}
	err := filepath.WalkDir(filepath.Join(w.dir, folder), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".nix" && !entry.IsDir() {
			args = append(args, path)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.run("nix-instantiate", args...)
}

// compare evaluates the cases in one process and hands over, for each and each
// system, what is rendered and what is written by hand, flat: the value at
// packages.rts.drvPath and so on.
func (w *world) compare(cases []string, each func(name, system string, rendered, hand map[string]any)) {
	w.t.Helper()
	answer := w.evaluatePairs("cases", cases)
	for _, name := range cases {
		for _, system := range adoptionSystems {
			pair := answer[name][system]
			each(name, system, flat(pair.Rendered), flat(pair.Hand))
		}
	}
}

// pair is what is rendered and what is written by hand, as JSON.
type pair struct{ Rendered, Hand any }

// evaluatePairs calls a function of compare.nix with names, and gives for each name
// and system what it evaluates to.
func (w *world) evaluatePairs(function string, names []string) map[string]map[string]pair {
	w.t.Helper()
	out := w.run("nix-instantiate", "--eval", "--read-write-mode", "--json", "--strict", "--expr",
		fmt.Sprintf("(import ./compare.nix { systems = %s; }).%s %s", nixList(adoptionSystems), function, nixList(names)))
	var answer map[string]map[string]pair
	if err := json.Unmarshal(out, &answer); err != nil {
		w.t.Fatalf("%v in\n%.2000s", err, out)
	}
	return answer
}

func nixList(words []string) string {
	var list strings.Builder
	for _, word := range words {
		fmt.Fprintf(&list, " %q", word)
	}
	return "[" + list.String() + " ]"
}

// flat gives the leaves of nested objects by their paths.
func flat(tree any) map[string]any {
	leaves := map[string]any{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		if set, ok := value.(map[string]any); ok && len(set) > 0 {
			for name, inner := range set {
				walk(strings.TrimPrefix(path+"."+name, "."), inner)
			}
			return
		}
		leaves[path] = value
	}
	walk("", tree)
	return leaves
}

// difference is a leaf that is not the same in what is rendered and by hand.
type difference struct {
	key            string
	rendered, hand any
}

// differences lists them, sorted by key.
func differences(rendered, hand map[string]any) []difference {
	keys := maps.Clone(rendered)
	maps.Copy(keys, hand)
	var list []difference
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if fmt.Sprintf("%#v", rendered[key]) != fmt.Sprintf("%#v", hand[key]) {
			list = append(list, difference{key, rendered[key], hand[key]})
		}
	}
	return list
}

// String says in which attributes derivations differ.
func (d difference) String() string {
	text := fmt.Sprintf("%s is %v, by hand %v", d.key, d.rendered, d.hand)
	a, errA := readDerivation(d.rendered)
	b, errB := readDerivation(d.hand)
	if errA != nil || errB != nil {
		return text
	}
	found, err := (&store.Derivations{}).Compare(a, b)
	if err != nil {
		return text + ": " + err.Error()
	}
	for _, f := range found {
		if f.Reason != store.ByOutput {
			text += fmt.Sprintf("\n\t%s is\n%s\n\tby hand\n%s", f.Attribute, shown(f.A), shown(f.B))
		}
	}
	return text
}

func readDerivation(path any) (*store.Derivation, error) {
	file, _ := path.(string)
	return store.ReadDerivation(file)
}

func shown(value *string) string {
	if value == nil {
		return "absent"
	}
	return *value
}

// run runs a program of Nix in the world's folder and gives what it prints.
func (w *world) run(program string, args ...string) []byte {
	w.t.Helper()
	cmd := exec.Command(require.Program(w.t, program), args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}
