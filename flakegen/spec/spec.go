package spec

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/platform"
)

// Spec is what the files say, with names resolved and aliases worked out.
type Spec struct {
	// Sources holds the files by name, for comments and snippets.
	Sources map[string]*Source
	// Parsed says that HCL could read every file.
	Parsed bool

	// Flake is the place of the flake block, or of where it should be.
	Flake hcl.Range
	// Description is the flake's description, empty where there is none;
	// DescriptionAt is where it stands.
	Description   string
	DescriptionAt *Attribute
	// Adopted says that flake.nix is the owner's, and that only its outputs are
	// rendered, to nix/flakegen.nix.
	Adopted bool
	// Takes are the lets that the owner's flake hands over, in the spec's order.
	Takes []string
	// Systems are those that the flake is for, in the spec's order; SystemsAt is
	// where they stand, nil where they are missing.
	Systems   []platform.System
	SystemsAt *Attribute

	Inputs   []*Input
	Lets     []*Attribute
	Packages []*Derivation
	Checks   []*Derivation
	Shells   []*Derivation
	Apps     []*App
	Aliases  []*Alias
	Overlays []*Overlay
	Caches   []*Cache
	// CI says where all this is built and checked; nil where no block does.
	CI *CI
	// OutputBlocks are the outputs that the spec writes out.
	OutputBlocks []*OutputBlock
	// Nixpkgs says where pkgs comes from; nil where no block does.
	Nixpkgs *Nixpkgs
	// Formatter is the value of the formatter block, or nil, with the comments of
	// both.
	Formatter *Attribute

	required  *requirement
	locals    map[string]*Attribute
	context   *hcl.EvalContext
	meter     *meter
	outputs   map[string]*Output
	byPackage map[string]*Derivation
	byLet     map[string]*Attribute
	byInput   map[string]*Input
	byAlias   map[string]*Alias
}

// Attribute is "name = expression" with its comments.
type Attribute struct {
	Name      string
	Expr      hclsyntax.Expression
	Comments  Comments
	Range     hcl.Range
	NameRange hcl.Range
}

// Taken says that the attribute is a let without an expression: its value comes
// from the owner's flake.
func (a *Attribute) Taken() bool { return a.Expr == nil }

// Input is an input of the flake.
type Input struct {
	Name     string
	Comments Comments
	// Attributes are the fetcher's, in the spec's order, with their values.
	Attributes []InputAttribute
	// Follows maps the inputs of this input to inputs of the flake, in order of
	// name; Follow is set instead where the whole input follows another.
	Follows []Follow
	Follow  string
	// FollowsAt is where either stands.
	FollowsAt *Attribute
	Range     hcl.Range

	raw []*Attribute
}

// InputAttribute is an attribute of an input with a literal value.
type InputAttribute struct {
	Name     string
	Value    cty.Value
	Range    hcl.Range
	Comments Comments
}

// Follow says that the input Input of an input is the flake's own input Target.
type Follow struct {
	Input, Target string
	Comments      Comments
}

// Kind tells the derivation blocks apart by the keyword that begins them.
type Kind string

// The kinds of derivation blocks.
const (
	KindPackage Kind = "package"
	KindCheck   Kind = "check"
	KindShell   Kind = "shell"
)

// Derivation is a derivation block.
type Derivation struct {
	Kind     Kind
	Name     string
	Comments Comments
	Lets     []*Attribute
	// The meta-arguments; nil where not given.
	Builder *Attribute
	Attrs   *Attribute
	Value   *Attribute
	Systems *Attribute
	File    *Attribute
	// On are the systems of the flake that have the derivation.
	On []platform.System
	// Unchecked says why checks run nowhere, for the variants that do not say it
	// themselves; nil where it is not given.
	Unchecked *Unchecked
	// Attributes are the derivation's own, shared by the variants.
	Attributes []*Attribute
	Variants   []*Variant
	// Tests are what variants may run; nil where there are none.
	Tests *Tests
	// Path is where the derivation is rendered, relative to the root; empty for
	// one that stands inline in flake.nix.
	Path      string
	NameRange hcl.Range
	Range     hcl.Range

	uncheckedAt *Attribute
	byLet       map[string]*Attribute
	byAttribute map[string]*Attribute
	// byVariant are the outputs of the variants, once these are settled. broken
	// says that some may be missing, which is reported.
	byVariant map[string]*Output
	broken    bool
}

// Let gives the block's own let of that name, or nil.
func (d *Derivation) Let(name string) *Attribute { return d.byLet[name] }

// Attribute gives the attribute of that name that the variants share, or nil.
func (d *Derivation) Attribute(name string) *Attribute { return d.byAttribute[name] }

// App is something that "nix run" starts.
type App struct {
	Name     string
	Comments Comments
	Program  *Attribute
	// Systems are the selectors of the systems that have it, nil for all; On are
	// these systems.
	Systems *Attribute
	On      []platform.System
	Range   hcl.Range
}

// Alias gives each system one of the flake's outputs under a name of its own.
type Alias struct {
	Name     string
	Comments Comments
	// Outputs maps each system of the flake to the output that the name stands
	// for; a system where the alias is null has no entry.
	Outputs map[platform.System]*Output
	// Lines maps each system that a line of the alias matches to the most exact one.
	Lines     map[platform.System]*Attribute
	NameRange hcl.Range
	Range     hcl.Range

	rows []*aliasRow
	// null are the systems where it is null.
	null map[platform.System]bool
}

// Output is what the flake offers under one name. Package is set for a package
// without variants and for a variant, Variant for the latter only, Alias for an
// alias.
type Output struct {
	Name    string
	Package *Derivation
	Variant *Variant
	Alias   *Alias
}

// Range gives the place of the block that makes the output.
func (o *Output) Range() hcl.Range {
	switch {
	case o.Alias != nil:
		return o.Alias.NameRange
	case o.Variant != nil:
		return o.Variant.NameRange
	default:
		return o.Package.NameRange
	}
}

// IsAbsent says whether a system of the flake does not have the output. It says
// no also where that is in error, and reported.
func (o *Output) IsAbsent(system platform.System) bool {
	if o.Alias != nil {
		return o.Alias.null[system]
	}
	return !slices.Contains(o.Package.On, system)
}

// Reference gives the reference to the output in a spec.
func (o *Output) Reference() string {
	if o.Alias != nil {
		return "alias." + o.Alias.Name
	}
	return "package." + o.reference()
}

// On lists those of the systems that have the alias, in their order.
func (a *Alias) On(systems []platform.System) []platform.System {
	var on []platform.System
	for _, system := range systems {
		if a.Outputs[system] != nil {
			on = append(on, system)
		}
	}
	return on
}

// Derivations lists the derivation blocks: packages, checks, shells.
func (s *Spec) Derivations() []*Derivation { return slices.Concat(s.Packages, s.Checks, s.Shells) }

// Output gives the output of that name, or nil.
func (s *Spec) Output(name string) *Output { return s.outputs[name] }

// OutputNames lists the names of all outputs in the spec's order: packages with
// their variants, then aliases.
func (s *Spec) OutputNames() []string {
	var names []string
	for _, p := range s.Packages {
		for _, o := range p.Outputs() {
			names = append(names, o.Name)
		}
	}
	for _, a := range s.Aliases {
		names = append(names, a.Name)
	}
	return names
}

// Outputs lists what a derivation block offers: one output for each variant, or
// one of its own name.
func (d *Derivation) Outputs() []*Output {
	if len(d.Variants) == 0 && !d.broken {
		return []*Output{{Name: d.Name, Package: d}}
	}
	var list []*Output
	for _, v := range d.Variants {
		list = append(list, d.output(v))
	}
	return list
}

func (d *Derivation) output(v *Variant) *Output {
	return &Output{Name: d.Name + "-" + v.Name, Package: d, Variant: v}
}

// Package gives the package of that name, or nil.
func (s *Spec) Package(name string) *Derivation { return s.byPackage[name] }

// Let gives the flake-level let of that name, or nil.
func (s *Spec) Let(name string) *Attribute { return s.byLet[name] }

// Input gives the input of that name, or nil.
func (s *Spec) Input(name string) *Input { return s.byInput[name] }

// Alias gives the alias of that name, or nil.
func (s *Spec) Alias(name string) *Alias { return s.byAlias[name] }
