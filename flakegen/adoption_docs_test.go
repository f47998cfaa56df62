package flakegen_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/flakegen/flakegen/flakegen/generate"
)

const fromNix = "../docs/from-nix.md"

// fromNixRepository holds the files that the page refers to.
const fromNixRepository = "testdata/adoption/from-nix.txtar"

// fromNixLets are the lets that the rows of the page take for granted; their values
// are in compare.nix.
var fromNixLets = []string{"common", "flags", "names", "tools", "version"}

// TestFromNix holds what the rows of docs/from-nix.md say about the rendering
// against it.
func TestFromNix(t *testing.T) {
	for i, row := range fromNixRows(t) {
		want := row.rendered
		if want == "" {
			want = row.hand
		}
		if got := renderRow(t, i, row); oneLine(got) != oneLine(want) {
			t.Errorf("%s\nis rendered as\n%s\nand the page says\n%s", row.spec, oneLine(got), oneLine(want))
		}
	}
}

// TestFromNixRendered holds the Nix that the page shows for a spec against what is
// rendered.
func TestFromNixRendered(t *testing.T) {
	examples := fromNixRendered(t)
	if len(examples) == 0 {
		t.Error("the page shows no rendering")
	}
	for _, example := range examples {
		tree := fromNixFiles(t)
		tree["flakegen.hcl"] = &fstest.MapFile{Data: []byte(pairHead + example.spec)}
		flake := string(rendered(t, tree)["flake.nix"])
		lines := regexp.MustCompile(`(?m)^ *`)
		if !strings.Contains(lines.ReplaceAllString(flake, ""), lines.ReplaceAllString(example.hand, "")) {
			t.Errorf("%s\nis rendered as\n%s\nand the page shows\n%s", example.spec, flake, example.hand)
		}
	}
}

// TestNixFromNix holds what the page shows by hand and in the spec against each
// other, for every system: the values of the rows and the derivations of the
// examples.
func TestNixFromNix(t *testing.T) {
	w := newWorld(t)
	files := fromNixFiles(t)
	var names, specs []string
	add := func(name, spec, hand string) string {
		dir := filepath.Join(w.dir, "cases", name)
		for path, file := range files {
			writeFile(t, filepath.Join(dir, path), file.Data)
		}
		writeFile(t, filepath.Join(dir, "hand.nix"), []byte(ofScope(hand)))
		names, specs = append(names, name), append(specs, spec)
		return dir
	}
	for i, row := range fromNixRows(t) {
		dir := add(fmt.Sprintf("row%d", i), row.spec, row.hand)
		writeFile(t, filepath.Join(dir, "rendered.nix"), []byte(ofScope(renderRow(t, i, row))))
	}
	for i, pair := range fromNixPairs(t) {
		dir := add(fmt.Sprintf("pair%d", i), pair.spec, pair.hand)
		writeFile(t, filepath.Join(dir, "flakegen.hcl"), []byte(pairHead+pair.spec))
		renderInto(t, dir)
	}
	w.parse("cases")

	answer := w.evaluatePairs("shown", names)
	for i, name := range names {
		for _, system := range adoptionSystems {
			pair, ok := answer[name][system]
			if !ok || pair.Hand == nil {
				t.Errorf("%s has no value on %s", specs[i], system)
			}
			for _, d := range differences(flat(pair.Rendered), flat(pair.Hand)) {
				t.Errorf("%s on %s: %s", specs[i], system, d)
			}
		}
	}
}

// ofScope makes an expression a function of all that the page may refer to.
func ofScope(expression string) string {
	return fmt.Sprintf("{ pkgs, lib, system, self, inputs, nixpkgs, %s }:\n%s\n", strings.Join(fromNixLets, ", "), expression)
}

func fromNixFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	archive, err := txtar.ParseFile(fromNixRepository)
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{}
	for _, f := range archive.Files {
		tree[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return tree
}

// pairHead stands before the examples of the page.
const pairHead = `flake {
  systems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}
input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
`

// fromNixRow is a row of a table of the page; rendered is empty where it is what
// stands by hand.
type fromNixRow struct{ hand, spec, rendered string }

func fromNixRows(t *testing.T) []fromNixRow {
	t.Helper()
	var rows []fromNixRow
	for line := range strings.Lines(fromNixPage(t)) {
		cells := regexp.MustCompile(`^\| ` + "`(.*?)` " + `\| ` + "`(.*?)` " + `\| (?:` + "`(.*)` " + `)?\|$`).FindStringSubmatch(strings.TrimSpace(line))
		if cells == nil {
			continue
		}
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], `\|`, "|")
		}
		rows = append(rows, fromNixRow{cells[1], cells[2], cells[3]})
	}
	if len(rows) < 40 {
		t.Fatalf("the page has only %d rows", len(rows))
	}
	return rows
}

// fromNixPair is a block of Nix and one of HCL, in the order of the page.
type fromNixPair struct{ hand, spec string }

// fromNixPairs are the examples of the page: what stands by hand, and the spec
// behind it.
func fromNixPairs(t *testing.T) []fromNixPair {
	t.Helper()
	pairs := matches(t, "(?s)```nix\n([^`]*)```\n\n```hcl\n([^`]*)```\n")
	if blocks := strings.Count(fromNixPage(t), "```") / 4; len(pairs)+len(fromNixRendered(t)) != blocks || len(pairs) < 10 {
		t.Fatalf("%d of the page's %d examples are Nix and then HCL", len(pairs), blocks)
	}
	return pairs
}

// fromNixRendered are those where the spec stands first, and then what it renders.
func fromNixRendered(t *testing.T) []fromNixPair {
	t.Helper()
	pairs := matches(t, "(?s)```hcl\n([^`]*)```\n\nIn flake.nix this is:\n\n```nix\n([^`]*)```\n")
	for i, p := range pairs {
		pairs[i] = fromNixPair{hand: p.spec, spec: p.hand}
	}
	return pairs
}

func matches(t *testing.T, pattern string) []fromNixPair {
	t.Helper()
	var pairs []fromNixPair
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(fromNixPage(t), -1) {
		pairs = append(pairs, fromNixPair{match[1], match[2]})
	}
	return pairs
}

func fromNixPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(fromNix)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// renderRow renders the expression of a row in a file at the root of a repository,
// and gives it without the function of what it takes.
func renderRow(t *testing.T, i int, row fromNixRow) string {
	t.Helper()
	tree := fromNixFiles(t)
	tree["flakegen.hcl"] = &fstest.MapFile{Data: []byte(fmt.Sprintf(`flake {
  systems = ["x86_64-linux"]
  render  = "outputs"
  takes   = [%s]
}
package "row" {
  file  = "row.nix"
  value = %s
}
`, "\""+strings.Join(fromNixLets, `", "`)+"\"", row.spec))}
	_, body, _ := strings.Cut(string(rendered(t, tree)["row.nix"]), "\n")
	if body == "" {
		t.Fatalf("row %d is not rendered", i)
	}
	return regexp.MustCompile(`^\{[^}]*\}:\s*`).ReplaceAllString(body, "")
}

// rendered gives what a tree with a spec renders to, by path.
func rendered(t *testing.T, tree fs.FS) map[string][]byte {
	t.Helper()
	rendering, err := generate.Tree(tree)
	if err != nil {
		t.Fatal(err)
	}
	if rendering.Diagnostics.HasErrors() {
		spec, _ := fs.ReadFile(tree, "flakegen.hcl")
		t.Fatalf("%s\n%v", spec, rendering.Diagnostics)
	}
	files := map[string][]byte{}
	for _, f := range rendering.Files {
		files[f.Path] = f.Content
	}
	return files
}

// oneLine gives an expression with its line breaks, and what indents it, as
// single blanks.
func oneLine(nix string) string {
	line := strings.Join(strings.Fields(nix), " ")
	return strings.NewReplacer("( ", "(", " )", ")").Replace(line)
}
