package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// inputBlock decodes an input. What a fetcher takes is Nix's business, so any
// attribute is passed on; its value must be a string, a number or a bool, since
// Nix takes inputs as literals.
func (d *decoder) inputBlock(block *hclsyntax.Block, comments Comments) {
	in := &Input{Name: block.Labels[0], Comments: comments, Range: block.LabelRanges[0]}
	if !nixIdentifier.MatchString(in.Name) {
		d.errorf(in.Range, fmt.Sprintf("An input cannot be called %q", in.Name), "Nix allows letters, digits, - and _ in the name of an input.")
		return
	}
	if in.Name == "self" {
		d.errorf(in.Range, "An input cannot be called \"self\"", "Nix calls the flake itself so.")
		return
	}
	if first, ok := d.inputs[in.Name]; ok {
		d.duplicate(in.Range, fmt.Sprintf("A second input %q", in.Name), first, "Rename one.")
		return
	}
	d.inputs = put(d.inputs, in.Name, in.Range)
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		if it.block != nil {
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in input", it.block.Type), "For the inputs of an input write: follows = { nixpkgs = \"nixpkgs\" }")
			continue
		}
		in.raw = append(in.raw, it.attribute)
	}
	d.spec.Inputs = append(d.spec.Inputs, in)
	d.spec.byInput[in.Name] = in
}

// inputValues evaluates the attributes of all inputs, which may use locals.
func (d *decoder) inputValues() {
	for _, in := range d.spec.Inputs {
		for _, a := range in.raw {
			value, ok := d.value(a.Expr)
			switch {
			case !ok:
			case a.Name == "follows":
				in.FollowsAt = a
				in.addFollows(d, a, value)
			default:
				in.addAttribute(d, a, value)
			}
		}
	}
}

func (in *Input) addAttribute(d *decoder, a *Attribute, value cty.Value) {
	if t := value.Type(); value.IsNull() || t != cty.String && t != cty.Number && t != cty.Bool {
		d.errorf(a.Expr.Range(), "Not a plain value", "An attribute of an input is a string, a number, true or false.")
		return
	}
	in.Attributes = append(in.Attributes, InputAttribute{Name: a.Name, Value: value, Range: a.Expr.Range(), Comments: a.Comments})
}

func (in *Input) addFollows(d *decoder, a *Attribute, value cty.Value) {
	const how = "Write follows = \"nixpkgs\" for the whole input, or follows = { nixpkgs = \"nixpkgs\" } for inputs of it."
	switch {
	case value.IsNull():
		d.errorf(a.Expr.Range(), "follows is null", how)
	case value.Type() == cty.String:
		in.Follow = value.AsString()
		d.followTarget(a, in.Follow)
	case value.Type().IsObjectType():
		comments := d.spec.entryComments(a)
		for it := value.ElementIterator(); it.Next(); {
			name, target := it.Element()
			if target.IsNull() || target.Type() != cty.String {
				d.errorf(a.Expr.Range(), fmt.Sprintf("follows of %q is not a string", name.AsString()), how)
				continue
			}
			in.Follows = append(in.Follows, Follow{Input: name.AsString(), Target: target.AsString(), Comments: comments[name.AsString()]})
			d.followTarget(a, target.AsString())
		}
	default:
		d.errorf(a.Expr.Range(), "follows is neither a string nor an object", how)
	}
}

// entryComments gives the comments of the entries of an object by key, where it is
// written out. What stands behind its first brace is about all of it.
func (s *Spec) entryComments(a *Attribute) map[string]Comments {
	object, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil
	}
	source := s.Sources[object.SrcRange.Filename]
	if first, _ := source.Inner(object.OpenRange.End, object.OpenRange.End, object.OpenRange); first != "" {
		a.Comments.Lead = append(slices.Clip(a.Comments.Lead), first)
	}
	comments := map[string]Comments{}
	after := object.OpenRange.End
	for _, item := range object.Items {
		rng := hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range())
		if key, ok := literalKey(item.KeyExpr); ok {
			comments[key] = source.Comments(after, rng)
		}
		after = rng.End
	}
	return comments
}

// followTarget holds the target of a follows against the inputs. Behind a slash
// stands an input of that input, which only Nix can look up.
func (d *decoder) followTarget(a *Attribute, target string) {
	first, _, _ := strings.Cut(target, "/")
	if _, ok := d.inputs[first]; !ok {
		d.errorf(a.Expr.Range(), fmt.Sprintf("Unknown input %q", first), "%s", didYouMean(first, sortedKeys(d.inputs), "There is no input of that name."))
	}
}
