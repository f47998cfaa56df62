package flakegen

import (
	"context"
	"fmt"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// EvalOptions says what to evaluate.
type EvalOptions struct {
	// Nix is the program to run, in a folder that is absolute.
	Nix *nixcmd.Nix
	// Outputs are outputs of the flake, by their Attribute.
	Outputs []timing.Output
	// Against is a revision of git to compare with; empty for none.
	Against string
	// Now is the clock.
	Now func() time.Time
}

// Evaluated is an output's derivation and what it cost to evaluate.
type Evaluated struct {
	Output timing.Output
	// Derivation is its .drv file; empty where Err says why there is none.
	Derivation string
	Err        error
	Cost       nixcmd.Cost
	// Other is the derivation at the commit that was asked for, and OtherErr why
	// there is none.
	Other    string
	OtherErr error
}

// Same says whether the output has the same derivation at both commits.
func (e Evaluated) Same() bool { return e.Err == nil && e.OtherErr == nil && e.Derivation == e.Other }

// Eval evaluates outputs, each in a process of its own, so that the cost is its
// own. With Against it evaluates them at that commit as well, all in as few
// processes as can be. One that does not evaluate takes no other with it. The
// error is one of git, of the context, or of a nix that cannot be started.
func (p *Project) Eval(ctx context.Context, o EvalOptions) ([]Evaluated, error) {
	reference, err := nixcmd.Reference(p.Root, o.Nix.Dir)
	if err != nil {
		return nil, err
	}
	list := make([]Evaluated, len(o.Outputs))
	for i, output := range o.Outputs {
		installable, err := attributeOf(reference, output)
		if err != nil {
			return nil, err
		}
		answer, cost, err := o.Nix.Measure(ctx, installable, o.Now)
		if err != nil {
			return nil, err
		}
		list[i] = Evaluated{Output: output, Derivation: answer.Derivation, Err: answer.Err, Cost: cost}
		list[i].Output.Derivation = answer.Derivation
	}
	if o.Against == "" {
		return list, nil
	}
	return list, p.evalAt(ctx, o, list)
}

// evalAt evaluates the outputs at another commit.
func (p *Project) evalAt(ctx context.Context, o EvalOptions, list []Evaluated) error {
	commit, err := p.git().Commit(ctx, o.Against)
	if err != nil {
		return err
	}
	reference, err := nixcmd.ReferenceAt(p.Root, o.Nix.Dir, commit)
	if err != nil {
		return err
	}
	installables := make([]nixcmd.Installable, len(o.Outputs))
	for i, output := range o.Outputs {
		if installables[i], err = attributeOf(reference, output); err != nil {
			return err
		}
	}
	answers, err := o.Nix.Evaluate(ctx, installables)
	if err != nil {
		return err
	}
	for i, answer := range answers {
		list[i].Other, list[i].OtherErr = answer.Derivation, answer.Err
	}
	return nil
}

// attributeOf is an output as an installable of a flake.
func attributeOf(reference string, output timing.Output) (nixcmd.Installable, error) {
	attribute, err := nixcmd.ParseAttribute(output.Attribute)
	if err != nil {
		return nixcmd.Installable{}, fmt.Errorf("output %s: %w", output.Name, err)
	}
	return nixcmd.Installable{Flake: reference, Attribute: attribute}, nil
}
