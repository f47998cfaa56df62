package flakegen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

// Finding is what a look at this machine said of outputs for other systems.
type Finding struct {
	// Blocked are the outputs that nothing here can build or fetch.
	Blocked []BlockedOutput
	// Settings and Unreachable are what was looked at: where something could be
	// built or fetched, and the caches that did not answer.
	Settings    nixcmd.Settings
	Unreachable []string
	// Available are alternatives that can be had here.
	Available []timing.Output
}

// BlockedOutput is an output that cannot be had here.
type BlockedOutput struct {
	Output timing.Output
	// Derivations would have to be built, for systems that nothing provides.
	Derivations []*store.Derivation
}

// UnableError says that this machine cannot do what was asked, by a finding.
type UnableError struct{ Finding Finding }

// preflight looks whether the outputs for other systems than the native one can
// be built or fetched here, and says in an *UnableError when not. The
// alternatives are outputs that it may propose instead.
//
// It asks as little as it can: nothing where all is native; settings, one
// process, where a machine is known that builds for the system; otherwise also
// what would have to be built, which evaluates. What cannot be answered refuses
// nothing: then it is for Nix to say what is wrong.
//
// Only the systems are looked at. A derivation may ask for a feature, such as
// kvm, that no machine has.
func (b *buildRun) preflight(ctx context.Context) error {
	foreign := b.outputsWhere(func(o timing.Output) bool { return o.System != string(b.native) })
	if len(foreign) == 0 {
		return nil
	}
	if b.settings == nil {
		settings, err := b.nix.Settings(ctx)
		if err != nil {
			return unlessInterrupted(err)
		}
		b.settings = &settings
	}
	settings := *b.settings
	doubtful := slices.DeleteFunc(foreign, func(i int) bool { return settings.MayProvide(b.outputs[i].System) })
	if len(doubtful) == 0 {
		return nil
	}
	asked := make([]timing.Output, len(doubtful))
	for at, i := range doubtful {
		asked[at] = b.outputs[i]
	}
	blocked, missing, err := b.blocked(ctx, asked, settings)
	if err != nil {
		return unlessInterrupted(err)
	}
	if len(blocked) == 0 {
		return nil
	}
	finding := Finding{Blocked: blocked, Settings: settings, Unreachable: missing.Unreachable}
	if finding.Available, err = b.available(ctx, blocked, settings); err != nil {
		return err
	}
	return &UnableError{finding}
}

// unlessInterrupted drops an error that leaves the question open.
func unlessInterrupted(err error) error {
	if errors.Is(err, nixcmd.ErrInterrupted) || errors.Is(err, nixcmd.ErrNoNix) {
		return err
	}
	return nil
}

// blocked asks Nix what the outputs need, and says which need a build for a
// system that nothing provides.
func (b *buildRun) blocked(ctx context.Context, outputs []timing.Output, settings nixcmd.Settings) ([]BlockedOutput, nixcmd.Missing, error) {
	installables := make([]nixcmd.Installable, len(outputs))
	for i, o := range outputs {
		var err error
		if installables[i], err = b.installable(o); err != nil {
			return nil, nixcmd.Missing{}, err
		}
	}
	missing, err := b.nix.Missing(ctx, installables, nixcmd.OneSecond)
	if err != nil {
		return nil, nixcmd.Missing{}, err
	}
	if len(missing.Products) != len(outputs) {
		return nil, nixcmd.Missing{}, fmt.Errorf("nix build --dry-run answered with %d outputs for %d", len(missing.Products), len(outputs))
	}
	toBuild := map[string]bool{}
	for _, d := range missing.Build {
		toBuild[d] = true
	}
	var blocked []BlockedOutput
	for i, p := range missing.Products {
		if !toBuild[p.Derivation] {
			continue
		}
		found := BlockedOutput{Output: outputs[i]}
		found.Output.Derivation = p.Derivation
		// What is present or fetched needs none of its inputs, so the way leads
		// through what would be built alone.
		err := b.derivations.Walk([]string{p.Derivation}, func(d *store.Derivation) error {
			if !toBuild[d.Path] {
				return store.ErrPrune
			}
			if !settings.MayProvide(d.System) {
				found.Derivations = append(found.Derivations, d)
			}
			return nil
		})
		if err != nil {
			return nil, nixcmd.Missing{}, err
		}
		if len(found.Derivations) > 0 {
			blocked = append(blocked, found)
		}
	}
	return blocked, missing, nil
}

// available says which alternatives can be had for the systems of the blocked
// outputs.
func (b *buildRun) available(ctx context.Context, blocked []BlockedOutput, settings nixcmd.Settings) ([]timing.Output, error) {
	var candidates []timing.Output
	for _, o := range b.alternatives {
		if slices.ContainsFunc(blocked, func(b BlockedOutput) bool { return b.Output.System == o.System }) {
			candidates = append(candidates, o)
		}
	}
	if len(candidates) == 0 {
		return nil, nil
	}
	alsoBlocked, _, err := b.blocked(ctx, candidates, settings)
	if err != nil {
		return nil, unlessInterrupted(err)
	}
	return slices.DeleteFunc(candidates, func(o timing.Output) bool {
		return slices.ContainsFunc(alsoBlocked, func(b BlockedOutput) bool { return b.Output.Attribute == o.Attribute })
	}), nil
}

// Alternatives are the other variants of the packages that the outputs are of,
// on the same systems.
func Alternatives(s *spec.Spec, outputs []timing.Output) []timing.Output {
	var alternatives []timing.Output
	for _, o := range outputs {
		asked := s.Output(o.Name)
		if asked == nil {
			continue
		}
		system := platform.System(o.System)
		chosen := resolve(asked, system)
		if chosen == nil {
			continue
		}
		for _, other := range chosen.Package.Outputs() {
			if other.Name != chosen.Name && resolve(other, system) != nil {
				alternatives = append(alternatives, timingOutput(other, other, system))
			}
		}
	}
	return alternatives
}

// Error says what cannot be had, what was looked at, and what would help.
func (e *UnableError) Error() string {
	f := e.Finding
	var text strings.Builder
	systems := []string{}
	for _, b := range f.Blocked {
		fmt.Fprintf(&text, "Nothing here can build or fetch %s for %s: %s.\n", b.Output.Name, b.Output.System, derivationsToBuild(b.Derivations))
		for _, d := range b.Derivations {
			if !slices.Contains(systems, d.System) {
				systems = append(systems, d.System)
			}
		}
	}
	text.WriteString("Looked at:\n")
	for _, line := range f.lookedAt() {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	text.WriteString("What would help:\n")
	for _, line := range f.remedies(systems) {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	return strings.TrimSuffix(nixcmd.Printable(text.String()), "\n")
}

const namedDerivations = 5

func derivationsToBuild(derivations []*store.Derivation) string {
	var names []string
	for _, d := range derivations {
		if len(names) == namedDerivations {
			names = append(names, fmt.Sprintf("%d more", len(derivations)-namedDerivations))
			break
		}
		names = append(names, fmt.Sprintf("%s (%s)", d.Name, d.System))
	}
	if len(names) == 1 {
		return names[0] + " would have to be built"
	}
	return strings.Join(names, ", ") + " would have to be built"
}

func (f Finding) lookedAt() []string {
	s := f.Settings
	here := s.System
	if s.MaxJobs == 0 {
		here += ", which builds nothing, as max-jobs is 0"
	}
	var builders, external, caches []string
	for _, b := range s.Builders {
		builders = append(builders, fmt.Sprintf("%s (%s)", b.URI, strings.Join(b.Systems, ", ")))
	}
	for _, b := range s.ExternalBuilders {
		external = append(external, fmt.Sprintf("%s (%s)", b.Program, strings.Join(b.Systems, ", ")))
	}
	for _, c := range s.Substituters {
		if slices.ContainsFunc(f.Unreachable, func(u string) bool { return strings.HasPrefix(c, u) }) {
			c += " (did not answer)"
		}
		caches = append(caches, c)
	}
	if !s.Substitute {
		caches = []string{"not used, as substitute is false"}
	}
	return []string{
		"system: " + here,
		"extra-platforms: " + orNone(s.ExtraPlatforms),
		"builders: " + orNone(builders),
		"external-builders: " + orNone(external),
		"caches: " + orNone(caches),
	}
}

func orNone(items []string) string {
	if len(items) == 0 {
		return "none"
	}
	return strings.Join(items, ", ")
}

func (f Finding) remedies(systems []string) []string {
	var lines []string
	for _, o := range f.Available {
		lines = append(lines, fmt.Sprintf("flakegen build %s --system %s: that variant is here or in a cache", o.Name, o.System))
	}
	if f.Settings.MaxJobs == 0 && slices.Contains(systems, f.Settings.System) {
		lines = append(lines, "a max-jobs above 0")
	}
	for _, s := range systems {
		lines = append(lines, fmt.Sprintf("a remote builder for %s: in the setting builders, or as -- --builders 'ssh-ng://HOST %[1]s'", s))
	}
	if len(f.Unreachable) > 0 {
		lines = append(lines, "more time for the caches, if they are slow: -- --option connect-timeout 10 --option download-attempts 3")
	}
	return append(lines, "--dry-run, to see what would be built")
}
