package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) benchCommand() *cli.Command {
	return &cli.Command{
		Name:      "bench",
		Usage:     "build two outputs again and again and say which is faster",
		ArgsUsage: "OUTPUT OUTPUT [--runs N] [--system S] [flags] [-- NIX ARGS]",
		Description: `Compares A, the first output, with B, the second. Each is a name of the spec, any
installable of Nix, or either of them at a commit: rts@HEAD~1, .#rts@v1.2.
Without a commit the files count as they are, committed or not.

Each run builds again what one side needs and the other does not, from copies of
these derivations that differ from them in one variable, flakegenBench. So no
cache has them, nothing that you have is built over or removed, and what a run
leaves in the store is removed after it. What both need is built or fetched
once, before. The order is drawn. Evaluating is not measured.

The answer has a 95% interval; "no difference shown" means that what was seen may
be chance. See docs/bench.md for how to read it, and for noise.

Examples:
  flakegen bench rts-build rts-checked        what do the tests cost?
  flakegen bench rts rts@HEAD~1               has this change made it slower?
  flakegen bench rts rts@main --fail-if-slower 5%
  flakegen bench rts rts                      how noisy is this machine?

Exit codes: 0 compared · 1 a build failed, or A is shown to take longer than B by
more than --fail-if-slower allows, or files and spec do not agree · 2 the spec is
in error, or there is no such output, system or commit · 3 no Nix, or nothing here
can build for the system · 130 interrupted, after what was measured is shown.`,
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "runs", Usage: "make `N` runs of each", Value: 10},
			&cli.IntFlag{Name: "warmup", Usage: "make `N` runs of each before, which do not count", Value: 1},
			&cli.Uint64Flag{Name: "seed", Usage: "draw the order of the runs by `N`", DefaultText: "another each time"},
			&cli.StringFlag{Name: "system", Usage: "build for system `S`", DefaultText: "this machine's"},
			&cli.StringFlag{Name: "fail-if-slower", Usage: "end with 1 where A takes longer than B by more than `P`, such as 5%"},
			&cli.BoolFlag{Name: "only-outputs", Usage: "build again only A and B themselves, not what they need", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-check", Usage: "go on even if files and spec do not agree", DisableDefaultText: true},
		},
		Action: p.bench,
	}
}

// maxRuns is more than anybody waits for, and bounds the memory of a comparison.
const maxRuns = 1000

func (p *program) bench(c *cli.Context) error {
	if c.NArg() != 2 {
		return exit(exitUsage, "name two outputs: flakegen bench A B. See flakegen bench --help.")
	}
	runs, warmup := c.Int("runs"), c.Int("warmup")
	if runs < 1 || runs > maxRuns || warmup < 0 || warmup > maxRuns {
		return exit(exitUsage, "--runs takes a number from 1 to %d, --warmup one from 0.", maxRuns)
	}
	limit, err := partOf(c.String("fail-if-slower"))
	if err != nil {
		return err
	}
	if !math.IsInf(limit, 1) && runs < abtest.MinCompared {
		return exit(exitUsage, "--fail-if-slower takes %d runs or more: fewer cannot show a difference.", abtest.MinCompared)
	}
	o, err := p.open(c)
	if err != nil {
		return err
	}
	defer o.stop()
	options := flakegen.BenchOptions{Nix: o.nix, Runs: runs, Warmup: warmup, Seed: p.seed(c), OnlyOutputs: c.Bool("only-outputs"), Now: p.env.now}
	if options.Targets, err = p.benchTargets(c, o); err != nil {
		return err
	}
	var outputs []timing.Output
	for _, target := range options.Targets {
		outputs = append(outputs, target.Output)
	}
	options.Shards, options.Machine = flakegen.ShardsOf(o.rendering.Spec, outputs), thisMachine()
	options.Say = func(line string) { p.say("%s", line) }
	view := &benchView{program: p, runs: runs}
	defer view.close() // a panic leaves a clean screen too
	o.onFirst(view.interrupt)
	options.Observer = view
	result, err := flakegen.Bench(o.ctx, options)
	view.close()
	if result != nil {
		if p.terminal().live {
			fmt.Fprintln(p.stderr)
		}
		if err := p.showBench(*result, c.Bool("json")); err != nil {
			return err
		}
	}
	return p.benchEnded(o.rendering, result, err, limit)
}

// seed is the user's, or one that is short enough to type.
func (p *program) seed(c *cli.Context) uint64 {
	if c.IsSet("seed") {
		return c.Uint64("seed")
	}
	return uint64(p.env.now().UnixNano()/int64(time.Microsecond)) % 1_000_000
}

// partOf reads 5% as 0.05. No text is no limit.
func partOf(text string) (float64, error) {
	if text == "" {
		return math.Inf(1), nil
	}
	number, ok := strings.CutSuffix(text, "%")
	part, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || part < 0 || math.IsInf(part, 0) || math.IsNaN(part) {
		return 0, exit(exitUsage, "--fail-if-slower takes a percentage such as 5%%, not %q.", text)
	}
	return part / 100, nil
}

func (p *program) benchTargets(c *cli.Context, o *opening) ([2]flakegen.BenchTarget, error) {
	var targets [2]flakegen.BenchTarget
	var names []string
	if name := c.String("system"); name != "" {
		names = []string{name}
	}
	systems, err := flakegen.Systems(o.rendering.Spec, names)
	if err != nil {
		return targets, exit(exitUsage, "%s", err)
	}
	for i, word := range c.Args().Slice() {
		targets[i], err = o.project.BenchTarget(o.ctx, o.rendering.Spec, o.nix, word, platform.System(systems[0]))
		var usage *flakegen.UsageError
		switch {
		case err == nil:
		case o.ctx.Err() != nil:
			return targets, exit(exitInterrupted, "interrupted")
		case errors.As(err, &usage), errors.Is(err, gitcmd.ErrUnknownRevision), errors.Is(err, gitcmd.ErrNoRepository):
			return targets, exit(exitUsage, "%s", err)
		default:
			return targets, exit(exitUnable, "%s", err)
		}
	}
	return targets, nil
}

func (p *program) showBench(r abtest.Result, asJSON bool) error {
	if asJSON {
		return p.printJSON(benchJSON(r, report.BenchAnswer(r), report.BenchMeasured(r)))
	}
	style := report.Style{Width: defaultWidth}
	if width, ok := widthOf(p.stdout); ok {
		style.Width, style.Color = width, p.colors()
	}
	if err := report.Bench(inertWriter{p, p.stdout}, r, style); err != nil {
		return exit(exitUnable, "%s", err)
	}
	return nil
}

// inertWriter takes whole lines in which builds have a word.
type inertWriter struct {
	program *program
	io.Writer
}

func (w inertWriter) Write(lines []byte) (int, error) {
	if _, err := io.WriteString(w.Writer, w.program.inert(string(lines))); err != nil {
		return 0, err
	}
	return len(lines), nil
}

// benchEnded turns the end of a bench into the end of the program.
func (p *program) benchEnded(rendering *generate.Rendering, result *abtest.Result, err error, limit float64) error {
	if result != nil && len(result.Leftover) > 0 {
		p.say("%d store paths of the runs could not be removed; the next garbage collection takes them, such as %s", len(result.Leftover), result.Leftover[0])
	}
	var failed *flakegen.BenchBuildError
	var evaluation *flakegen.BenchEvalError
	var usage *flakegen.UsageError
	switch {
	case errors.Is(err, nixcmd.ErrInterrupted):
		return exit(exitInterrupted, "interrupted")
	case errors.As(err, &failed):
		if err := report.Text(inertWriter{p, p.stderr}, failed.Report, report.Style{Width: p.terminal().width, Color: p.terminal().color}); err != nil {
			return exit(exitUnable, "%s", err)
		}
		return exit(exitNo, "%s", failed)
	case errors.As(err, &evaluation):
		p.showOrigins(rendering, err.Error())
		return exit(exitNo, "%s", err)
	case errors.As(err, &usage):
		return exit(exitUsage, "%s", err)
	case err != nil:
		return exit(exitUnable, "%s", err)
	case result.Status == timing.Interrupted:
		return ended(exitInterrupted)
	}
	if comparison := result.Compare(); comparison.Slower(limit) {
		return exit(exitNo, "%s takes %.3f times as long as %s, at least %.3f times: slower by more than %g%%", result.Targets[abtest.A].Name,
			comparison.Ratio, result.Targets[abtest.B].Name, comparison.Low, 100*limit)
	}
	return nil
}

// benchView shows a bench on stderr: what runs, where that is a terminal, and a
// line for each run.
type benchView struct {
	program *program
	runs    int           // that are to come, of each side
	warmup  time.Duration // of both sides, all runs that do not count

	mu   sync.Mutex
	view *view // of the step at hand
}

func (v *benchView) Planned(r abtest.Result) {
	v.program.say("%s", strings.TrimSuffix(report.BenchMeasured(r), "."))
	if a, b := len(r.Targets[abtest.A].Differs), len(r.Targets[abtest.B].Differs); a+b > manyBuilds {
		v.program.say("each run builds all of them; to build only the two outputs themselves: --only-outputs")
	}
}

// manyBuilds in a run are maybe more than were meant, as where another nixpkgs
// makes everything differ.
const manyBuilds = 40

func (v *benchView) Began(step flakegen.BenchStep) timing.Observer {
	v.close()
	p, start := v.program, v.program.env.now()
	v.mu.Lock()
	defer v.mu.Unlock()
	if t := p.terminal(); t.live {
		v.view = p.startView(start, nil)
	} else {
		progress := report.NewBenchProgress(inertWriter{p, p.stderr}, report.Style{Color: t.color}, step.String(), start)
		v.view = p.showView(progress, time.Second, progress.Tick)
	}
	return v.view
}

func (v *benchView) Ended(step flakegen.BenchStep, took time.Duration) {
	v.close()
	p := v.program
	_ = report.BenchStep(inertWriter{p, p.stderr}, report.Style{Color: p.terminal().color}, step.String(), step.Name, took)
	if !step.Warmup {
		return
	}
	v.warmup += took
	if step.Number == step.Of {
		total := v.warmup * time.Duration(2*v.runs) / time.Duration(step.Of)
		p.say("the builds of %d runs of each take about %s", v.runs, report.Duration(total))
	}
}

// interrupt says that a step is being interrupted.
func (v *benchView) interrupt() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.view != nil {
		v.view.interrupt("kills nix")
	}
}

func (v *benchView) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.view != nil {
		v.view.close()
		v.view = nil
	}
}
