package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/report"
)

func (p *program) evalCommand() *cli.Command {
	return &cli.Command{
		Name:      "eval",
		Usage:     "show each output's derivation and what evaluating it costs",
		ArgsUsage: "[OUTPUT…] [--system S]… [--against REV] [--json] [-- NIX ARGS]",
		Description: `Evaluates outputs with nix and builds nothing. Each is evaluated by itself, so the
time, the thunks and the memory are its own. Without an OUTPUT: the output
"default", else every alias, else every package.

With --against it evaluates the same outputs at another commit and says whether
the derivations are equal: the proof that an adoption changed nothing.

Examples:
  flakegen eval                               the default output
  flakegen eval rts --system aarch64-darwin   what a Mac would get
  flakegen eval rts-checked --against main    the same as on main?

Exit codes: 0 evaluated, and equal · 1 something does not evaluate or is not equal,
or files and spec do not agree · 2 the spec is in error, or does not list the
system · 3 no Nix · 130 interrupted.`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "system", Usage: "evaluate for system `S`; may stand several times", DefaultText: "this machine's"},
			&cli.StringFlag{Name: "against", Usage: "compare with the commit `REV`"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-check", Usage: "evaluate even if files and spec do not agree", DisableDefaultText: true},
		},
		Action: p.eval,
	}
}

func (p *program) eval(c *cli.Context) error {
	o, err := p.open(c)
	if err != nil {
		return err
	}
	defer o.stop()
	systems, err := flakegen.Systems(o.rendering.Spec, c.StringSlice("system"))
	if err != nil {
		return exit(exitUsage, "%s", err)
	}
	outputs, installables, err := flakegen.Targets(o.rendering.Spec, c.Args().Slice(), systems)
	if err != nil {
		return exit(exitUsage, "%s", err)
	}
	if len(installables) > 0 {
		return exit(exitUsage, "%q is no output of the spec, and only these can be evaluated.", installables[0])
	}
	list, err := o.project.Eval(o.ctx, flakegen.EvalOptions{Nix: o.nix, Outputs: outputs, Against: c.String("against"), Now: p.env.now})
	switch {
	case errors.Is(err, gitcmd.ErrUnknownRevision), errors.Is(err, gitcmd.ErrNoRepository):
		return exit(exitUsage, "%s", err)
	case errors.Is(err, nixcmd.ErrInterrupted):
		return exit(exitInterrupted, "interrupted")
	case err != nil:
		return exit(exitUnable, "%s", err)
	}
	if c.Bool("json") {
		err = p.printJSON(evaluationsJSON(list, c.String("against")))
	} else {
		err = p.showEvaluations(list, c.String("against"))
	}
	if err != nil {
		return err
	}
	good := true
	for _, e := range list {
		if e.Err != nil {
			p.say("%s on %s does not evaluate:\n%s", e.Output.Name, e.Output.System, e.Err)
			p.showOrigins(o.rendering, e.Err.Error())
		}
		if e.OtherErr != nil {
			p.say("%s on %s does not evaluate at %s:\n%s", e.Output.Name, e.Output.System, c.String("against"), e.OtherErr)
		}
		good = good && e.Err == nil && (c.String("against") == "" || e.Same())
	}
	if !good {
		return ended(exitNo)
	}
	return nil
}

// showEvaluations prints a line for each output.
func (p *program) showEvaluations(list []flakegen.Evaluated, against string) error {
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, e := range list {
		columns := []string{e.Output.Name, e.Output.System}
		if e.Err != nil {
			columns = append(columns, "does not evaluate")
		} else {
			columns = append(columns, e.Derivation)
			if against != "" {
				columns = append(columns, verdict(e))
			}
			columns = append(columns, cost(e.Cost))
		}
		fmt.Fprintln(table, printable(strings.Join(columns, "\t")))
	}
	if err := table.Flush(); err != nil {
		return exit(exitUnable, "%s", err)
	}
	return nil
}

func verdict(e flakegen.Evaluated) string {
	switch {
	case e.OtherErr != nil:
		return "not there before"
	case e.Same():
		return "equal"
	}
	return "differs"
}

func cost(c nixcmd.Cost) string {
	return fmt.Sprintf("%s, %s thunks, %s", report.Duration(time.Duration(c.Seconds*float64(time.Second))),
		humanize.Comma(c.Thunks), humanize.Bytes(uint64(c.AllocatedBytes)))
}

// jsonEvaluations is the form of `eval --json`.
type jsonEvaluations struct {
	FormatVersion string           `json:"format_version"`
	OK            bool             `json:"ok"`
	Against       string           `json:"against,omitempty"`
	Outputs       []jsonEvaluation `json:"outputs"`
}

// jsonEvaluation is one output. Seconds are wall time, bytes what was allocated in
// all; equal and against_derivation are there with --against only.
type jsonEvaluation struct {
	Name              string  `json:"name"`
	Attribute         string  `json:"attribute"`
	System            string  `json:"system"`
	Variant           string  `json:"variant"`
	Alias             string  `json:"alias"`
	Derivation        string  `json:"derivation"`
	Error             string  `json:"error"`
	Seconds           float64 `json:"seconds"`
	CPUSeconds        float64 `json:"cpu_seconds"`
	Thunks            int64   `json:"thunks"`
	FunctionCalls     int64   `json:"function_calls"`
	AllocatedBytes    int64   `json:"allocated_bytes"`
	HeapBytes         int64   `json:"heap_bytes"`
	Equal             *bool   `json:"equal,omitempty"`
	AgainstDerivation string  `json:"against_derivation,omitempty"`
	AgainstError      string  `json:"against_error,omitempty"`
}

func evaluationsJSON(list []flakegen.Evaluated, against string) jsonEvaluations {
	out := jsonEvaluations{FormatVersion: formatVersion, OK: true, Against: against, Outputs: []jsonEvaluation{}}
	for _, e := range list {
		one := jsonEvaluation{
			Name: e.Output.Name, Attribute: e.Output.Attribute, System: e.Output.System,
			Variant: e.Output.Variant, Alias: e.Output.Alias, Derivation: e.Derivation, Error: errorText(e.Err),
			Seconds: e.Cost.Seconds, CPUSeconds: e.Cost.CPUSeconds, Thunks: e.Cost.Thunks, FunctionCalls: e.Cost.FunctionCalls,
			AllocatedBytes: e.Cost.AllocatedBytes, HeapBytes: e.Cost.HeapBytes,
		}
		out.OK = out.OK && e.Err == nil
		if against != "" {
			same := e.Same()
			out.OK = out.OK && same
			one.Equal, one.AgainstDerivation, one.AgainstError = &same, e.Other, errorText(e.OtherErr)
		}
		out.Outputs = append(out.Outputs, one)
	}
	return out
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return printable(err.Error())
}
