package generate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixlang"
)

// unusedNames lists the names that a tree binds and does not use: those of lets,
// of formals, and parameters without an underscore in front.
func unusedNames(e nixlang.Expr) []string {
	u := &usage{}
	u.expr(e)
	return u.unused
}

// usage walks a tree with the names that are bound around.
type usage struct {
	scopes []map[string]bool // true once it is used
	unused []string
}

// within walks what names are bound around.
func (u *usage) within(what string, names []string, walk func()) {
	scope := map[string]bool{}
	for _, name := range names {
		scope[name] = false
	}
	u.scopes = append(u.scopes, scope)
	walk()
	u.scopes = u.scopes[:len(u.scopes)-1]
	for _, name := range names {
		if !scope[name] && !strings.HasPrefix(name, "_") {
			u.unused = append(u.unused, fmt.Sprintf("%s %q is not used", what, name))
		}
	}
}

func (u *usage) use(name string) {
	for _, scope := range slices.Backward(u.scopes) {
		if _, ok := scope[name]; ok {
			scope[name] = true
			return
		}
	}
}

func (u *usage) expr(e nixlang.Expr) {
	switch e := e.(type) {
	case nil, nixlang.Int, nixlang.Float, nixlang.Path:
	case nixlang.Ident:
		u.use(string(e))
	case *nixlang.String:
		for _, p := range e.Parts {
			u.expr(p.Interpolated)
		}
	case *nixlang.List:
		for _, item := range e.Items {
			u.expr(item.Value)
		}
	case *nixlang.AttrSet:
		if !e.Rec {
			u.entries(e.Entries)
			return
		}
		// The names of a recursive set are its attributes.
		u.scopes = append(u.scopes, map[string]bool{})
		for _, name := range boundNames(e.Entries) {
			u.scopes[len(u.scopes)-1][name] = true
		}
		u.entries(e.Entries)
		u.scopes = u.scopes[:len(u.scopes)-1]
	case *nixlang.Select:
		u.expr(e.Of)
		u.path(e.Path)
		u.expr(e.Or)
	case *nixlang.HasAttr:
		u.expr(e.Of)
		u.path(e.Path)
	case *nixlang.Apply:
		u.expr(e.Fn)
		u.expr(e.Arg)
	case *nixlang.Lambda:
		u.lambda(e)
	case *nixlang.Let:
		u.within("let", boundNames(e.Entries), func() {
			u.entries(e.Entries)
			u.expr(e.Body)
		})
	case *nixlang.If:
		u.expr(e.Cond)
		u.expr(e.Then)
		u.expr(e.Else)
	case *nixlang.With:
		u.expr(e.Scope)
		u.expr(e.Body)
	case *nixlang.Assert:
		u.expr(e.Cond)
		u.expr(e.Body)
	case *nixlang.Binary:
		u.expr(e.Left)
		u.expr(e.Right)
	case *nixlang.Unary:
		u.expr(e.X)
	default:
		panic(fmt.Sprintf("unexpected %T", e))
	}
}

func (u *usage) lambda(e *nixlang.Lambda) {
	switch param := e.Param.(type) {
	case nixlang.Name:
		u.within("parameter", []string{string(param)}, func() { u.expr(e.Body) })
	case *nixlang.Formals:
		var names []string
		for _, arg := range param.Args {
			names = append(names, arg.Name)
		}
		if param.Bind != "" {
			names = append(names, param.Bind)
		}
		u.within("argument", names, func() {
			for _, arg := range param.Args {
				u.expr(arg.Default)
			}
			u.expr(e.Body)
		})
	default:
		panic(fmt.Sprintf("unexpected %T", param))
	}
}

func (u *usage) path(path []nixlang.AttrName) {
	for _, step := range path {
		u.expr(step.Dynamic)
	}
}

func (u *usage) entries(entries []nixlang.Entry) {
	for _, entry := range entries {
		switch entry := entry.(type) {
		case *nixlang.Binding:
			u.path(entry.Path)
			u.expr(entry.Value)
		case *nixlang.Inherit:
			u.expr(entry.From)
			if entry.From == nil {
				u.inherited(entry.Names)
			}
		default:
			panic(fmt.Sprintf("unexpected %T", entry))
		}
	}
}

func (u *usage) inherited(names []string) {
	for _, name := range names {
		u.use(name)
	}
}

// boundNames are the names that the entries of a let or a recursive set bind.
func boundNames(entries []nixlang.Entry) []string {
	var names []string
	for _, entry := range entries {
		switch entry := entry.(type) {
		case *nixlang.Binding:
			if entry.Path[0].Dynamic == nil {
				names = append(names, entry.Path[0].Name)
			}
		case *nixlang.Inherit:
			names = append(names, entry.Names...)
		}
	}
	return names
}

func TestUnusedNames(t *testing.T) {
	for text, want := range map[string][]string{
		"a: a":                           nil,
		"a: b":                           {`parameter "a" is not used`},
		"_a: b":                          nil,
		"a: a: a":                        {`parameter "a" is not used`},
		"{ a, b }: { inherit a; }":       {`argument "b" is not used`},
		"{ a, b ? a }@c: b":              {`argument "c" is not used`},
		"{ a }: { inherit (b) a; }":      {`argument "a" is not used`},
		"let a = 1; b = a; in b":         nil,
		"let a = 1; in { a = 2; }":       {`let "a" is not used`},
		"let inherit (x) a b; in x.${a}": {`let "b" is not used`},
		"a: rec { a = 1; b = a; }":       {`parameter "a" is not used`},
		"a: ''${a}''":                    nil,
		"a: [ (b ? ${a}) ]":              nil,
		"a: with a; if b then c else !d": nil,
		"a: assert b; -(c.d or a) + 1":   nil,
	} {
		tree, err := nixlang.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := unusedNames(tree); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
