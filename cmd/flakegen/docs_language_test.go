package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/generate"
)

// languagePage reads the page of the language.
func languagePage(t *testing.T) string {
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// surroundings are what the examples of the page stand in: blocks and files that
// they refer to.
const surroundings = `
input "nixpkgs" { url = "github:NixOS/nixpkgs" }
input "libtommath-src" { url = "github:libtom/libtommath" }
input "hooks" { url = "github:cachix/git-hooks.nix" }
let { mk = pkgs.mk }
`

const systemsLine = "flake { systems = [\"x86_64-linux\", \"aarch64-darwin\"] }\n"

const packages = `
package "rts" {
  variant "build" {}
  variant "checked" {}
}
package "tool" { name = "tool" }
alias "rts" { default = package.rts.checked }
`

func renderText(source string) (*generate.Rendering, error) {
	tree := fstest.MapFS{"flakegen.hcl": {Data: []byte(source)}}
	for _, name := range []string{"rts/x", "odd name", "nix/x.nix", "nix/packages.nix"} {
		tree[name] = &fstest.MapFile{}
	}
	r, err := generate.Tree(tree)
	if err == nil && r.Diagnostics.HasErrors() {
		err = r.Diagnostics
	}
	return r, err
}

// TestLanguageExpressions holds each row of the table of expressions against what
// the left side is rendered to.
func TestLanguageExpressions(t *testing.T) {
	_, table, ok := strings.Cut(languagePage(t), "<!-- expressions -->")
	if !ok {
		t.Fatal("the page marks no table of expressions")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	rows := regexp.MustCompile("(?m)^\\| `(.*)` \\| `(.*)` \\|$").FindAllStringSubmatch(table, -1)
	if len(rows) < 30 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			r, err := renderText(systemsLine + surroundings + packages + "package \"x\" {\n  a = " + row[1] + "\n}\n")
			if err != nil {
				t.Fatal(err)
			}
			// White space is the printer's business.
			squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
			for _, f := range r.Files {
				if f.Path == "nix/x.nix" && !strings.Contains(squeeze(string(f.Content)), "a = "+squeeze(row[2])+";") {
					t.Errorf("%s is not rendered to %s, but:\n%s", row[1], row[2], f.Content)
				}
			}
		})
	}
}

// TestLanguageExamples renders each example of the page; what is less than a spec
// is put into one.
func TestLanguageExamples(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(languagePage(t), -1)
	if len(blocks) == 0 {
		t.Fatal("the page has no example")
	}
	for i, match := range blocks {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			block := match[1]
			var source string
			switch first, _, _ := strings.Cut(block, " "); first {
			case "flake":
				source = block
			case "output":
				source = systemsLine + surroundings + packages + block
			default:
				// A part of a package.
				source = systemsLine + surroundings + "package \"p\" {\n  buildInputs = []\n" + block + "\n}\n"
			}
			if _, err := renderText(source); err != nil {
				t.Errorf("%v\n%s", err, source)
			}
		})
	}
}
