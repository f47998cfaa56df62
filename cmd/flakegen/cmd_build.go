package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/timing"
)

func (p *program) buildCommand() *cli.Command {
	return &cli.Command{
		Name:      "build",
		Usage:     "run the real nix build and say where the time went",
		ArgsUsage: "[OUTPUT…] [--system S]… [flags] [-- NIX ARGS]",
		Description: `Checks that the files agree with the spec, builds the outputs with nix, shows
what runs, and reports the time of each derivation and phase. An OUTPUT is a name
of the spec, of a package, an alias or a check, or any installable of Nix; without
one it is the output "default", else every alias, else every package.

For a system other than this machine's it asks Nix first whether anything here
can build or fetch it. What stands behind -- goes to nix; settings among it count
for that question too.

Where an output needs shards of tests it adds --keep-going and a --max-jobs that fits
the cores and the caps of the spec, and says so. What stands behind -- goes before that.

Examples:
  flakegen build                              the default output
  flakegen build rts rts-build                two outputs
  flakegen build rts-seeded                   the tests with the commit's seed
  flakegen build rts --system aarch64-darwin  what a Mac would get
  flakegen build rts --json -- --cores 4      the report as JSON, four cores a build

Exit codes: 0 built · 1 the build failed, or files and spec do not agree · 2 the
spec is in error, or does not list the system · 3 no Nix, or nothing here can
build or fetch for the system · 130 interrupted.`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "system", Usage: "build for system `S`; may stand several times", DefaultText: "this machine's"},
			&cli.BoolFlag{Name: "keep-going", Usage: "build on where something failed", DisableDefaultText: true},
			&cli.StringFlag{Name: "out-link", Usage: "call the symbolic link to the result `L`", DefaultText: "result"},
			&cli.BoolFlag{Name: "no-link", Usage: "make no symbolic link", DisableDefaultText: true},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would be built and fetched", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print the report as one JSON object", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-check", Usage: "build even if files and spec do not agree", DisableDefaultText: true},
		},
		Action: p.build,
	}
}

func (p *program) build(c *cli.Context) error {
	if c.IsSet("out-link") && c.Bool("no-link") {
		return exit(exitUsage, "--out-link and --no-link say the opposite. Give one of them.")
	}
	if c.Bool("dry-run") && c.Bool("json") {
		return exit(exitUsage, "--dry-run builds nothing that a report could be about. Leave --json out.")
	}
	o, err := p.open(c)
	if err != nil {
		return err
	}
	defer o.stop()
	options, err := p.buildOptions(c, o)
	if err != nil {
		return err
	}
	if c.Bool("dry-run") {
		return p.dryRun(o.ctx, o.rendering, options)
	}
	if err := p.scheduleShards(o, options.Outputs, &options); err != nil {
		return p.buildEnded(o.rendering, nil, err)
	}

	recording := p.startRecording("build", o.project.Root, o.kill)
	defer recording.Close()
	view := p.startView(options.Now(), recording.usual)
	defer view.close() // a panic leaves a clean screen too
	o.onFirst(func() { view.interrupt("kills nix") })
	options.Observer = view
	result, err := flakegen.Build(o.ctx, options)
	view.close()
	if result != nil {
		// First, so that a report that is seen is in the history.
		record := recording.record(result)
		if err := p.showReport(*result, c.Bool("json")); err != nil {
			return err
		}
		p.stepSummary(record)
		p.showOrigins(o.rendering, result.Errors...)
	}
	return p.buildEnded(o.rendering, result, err)
}

func (p *program) buildOptions(c *cli.Context, o *opening) (flakegen.BuildOptions, error) {
	none := flakegen.BuildOptions{}
	systems, err := flakegen.Systems(o.rendering.Spec, c.StringSlice("system"))
	if err != nil {
		return none, exit(exitUsage, "%s", err)
	}
	outputs, installables, err := flakegen.Targets(o.rendering.Spec, c.Args().Slice(), systems)
	if err != nil {
		return none, exit(exitUsage, "%s", err)
	}
	return flakegen.BuildOptions{
		Nix:          o.nix,
		Root:         o.project.Root,
		Outputs:      outputs,
		Installables: installables,
		Alternatives: flakegen.Alternatives(o.rendering.Spec, outputs),
		KeepGoing:    c.Bool("keep-going"),
		OutLink:      c.String("out-link"),
		NoLink:       c.Bool("no-link"),
		Now:          p.env.now,
	}, nil
}

// scheduleShards fits a build to the shards of tests that its outputs need, and says how.
func (p *program) scheduleShards(o *opening, outputs []timing.Output, options *flakegen.BuildOptions) error {
	told, err := options.ScheduleShards(o.ctx, flakegen.ShardsOf(o.rendering.Spec, outputs), thisMachine())
	for _, line := range told {
		p.say("%s", line)
	}
	return err
}

func (p *program) showReport(r timing.Report, asJSON bool) error {
	if asJSON {
		return p.printJSON(r)
	}
	style := report.Style{Width: defaultWidth}
	if width, ok := widthOf(p.stdout); ok {
		style.Width, style.Color = width, p.colors()
	}
	var text strings.Builder
	if err := report.Text(&text, r, style); err != nil {
		return exit(exitUnable, "%s", err)
	}
	if _, err := io.WriteString(p.stdout, p.inert(text.String())); err != nil {
		return exit(exitUnable, "%s", err)
	}
	return nil
}

// buildEnded turns the end of a build into the end of the program.
func (p *program) buildEnded(rendering *generate.Rendering, result *timing.Report, err error) error {
	code := map[flakegen.Verdict]int{
		flakegen.BuildSucceeded:   0,
		flakegen.BuildFailed:      exitNo,
		flakegen.BuildInterrupted: exitInterrupted,
		flakegen.BuildUnable:      exitUnable,
	}[flakegen.Outcome(result, err)]
	switch {
	case errors.Is(err, nixcmd.ErrInterrupted):
		return exit(exitInterrupted, "interrupted")
	case err != nil:
		p.showOrigins(rendering, err.Error())
		return exit(code, "%s", err)
	case code == 0:
		return nil
	}
	return ended(code)
}

// dryRun says what a build would do.
func (p *program) dryRun(ctx context.Context, rendering *generate.Rendering, options flakegen.BuildOptions) error {
	missing, err := flakegen.DryRun(ctx, options)
	if err != nil {
		return p.buildEnded(rendering, nil, err)
	}
	list := func(title string, paths []string) {
		if len(paths) == 0 {
			return
		}
		fmt.Fprintf(p.stdout, "%s\n", title)
		for _, path := range paths {
			fmt.Fprintf(p.stdout, "  %s\n", printable(path))
		}
	}
	list("would be built:", missing.Build)
	list("would be fetched:", missing.Fetch)
	list("cannot be had:", missing.Unknown)
	if len(missing.Build)+len(missing.Fetch)+len(missing.Unknown) == 0 {
		fmt.Fprintln(p.stdout, "everything is present")
	}
	for _, cache := range missing.Unreachable {
		p.say("the cache %s did not answer", cache)
	}
	if len(missing.Unknown) > 0 {
		return ended(exitNo)
	}
	return nil
}
