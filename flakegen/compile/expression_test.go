package compile_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/flakegen/flakegen/internal/grow"
)

// examples has, for each type of expression that HCL has, one with a symbol and
// the Nix that it renders to, or the error that refuses it. Where the type can
// hold no symbol itself, the expression around it does.
var examples = map[string]struct{ hcl, nix, refused string }{
	"AnonSymbolExpr":        {hcl: `[[{ a = 1 }][*].a, pkgs.t]`, nix: "[ [ 1 ] pkgs.t ]"},
	"BinaryOpExpr":          {hcl: `pkgs.number + 1`, nix: "pkgs.number + 1"},
	"ConditionalExpr":       {hcl: `pkgs.on ? 1 : pkgs.number`, nix: "if pkgs.on then 1 else pkgs.number"},
	"ExprSyntaxError":       {hcl: `pkgs::t`, refused: "Missing open parenthesis"},
	"ForExpr":               {hcl: `[for e in pkgs.texts : [e]]`, nix: "map (e: [ e ]) pkgs.texts"},
	"FunctionCallExpr":      {hcl: `pkgs::twice("a")`, nix: `pkgs.twice "a"`},
	"IndexExpr":             {hcl: `pkgs.record[pkgs.key]`, nix: "pkgs.record.${pkgs.key}"},
	"LiteralValueExpr":      {hcl: `[1, pkgs.t]`, nix: "[ 1 pkgs.t ]"},
	"ObjectConsExpr":        {hcl: `{ a = pkgs.t }`, nix: "{ a = pkgs.t; }"},
	"ObjectConsKeyExpr":     {hcl: `{ (pkgs.key) = 1 }`, nix: "{ ${pkgs.key} = 1; }"},
	"ParenthesesExpr":       {hcl: `(pkgs.t)`, nix: "pkgs.t"},
	"RelativeTraversalExpr": {hcl: `pkgs::make({}).made`, nix: "(pkgs.make { }).made"},
	"ScopeTraversalExpr":    {hcl: `pkgs.t`, nix: "pkgs.t"},
	"SplatExpr":             {hcl: `pkgs.records[*].name`, refused: "A splat needs a value that is known when rendering"},
	"TemplateExpr":          {hcl: `"a${pkgs.t}"`, nix: `"a${pkgs.t}"`},
	"TemplateJoinExpr":      {hcl: `"%{ for e in pkgs.texts }${e}%{ endfor }"`, nix: `"${lib.concatStrings (map (e: "${e}") pkgs.texts)}"`},
	"TemplateWrapExpr":      {hcl: `"${pkgs.t}"`, nix: `"${pkgs.t}"`},
	"TupleConsExpr":         {hcl: `[pkgs.t]`, nix: "[ pkgs.t ]"},
	"UnaryOpExpr":           {hcl: `-pkgs.number`, nix: "-pkgs.number"},
}

// A new version of HCL may have expressions that the compiler does not know.
func TestEveryExpressionTypeHasAnExample(t *testing.T) {
	types := expressionTypes(t)
	if got := slices.Sorted(maps.Keys(examples)); !slices.Equal(got, types) {
		t.Errorf("HCL has the expressions\n%s\nand there are examples for\n%s", strings.Join(types, " "), strings.Join(got, " "))
	}
}

func TestEveryExpressionType(t *testing.T) {
	for name, example := range examples {
		t.Run(name, func(t *testing.T) {
			expr, diags := hclsyntax.ParseExpression([]byte(example.hcl), "example.hcl", hcl.InitialPos)
			if !contains(expr, name) {
				t.Fatalf("%s is not in %s", name, example.hcl)
			}
			if !diags.HasErrors() {
				c, err := compileText(example.hcl, newEnvironment(grow.Open(1)))
				if err != nil {
					t.Fatal(err)
				}
				diags = c.refused
				if !diags.HasErrors() {
					_, body, _ := strings.Cut(string(c.rendering.nix), "}:")
					if got := strings.Join(strings.Fields(body), " "); got != example.nix {
						t.Errorf("renders to %s, want %s", got, example.nix)
					}
					return
				}
			}
			if !diags.HasErrors() || diags[0].Summary != example.refused {
				t.Errorf("refused with %v, want %q", diags, example.refused)
			}
		})
	}
}

// What is not rendered uses nothing: the arguments of a file and the parameters of
// a function are those that stand in it.
func TestNothingUnused(t *testing.T) {
	tests := []struct{ hcl, nix string }{
		{`fn(e, true ? 1 : e)`, `{ shared }: _e: 1`},
		{`fn(e, e)`, `{ shared }: e: e`},
		{`fn(e, [for y in [e] : 1])`, `{ shared }: _e: [ 1 ]`},
		{`fn(e, [for y in [e] : y])`, `{ shared }: e: [ e ]`},
		{`[for y in [pkgs.t, inputs.src] : 1]`, `{ shared }: [ 1 1 ]`},
		{`[for k, y in [pkgs.t, system] : y if k == 1]`, `{ shared, system }: [ system ]`},
		{`false ? lib.a : self.name`, `{ self, shared }: self.name`},
		{`{ for k, v in pkgs.set : k => 1 }`, `{ lib, pkgs, shared }: lib.mapAttrs (_k: _v: 1) pkgs.set`},
	}
	for _, test := range tests {
		c, err := compileText(test.hcl, newEnvironment(grow.Open(1)))
		if err != nil || c.refused.HasErrors() {
			t.Errorf("%s: %v %v", test.hcl, err, c)
			continue
		}
		got := strings.ReplaceAll(strings.Join(strings.Fields(string(c.rendering.nix)), " "), ", }", " }")
		if got != test.nix {
			t.Errorf("%s renders to %s, want %s", test.hcl, got, test.nix)
		}
	}
}

// contains says whether a node of the type of that name is in an expression.
func contains(expr hclsyntax.Expression, name string) bool {
	found := false
	_ = hclsyntax.VisitAll(expr, func(node hclsyntax.Node) hcl.Diagnostics {
		if of := reflect.TypeOf(node); of.Kind() == reflect.Pointer && of.Elem().Name() == name {
			found = true
		}
		return nil
	})
	return found
}

// expressionTypes lists the types of HCL that are expressions, sorted: those with
// a method Value, and those that embed another expression.
func expressionTypes(t *testing.T) []string {
	t.Helper()
	found, err := build.Import(reflect.TypeFor[hclsyntax.Body]().PkgPath(), ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(found.Dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if name, ok := receiver(d); ok && d.Name.Name == "Value" {
					types[name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if embedsExpression(s) {
						types[s.(*ast.TypeSpec).Name.Name] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(types))
}

// receiver gives the type that a method with a pointer receiver belongs to.
func receiver(f *ast.FuncDecl) (string, bool) {
	if f.Recv == nil {
		return "", false
	}
	pointer, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return "", false
	}
	name, ok := pointer.X.(*ast.Ident)
	return name.Name, ok
}

func embedsExpression(s ast.Spec) bool {
	declared, ok := s.(*ast.TypeSpec)
	if !ok {
		return false
	}
	structure, ok := declared.Type.(*ast.StructType)
	if !ok {
		return false
	}
	for _, f := range structure.Fields.List {
		if name, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && name.Name == "Expression" {
			return true
		}
	}
	return false
}
