package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/platform"
)

// Role says what a variant is for: to build only, or to check as well.
type Role string

// The roles of variants.
const (
	RoleNone    Role = ""
	RoleBuild   Role = "build"
	RoleChecked Role = "checked"
)

// Variant is a variant of a derivation.
type Variant struct {
	Name string
	// Role is what role says, or else what the name does.
	Role     Role
	Comments Comments
	// Attributes are the variant's own.
	Attributes []*Attribute
	// Each gives values to the names of for_each, for a variant that it made.
	Each map[string]cty.Value
	// Strategies say how it runs the tests of its package on each system that has it;
	// nil where it does not.
	Strategies map[platform.System]Strategy
	NameRange  hcl.Range
	Range      hcl.Range

	// Unchecked says why the variant's checks run nowhere; nil where it does not.
	Unchecked *Unchecked

	forEach, role, tests, unchecked *Attribute
}

// Attribute gives the variant's own attribute of that name, or nil.
func (v *Variant) Attribute(name string) *Attribute {
	for _, a := range v.Attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (d *decoder) variant(drv *Derivation, block *hclsyntax.Block, comments Comments) {
	v := &Variant{Name: block.Labels[0], Comments: comments, NameRange: block.LabelRanges[0], Range: block.DefRange()}
	if !d.outputName(v.Name, v.NameRange) {
		drv.broken = true
		return
	}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		switch {
		case it.block != nil:
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in variant", it.block.Type), "A variant holds attributes only. A let belongs into the %s block around it.", drv.Kind)
		case it.attribute.Name == "for_each":
			v.forEach = it.attribute
		case it.attribute.Name == "role":
			v.role = it.attribute
		case it.attribute.Name == "tests" && drv.Kind == KindPackage:
			v.tests = it.attribute
		case it.attribute.Name == "unchecked":
			v.unchecked = it.attribute
		case drv.meta()[it.attribute.Name] != nil:
			d.errorf(it.attribute.NameRange, fmt.Sprintf("Meta-argument %q in a variant", it.attribute.Name), "It holds for all variants: move it into the %s block around this one.", drv.Kind)
		default:
			v.Attributes = append(v.Attributes, it.attribute)
		}
	}
	drv.Variants = append(drv.Variants, v)
}

// expandVariants makes the variants that for_each asks for, and settles roles.
func (d *decoder) expandVariants(drv *Derivation) {
	var all []*Variant
	drv.byVariant = map[string]*Output{}
	for _, v := range drv.Variants {
		d.settleRole(v)
		before := len(d.diags)
		list := d.forEach(v)
		drv.broken = drv.broken || len(d.diags) > before || len(list) == 0
		for _, made := range list {
			if first := drv.byVariant[made.Name]; first != nil {
				d.duplicate(made.NameRange, fmt.Sprintf("A second variant %q", made.Name), first.Variant.NameRange, "Rename one.")
				continue
			}
			all = append(all, made)
			drv.byVariant[made.Name] = drv.output(made)
		}
	}
	drv.Variants = all
}

func (d *decoder) settleRole(v *Variant) {
	if v.role == nil {
		if r := Role(v.Name); r == RoleBuild || r == RoleChecked {
			v.Role = r
		}
		return
	}
	name, ok := d.text(v.role.Expr, "The role")
	if !ok {
		return
	}
	v.Role = Role(name)
	if v.Role != RoleBuild && v.Role != RoleChecked {
		d.errorf(v.role.Expr.Range(), fmt.Sprintf("Unknown role %q", name), "%s", didYouMean(name, []string{"build", "checked"}, "A role is \"build\" or \"checked\"."))
	}
}

// forEach gives the variants that a block stands for: itself, or one for each key
// of its for_each, called NAME-KEY.
func (d *decoder) forEach(v *Variant) []*Variant {
	if v.forEach == nil {
		return []*Variant{v}
	}
	value, ok := d.value(v.forEach.Expr)
	if !ok {
		return nil
	}
	const remedy = "Write it as in: for_each = { debug = \"-O0\", release = \"-O2\" }, or [\"debug\", \"release\"]."
	if value.IsNull() || !value.CanIterateElements() {
		d.errorf(v.forEach.Expr.Range(), "for_each is neither an object nor a list", remedy)
		return nil
	}
	if value.LengthInt() == 0 {
		d.errorf(v.forEach.Expr.Range(), "for_each is empty", "The block would make no variant. Name at least one key, or remove the block.")
		return nil
	}
	keyed := value.Type().IsObjectType() || value.Type().IsMapType()
	var made []*Variant
	for it := value.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if !keyed {
			// Of a list the elements themselves are the keys.
			key = element
		}
		if key.IsNull() || key.Type() != cty.String {
			d.errorf(v.forEach.Expr.Range(), "A key of for_each is not a string", remedy)
			continue
		}
		one := *v
		one.Name = v.Name + "-" + key.AsString()
		if !d.outputName(one.Name, v.forEach.Expr.Range()) {
			continue
		}
		one.Each = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": key, "value": element})}
		made = append(made, &one)
	}
	return made
}
