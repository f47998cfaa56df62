package main

import (
	"fmt"

	"github.com/aymanbagabas/go-udiff"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
)

func (p *program) fmtCommand() *cli.Command {
	return &cli.Command{
		Name:      "fmt",
		Usage:     "write the spec in HCL's style",
		ArgsUsage: "[--check] [--diff]",
		Description: `Formats flakegen.hcl and every *.flakegen.hcl beside it, as terraform fmt does
for its files, and names those that changed.

Examples:
  flakegen fmt                  format the spec
  flakegen fmt --check          name the files that are not formatted
  flakegen fmt --diff           show what would change

Exit codes: 0 done; with --check or --diff: all formatted · 1 with --check or
--diff: not all are · 2 HCL cannot read the spec.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", Usage: "write nothing, say what is not formatted", DisableDefaultText: true},
			&cli.BoolFlag{Name: "diff", Usage: "write nothing, show what would change", DisableDefaultText: true},
		},
		Action: p.fmt,
	}
}

func (p *program) fmt(c *cli.Context) error {
	if err := p.noArguments(c); err != nil {
		return err
	}
	project, err := p.project(c)
	if err != nil {
		return err
	}
	rendering, err := project.Rendering()
	if err != nil {
		return exit(exitUnable, "%s", err)
	}
	if !rendering.Spec.Parsed {
		p.showDiagnostics(rendering.Spec, rendering.Diagnostics)
		return ended(exitUsage)
	}
	dry := c.Bool("check") || c.Bool("diff")
	changed := 0
	for _, f := range flakegen.Format(rendering.Spec) {
		if !f.Changed() {
			continue
		}
		changed++
		if c.Bool("diff") {
			fmt.Fprint(p.stdout, p.diff(udiff.Unified("a/"+f.Name, "b/"+f.Name, string(f.Before), string(f.After))))
		} else {
			fmt.Fprintln(p.stdout, printable(f.Name))
		}
		if dry {
			continue
		}
		if err := project.WriteFormatted(f); err != nil {
			return exit(exitUnable, "%s", err)
		}
	}
	if dry && changed > 0 {
		return ended(exitNo)
	}
	return nil
}
