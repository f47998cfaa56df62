package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// user is what refers to outputs: a block, and the systems that have it.
type user struct {
	name string
	on   []platform.System
	// narrows says that the block takes systems.
	narrows bool
}

func derivationUser(d *spec.Derivation) user {
	return user{name: fmt.Sprintf("%s %q", d.Kind, d.Name), on: d.On, narrows: true}
}

// present refuses needs of outputs that a system of their user does not have. What
// may never be evaluated is no need: that only Nix can say.
func (r *renderer) present(u user, needs []compile.Need) {
	if slices.ContainsFunc(r.spec.OutputBlocks, func(o *spec.OutputBlock) bool { return o.Name == "packages" }) {
		return // What is written out there may have the output.
	}
	for _, need := range needs {
		var absent []string
		for _, system := range u.on {
			if need.Output.IsAbsent(system) {
				absent = append(absent, string(system))
			}
		}
		if len(absent) == 0 {
			continue
		}
		remedy := "Refer"
		if u.narrows && len(absent) < len(u.on) {
			remedy = "Say which systems have it, with systems = [" + quotedSystems(u.on, absent) + "], or refer"
		}
		r.errorf(need.Range, fmt.Sprintf("No %s on %s", need.Output.Name, strings.Join(absent, ", ")),
			"The %s is there and uses it. %s to it only where it exists, as in: pkgs.stdenv.hostPlatform.isLinux ? %s : …",
			u.name, remedy, need.Output.Reference())
	}
}

// quotedSystems lists the systems that are not absent.
func quotedSystems(on []platform.System, absent []string) string {
	var rest []string
	for _, system := range on {
		if !slices.Contains(absent, string(system)) {
			rest = append(rest, fmt.Sprintf("%q", system))
		}
	}
	return strings.Join(rest, ", ")
}

// forcing are the functions of nixpkgs that make an environment variable of each of
// their attributes, and so evaluate it, lists with their elements.
var forcing = []string{"mkDerivation", "mkShell", "mkShellNoCC"}

// forces says whether the builder of a block evaluates all attributes but those of
// lazyAttributes.
func forces(d *spec.Derivation) bool {
	if d.Builder == nil {
		return true
	}
	reference, ok := d.Builder.Expr.(*hclsyntax.ScopeTraversalExpr)
	if !ok || reference.Traversal.RootName() != "pkgs" {
		return false
	}
	last, ok := reference.Traversal[len(reference.Traversal)-1].(hcl.TraverseAttr)
	return ok && slices.Contains(forcing, last.Name)
}

// lazyAttributes are those that mkDerivation does not evaluate, or only where the
// tests run.
var lazyAttributes = []string{
	"checkInputs", "installCheckInputs", "meta", "nativeCheckInputs",
	"nativeInstallCheckInputs", "passthru", "pos", "sandboxProfile",
}

// demand says how far an attribute of the block is evaluated.
func (c *derivationRenderer) demand(a *spec.Attribute) compile.Demand {
	if !forces(c.block) || slices.Contains(lazyAttributes, a.Name) || strings.HasPrefix(a.Name, "__") {
		return compile.Undemanded
	}
	return compile.Deep
}

// isReplaced says whether every variant has an attribute of its own in the place of
// a shared one.
func isReplaced(name string, variants []*spec.Variant) bool {
	return len(variants) > 0 && !slices.ContainsFunc(variants, func(v *spec.Variant) bool { return v.Attribute(name) == nil })
}
