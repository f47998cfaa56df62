package verify

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/platform"
)

// Evaluation is what Nix made of an output: the path of its .drv file, or why
// there is none.
type Evaluation struct {
	Derivation string
	Err        error
}

// Evaluations are those of one system, by the name in the set of the flake.
type Evaluations struct {
	// Packages are the outputs of packages and the aliases, Checks those of
	// [Checks].
	Packages, Checks map[string]Evaluation
}

// Checks are the outputs among the flake's checks that are verified: those of check
// blocks with variants, and the tests of packages with the seed of the commit. Of
// another check the spec declares nothing that could be held against it.
func Checks(s *spec.Spec) []*spec.Output {
	var list []*spec.Output
	for _, c := range withVariants(s.Checks) {
		list = append(list, c.Outputs()...)
	}
	for _, p := range s.Packages {
		if name := p.SeededCheck(); name != "" {
			list = append(list, &spec.Output{Name: name, Package: p})
		}
	}
	return list
}

func withVariants(blocks []*spec.Derivation) []*spec.Derivation {
	return slices.DeleteFunc(slices.Clone(blocks), func(b *spec.Derivation) bool { return len(b.Variants) == 0 })
}

// Verify holds the derivations of one system against the spec. Findings come in
// the order of the spec. The error is one of reading .drv files.
func Verify(s *spec.Spec, system platform.System, evaluations Evaluations, derivations *store.Derivations) ([]Finding, error) {
	v := &verifier{
		spec: s, system: system, evaluations: evaluations, derivations: derivations,
		shardsRead: map[string]shard{}, tests: map[*spec.Derivation]map[string]bool{}, seeded: map[string]bool{}, fixed: map[string]bool{},
		commitSeeds: map[*spec.Derivation][]string{}, binaries: map[*spec.Derivation]*binaryNames{},
	}
	for _, d := range slices.Concat(s.Packages, withVariants(s.Checks)) {
		if slices.Contains(d.On, system) {
			if err := v.block(d); err != nil {
				return nil, err
			}
		}
	}
	for _, a := range s.Aliases {
		v.alias(a)
	}
	if err := v.seededBelow(); err != nil {
		return nil, err
	}
	return v.findings, nil
}

type verifier struct {
	spec        *spec.Spec
	system      platform.System
	evaluations Evaluations
	derivations *store.Derivations
	findings    []Finding
	told        error // the last evaluation that was reported

	// tests are the shards and the test binaries of packages; seeded and fixed the shards
	// by their seed.
	shardsRead    map[string]shard
	tests         map[*spec.Derivation]map[string]bool
	seeded, fixed map[string]bool
	commitSeeds   map[*spec.Derivation][]string
	binaries      map[*spec.Derivation]*binaryNames

	complaints []complaint
	gathered   map[complaint]*nameList
}

func (v *verifier) report(f Finding) {
	f.System = v.system
	v.findings = append(v.findings, f)
}

// side is an output with its derivation.
type side struct {
	output     *spec.Output
	derivation *store.Derivation
}

func (s side) name() string { return nameOf(s.output) }

// nameOf is what findings call an output. A check may have the name of a package.
func nameOf(o *spec.Output) string {
	if o.Package.Kind == spec.KindCheck {
		return "checks." + o.Name
	}
	return o.Name
}

func (s side) role() spec.Role {
	if s.output.Variant == nil {
		return spec.RoleNone
	}
	return s.output.Variant.Role
}

// place is where the spec speaks of an attribute of this side: the variant's own,
// the shared one, or else what makes the output.
func (s side) place(attribute string) hcl.Range {
	if s.output.Variant != nil {
		if a := named(s.output.Variant.Attributes, attribute); a != nil {
			return a.NameRange
		}
	}
	if a := named(s.output.Package.Attributes, attribute); a != nil {
		return a.NameRange
	}
	return s.output.Range()
}

func named(list []*spec.Attribute, name string) *spec.Attribute {
	for _, a := range list {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// block holds the outputs of a package or a check against their roles and each
// other.
func (v *verifier) block(b *spec.Derivation) error {
	evaluations := v.evaluations.Packages
	if b.Kind == spec.KindCheck {
		evaluations = v.evaluations.Checks
	}
	var sides []side
	for _, o := range b.Outputs() {
		e := evaluations[o.Name]
		if e.Err != nil || e.Derivation == "" {
			see := v.eval(o.Name)
			if b.Kind == spec.KindCheck {
				see = v.dryRun(o.Name)
			}
			v.unevaluated(nameOf(o), o.Range(), e.Err, see)
			continue
		}
		d, err := v.derivations.Get(e.Derivation)
		if err != nil {
			return err
		}
		sides = append(sides, side{o, d})
	}
	for _, s := range sides {
		if v.strategy(s.output) != spec.Shards {
			v.role(s)
		}
		if s.role() == spec.RoleBuild {
			v.testOnly(s)
		}
	}
	if len(b.Variants) > 0 && len(sides) > 1 {
		if err := v.compare(sides); err != nil {
			return err
		}
	}
	if b.Tests == nil {
		return nil
	}
	return v.matrix(b, sides)
}

// compare holds the variants of a block against each other. What runs shards is another
// derivation altogether.
func (v *verifier) compare(sides []side) error {
	derived := slices.DeleteFunc(slices.Clone(sides), func(s side) bool { return v.strategy(s.output) == spec.Shards })
	base := buildOnly(derived)
	if base == nil && len(derived) > 0 {
		base = &derived[0]
	}
	for _, s := range derived {
		if s.output == base.output {
			continue
		}
		if err := v.drift(*base, s); err != nil {
			return err
		}
	}
	return v.builds(sides)
}

// buildOnly is the first side that is there to build only, or nil.
func buildOnly(sides []side) *side {
	for i := range sides {
		if sides[i].role() == spec.RoleBuild {
			return &sides[i]
		}
	}
	return nil
}

// eval is the command that evaluates one output of a package, or an alias.
func (v *verifier) eval(name string) string {
	return fmt.Sprintf("flakegen eval %s --system %s", name, v.system)
}

// dryRun is the command that evaluates one output of the checks.
func (v *verifier) dryRun(name string) string {
	return fmt.Sprintf("flakegen build .#checks.%s.%s --dry-run", v.system, name)
}

func (v *verifier) unevaluated(name string, at hcl.Range, err error, see string) {
	detail := "The flake has no such output there."
	if err != nil && err == v.told {
		return // one evaluation for many outputs: its error is told once
	}
	v.told = err
	if err != nil {
		detail = err.Error()
	}
	v.report(Finding{
		Rule: RuleEvaluation, Output: name, Range: at,
		Summary: fmt.Sprintf("%s does not evaluate", name),
		Detail:  detail,
		Remedy:  "See it alone: " + see,
	})
}

// builds holds the build-only variants against the checked ones.
func (v *verifier) builds(sides []side) error {
	for _, b := range sides {
		if b.role() != spec.RoleBuild {
			continue
		}
		for _, c := range sides {
			if c.role() != spec.RoleChecked {
				continue
			}
			if b.derivation.Path == c.derivation.Path {
				v.report(Finding{
					Rule: RuleSame, Output: c.name(), Range: c.output.Range(),
					Summary: fmt.Sprintf("%s is the same derivation as %s", c.name(), b.name()),
					Detail:  "Nothing of what the variants set reaches the builder, so whoever asks for the checked one gets the other.",
					Remedy:  "Set what the builder understands, such as doCheck, or take another builder.",
				})
				continue
			}
			inside, err := v.inClosure(b.derivation, c.derivation.Path)
			if err != nil {
				return err
			}
			if inside {
				v.report(Finding{
					Rule: RuleRunsTests, Output: b.name(), Range: b.output.Range(),
					Summary: fmt.Sprintf("%s cannot be built without %s", b.name(), c.name()),
					Detail:  "The build-only variant has the checked one among what it is built from, so building it runs the tests.",
					Remedy:  fmt.Sprintf("Let what %s uses depend on %s instead.", b.name(), b.name()),
				})
			}
		}
	}
	return nil
}

func (v *verifier) inClosure(root *store.Derivation, path string) (bool, error) {
	found := false
	err := v.derivations.Walk([]string{root.Path}, func(d *store.Derivation) error {
		found = found || d.Path == path
		if found {
			return store.ErrPrune
		}
		return nil
	})
	return found, err
}

// alias holds an alias against the output that it declares.
func (v *verifier) alias(a *spec.Alias) {
	target := a.Outputs[v.system]
	got, there := v.evaluations.Packages[a.Name]
	if target == nil {
		if there && got.Err == nil && got.Derivation != "" {
			v.report(Finding{
				Rule: RuleAlias, Output: a.Name, Range: a.NameRange,
				Summary: fmt.Sprintf("%s is there", a.Name),
				Detail:  "The spec leaves the alias out on this system, and the flake has an output of that name: " + got.Derivation + ".",
				Remedy:  "Take the other output away, or let the alias name it.",
			})
		}
		return
	}
	want := v.evaluations.Packages[target.Name]
	switch {
	case want.Err != nil || want.Derivation == "":
		// Reported for the output itself.
	case got.Err != nil || got.Derivation == "":
		v.unevaluated(a.Name, a.NameRange, got.Err, v.eval(a.Name))
	case got.Derivation != want.Derivation:
		v.report(Finding{
			Rule: RuleAlias, Output: a.Name, Range: a.NameRange,
			Summary:   fmt.Sprintf("%s is not %s", a.Name, target.Name),
			Detail:    "The spec declares the one to be the other, and the flake has two derivations.",
			Remedy:    "Look for what else makes an output of that name: an output block, or a flake.nix that was edited.",
			Attribute: "drvPath", A: target.Name, B: a.Name, ValueA: &want.Derivation, ValueB: &got.Derivation,
		})
	}
}
