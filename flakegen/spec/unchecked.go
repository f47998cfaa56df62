package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/platform"
)

// Unchecked says why a check runs nowhere on some systems.
type Unchecked struct {
	Lines []*UncheckedLine
	// On maps each system of the flake that a line is for to the most exact one.
	On map[platform.System]*UncheckedLine
}

// UncheckedLine is the reason for the systems that its selector matches.
type UncheckedLine struct {
	Selector string
	Reason   string
	Range    hcl.Range
}

// IsChecked says whether the variant is there to be checked: by its role, or because it
// runs the tests of its package.
func (v *Variant) IsChecked() bool { return v.Role == RoleChecked || v.RunsTests() }

// uncheckedOf reads the reasons of a derivation block and of its variants.
func (d *decoder) uncheckedOf(drv *Derivation) {
	checks := drv.Kind == KindCheck
	read := map[*Attribute]*Unchecked{}
	for _, v := range drv.Variants {
		checks = checks || v.IsChecked()
		if a := v.unchecked; a != nil && read[a] == nil {
			read[a] = d.reasons(a)
			if !v.IsChecked() && drv.Kind != KindCheck {
				d.errorf(a.NameRange, fmt.Sprintf("Variant %q checks nothing", v.Name), "Only what checks can be unchecked. Remove this, or add: role = \"checked\"")
			}
		}
		v.Unchecked = read[v.unchecked]
	}
	a := drv.uncheckedAt
	if a == nil {
		return
	}
	if !checks && !drv.broken {
		remedy := "Only what checks can be unchecked: a check block, or a variant of role \"checked\". Remove this."
		d.errorf(a.NameRange, fmt.Sprintf("The %s %q checks nothing", drv.Kind, drv.Name), "%s", remedy)
	}
	drv.Unchecked = d.reasons(a)
}

// reasons reads an unchecked: a reason for every system, or one for each selector.
func (d *decoder) reasons(a *Attribute) *Unchecked {
	const example = `unchecked = { aarch64-linux = "no runner" }`
	value, ok := d.value(a.Expr)
	if !ok {
		return nil
	}
	u := &Unchecked{On: map[platform.System]*UncheckedLine{}}
	if !value.IsNull() && value.Type() == cty.String {
		u.add(d, selectorLine{selector: platform.Default, value: value, key: a.Range, expr: a.Expr})
	} else {
		for _, line := range d.selectorLines(a, "unchecked", example) {
			u.add(d, line)
		}
	}
	var selectors []string
	for _, line := range u.Lines {
		selectors = append(selectors, line.Selector)
	}
	for system, selector := range platform.Resolve(selectors, d.spec.Systems).Chosen {
		for _, line := range u.Lines {
			if line.Selector == selector {
				u.On[system] = line
			}
		}
	}
	return u
}

func (u *Unchecked) add(d *decoder, line selectorLine) {
	reason, ok := d.stringOf(line, "A reason", `"no runner"`)
	if !ok {
		return
	}
	// Who wraps a long reason in a heredoc has a line of it at the end.
	reason = strings.TrimSpace(reason)
	if reason == "" {
		d.errorf(line.expr.Range(), "A reason is empty", "Say why it runs nowhere, as in: unchecked = \"no runner\"")
		return
	}
	u.Lines = append(u.Lines, &UncheckedLine{Selector: line.selector, Reason: strings.Join(strings.Fields(reason), " "), Range: line.key})
}
