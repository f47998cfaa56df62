package main

import (
	"encoding/json"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"

	"github.com/flakegen/flakegen/flakegen/coverage"
	"github.com/flakegen/flakegen/flakegen/workflow"
)

// ciBlocks are the examples of docs/ci.md in a language.
func ciBlocks(t *testing.T, language string) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, match := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		blocks = append(blocks, match[1])
	}
	if len(blocks) == 0 {
		t.Fatalf("docs/ci.md has no example in %s", language)
	}
	return blocks
}

// TestCISpecs renders each spec that the page shows, in a flake that it may stand in.
func TestCISpecs(t *testing.T) {
	const rest = `
flake { systems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"] }
input "nixpkgs" { url = "github:NixOS/nixpkgs" }
`
	const rts = `
package "rts" {
  variant "build" {}
  variant "checked" {}
}
`
	for _, block := range ciBlocks(t, "hcl") {
		source := rest + rts + block
		if strings.HasPrefix(block, "variant") {
			source = rest + "package \"rts\" {\n" + block + "\n}"
		}
		if _, err := renderText(source); err != nil {
			t.Errorf("%v\n%s", err, block)
		}
	}
	// What the page says of its first examples.
	blocks := ciBlocks(t, "hcl")
	r, err := renderText(rest + rts + blocks[0] + blocks[1])
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, row := range coverage.Of(r.Spec).Rows {
		states = append(states, string(row.State))
	}
	if want := []string{"gates", "never", "nightly"}; !slices.Equal(states, want) {
		t.Errorf("the checks run %q, want %q", states, want)
	}
}

// TestCIWorkflow holds the workflow that the page shows to GitHub's syntax, its actions
// to those of rendered ones, and its matrix to what ci matrix prints.
func TestCIWorkflow(t *testing.T) {
	for _, block := range ciBlocks(t, "yaml") {
		linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := linter.Lint("ci.yml", []byte(block), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range found {
			t.Errorf("%s\n%s", e, block)
		}
		for _, use := range regexp.MustCompile(`uses: (.*)`).FindAllStringSubmatch(block, -1) {
			if !slices.Contains(workflow.Actions(), use[1]) {
				t.Errorf("the page uses %s, and rendered workflows %q", use[1], workflow.Actions())
			}
		}
	}
	for _, block := range ciBlocks(t, "json") {
		var matrix jsonMatrix
		decoder := json.NewDecoder(strings.NewReader(block))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&matrix); err != nil || len(matrix.Include) == 0 {
			t.Errorf("%v in %s", err, block)
		}
		again, err := json.Marshal(matrix)
		if err != nil || string(again) != strings.TrimSpace(block) {
			t.Errorf("the page shows\n%s\nand ci matrix prints\n%s (%v)", block, again, err)
		}
	}
}
