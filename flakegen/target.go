package flakegen

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

// UsageError says that what the user asked for is not there.
type UsageError struct {
	Summary, Remedy string
}

func (e *UsageError) Error() string { return e.Summary + ". " + e.Remedy }

// NativeSystem is the system of this machine, as Go names it.
func NativeSystem() platform.System {
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "arm": "armv7l", "loong64": "loongarch64", "ppc64le": "powerpc64le"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	return platform.System(arch + "-" + runtime.GOOS)
}

// Systems checks the systems that the user names against those of the spec; none
// means the native one.
func Systems(s *spec.Spec, names []string) ([]platform.System, error) {
	if len(names) == 0 {
		native := NativeSystem()
		if !slices.Contains(s.Systems, native) {
			return nil, &UsageError{
				fmt.Sprintf("The spec does not list %s, the system of this machine", native),
				fmt.Sprintf("Name one that it does with --system: %s.", list(s.Systems)),
			}
		}
		return []platform.System{native}, nil
	}
	var systems []platform.System
	for _, name := range names {
		system := platform.System(name)
		if !slices.Contains(s.Systems, system) {
			return nil, &UsageError{fmt.Sprintf("The spec does not list the system %q", name), systemRemedy(s, name)}
		}
		if !slices.Contains(systems, system) {
			systems = append(systems, system)
		}
	}
	return systems, nil
}

func systemRemedy(s *spec.Spec, name string) string {
	if near := platform.Suggest(name); slices.Contains(s.Systems, near) {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	return fmt.Sprintf("It lists %s.", list(s.Systems))
}

func list(systems []platform.System) string {
	names := make([]string, len(systems))
	for i, s := range systems {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// Targets resolves what the user asks for on each of the systems: outputs of the
// spec, as installables written out in full, and installables as they are. No
// name means the output default where the spec has one, else every alias, else
// every package.
func Targets(s *spec.Spec, names []string, systems []platform.System) (outputs []timing.Output, installables []string, err error) {
	return targets(s, names, systems, len(names) == 0)
}

// TargetsEverywhere is [Targets] for every system of the spec. An output that is
// named has to be there on one of them.
func TargetsEverywhere(s *spec.Spec, names []string) (outputs []timing.Output, installables []string, err error) {
	outputs, installables, err = targets(s, names, s.Systems, true)
	for _, name := range names {
		if err == nil && findTarget(s, name) != nil && !slices.ContainsFunc(outputs, func(o timing.Output) bool { return o.Name == name }) {
			return nil, nil, &UsageError{fmt.Sprintf("No output %q on any system", name), "The spec leaves it out on all of them."}
		}
	}
	return outputs, installables, err
}

// targets may leave out an output that is not there on one of the systems.
func targets(s *spec.Spec, names []string, systems []platform.System, leaveOut bool) (outputs []timing.Output, installables []string, err error) {
	if len(names) == 0 {
		if names = defaultNames(s); len(names) == 0 {
			return nil, nil, &UsageError{"The spec has no output", "Write a package block first."}
		}
	}
	for _, name := range names {
		found := findTarget(s, name)
		if found == nil && isInstallable(name) {
			installables = append(installables, name)
			continue
		}
		if found == nil {
			return nil, nil, &UsageError{fmt.Sprintf("No output %q in the spec", name), outputRemedy(s, name)}
		}
		for _, system := range systems {
			output := found.on(system)
			if output == nil && leaveOut {
				continue
			}
			if output == nil {
				return nil, nil, &UsageError{fmt.Sprintf("No output %q on %s", name, system), "The spec leaves it out there."}
			}
			outputs = append(outputs, *output)
		}
	}
	if len(outputs)+len(installables) == 0 {
		return nil, nil, &UsageError{"No output on " + list(systems), "The spec leaves all of them out there."}
	}
	return outputs, installables, nil
}

// target is what a name of the spec stands for: an output of the set packages, or one
// of the set checks.
type target struct {
	// output is that of a package, an alias or a check block; nil for a package's
	// tests with the seed of the commit, and then seeded is the package.
	output *spec.Output
	seeded *spec.Derivation
}

// findTarget gives what a name stands for, or nil. The set packages goes first, as it
// does where Nix is given a name alone.
func findTarget(s *spec.Spec, name string) *target {
	if o := s.Output(name); o != nil {
		return &target{output: o}
	}
	return findCheck(s, name)
}

// findCheck gives what a name of the set checks stands for, or nil.
func findCheck(s *spec.Spec, name string) *target {
	for _, t := range checkTargets(s) {
		if t.name() == name {
			return &t
		}
	}
	return nil
}

// checkTargets are those of the set checks, in the spec's order.
func checkTargets(s *spec.Spec) []target {
	var list []target
	for _, c := range s.Checks {
		for _, o := range c.Outputs() {
			list = append(list, target{output: o})
		}
	}
	for _, p := range s.Packages {
		if p.SeededCheck() != "" {
			list = append(list, target{seeded: p})
		}
	}
	return list
}

func (t target) name() string {
	if t.seeded != nil {
		return t.seeded.SeededCheck()
	}
	return t.output.Name
}

// on gives what is built for the target on a system, or nil where it is not there.
func (t target) on(system platform.System) *timing.Output {
	if t.seeded == nil && (t.output.Alias != nil || t.output.Package.Kind == spec.KindPackage) {
		resolved := resolve(t.output, system)
		if resolved == nil {
			return nil
		}
		o := timingOutput(t.output, resolved, system)
		return &o
	}
	// A check is no variant of a package, so nothing is held against it as if it were.
	of := t.seeded
	if of == nil {
		of = t.output.Package
	}
	if !slices.Contains(of.On, system) {
		return nil
	}
	return &timing.Output{Name: t.name(), Attribute: fmt.Sprintf("checks.%s.%s", system, t.name()), System: string(system), Paths: []string{}}
}

// TargetRange gives the place in the spec of what a name stands for.
func TargetRange(s *spec.Spec, name string) (rng hcl.Range, ok bool) {
	switch t := findTarget(s, name); {
	case t == nil:
		return hcl.Range{}, false
	case t.seeded != nil:
		return t.seeded.Tests.Range, true
	default:
		return t.output.Range(), true
	}
}

// TargetNames are the names that [Targets] knows: packages with their variants,
// aliases, then checks.
func TargetNames(s *spec.Spec) []string {
	names := s.OutputNames()
	for _, t := range checkTargets(s) {
		if s.Output(t.name()) == nil {
			names = append(names, t.name())
		}
	}
	return names
}

func defaultNames(s *spec.Spec) []string {
	if s.Output("default") != nil {
		return []string{"default"}
	}
	var names []string
	for _, a := range s.Aliases {
		names = append(names, a.Name)
	}
	if len(names) > 0 {
		return names
	}
	return s.OutputNames()
}

// isInstallable tells what only Nix can read from a name of the spec.
func isInstallable(name string) bool {
	return strings.ContainsAny(name, "#:/") || strings.HasPrefix(name, ".")
}

func outputRemedy(s *spec.Spec, name string) string {
	names := TargetNames(s)
	if near := platform.Nearest(name, names); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	return fmt.Sprintf("It has %s. An installable of another flake has a # in it.", strings.Join(names, ", "))
}

// resolve gives the derivation's output that a name stands for on a system, or
// nil where it is not there.
func resolve(o *spec.Output, system platform.System) *spec.Output {
	if o.Alias != nil {
		return o.Alias.Outputs[system]
	}
	if !slices.Contains(o.Package.On, system) {
		return nil
	}
	return o
}

func timingOutput(asked, resolved *spec.Output, system platform.System) timing.Output {
	o := timing.Output{Name: asked.Name, System: string(system), Paths: []string{}}
	o.Attribute = fmt.Sprintf("packages.%s.%s", system, asked.Name)
	if resolved.Package != nil {
		o.Package = resolved.Package.Name
	}
	if resolved.Variant != nil {
		o.Variant, o.Role = resolved.Variant.Name, string(resolved.Variant.Role)
	}
	if asked.Alias != nil {
		o.Alias = asked.Alias.Name
	}
	return o
}
