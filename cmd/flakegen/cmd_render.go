package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

func (p *program) renderCommand() *cli.Command {
	return &cli.Command{
		Name:      "render",
		Usage:     "write the files that the spec describes",
		ArgsUsage: "[--diff | --stdout] [--force]",
		Description: `Renders flakegen.hcl, and every *.flakegen.hcl beside it, to flake.nix,
nix/*.nix and the workflow of a ci block. Writes only files that differ, each
whole or not at all, and removes files of its own that the spec no longer
describes. A file without flakegen's marker line is never overwritten unless
--force says so.

Examples:
  flakegen render               write what differs
  flakegen render --diff        show what would be written, and write nothing
  flakegen render --stdout      print the rendered files

Exit codes: 0 done; with --diff also: nothing to do · 1 with --diff: something
would be written; otherwise: a file is in the way · 2 the spec is in error.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "diff", Usage: "show what would be written, and write nothing", DisableDefaultText: true},
			&cli.BoolFlag{Name: "stdout", Usage: "print the files instead of writing them", DisableDefaultText: true},
			&cli.BoolFlag{Name: "force", Usage: "overwrite files without flakegen's marker line", DisableDefaultText: true},
		},
		Action: p.render,
	}
}

func (p *program) render(c *cli.Context) error {
	if err := p.noArguments(c); err != nil {
		return err
	}
	if c.Bool("diff") && c.Bool("stdout") {
		return exit(exitUsage, "--diff and --stdout both print instead of writing. Give one of them.")
	}
	project, err := p.project(c)
	if err != nil {
		return err
	}
	rendering, err := p.rendering(project)
	if err != nil {
		return err
	}
	if c.Bool("stdout") {
		return p.printFiles(rendering.Files)
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt)
	defer stop()
	comparison := project.Comparison(rendering)
	plan, err := comparison.Plan(ctx, c.Bool("force"))
	if err != nil {
		return p.failure(ctx, err)
	}
	if c.Bool("diff") {
		return p.showPlan(plan)
	}
	result, err := plan.Apply(ctx)
	p.showResult(result)
	var blocked *worktree.BlockedError
	if errors.As(err, &blocked) {
		p.showFindings(comparison, blocked.Obstacles, false)
		p.say("nothing was written.")
		return ended(exitNo)
	}
	if err != nil {
		return p.failure(ctx, err)
	}
	return nil
}

// failure words an error that is none of the user's: of a disk, of git, or an
// interrupt.
func (p *program) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return exit(exitInterrupted, "interrupted")
	}
	return exit(exitUnable, "%s", err)
}

// printFiles writes the rendered files to stdout, a line with the name above each
// where there are several.
func (p *program) printFiles(files []generate.File) error {
	for _, f := range files {
		if len(files) > 1 {
			fmt.Fprintf(p.stdout, "# ==> %s <==\n", f.Path)
		}
		if _, err := p.stdout.Write(f.Content); err != nil {
			return exit(exitUnable, "%s", err)
		}
	}
	return nil
}

// showPlan prints what rendering would change.
func (p *program) showPlan(plan *worktree.Plan) error {
	for _, change := range plan.Changes {
		fmt.Fprint(p.stdout, p.diff(change.Diff()))
	}
	if len(plan.Obstacles) > 0 {
		for _, o := range plan.Obstacles {
			p.say("%s. %s", o.Summary, o.Detail)
		}
		return ended(exitNo)
	}
	if len(plan.Changes) > 0 {
		return ended(exitNo)
	}
	p.say("nothing to write: %s up to date.", count(len(plan.Unchanged), "file is", "files are"))
	return nil
}

// showResult says what was written.
func (p *program) showResult(result worktree.Result) {
	for _, path := range result.Written {
		fmt.Fprintf(p.stdout, "wrote %s\n", printable(path))
	}
	for _, path := range result.Removed {
		fmt.Fprintf(p.stdout, "removed %s\n", printable(path))
	}
	if len(result.Written)+len(result.Removed) == 0 && len(result.Unchanged) > 0 {
		fmt.Fprintf(p.stdout, "nothing to write: %s up to date\n", count(len(result.Unchanged), "file is", "files are"))
	}
	if len(result.Remedies) > 0 {
		p.say("a flake reads only files that git knows. To let it see the new ones:")
		for _, command := range result.Remedies {
			fmt.Fprintf(p.stderr, "  %s\n", printable(command))
		}
	}
}
