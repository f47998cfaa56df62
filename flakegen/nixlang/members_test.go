package nixlang

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"reflect"
	"testing"
)

// membersOf returns the types in ast.go that have a method of this name.
func membersOf(t *testing.T, method string) []string {
	t.Helper()
	file, err := parser.ParseFile(gotoken.NewFileSet(), "ast.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || fn.Name.Name != method {
			continue
		}
		receiver := fn.Recv.List[0].Type
		if pointer, ok := receiver.(*ast.StarExpr); ok {
			receiver = pointer.X
		}
		names = append(names, receiver.(*ast.Ident).Name)
	}
	return names
}

// collectTypes adds the names of all types in a tree, and its operators, to
// names.
func collectTypes(v reflect.Value, names map[string]bool) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			collectTypes(v.Elem(), names)
		}
		return
	case reflect.Struct:
		for i := range v.NumField() {
			collectTypes(v.Field(i), names)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectTypes(v.Index(i), names)
		}
	}
	if v.Type() == reflect.TypeFor[Op]() {
		names[v.String()] = true
	}
	names[v.Type().Name()] = true
}
