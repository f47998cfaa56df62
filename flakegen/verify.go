package flakegen

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/verify"
	"github.com/flakegen/flakegen/platform"
)

// Verify evaluates every package and alias, and the variants of checks, on the
// systems, builds nothing, and holds their derivations against the spec. Findings
// come system by system, in the order of the spec. The error is that of the
// context, of a nix that cannot be started, or of a store that cannot be read.
func (p *Project) Verify(ctx context.Context, nix *nixcmd.Nix, s *spec.Spec, systems []platform.System) ([]verify.Finding, error) {
	reference, err := nixcmd.Reference(p.Root, nix.Dir)
	if err != nil {
		return nil, err
	}
	bySystem, err := evaluateOutputs(ctx, nix, reference, s, systems)
	if err != nil {
		return nil, err
	}
	derivations := &store.Derivations{}
	findings := []verify.Finding{}
	for _, system := range systems {
		list, err := verify.Verify(s, system, bySystem[system], derivations)
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", system, err)
		}
		findings = append(findings, list...)
	}
	return findings, nil
}

// evaluateOutputs evaluates what is verified on each system, in one process where
// all of it evaluates. An alias that the spec leaves out on a system is asked for
// by its name only.
func evaluateOutputs(ctx context.Context, nix *nixcmd.Nix, reference string, s *spec.Spec, systems []platform.System) (map[platform.System]verify.Evaluations, error) {
	var packages []*spec.Output
	for _, name := range s.OutputNames() {
		packages = append(packages, s.Output(name))
	}
	checks := verify.Checks(s)
	e := &evaluating{nix: nix, reference: reference}
	bySystem := map[platform.System]verify.Evaluations{}
	for _, system := range systems {
		all := verify.Evaluations{Packages: map[string]verify.Evaluation{}, Checks: map[string]verify.Evaluation{}}
		bySystem[system] = all
		reason, err := e.ask(ctx, "packages", system, packages, all.Packages, nil)
		if err == nil && len(checks) > 0 {
			// A flake that does not evaluate at all says so once.
			_, err = e.ask(ctx, "checks", system, checks, all.Checks, reason)
		}
		if err != nil {
			return nil, err
		}
	}
	answers, err := nix.Evaluate(ctx, e.installables)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		e.asked[i].into[e.asked[i].name] = verify.Evaluation{Derivation: answer.Derivation, Err: answer.Err}
	}
	return bySystem, nil
}

// evaluating gathers what is to be evaluated together.
type evaluating struct {
	nix          *nixcmd.Nix
	reference    string
	installables []nixcmd.Installable
	asked        []askedOutput
}

// askedOutput is where the answer for an installable belongs.
type askedOutput struct {
	into map[string]verify.Evaluation
	name string
}

// ask asks for those outputs that a set of the flake has on a system. Where the set
// cannot be looked into, which may be known before, the outputs have the reason for
// it. The error ends it all.
func (e *evaluating) ask(ctx context.Context, set string, system platform.System, outputs []*spec.Output, into map[string]verify.Evaluation, known error) (reason, err error) {
	attribute := nixcmd.Installable{Flake: e.reference, Attribute: []string{set, string(system)}}
	var names []string
	if reason = known; reason == nil {
		names, reason = e.nix.AttributeNames(ctx, attribute)
	}
	if ctx.Err() != nil || errors.Is(reason, nixcmd.ErrNoNix) {
		return nil, reason
	}
	for _, o := range outputs {
		switch {
		case reason != nil && resolve(o, system) != nil:
			into[o.Name] = verify.Evaluation{Err: reason}
		case reason == nil && slices.Contains(names, o.Name):
			e.asked = append(e.asked, askedOutput{into, o.Name})
			e.installables = append(e.installables, nixcmd.Installable{Flake: e.reference, Attribute: append(slices.Clone(attribute.Attribute), o.Name)})
		}
	}
	return reason, nil
}
