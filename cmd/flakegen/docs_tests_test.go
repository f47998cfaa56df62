package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/generate"
)

// testsPage reads the page about tests.
func testsPage(t *testing.T) string {
	page, err := os.ReadFile("../../docs/tests.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// renderTests renders a package that has what is given, among files of the example.
func renderTests(text string) error {
	tree := fstest.MapFS{"flakegen.hcl": {Data: []byte(systemsLine + surroundings + "package \"p\" {\n" + text + "\n}\n")}}
	for _, module := range []string{"hex", "runs", "varint"} {
		tree["test/"+module+".c"] = &fstest.MapFile{}
	}
	r, err := generate.Tree(tree)
	if err == nil && r.Diagnostics.HasErrors() {
		err = r.Diagnostics
	}
	return err
}

// TestTestsExamples renders each example of the page about tests; the first two are
// those of the example that the page is about.
func TestTestsExamples(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(testsPage(t), -1)
	if len(blocks) < 3 {
		t.Fatalf("the page has %d examples", len(blocks))
	}
	example, err := os.ReadFile("../../examples/matrix/flakegen.hcl")
	if err != nil {
		t.Fatal(err)
	}
	indented := regexp.MustCompile(`(?m)^  `)
	for i, match := range blocks {
		block := match[1]
		if i < 2 && !strings.Contains(indented.ReplaceAllString(string(example), ""), block) {
			t.Errorf("this is not in the example:\n%s", block)
		}
		if strings.HasPrefix(block, "tests") {
			block = "variant \"build\" {}\nvariant \"checked\" { tests = \"shards\" }\n" + block
		} else if !strings.Contains(block, "tests {") {
			block += "tests {\n  modules = [\"unit\"]\n  run = \"true\"\n}\n"
		}
		if err := renderTests(block); err != nil {
			t.Errorf("%v\n%s", err, block)
		}
	}
}

// TestTestsAttributes holds the table of attributes against those that there are.
func TestTestsAttributes(t *testing.T) {
	_, table, _ := strings.Cut(testsPage(t), "| attribute | says | default |")
	table, _, _ = strings.Cut(table, "\n\n")
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(table, -1) {
		listed = append(listed, row[1])
	}
	slices.Sort(listed)
	err := renderTests("variant \"checked\" { tests = \"inline\" }\ntests {\n  modules = [\"unit\"]\n  run = \"true\"\n  qqqqqqqqqqqq = 1\n}\n")
	if err == nil {
		t.Fatal("an attribute that there is none of is taken")
	}
	_, takes, _ := strings.Cut(err.Error(), "It takes ")
	var known []string
	for _, name := range regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(takes, -1) {
		known = append(known, name[1])
	}
	slices.Sort(known)
	if len(known) == 0 || !slices.Equal(listed, known) {
		t.Errorf("the page lists %q, and there are %q: %v", listed, known, err)
	}
}
