package main

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
)

func (p *program) validateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "say whether the spec is right, whatever the files are",
		ArgsUsage: "[--json]",
		Description: `Reads the spec and shows all that is wrong with it at once. Nothing is written,
and the rendered files are not looked at.

Examples:
  flakegen validate             show the errors
  flakegen validate --json      the same for an editor, in Terraform's form

Exit codes: 0 the spec is right · 2 it is not.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
		},
		Action: p.validate,
	}
}

func (p *program) validate(c *cli.Context) error {
	if err := p.noArguments(c); err != nil {
		return err
	}
	project, err := p.project(c)
	if err != nil {
		return err
	}
	if !c.Bool("json") {
		rendering, err := p.rendering(project)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "the spec is right: %s, %s\n",
			count(len(rendering.Spec.OutputNames()), "output", "outputs"), count(len(rendering.Files), "file", "files"))
		return nil
	}
	rendering, err := project.Rendering()
	if err != nil {
		return exit(exitUnable, "%s", err)
	}
	diags := rendering.Diagnostics
	if diag := rendering.Spec.CheckVersion(version()); diag != nil {
		diags = hcl.Diagnostics{diag}
	}
	if err := p.printJSON(jsonDiagnostics(rendering.Spec, diags)); err != nil {
		return err
	}
	if diags.HasErrors() {
		return ended(exitUsage)
	}
	return nil
}

// jsonValidation is the form of `validate --json`, which is Terraform's.
type jsonValidation struct {
	FormatVersion string           `json:"format_version"`
	Valid         bool             `json:"valid"`
	ErrorCount    int              `json:"error_count"`
	WarningCount  int              `json:"warning_count"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity string         `json:"severity"`
	Summary  string         `json:"summary"`
	Detail   string         `json:"detail"`
	Range    *jsonFileRange `json:"range,omitempty"`
	Snippet  *jsonSnippet   `json:"snippet,omitempty"`
}

type jsonFileRange struct {
	Filename string `json:"filename"`
	jsonRange
}

// jsonSnippet is the code that a diagnostic is about: whole lines, and in bytes
// from their begin what of them is meant.
type jsonSnippet struct {
	Context              *string `json:"context"`
	Code                 string  `json:"code"`
	StartLine            int     `json:"start_line"`
	HighlightStartOffset int     `json:"highlight_start_offset"`
	HighlightEndOffset   int     `json:"highlight_end_offset"`
	Values               []any   `json:"values"`
}

func jsonDiagnostics(s *spec.Spec, diags hcl.Diagnostics) jsonValidation {
	out := jsonValidation{FormatVersion: formatVersion, Valid: !diags.HasErrors(), Diagnostics: []jsonDiagnostic{}}
	for _, d := range diags {
		one := jsonDiagnostic{Severity: "error", Summary: d.Summary, Detail: d.Detail}
		if d.Severity == hcl.DiagError {
			out.ErrorCount++
		} else {
			one.Severity = "warning"
			out.WarningCount++
		}
		if d.Subject != nil {
			one.Range = &jsonFileRange{d.Subject.Filename, rangeJSON(*d.Subject)}
			one.Snippet = snippet(s, *d.Subject)
		}
		out.Diagnostics = append(out.Diagnostics, one)
	}
	return out
}

func rangeJSON(rng hcl.Range) jsonRange {
	position := func(p hcl.Pos) jsonPosition { return jsonPosition{p.Line, p.Column, p.Byte} }
	return jsonRange{position(rng.Start), position(rng.End)}
}

// snippet cuts the lines of a range out of its file.
func snippet(s *spec.Spec, rng hcl.Range) *jsonSnippet {
	source := s.Sources[rng.Filename]
	if source == nil {
		return nil
	}
	start, end := source.Lines(rng)
	return &jsonSnippet{
		Context:              nil,
		Code:                 string(source.Bytes[start:end]),
		StartLine:            rng.Start.Line,
		HighlightStartOffset: rng.Start.Byte - start,
		HighlightEndOffset:   min(rng.End.Byte, end) - start,
		Values:               []any{},
	}
}
