package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// opening is what a command that runs Nix on a project begins with: the project,
// its files found to agree with the spec, and a nix that an interrupt ends.
type opening struct {
	*interrupts
	project   *flakegen.Project
	rendering *generate.Rendering
	nix       *nixcmd.Nix
}

// open begins such a command. It takes the flag --no-check, and what stands behind
// "--". Without an error the opening has to be stopped.
func (p *program) open(c *cli.Context) (*opening, error) {
	project, err := p.project(c)
	if err != nil {
		return nil, err
	}
	o := &opening{interrupts: watchInterrupts(c.Context), project: project}
	if o.rendering, err = p.agreed(o.ctx, project, c.Bool("no-check")); err == nil {
		o.nix, err = p.nix(project)
	}
	if err != nil {
		o.stop()
		return nil, err
	}
	o.nix.Kill = o.kill
	return o, nil
}

// agreed renders the spec and holds the files against it, unless told not to.
func (p *program) agreed(ctx context.Context, project *flakegen.Project, unchecked bool) (*generate.Rendering, error) {
	rendering, err := p.rendering(project)
	if err != nil || unchecked {
		return rendering, err
	}
	comparison := project.Comparison(rendering)
	findings, err := comparison.Check(ctx)
	if err != nil {
		return nil, p.failure(ctx, err)
	}
	if len(findings) > 0 {
		p.showFindings(comparison, findings, false)
		p.say("nothing was built or evaluated, as the files do not agree with the spec. To go on with them as they are: --no-check")
		return nil, ended(exitNo)
	}
	return rendering, nil
}

// nix is the nix program with the user's flags for it.
func (p *program) nix(project *flakegen.Project) (*nixcmd.Nix, error) {
	args, err := nixcmd.ParseArgs(p.nixArguments, project.Start)
	if err != nil {
		return nil, exit(exitUsage, "%s", err)
	}
	return &nixcmd.Nix{Dir: project.Start, Env: p.env.variables, Args: args}, nil
}
