package main

import (
	"context"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/coverage"
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// coverageOf is where the checks of the spec at hand run, for the page of a build of
// its project. Without a spec, or with one that is in error, the page does without.
func (p *program) coverageOf(c *cli.Context, one history.Record) *report.Coverage {
	project, err := p.findProject(c.String("C"))
	if err != nil {
		return nil
	}
	rendering, err := project.Rendering()
	if err != nil || rendering.Diagnostics.HasErrors() || !p.isOf(c.Context, one, project, rendering.Spec) {
		return nil
	}
	table := coverage.Of(rendering.Spec)
	covered := &report.Coverage{Unknown: table.Unknown}
	for _, system := range table.Systems {
		covered.Systems = append(covered.Systems, string(system))
	}
	for _, check := range table.Checks {
		line := report.CoveredCheck{Name: check.Name}
		for _, system := range table.Systems {
			row, _ := table.Row(check, system)
			line.Cells = append(line.Cells, report.CoveredCell{State: string(row.State), Reason: row.Unchecked})
		}
		covered.Checks = append(covered.Checks, line)
	}
	return covered
}

// isOf says whether a build is one of the project. What build --json wrote does not say
// of which it is: then by the packages that it built.
func (p *program) isOf(ctx context.Context, one history.Record, project *flakegen.Project, s *spec.Spec) bool {
	if one.Project != "" {
		return one.Project == flakegen.ProjectName(ctx, project.Root, p.env.variables)
	}
	return slices.ContainsFunc(one.Report.Outputs, func(o timing.Output) bool { return o.Package != "" && s.Package(o.Package) != nil })
}
