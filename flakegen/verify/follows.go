package verify

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// follows says which attributes of a derivation mkDerivation and the builders of
// nixpkgs make of others (pkgs/stdenv/generic/make-derivation.nix, and the
// builders for Go, Rust and Python around it).
var follows = map[string][]string{
	"pname":                    {"name"},
	"version":                  {"name"},
	"doCheck":                  {"doInstallCheck", "nativeBuildInputs", "buildInputs", "enableParallelChecking"},
	"doInstallCheck":           {"nativeBuildInputs", "buildInputs"},
	"checkInputs":              {"buildInputs", "nativeBuildInputs"},
	"nativeCheckInputs":        {"nativeBuildInputs"},
	"installCheckInputs":       {"buildInputs"},
	"nativeInstallCheckInputs": {"nativeBuildInputs"},
	"enableParallelBuilding":   {"enableParallelChecking", "enableParallelInstalling"},
	"hardeningDisable":         {"NIX_HARDENING_ENABLE"},
	"hardeningEnable":          {"NIX_HARDENING_ENABLE"},
	"separateDebugInfo":        {"outputs", "debug", "nativeBuildInputs"},
	"dependencies":             {"propagatedBuildInputs"},
	"builder":                  {"args"},
	"outputs":                  {"out", "bin", "dev", "lib", "doc", "man", "info", "static", "debug", "devdoc"},
}

// varied are the attributes that one of two variants sets, with what follows.
type varied struct {
	names map[string]bool
	// anything says that an attribute which the spec does not name itself may
	// differ: the builder is not mkDerivation, and makes attributes of others.
	anything bool
	shared   []*spec.Attribute
}

func newVaried(a, b side, system platform.System) *varied {
	p := a.output.Package
	set := &varied{names: map[string]bool{}, anything: p.Builder != nil || p.Value != nil, shared: p.Attributes}
	for _, s := range []side{a, b} {
		if s.output.Variant.Strategies[system] == spec.Inline {
			for _, name := range setInline {
				set.add(name)
			}
		}
		for _, attribute := range s.output.Variant.Attributes {
			set.add(attribute.Name)
			if attribute.Name == "env" {
				for _, key := range objectKeys(attribute.Expr) {
					set.add(key)
				}
			}
		}
	}
	set.addFinal()
	return set
}

func (s *varied) add(name string) {
	if s.names[name] {
		return
	}
	s.names[name] = true
	for _, other := range follows[name] {
		s.add(other)
	}
}

// addFinal adds the shared attributes that refer to a varied one by final, until
// no more are found.
func (s *varied) addFinal() {
	for again := true; again; {
		again = false
		for _, a := range s.shared {
			if !s.names[a.Name] && s.refers(a.Expr) {
				s.add(a.Name)
				again = true
			}
		}
	}
}

func (s *varied) explains(attribute string) bool {
	return s.names[attribute] || s.anything && named(s.shared, attribute) == nil
}

// refers says whether an expression uses a varied attribute of the derivation as
// it ends up. Text of Nix may use any.
func (s *varied) refers(e hclsyntax.Expression) bool {
	found := false
	visit(e, func(n hclsyntax.Node) {
		switch n := n.(type) {
		case *hclsyntax.ScopeTraversalExpr:
			if n.Traversal.RootName() != "final" {
				return
			}
			if len(n.Traversal) < 2 {
				found = true
				return
			}
			step, ok := n.Traversal[1].(hcl.TraverseAttr)
			found = found || !ok || s.names[step.Name]
		case *hclsyntax.FunctionCallExpr:
			found = found || strings.HasPrefix(n.Name, "final::") || n.Name == "nix" && mentions(n, "finalAttrs")
		}
	})
	return found
}

// mentions says whether literal text below a node holds a word.
func mentions(n hclsyntax.Node, word string) bool {
	found := false
	visit(n, func(n hclsyntax.Node) {
		if l, ok := n.(*hclsyntax.LiteralValueExpr); ok && l.Val.Type() == cty.String && !l.Val.IsNull() {
			found = found || strings.Contains(l.Val.AsString(), word)
		}
	})
	return found
}

// objectKeys are the literal keys of all objects in an expression.
func objectKeys(e hclsyntax.Expression) []string {
	var keys []string
	visit(e, func(n hclsyntax.Node) {
		object, ok := n.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return
		}
		for _, item := range object.Items {
			if key := hcl.ExprAsKeyword(item.KeyExpr); key != "" {
				keys = append(keys, key)
			} else if value, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && value.Type() == cty.String && value.IsKnown() && !value.IsNull() {
				keys = append(keys, value.AsString())
			}
		}
	})
	return slices.Compact(keys)
}

func visit(n hclsyntax.Node, f func(hclsyntax.Node)) {
	_ = hclsyntax.VisitAll(n, func(n hclsyntax.Node) hcl.Diagnostics {
		f(n)
		return nil
	})
}
