package main

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/coverage"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// showUncovered writes what is wrong with where the checks run, with the places in the
// spec. Many of one cause are one.
func (p *program) showUncovered(s *spec.Spec, findings []coverage.Finding) {
	var diags hcl.Diagnostics
	for _, f := range coverage.Together(findings) {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: f.Summary, Detail: f.Detail + " " + f.Remedy, Subject: f.Range.Ptr()})
	}
	p.writeDiagnostics(s, diags[:min(len(diags), shownDiagnostics)])
	if len(diags) > shownDiagnostics {
		p.say("the first %d of %d findings; --json has all.", shownDiagnostics, len(diags))
	}
}

// uncoveredJSON are the findings in the form of --json, one for each system.
func uncoveredJSON(findings []coverage.Finding) []jsonFinding {
	list := []jsonFinding{}
	for _, finding := range findings {
		for _, f := range finding.Each() {
			rng := rangeJSON(f.Range)
			one := jsonFinding{Rule: coverage.Rule, Summary: f.Summary, Detail: f.Detail, File: f.Range.Filename, Range: &rng, Remedy: f.Remedy}
			if f.Check != nil {
				one.Output, one.System = f.Check.Name, string(f.Systems[0])
			}
			list = append(list, one)
		}
	}
	return list
}
