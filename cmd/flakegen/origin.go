package main

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
)

// maxOrigins bounds the places of the spec that are shown for one error: Nix
// names every file on the way to it.
const maxOrigins = 3

// showOrigins leads from the places in rendered files that Nix's messages name to
// what in the spec they were rendered from.
func (p *program) showOrigins(rendering *generate.Rendering, messages ...string) {
	var diags hcl.Diagnostics
	seen := map[hcl.Range]bool{}
	for _, message := range messages {
		for _, rng := range origins(rendering, message) {
			if seen[rng] || len(diags) == maxOrigins {
				continue
			}
			seen[rng] = true
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Nix stopped at what this is rendered to",
				Detail:   "Its message is above.",
				Subject:  rng.Ptr(),
			})
		}
	}
	if len(diags) > 0 {
		p.writeDiagnostics(rendering.Spec, diags)
	}
}

// places are where in the spec an output that does not evaluate comes from: what
// Nix's message leads to, or else its block.
func places(rendering *generate.Rendering, output, message string) []hcl.Range {
	list := []hcl.Range{}
	for _, rng := range origins(rendering, message) {
		if !slices.Contains(list, rng) && len(list) < maxOrigins {
			list = append(list, rng)
		}
	}
	if rng, ok := flakegen.TargetRange(rendering.Spec, output); len(list) == 0 && ok {
		list = append(list, rng)
	}
	return list
}

var nixPlace = regexp.MustCompile(`([A-Za-z0-9._+/-]*\.nix):(\d+)`)

// origins finds the places of rendered files in a message of Nix's. Nix names
// them below the root of the repository, or below a copy of it in the store.
func origins(rendering *generate.Rendering, message string) []hcl.Range {
	var list []hcl.Range
	for _, match := range nixPlace.FindAllStringSubmatch(message, -1) {
		line, err := strconv.Atoi(match[2])
		if err != nil {
			continue
		}
		for _, f := range rendering.Files {
			if !endsInPath(match[1], f.Path) {
				continue
			}
			if rng, ok := rendering.Locate(f.Path, line); ok {
				list = append(list, rng)
			}
		}
	}
	return list
}

// endsInPath says whether a path ends in another, at a slash.
func endsInPath(path, end string) bool {
	if path == end {
		return true
	}
	cut := len(path) - len(end)
	return cut > 0 && path[cut:] == end && path[cut-1] == '/'
}
