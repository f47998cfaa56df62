package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/platform"
)

// Strategy says how a variant runs the tests of its package.
type Strategy string

// The strategies: all in one derivation, after the build, or in a derivation for each
// shard, over what the build-only variant made.
const (
	Inline Strategy = "inline"
	Shards Strategy = "shards"
)

// RunsTests says whether the variant runs the tests of its package on some system.
func (v *Variant) RunsTests() bool { return v.tests != nil }

// BuildOnly gives the variant whose content a variant that runs shards has, or nil.
func (d *Derivation) BuildOnly() *Variant {
	for _, v := range d.Variants {
		if v.Role == RoleBuild {
			return v
		}
	}
	return nil
}

// SeededCheck is the name under which checks have the shards with the seed of the
// commit; empty where there are none.
func (d *Derivation) SeededCheck() string {
	if d.Tests == nil || !d.Tests.Commit() {
		return ""
	}
	return d.Name + "-seeded"
}

// settleStrategies reads how the variants run the tests.
func (d *decoder) settleStrategies(drv *Derivation) {
	var builds, running []*Variant
	sharded := false
	for _, v := range drv.Variants {
		if v.Role == RoleBuild {
			builds = append(builds, v)
		}
		if v.tests == nil {
			continue
		}
		running = append(running, v)
		if drv.Tests == nil {
			d.errorf(v.tests.Range, "No tests to run", "The package has no matrix of tests. Add a block: tests { modules = [\"unit\"], run = \"…\" }")
			return
		}
		d.strategy(drv, v)
		for _, s := range v.Strategies {
			sharded = sharded || s == Shards
		}
	}
	t := drv.Tests
	if t != nil {
		d.phasesForTests(drv, running)
	}
	switch {
	case t == nil || drv.Value != nil || drv.broken:
		return
	case len(running) == 0:
		d.errorf(t.Range, "No variant runs these tests", "Add one: variant \"checked\" { tests = \"shards\" }, beside: variant \"build\" { doCheck = false }")
	case sharded && len(builds) == 0:
		d.errorf(running[0].tests.Range, "No variant that only builds", "Shards are run beside the build, and what they stand for has its content. Add: variant \"build\" { doCheck = false }")
	case sharded && len(builds) > 1:
		d.duplicate(builds[1].NameRange, "A second variant that only builds", builds[0].NameRange, "What runs shards has the content of one. Take the role from the other.")
	case t.Build != nil && len(t.Build.Attributes) > 0 && !sharded && !t.Commit():
		d.errorf(t.Build.Attributes[0].NameRange, fmt.Sprintf("Attribute %q of a derivation that is not made", t.Build.Attributes[0].Name), "Tests that run inline are built beside the package, with its attributes. Move this one into the variant.")
	case len(t.Shard) > 0 && !sharded && !t.Commit():
		d.errorf(t.Shard[0].NameRange, fmt.Sprintf("Attribute %q of a derivation that is not made", t.Shard[0].Name), "No tests of the package run as shards. Move it into the variant.")
	case len(t.Modules) > 0 && len(t.FixedShards()) == 0:
		d.errorf(t.Range, "No module has a fixed seed", "What takes its seed from the commit runs in the check %q only. Give some module a fixed one, as in: seed = [4711, \"commit\"]", drv.SeededCheck())
	}
}

// phasesForTests refuses a buildCommand, which runs in the place of all phases, where
// tests run in one, or are built in one.
func (d *decoder) phasesForTests(drv *Derivation, running []*Variant) {
	refuse := func(a *Attribute) {
		d.errorf(a.NameRange, "Tests beside buildCommand", "It runs in the place of all phases, and so in that of the tests. Write it as installPhase.")
	}
	needed := drv.Tests.Build != nil
	for _, v := range running {
		inline := false
		for _, s := range v.Strategies {
			inline = inline || s == Inline
		}
		needed = needed || inline
		if a := v.Attribute("buildCommand"); a != nil && inline {
			refuse(a)
		}
	}
	if a := drv.Attribute("buildCommand"); a != nil && needed {
		refuse(a)
	}
}

// strategy reads tests = "shards", or by selector: tests = { linux = "shards", darwin = "inline" }.
func (d *decoder) strategy(drv *Derivation, v *Variant) {
	a := v.tests
	if v.Role == RoleBuild {
		d.errorf(a.Range, fmt.Sprintf("Variant %q only builds", v.Name), "Let another variant run the tests: variant \"checked\" { tests = \"shards\" }")
		return
	}
	v.Role = RoleChecked
	value, ok := d.valueWith(a.Expr, v.Each)
	if !ok {
		return
	}
	v.Strategies = map[platform.System]Strategy{}
	if value.IsNull() || !value.Type().IsObjectType() {
		if s, ok := d.strategyName(value, a.Expr.Range()); ok {
			for _, system := range drv.On {
				v.Strategies[system] = s
			}
		}
	} else {
		d.strategyTable(drv, v, value)
	}
	all := len(v.Strategies) > 0
	for _, s := range v.Strategies {
		all = all && s == Shards
	}
	for _, own := range v.Attributes {
		switch {
		case all:
			d.errorf(own.NameRange, fmt.Sprintf("Attribute %q of a variant that runs shards", own.Name), "Its content is that of the variant that only builds, so nothing else goes into it. Move the attribute into the package, or remove it.")
		case own.Name == "doCheck" || own.Name == "checkPhase":
			d.errorf(own.NameRange, fmt.Sprintf("Attribute %q beside tests", own.Name), "What runs the tests is rendered. Remove the one or the other.")
		}
	}
}

func (d *decoder) strategyName(value cty.Value, rng hcl.Range) (Strategy, bool) {
	name := ""
	if !value.IsNull() && value.Type() == cty.String {
		name = value.AsString()
	}
	if s := Strategy(name); s == Inline || s == Shards {
		return s, true
	}
	d.errorf(rng, "Unknown strategy", "%s", didYouMean(name, []string{"inline", "shards"}, "Tests run \"inline\", in the derivation itself, or as \"shards\", a derivation each."))
	return "", false
}

func (d *decoder) strategyTable(drv *Derivation, v *Variant, value cty.Value) {
	before := len(d.diags)
	var selectors []string
	chosen := map[string]Strategy{}
	places := map[string]hcl.Range{}
	for _, line := range d.linesOf(v.tests, value) {
		selectors = append(selectors, line.selector)
		chosen[line.selector], _ = d.strategyName(line.value, line.expr.Range())
		places[line.selector] = line.key
	}
	if len(d.diags) > before || d.systemsBroken {
		return
	}
	r := platform.Resolve(selectors, drv.On)
	for _, idle := range r.Idle {
		d.errorf(places[idle], fmt.Sprintf("%q matches no system that has the package", idle), "Remove it.")
	}
	if len(r.Missing) > 0 {
		d.errorf(v.tests.Expr.Range(), fmt.Sprintf("How are the tests run on %s?", r.Missing[0]), "Add a line for it, for its kernel, or default.")
	}
	for system, selector := range r.Chosen {
		v.Strategies[system] = chosen[selector]
	}
}
