package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// FlakePath is the file that the flake's outputs are rendered to.
func (s *Spec) FlakePath() string {
	if s.Adopted {
		return "nix/flakegen.nix"
	}
	return "flake.nix"
}

func (s *Spec) flakeWords() string {
	if s.Adopted {
		return "What the flake imports"
	}
	return "The flake itself"
}

// adoption reads what the spec leaves to the owner of flake.nix.
func (d *decoder) adoption() {
	if d.render != nil {
		if name, ok := d.text(d.render.Expr, "render"); ok && name != "outputs" {
			d.errorf(d.render.Expr.Range(), fmt.Sprintf("Unknown rendering %q", name), "Write render = \"outputs\" to keep flake.nix by hand, or remove the line.")
		}
		d.spec.Adopted = true
	}
	d.taken()
	if d.spec.Adopted {
		d.refuseOwners()
	}
}

// taken registers the lets that the owner's flake hands over.
func (d *decoder) taken() {
	if d.takes == nil {
		return
	}
	if !d.spec.Adopted {
		d.errorf(d.takes.NameRange, "Nothing to take from", "takes goes with render = \"outputs\". Write the value in a let block.")
		return
	}
	value, ok := d.value(d.takes.Expr)
	if !ok {
		return
	}
	for _, name := range d.strings(d.takes.Expr, value, "takes", `["llvmEnv"]`) {
		if why := UnfitName(name.text); why != "" {
			d.errorf(name.rng, fmt.Sprintf("A let cannot be called %q", name.text), "%s Choose another name.", why)
			continue
		}
		if first := d.spec.byLet[name.text]; first != nil {
			d.duplicate(name.rng, fmt.Sprintf("A second let %q", name.text), first.NameRange, "Rename one.")
			continue
		}
		d.spec.byLet[name.text] = &Attribute{Name: name.text, NameRange: name.rng, Range: name.rng}
		d.spec.Takes = append(d.spec.Takes, name.text)
	}
}

// refuseOwners reports the blocks that say what stands in the owner's flake.nix.
func (d *decoder) refuseOwners() {
	refuse := func(rng hcl.Range, what string) {
		d.errorf(rng, what+" beside render = \"outputs\"", "That stands in flake.nix, which is kept by hand.")
	}
	for _, in := range d.spec.Inputs {
		refuse(in.Range, "An input")
	}
	if d.spec.Nixpkgs != nil {
		refuse(d.spec.Nixpkgs.Range, "A nixpkgs block")
	}
	for _, o := range d.spec.Overlays {
		refuse(o.Range, "An overlay")
	}
	for _, c := range d.spec.Caches {
		refuse(c.Range, "A cache")
	}
	for _, o := range d.spec.OutputBlocks {
		if o.perSystem == nil || !d.boolean(o.perSystem) {
			refuse(o.Range, "An output without a system")
		}
	}
	if d.description != nil {
		refuse(d.description.Range, "A description")
	}
}
