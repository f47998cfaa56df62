package spec

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Nixpkgs says where pkgs comes from. Without the block it is the input nixpkgs
// as it is.
type Nixpkgs struct {
	// Input is the name of the input, "nixpkgs" by default.
	Input string
	// Config and Overlays are handed over when it is imported; From stands for
	// pkgs altogether. All may be nil.
	Config, Overlays, From *Attribute
	Range                  hcl.Range

	// InputAt is where Input stands, nil where it does not.
	InputAt  *Attribute
	Comments Comments
}

// NixpkgsInput is the name of the input that pkgs and lib come from.
func (s *Spec) NixpkgsInput() string {
	if s.Nixpkgs != nil {
		return s.Nixpkgs.Input
	}
	return "nixpkgs"
}

// NamesNixpkgs says whether the spec itself names that input.
func (s *Spec) NamesNixpkgs() bool { return s.Nixpkgs != nil && s.Nixpkgs.InputAt != nil }

// Overlay is an overlay of the flake.
type Overlay struct {
	Name       string
	Comments   Comments
	Attributes []*Attribute
	Range      hcl.Range
}

// OutputBlock is an output of the flake that the spec writes out.
type OutputBlock struct {
	Name      string
	Comments  Comments
	PerSystem bool
	Value     *Attribute
	Range     hcl.Range

	perSystem *Attribute
}

// Cache is a binary cache that the flake proposes.
type Cache struct {
	Name      string
	Comments  Comments
	URL       string
	PublicKey string
	// URLAt and PublicKeyAt are where they stand.
	URLAt, PublicKeyAt *Attribute
	Range              hcl.Range
}

func (d *decoder) nixpkgsBlock(block *hclsyntax.Block, comments Comments) {
	if d.spec.Nixpkgs != nil {
		d.duplicate(block.DefRange(), "A second nixpkgs block", d.spec.Nixpkgs.Range, "Merge the two.")
		return
	}
	n := &Nixpkgs{Input: "nixpkgs", Comments: comments, Range: block.DefRange()}
	d.spec.Nixpkgs = n
	d.closed(block, map[string]func(*Attribute){
		"input":    func(a *Attribute) { n.InputAt = a },
		"config":   func(a *Attribute) { n.Config = a },
		"overlays": func(a *Attribute) { n.Overlays = a },
		"from":     func(a *Attribute) { n.From = a },
	})
	for _, a := range []*Attribute{n.Config, n.Overlays} {
		if n.From != nil && a != nil {
			d.errorf(a.NameRange, fmt.Sprintf("Attribute %q beside from", a.Name), "from is the whole of pkgs. Remove it, or this.")
		}
	}
}

func (d *decoder) overlayBlock(block *hclsyntax.Block, comments Comments) {
	o := &Overlay{Name: block.Labels[0], Comments: comments, Range: block.LabelRanges[0]}
	if !d.outputName(o.Name, o.Range) {
		return
	}
	for _, first := range d.spec.Overlays {
		if first.Name == o.Name {
			d.duplicate(o.Range, fmt.Sprintf("A second overlay %q", o.Name), first.Range, "Rename one, or merge the two.")
			return
		}
	}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		if it.block != nil {
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in overlay", it.block.Type), "An overlay holds the attributes that it sets, as in: rts = final::callPackage(path(\"nix/rts.nix\"), {})")
			continue
		}
		o.Attributes = append(o.Attributes, it.attribute)
	}
	d.spec.Overlays = append(d.spec.Overlays, o)
}

func (d *decoder) outputBlock(block *hclsyntax.Block, comments Comments) {
	o := &OutputBlock{Name: block.Labels[0], Comments: comments, Range: block.LabelRanges[0]}
	if !d.outputName(o.Name, o.Range) {
		return
	}
	for _, first := range d.spec.OutputBlocks {
		if first.Name == o.Name {
			d.duplicate(o.Range, fmt.Sprintf("A second output %q", o.Name), first.Range, "Merge the two.")
			return
		}
	}
	d.closed(block, map[string]func(*Attribute){
		"per_system": func(a *Attribute) { o.perSystem = a },
		"value":      func(a *Attribute) { o.Value = a },
	})
	if o.Value == nil {
		d.errorf(block.DefRange(), "Missing value", "Say what the output is, as in: value = import(\"nix/modules.nix\", {})")
		return
	}
	d.spec.OutputBlocks = append(d.spec.OutputBlocks, o)
}

func (d *decoder) cacheBlock(block *hclsyntax.Block, comments Comments) {
	c := &Cache{Name: block.Labels[0], Comments: comments, Range: block.LabelRanges[0]}
	for _, first := range d.spec.Caches {
		if first.Name == c.Name {
			d.duplicate(c.Range, fmt.Sprintf("A second cache %q", c.Name), first.Range, "Rename one.")
			return
		}
	}
	d.closed(block, map[string]func(*Attribute){
		"url":        func(a *Attribute) { c.URLAt = a },
		"public_key": func(a *Attribute) { c.PublicKeyAt = a },
	})
	if c.URLAt == nil || c.PublicKeyAt == nil {
		d.errorf(block.DefRange(), "Incomplete cache", "A cache has a url, and a public_key that its paths are signed with; without one Nix does not take them.")
		return
	}
	d.spec.Caches = append(d.spec.Caches, c)
}

// flakeLevel evaluates what these blocks hold besides expressions for Nix.
func (d *decoder) flakeLevel() {
	if n := d.spec.Nixpkgs; n != nil && n.InputAt != nil {
		if name, ok := d.text(n.InputAt.Expr, "The input"); ok {
			n.Input = name
			if d.spec.Input(name) == nil {
				d.errorf(n.InputAt.Expr.Range(), fmt.Sprintf("Unknown input %q", name), "%s", didYouMean(name, sortedKeys(d.inputs), "There is no input of that name."))
			} else if why := UnfitName(name); why != "" || slices.Contains([]string{"aliases", "perSystem", "systems"}, name) {
				d.errorf(n.InputAt.Expr.Range(), fmt.Sprintf("nixpkgs cannot come from an input called %q", name), "The rendered flake gives that name another meaning. Rename the input.")
			}
		}
	}
	for _, let := range d.spec.Lets {
		// That the block names no input is reported there.
		if let.Name == d.spec.NixpkgsInput() && (d.spec.Input(let.Name) != nil || !d.spec.NamesNixpkgs()) {
			d.errorf(let.NameRange, fmt.Sprintf("A let cannot be called %q", let.Name), "The rendered flake calls the input so. Choose another name.")
		}
	}
	for _, o := range d.spec.OutputBlocks {
		if o.perSystem != nil {
			o.PerSystem = d.boolean(o.perSystem)
		}
	}
	for _, c := range d.spec.Caches {
		c.URL, _ = d.text(c.URLAt.Expr, "The url")
		d.withoutLogin(c.URLAt.Expr.Range(), c.URL, "")
		c.PublicKey, _ = d.text(c.PublicKeyAt.Expr, "The public_key")
	}
}

// boolean evaluates an attribute that must be true or false.
func (d *decoder) boolean(a *Attribute) bool {
	value, ok := d.value(a.Expr)
	if !ok {
		return false
	}
	if value.IsNull() || value.Type() != cty.Bool {
		d.errorf(a.Expr.Range(), fmt.Sprintf("%s is not true or false", a.Name), "Write %s = true.", a.Name)
		return false
	}
	return value.True()
}
