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

// Verify evaluates every package and alias on the systems, builds nothing, and
// holds their derivations against the spec. Findings come system by system, in
// the order of the spec. The error is that of the context, of a nix that cannot
// be started, or of a store that cannot be read.
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

// evaluateOutputs evaluates the outputs of the spec on each system, in one process
// where all of them evaluate. An alias that the spec leaves out on a system is
// asked for by its name only.
func evaluateOutputs(ctx context.Context, nix *nixcmd.Nix, reference string, s *spec.Spec, systems []platform.System) (map[platform.System]verify.Evaluations, error) {
	type asked struct {
		system platform.System
		name   string
	}
	var list []asked
	var installables []nixcmd.Installable
	bySystem := map[platform.System]verify.Evaluations{}
	for _, system := range systems {
		bySystem[system] = verify.Evaluations{}
		set := nixcmd.Installable{Flake: reference, Attribute: []string{"packages", string(system)}}
		names, err := nix.AttributeNames(ctx, set)
		if ctx.Err() != nil || errors.Is(err, nixcmd.ErrNoNix) {
			return nil, err
		}
		for _, name := range s.OutputNames() {
			o := s.Output(name)
			switch {
			case err != nil && resolve(o, system) != nil:
				bySystem[system][name] = verify.Evaluation{Err: err}
			case err == nil && slices.Contains(names, name):
				list = append(list, asked{system, name})
				installables = append(installables, nixcmd.Installable{Flake: reference, Attribute: append(slices.Clone(set.Attribute), name)})
			}
		}
	}
	answers, err := nix.Evaluate(ctx, installables)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		bySystem[list[i].system][list[i].name] = verify.Evaluation{Derivation: answer.Derivation, Err: answer.Err}
	}
	return bySystem, nil
}
