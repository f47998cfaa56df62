package generate_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/internal/grow"
	"github.com/flakegen/flakegen/internal/require"
)

// More by hand, and for nixfmt as CONTRIBUTING says:
//
//	go test ./flakegen/generate -run TestNixGrownSpecs -specs 1000 -dump /tmp/specs
var (
	grownSpecs = flag.Int("specs", 100, "how many random specs to render")
	grownSeed  = flag.Uint64("seed", 1, "the seed of the first random spec")
)

// filesAtOnce is how many files one process of Nix parses.
const filesAtOnce = 2000

// Whatever a spec holds, the files are the same ones each time, Nix and nixlang
// read them, and nothing in them is unused.
func TestNixGrownSpecs(t *testing.T) {
	program := require.Program(t, "nix-instantiate")
	dir := t.TempDir()
	if *dump != "" {
		dir = *dump
	}
	var paths []string
	bytesInAll, refused := 0, map[string]int{}
	for seed := *grownSeed; seed < *grownSeed+uint64(*grownSpecs); seed++ {
		name := fmt.Sprintf("%06d", seed)
		t.Run(name, func(t *testing.T) {
			rendering := renderGrown(t, seed, refused)
			for spec, source := range rendering.Spec.Sources {
				dumpFile(t, filepath.Join(dir, "grown-"+name, spec), source.Bytes)
			}
			for _, f := range rendering.Files {
				path := filepath.Join(dir, "grown-"+name, f.Path)
				dumpFile(t, path, f.Content)
				paths = append(paths, path)
				bytesInAll += len(f.Content)
				for _, problem := range grownProblems(f.Content) {
					t.Errorf("%s: %s\n%s", f.Path, problem, f.Content)
				}
			}
		})
	}
	for batch := range slices.Chunk(paths, filesAtOnce) {
		if parse(program, batch...) == nil {
			continue
		}
		// Nix gives up at the first file that it cannot read.
		for _, path := range batch {
			if err := parse(program, path); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	t.Logf("%d specs, %d files, %d kB", *grownSpecs, len(paths), bytesInAll/1000)
	for _, summary := range slices.Sorted(maps.Keys(refused)) {
		t.Logf("%7d expressions grown again: %s", refused[summary], summary)
	}
}

// parse has Nix read files.
func parse(program string, paths ...string) error {
	cmd := exec.Command(program, append([]string{"--store", "dummy://", "--parse"}, paths...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	return nil
}

// renderGrown renders the spec of a seed twice, with those expressions grown again
// that have no rendering.
func renderGrown(t *testing.T, seed uint64, refused map[string]int) *generate.Rendering {
	t.Helper()
	grown := grow.NewSpec(seed)
	for range 50 {
		files := fstest.MapFS{}
		for name, content := range grown.Files() {
			files[name] = &fstest.MapFile{Data: content}
		}
		rendering, err := generate.Tree(files)
		if err != nil {
			t.Fatal(err)
		}
		if !rendering.Diagnostics.HasErrors() {
			sameAgain(t, rendering, files)
			return rendering
		}
		var places []grow.Place
		for _, d := range rendering.Diagnostics {
			summary := withoutNames(d.Summary)
			if !mended[summary] {
				t.Fatalf("%v in\n%s", d, specText(files))
			}
			places = append(places, grow.Place{File: d.Subject.Filename, Byte: d.Subject.Start.Byte})
			refused[summary]++
		}
		if !grown.Regrow(places) {
			t.Fatalf("%v in\n%s", rendering.Diagnostics, specText(files))
		}
	}
	t.Fatal("there is always an expression that has no rendering")
	return nil
}

// mended are the errors that an expression may have that is grown again: those that
// the laws of the expressions leave out, and what HCL says where it has no value.
// Any other would be one of the spec.
var mended = map[string]bool{
	"A parameter cannot be called …":        true,
	"Condition is not true or false":        true,
	"Duplicate object key":                  true,
	"Error in function call":                true,
	"Inconsistent conditional result types": true,
	"Incorrect condition type":              true,
	"Invalid function argument":             true,
	"Invalid index":                         true,
	"Invalid operand":                       true,
	"Invalid template interpolation value":  true,
	"Iteration over non-iterable value":     true,
	"Key … twice in one object":             true,
	"Missing map element":                   true,
	"No Nix for this grouping":              true,
	"No … on …":                             true,
	"No text for this value":                true,
	"Not a key":                             true,
	"Not a number":                          true,
	"Not an attribute path":                 true,
	"Not true or false":                     true,
	"Nothing to go through":                 true,
	"Number out of range":                   true,
	"Number too large for Nix":              true,
	"Number too small for Nix":              true,
	"Only Nix knows this condition":         true,
	"Operation failed":                      true,
	"The Nix text has another … here":       true,
	"Unsupported attribute":                 true,
	"… has a meaning in the rendered file":  true,
}

var quotedName = regexp.MustCompile(`"(\\.|[^"\\])*"`)

var noOutput = regexp.MustCompile(`^No \S+ on .*-.*`)

// withoutNames gives the summary of an error without the names of the spec in it.
func withoutNames(summary string) string {
	return noOutput.ReplaceAllString(quotedName.ReplaceAllString(summary, "…"), "No … on …")
}

// sameAgain renders a spec again and holds the files against those of before.
func sameAgain(t *testing.T, first *generate.Rendering, files fstest.MapFS) {
	t.Helper()
	second, err := generate.Tree(files)
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b generate.File) bool { return a.Path == b.Path && bytes.Equal(a.Content, b.Content) }
	if !slices.EqualFunc(first.Files, second.Files, same) {
		t.Error("rendered twice, the files differ")
	}
}

func specText(files fstest.MapFS) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if len(files[name].Data) > 0 {
			fmt.Fprintf(&b, "-- %s --\n%s", name, files[name].Data)
		}
	}
	return b.String()
}

// leadLine is a comment that belongs to the whole of a file, which is lost when the
// file is read.
var leadLine = regexp.MustCompile(`(?m)^# ?(.*)$`)

// grownProblems lists what is wrong with a rendered file.
func grownProblems(content []byte) []string {
	text, marked := strings.CutPrefix(string(content), generate.Marker+"\n")
	if !marked {
		return []string{"no marker"}
	}
	tree, err := nixlang.Parse(text)
	if err != nil {
		return []string{err.Error()}
	}
	problems := unusedNames(tree)
	file := &nixlang.File{Header: []string{strings.TrimPrefix(generate.Marker, "# ")}, Body: tree}
	for _, line := range leadLine.FindAllStringSubmatch(text, -1) {
		file.Lead = append(file.Lead, line[1])
	}
	again := nixlang.Format(file)
	if !bytes.Equal(again, content) {
		problems = append(problems, fmt.Sprintf("read and printed it is\n%s\nbut was", again))
	}
	return problems
}
