package coverage

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// Target is an output of the flake that a job builds.
type Target struct {
	// Name is the output's, Set the set of the flake that has it: "packages" or
	// "checks".
	Name, Set string
	// Output is what the spec knows it as.
	Output *spec.Output
}

// Attribute is where the flake has the target for a system.
func (t Target) Attribute(system platform.System) string {
	return t.Set + "." + string(system) + "." + t.Name
}

// Argument names the target for flakegen build: by its name, so that it is known by
// what the spec says of it, or as an installable where that is the name of a package.
func (t Target) Argument(s *spec.Spec, system platform.System) string {
	if t.Set == packages || s.Output(t.Name) == nil {
		return t.Name
	}
	return ".#" + t.Attribute(system)
}

const (
	packages = "packages"
	checks   = "checks"
)

// Check is something that is there to fail.
type Check struct {
	Target
	// On are the systems that have it.
	On []platform.System
	// Place is where the spec says that there is one.
	Place hcl.Range

	unchecked *spec.Unchecked
	// scheduled says that it never is for pull requests.
	scheduled bool
}

// Checks lists the checks of a spec: the variants in its order, then the check blocks.
func Checks(s *spec.Spec) []*Check {
	var list []*Check
	for _, p := range s.Packages {
		for _, o := range p.Outputs() {
			if o.Variant != nil && o.Variant.IsChecked() {
				list = append(list, newCheck(packages, o))
			}
		}
	}
	list = append(list, seeded(s)...)
	for _, target := range blocks(s) {
		if named := s.Same(target.Output); named == nil || !isChecked(named) {
			list = append(list, newCheck(checks, target.Output))
		}
	}
	return list
}

// seeded lists the checks whose seed is the commit. No package depends on them, and
// they run on a schedule only.
func seeded(s *spec.Spec) []*Check {
	var list []*Check
	for _, p := range s.Packages {
		if name := p.SeededCheck(); name != "" {
			list = append(list, &Check{
				Target: Target{Name: name, Set: checks, Output: &spec.Output{Name: name, Package: p}},
				On:     p.On, Place: p.Tests.Range, unchecked: p.Unchecked, scheduled: true,
			})
		}
	}
	return list
}

func newCheck(set string, o *spec.Output) *Check {
	c := &Check{Target: Target{Name: o.Name, Set: set, Output: o}, On: o.Package.On, Place: o.Range(), unchecked: o.Package.Unchecked}
	if o.Variant != nil && o.Variant.Unchecked != nil {
		c.unchecked = o.Variant.Unchecked
	}
	return c
}

func isChecked(o *spec.Output) bool { return o.Variant != nil && o.Variant.IsChecked() }

// blocks lists the outputs of the check blocks.
func blocks(s *spec.Spec) []Target {
	var list []Target
	for _, c := range s.Checks {
		for _, o := range c.Outputs() {
			list = append(list, Target{Name: o.Name, Set: checks, Output: o})
		}
	}
	return list
}

// Gated lists what is built on a system for pull requests, whether or not there is a
// runner for it.
func Gated(s *spec.Spec, system platform.System) []Target {
	var list []Target
	for _, name := range s.OutputNames() {
		o := s.Output(name)
		if (o.Alias != nil) == (len(s.Aliases) > 0) && !o.IsAbsent(system) {
			list = append(list, Target{Name: name, Set: packages, Output: o})
		}
	}
	for _, t := range blocks(s) {
		if slices.Contains(t.Output.Package.On, system) {
			list = append(list, t)
		}
	}
	return list
}

// gatedNames are the outputs of packages that are built on a system for pull requests,
// under their own names.
func gatedNames(s *spec.Spec, system platform.System) map[string]bool {
	names := map[string]bool{}
	for _, t := range Gated(s, system) {
		o := t.Output
		if t.Set == checks {
			names[checks+"."+o.Name] = true
			if o = s.Same(o); o == nil {
				continue
			}
		}
		if o.Alias != nil {
			o = o.Alias.Outputs[system]
		}
		if o != nil {
			names[packages+"."+o.Name] = true
		}
	}
	return names
}
