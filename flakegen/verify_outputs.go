package flakegen

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/contents"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/flakegen/verify"
	"github.com/flakegen/flakegen/platform"
)

// Twins are two derivations whose contents are to be the same: a package's
// build-only variant and a checked one, or an output at two commits.
type Twins struct {
	Output *spec.Output // that a finding is about
	System platform.System
	// A and B are what is built, by a name for people and as an installable.
	A, B Twin
}

// Twin is one of two.
type Twin struct {
	Name string
	// Output is one of the flake as it is; Installable is set instead for one at
	// another commit.
	Output      timing.Output
	Installable string
}

// TwinsOfVariants pairs every build-only variant with every checked one of its
// package.
func TwinsOfVariants(s *spec.Spec, systems []platform.System) []Twins {
	var list []Twins
	for _, system := range systems {
		for _, p := range s.Packages {
			if !slices.Contains(p.On, system) {
				continue
			}
			for _, b := range p.Outputs() {
				for _, c := range p.Outputs() {
					if b.Variant == nil || b.Variant.Role != spec.RoleBuild || c.Variant.Role != spec.RoleChecked {
						continue
					}
					list = append(list, Twins{
						Output: c, System: system,
						A: Twin{Name: b.Name, Output: timingOutput(b, b, system)},
						B: Twin{Name: c.Name, Output: timingOutput(c, c, system)},
					})
				}
			}
		}
	}
	return list
}

// TwinsOfCommits pairs every output with itself at another commit.
func (p *Project) TwinsOfCommits(ctx context.Context, nix *nixcmd.Nix, s *spec.Spec, systems []platform.System, revision string) ([]Twins, error) {
	commit, err := p.git().Commit(ctx, revision)
	if err != nil {
		return nil, err
	}
	reference, err := nixcmd.ReferenceAt(p.Root, nix.Dir, commit)
	if err != nil {
		return nil, err
	}
	var list []Twins
	for _, system := range systems {
		for _, d := range s.Packages {
			if !slices.Contains(d.On, system) {
				continue
			}
			for _, o := range d.Outputs() {
				now := timingOutput(o, o, system)
				before, err := attributeOf(reference, now)
				if err != nil {
					return nil, err
				}
				list = append(list, Twins{
					Output: o, System: system,
					A: Twin{Name: o.Name + "@" + revision, Installable: before.String()},
					B: Twin{Name: o.Name, Output: now},
				})
			}
		}
	}
	return list, nil
}

// VerifyOutputs builds both of each pair and compares what they made, file for
// file. Options holds how to build; its outputs are those of the pairs. Where the
// build does not succeed there is a report and no finding.
func VerifyOutputs(ctx context.Context, o BuildOptions, pairs []Twins) (*timing.Report, []verify.Finding, error) {
	o.NoLink = true
	for _, t := range pairs {
		for _, twin := range []Twin{t.A, t.B} {
			if twin.Installable != "" {
				o.Installables = append(o.Installables, twin.Installable)
			} else {
				o.Outputs = append(o.Outputs, twin.Output)
			}
		}
	}
	report, err := Build(ctx, o)
	if err != nil || report.Status != timing.Succeeded {
		return report, nil, err
	}
	made := map[string]string{}
	for _, output := range report.Outputs {
		made[output.Attribute+" "+output.Name] = output.Derivation
	}
	derivations := &store.Derivations{}
	findings := []verify.Finding{}
	for _, t := range pairs {
		a, err := derivations.Get(made[t.A.key()])
		if err != nil {
			return report, nil, err
		}
		b, err := derivations.Get(made[t.B.key()])
		if err != nil {
			return report, nil, err
		}
		found, err := t.compare(a, b)
		if err != nil {
			return report, nil, err
		}
		findings = append(findings, found...)
	}
	return report, findings, nil
}

// key is how the output of a twin is found in a report.
func (t Twin) key() string {
	if t.Installable != "" {
		return " " + t.Installable
	}
	return t.Output.Attribute + " " + t.Output.Name
}

// shownFiles is how many files one finding names.
const shownFiles = 20

func (t Twins) compare(a, b *store.Derivation) ([]verify.Finding, error) {
	finding := verify.Finding{Rule: verify.RuleContents, System: t.System, Output: t.Output.Name, Range: t.Output.Range()}
	if a.Path == b.Path {
		return nil, nil
	}
	var hashes []string
	for _, d := range []*store.Derivation{a, b} {
		for _, o := range d.Outputs {
			hashes = append(hashes, contents.Hash(o.Path))
		}
	}
	var lines []string
	differ := 0
	for _, name := range outputNames(a, b) {
		pathA, pathB := a.Outputs[name].Path, b.Outputs[name].Path
		if pathA == "" || pathB == "" {
			lines = append(lines, fmt.Sprintf("the output %s: on one side only, or not known", name))
			differ++
			continue
		}
		differences, err := contents.Compare(pathA, pathB, hashes)
		if err != nil {
			return nil, fmt.Errorf("compare %s with %s: %w", t.A.Name, t.B.Name, err)
		}
		for _, d := range differences {
			if differ++; differ <= shownFiles {
				lines = append(lines, fmt.Sprintf("%s/%s: %s", name, d.Path, d.Detail))
			}
		}
	}
	if differ == 0 {
		return nil, nil
	}
	if differ > shownFiles {
		lines = append(lines, fmt.Sprintf("and %d more", differ-shownFiles))
	}
	finding.Summary = fmt.Sprintf("%s and %s do not have the same contents", t.A.Name, t.B.Name)
	finding.Detail = "Apart from their own store paths they differ in:\n\n" + strings.Join(lines, "\n") + "\n"
	cause := "A file that the tests leave behind, a time or a random name is the usual cause."
	if t.A.Installable != "" {
		cause = "If the change between the two is not meant to change what is built, look there; a time or a random name also does it."
	}
	outputA, outputB := slices.Sorted(slices.Values(a.Paths())), slices.Sorted(slices.Values(b.Paths()))
	finding.Remedy = fmt.Sprintf("Compare %s with %s. %s", strings.Join(outputA, " "), strings.Join(outputB, " "), cause)
	return []verify.Finding{finding}, nil
}

func outputNames(a, b *store.Derivation) []string {
	var names []string
	for _, d := range []*store.Derivation{a, b} {
		for name := range d.Outputs {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
