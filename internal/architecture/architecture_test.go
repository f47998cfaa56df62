package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/flakegen/flakegen"

// mayImport says for each package, by its folder, which others of this module it
// may import. A package that is missing here is reported: whoever adds one says
// where it stands.
var mayImport = map[string][]string{
	// Imported by anything, importing nothing of ours.
	"platform":          {},
	"templates":         {},
	"flakegen/nixlang":  {},
	"flakegen/schedule": {},

	// spec -> compile -> generate -> worktree, and spec -> coverage -> workflow -> generate
	"flakegen/spec":     {"platform"},
	"flakegen/compile":  {"platform", "flakegen/spec", "flakegen/nixlang"},
	"flakegen/coverage": {"platform", "flakegen/spec"},
	"flakegen/workflow": {"platform", "flakegen/spec", "flakegen/coverage"},
	"flakegen/generate": {"platform", "templates", "flakegen/spec", "flakegen/compile", "flakegen/nixlang", "flakegen/workflow"},
	"flakegen/worktree": {"flakegen/generate", "flakegen/gitcmd"},

	// The outside world.
	"flakegen/gitcmd": {},
	"flakegen/nixcmd": {"platform", "flakegen/nixlang"},
	"flakegen/store":  {},

	// What builds made.
	"flakegen/contents": {},

	// spec, store -> verify
	"flakegen/verify": {"platform", "flakegen/spec", "flakegen/store"},

	// What is there, what the caches have, what has to be built.
	"flakegen/substituter": {},
	"flakegen/missing":     {"flakegen/store", "flakegen/substituter"},

	// nixcmd -> timing -> history -> report
	"flakegen/timing":  {"flakegen/nixcmd"},
	"flakegen/history": {"flakegen/timing"},
	"flakegen/report":  {"templates", "flakegen/nixcmd", "flakegen/timing", "flakegen/history", "flakegen/schedule", "flakegen/abtest"},
	"flakegen/abtest":  {"flakegen/timing"},

	// All of these looked at at once.
	"flakegen/doctor": {"platform", "flakegen/spec", "flakegen/generate", "flakegen/worktree", "flakegen/gitcmd", "flakegen/nixcmd", "flakegen/substituter", "flakegen/history"},

	"flakegen": {
		"platform", "templates",
		"flakegen/spec", "flakegen/compile", "flakegen/nixlang", "flakegen/coverage", "flakegen/workflow", "flakegen/generate", "flakegen/worktree",
		"flakegen/gitcmd", "flakegen/nixcmd", "flakegen/store", "flakegen/substituter", "flakegen/missing", "flakegen/timing", "flakegen/history", "flakegen/report", "flakegen/verify", "flakegen/contents", "flakegen/schedule", "flakegen/abtest",
	},
	"cmd/flakegen": {
		"platform", "templates", "flakegen",
		"flakegen/spec", "flakegen/compile", "flakegen/nixlang", "flakegen/coverage", "flakegen/workflow", "flakegen/generate", "flakegen/worktree",
		"flakegen/gitcmd", "flakegen/nixcmd", "flakegen/store", "flakegen/substituter", "flakegen/missing", "flakegen/timing", "flakegen/history", "flakegen/report", "flakegen/verify", "flakegen/contents", "flakegen/doctor", "flakegen/schedule", "flakegen/abtest",
	},
}

// apart are the folders whose packages serve tests and measurements, or are
// examples of what flakegen packages. They may import and do what they like, and
// no package above may import them.
var apart = []string{"internal", "flakegen/gitcmd/gittest", "examples"}

// reserved says which packages alone may use an import, or a name of one.
var reserved = []struct {
	what string   // an import path; with /... also all below it; or an import path, a dot and a name
	to   []string // folders
	why  string
}{
	{"os/exec", []string{"flakegen/nixcmd", "flakegen/gitcmd"}, "these two alone start processes"},
	{"os", []string{"cmd/flakegen", "flakegen", "flakegen/worktree", "flakegen/nixcmd", "flakegen/gitcmd", "flakegen/store", "flakegen/contents", "flakegen/history", "flakegen/substituter", "flakegen/doctor"}, "the others are pure"},
	{"net", []string{"flakegen/substituter"}, "it alone asks caches"},
	{"net/http", []string{"flakegen/substituter"}, "it alone asks caches"},

	{"github.com/urfave/cli/...", []string{"cmd/flakegen"}, "flags are the commands' business"},
	{"flag", nil, "flags are the commands' business, through urfave/cli"},
	{"os/signal", []string{"cmd/flakegen"}, "the library is interrupted by its context"},
	{"golang.org/x/term/...", []string{"cmd/flakegen"}, "the terminal is passed in"},
	{"go.yaml.in/yaml/...", []string{"flakegen/workflow"}, "it alone writes YAML"},
	{"github.com/hashicorp/hcl/...", []string{"flakegen/spec", "flakegen/compile", "flakegen/coverage", "flakegen/generate", "flakegen/verify", "flakegen/doctor", "flakegen", "cmd/flakegen"}, "what follows them knows Nix only"},
	{"github.com/go-git/go-git/...", []string{"flakegen/gitcmd"}, "it alone asks git"},
	{"database/sql", []string{"flakegen/history"}, "it alone keeps a database"},
	{"modernc.org/sqlite/...", []string{"flakegen/history"}, "it alone keeps a database"},
	{"github.com/nix-community/go-nix/...", []string{"flakegen/store", "flakegen/substituter"}, "these two alone read what Nix wrote"},

	{"os.Args", []string{"cmd/flakegen"}, "arguments are passed in"},
	// Their zero value runs in the environment of the process, as that of exec.Cmd does.
	{"os.Environ", []string{"cmd/flakegen", "flakegen/gitcmd", "flakegen/nixcmd"}, "the environment is passed in"},
	{"os.Getenv", []string{"cmd/flakegen", "flakegen/gitcmd", "flakegen/nixcmd"}, "the environment is passed in"},
	{"os.LookupEnv", []string{"cmd/flakegen"}, "the environment is passed in"},
	{"os.ExpandEnv", nil, "the environment is passed in"},
	{"os.Setenv", nil, "the environment is passed in"},
	{"os.UserHomeDir", []string{"cmd/flakegen"}, "the environment is passed in"},
	{"os.UserCacheDir", []string{"cmd/flakegen"}, "the environment is passed in"},
	{"os.Getwd", []string{"cmd/flakegen"}, "the current folder is passed in"},
	{"os.Exit", []string{"cmd/flakegen"}, "errors are returned"},
	{"os.Stdin", []string{"cmd/flakegen"}, "the terminal is passed in"},
	{"os.Stdout", []string{"cmd/flakegen"}, "the terminal is passed in"},
	{"os.Stderr", []string{"cmd/flakegen"}, "the terminal is passed in"},
	{"time.Now", []string{"cmd/flakegen"}, "time is passed in"},
	{"time.Since", []string{"cmd/flakegen"}, "time is passed in"},
}

func TestImportsRunOneWay(t *testing.T) {
	for _, finding := range check(t, os.DirFS("../..")) {
		t.Error(finding)
	}
}

func TestEveryPlaceIsTaken(t *testing.T) {
	for folder, others := range mayImport {
		for _, name := range append(others, folder) {
			if files, err := fs.Glob(os.DirFS("../.."), name+"/*.go"); err != nil || len(files) == 0 {
				t.Errorf("%s: has a line in mayImport and no Go file (%v)", name, err)
			}
		}
	}
}

func TestEveryRuleFindsItsBreach(t *testing.T) {
	tests := []struct {
		name   string
		file   string
		source string
		want   string // empty: no finding
	}{
		{"against the arrow", "flakegen/nixlang/a.go", `package nixlang; import _ "` + module + `/flakegen/spec"`, "flakegen/nixlang/a.go:1: may not import flakegen/spec"},
		{"along the arrow", "flakegen/compile/a.go", `package compile; import _ "` + module + `/flakegen/spec"`, ""},
		{"a package without a place", "flakegen/novel/a.go", `package novel`, "flakegen/novel: has no line in mayImport"},
		{"a helper of tests", "flakegen/a.go", `package flakegen; import _ "` + module + `/internal/require"`, "flakegen/a.go:1: may not import internal/require"},
		{"a helper in a test", "flakegen/a_test.go", `package flakegen; import _ "` + module + `/internal/require"`, ""},
		{"a process", "flakegen/worktree/a.go", `package worktree; import _ "os/exec"`, "flakegen/worktree/a.go:1: os/exec: these two alone start processes"},
		{"a process where it belongs", "flakegen/gitcmd/a.go", `package gitcmd; import _ "os/exec"`, ""},
		{"below a reserved import", "flakegen/timing/a.go", `package timing; import _ "net/url"`, ""},
		{"beside a reserved module", "flakegen/a.go", `package flakegen; import _ "github.com/urfave/clip"`, ""},
		{"a later major version", "flakegen/a.go", `package flakegen; import _ "github.com/urfave/cli/v2"`, "flakegen/a.go:1: github.com/urfave/cli/...: flags are the commands' business"},
		{"a reserved name", "flakegen/a.go", "package flakegen; import \"os\"\nvar home = os.Getenv(\"HOME\")", "flakegen/a.go:2: os.Getenv: the environment is passed in"},
		{"a reserved name under another", "flakegen/a.go", "package flakegen; import system \"os\"\nvar args = system.Args", "flakegen/a.go:2: os.Args: arguments are passed in"},
		{"a name that is not reserved", "flakegen/a.go", "package flakegen; import \"os\"\nvar open = os.Open", ""},
		{"a method of that name", "flakegen/timing/a.go", "package timing\nvar clock interface{ Now() int }\nvar now = clock.Now()", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(check(t, fstest.MapFS{test.file: {Data: []byte(test.source)}}), "\n")
			if got != test.want {
				t.Errorf("found  %s\nwanted %s", got, test.want)
			}
		})
	}
}

// check reads the Go files of a module and returns what breaks the rules, in the
// order of the files.
func check(t *testing.T, root fs.FS) []string {
	t.Helper()
	var findings []string
	unplaced := map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(name):
			return fs.SkipDir
		case entry.IsDir(), path.Ext(name) != ".go", strings.HasSuffix(name, "_test.go"):
			return nil
		}
		folder := path.Dir(name)
		if _, placed := mayImport[folder]; !placed {
			if !unplaced[folder] {
				findings = append(findings, folder+": has no line in mayImport")
			}
			unplaced[folder] = true
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		found, err := checkFile(name, source)
		findings = append(findings, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// skipped says of a folder that nothing in it is held to the rules.
func skipped(folder string) bool {
	base := path.Base(folder)
	return folder != "." && (strings.HasPrefix(base, ".") || base == "testdata" || slices.Contains(apart, folder))
}

// covers says whether pattern, an import path that may end in /..., covers imported.
func covers(pattern, imported string) bool {
	if parent, ok := strings.CutSuffix(pattern, "/..."); ok {
		return imported == parent || strings.HasPrefix(imported, parent+"/")
	}
	return imported == pattern
}

func checkFile(name string, source []byte) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	folder := path.Dir(name)
	var findings []string
	report := func(position token.Pos, format string, args ...any) {
		findings = append(findings, fmt.Sprintf("%s:%d: ", name, files.Position(position).Line)+fmt.Sprintf(format, args...))
	}

	imports := map[string]string{} // by the name in this file
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		local := path.Base(imported)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		imports[local] = imported
		if ours, ok := strings.CutPrefix(imported, module+"/"); ok && !slices.Contains(mayImport[folder], ours) {
			report(spec.Pos(), "may not import %s", ours)
		}
		for _, rule := range reserved {
			if covers(rule.what, imported) && !slices.Contains(rule.to, folder) {
				report(spec.Pos(), "%s: %s", rule.what, rule.why)
			}
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		qualifier, ok := selector.X.(*ast.Ident)
		if !ok {
			return true
		}
		used := imports[qualifier.Name] + "." + selector.Sel.Name
		for _, rule := range reserved {
			if used == rule.what && !slices.Contains(rule.to, folder) {
				report(selector.Pos(), "%s: %s", used, rule.why)
			}
		}
		return true
	})
	return findings, nil
}
