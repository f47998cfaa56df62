package nixcmd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A pattern with a mistake in it is found here and not by the first message that
// it is held to.
func TestPatternsCompile(t *testing.T) {
	count := 0
	err := filepath.WalkDir("..", func(name string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			function := call.Fun
			if selector, ok := function.(*ast.SelectorExpr); ok {
				function = selector.Sel
			}
			if id, ok := function.(*ast.Ident); !ok || id.Name != "Pattern" {
				return true
			}
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a pattern that is no literal", name)
				return true
			}
			count++
			text, err := strconv.Unquote(literal.Value)
			if err == nil {
				_, err = regexp.Compile(text)
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 40 {
		t.Errorf("%d patterns are found", count)
	}
}
