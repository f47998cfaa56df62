package main

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

func (p *program) planCommand() *cli.Command {
	return &cli.Command{
		Name:      "plan",
		Usage:     "say what a build would fetch and build, from which cache, and how long that takes",
		ArgsUsage: "[OUTPUT…] [--system S]… [--all-systems] [--offline] [--fail-if-builds] [--json] [-- NIX ARGS]",
		Description: `Evaluates outputs, asks the store and the caches that Nix would ask, verifies what
they signed, and says for each output what is present, what would be fetched and
what would be built. Nothing is built or fetched. Times are those of past builds
(flakegen history). For an alias the other variants' prices stand beside it.

What Nix would refuse, such as a path that nobody trusted has signed, counts as to
be built. Without an OUTPUT: the output "default", else every alias, else every
package.

Examples:
  flakegen plan                               the default output, on this machine
  flakegen plan --all-systems                 what each system gets, and at what price
  flakegen plan rts --system aarch64-darwin   what a Mac would have to do
  flakegen plan --fail-if-builds              for a job that must only fetch
  flakegen plan --json                        for a program

Exit codes: 0 said · 1 something would be built and --fail-if-builds is given, an
output does not evaluate, or files and spec do not agree · 2 the spec is in error,
or does not list the system · 3 no Nix · 130 interrupted.`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "system", Usage: "plan for system `S`; may stand several times", DefaultText: "this machine's"},
			&cli.BoolFlag{Name: "all-systems", Usage: "plan for every system of the spec", DisableDefaultText: true},
			&cli.BoolFlag{Name: "offline", Usage: "ask no cache that is reached through the network", DisableDefaultText: true},
			&cli.BoolFlag{Name: "fail-if-builds", Usage: "end with 1 where anything would be built", DisableDefaultText: true},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-check", Usage: "plan even if files and spec do not agree", DisableDefaultText: true},
		},
		Action: p.plan,
	}
}

func (p *program) plan(c *cli.Context) error {
	if c.Bool("all-systems") && c.IsSet("system") {
		return exit(exitUsage, "--all-systems and --system exclude each other.")
	}
	o, err := p.open(c)
	if err != nil {
		return err
	}
	defer o.stop()
	options, err := planTargets(c, o.rendering.Spec)
	if err != nil {
		return err
	}
	plan, err := p.planned(c, o, options)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = p.printJSON(planJSON(plan, o.rendering))
	} else {
		err = p.showPlanned(plan)
	}
	if err != nil {
		return err
	}
	return p.planEnded(o.rendering, plan, c.Bool("fail-if-builds"))
}

// planTargets are what the command line asks for.
func planTargets(c *cli.Context, s *spec.Spec) (options flakegen.PlanOptions, err error) {
	if c.Bool("all-systems") {
		options.Outputs, options.Installables, err = flakegen.TargetsEverywhere(s, c.Args().Slice())
	} else {
		systems, unlisted := flakegen.Systems(s, c.StringSlice("system"))
		if unlisted != nil {
			return options, exit(exitUsage, "%s", unlisted)
		}
		options.Outputs, options.Installables, err = flakegen.Targets(s, c.Args().Slice(), systems)
	}
	if err != nil {
		return options, exit(exitUsage, "%s", err)
	}
	return options, nil
}

// planned makes a plan of what the options name, or says why it cannot.
func (p *program) planned(c *cli.Context, o *opening, options flakegen.PlanOptions) (*flakegen.Plan, error) {
	options.Nix, options.Spec = o.nix, o.rendering.Spec
	options.Offline, options.UserAgent = c.Bool("offline"), "flakegen/"+version()
	options.Variable, options.Now, options.Machine = p.env.get, p.env.now, thisMachine()
	var err error
	if options.History, err = p.env.historyPath(); err != nil {
		p.say("nothing is known of past builds: %s. %s", err, historyRemedy(err))
	}
	options.Host, _ = os.Hostname() // without it no build is preferred
	line := p.startPlanLine()
	defer line.close() // a panic leaves a clean screen too
	options.Observe = line.observe
	plan, err := o.project.Plan(o.ctx, options)
	line.close()
	switch {
	case o.ctx.Err() != nil, errors.Is(err, nixcmd.ErrInterrupted):
		return nil, exit(exitInterrupted, "interrupted")
	case err != nil:
		return nil, exit(exitUnable, "%s", err)
	}
	return plan, nil
}

// planEnded says what stands beside the plan, and turns it into the program's end.
func (p *program) planEnded(rendering *generate.Rendering, plan *flakegen.Plan, failIfBuilds bool) error {
	failed, builds := false, false
	told, reasons := map[string]bool{}, map[string]string{}
	tell := func(row flakegen.PlanRow) {
		if row.Err == nil || told[label(row)] {
			return
		}
		told[label(row)] = true
		// What Nix says is the same for most systems, apart from the command line and
		// the way to the error, which newer ones tell before it.
		reason := row.Err.Error()
		if at := strings.LastIndex(reason, "error: "); at >= 0 {
			reason = reason[at:]
		}
		if first := reasons[reason]; first != "" {
			p.say("%s %s for the same reason as %s.", label(row), failureWord(row), first)
			return
		}
		reasons[reason] = label(row)
		p.say("%s %s:\n%s", label(row), failureWord(row), row.Err)
		p.showPlace(rendering, row)
	}
	for _, row := range plan.Rows {
		tell(row)
		for _, other := range row.Alternatives {
			tell(other)
		}
		failed, builds = failed || row.Err != nil, builds || row.NeedsBuilds()
	}
	p.tellCaches(plan)
	if plan.HistoryErr != nil {
		p.say("nothing is known of past builds: %s. %s", plan.HistoryErr, historyRemedy(plan.HistoryErr))
	}
	e := plan.Evaluation
	p.say("evaluated in %s, %s of at most %s.", report.Duration(time.Duration(e.Seconds*float64(time.Second))),
		count(e.Processes, "process", "processes"), humanize.Bytes(uint64(e.MemoryBytes)))
	if builds && failIfBuilds {
		p.say("something would be built, and --fail-if-builds forbids that.")
	}
	if failed || builds && failIfBuilds {
		return ended(exitNo)
	}
	return nil
}

// showPlace shows where in the spec an output with an error comes from.
func (p *program) showPlace(rendering *generate.Rendering, row flakegen.PlanRow) {
	message := row.Err.Error()
	if len(origins(rendering, message)) > 0 {
		p.showOrigins(rendering, message)
		return
	}
	var diags hcl.Diagnostics
	for _, rng := range places(rendering, row.Output.Name, message) {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "This is the output", Detail: "Nix's message is above.", Subject: rng.Ptr()})
	}
	p.writeDiagnostics(rendering.Spec, diags)
}

// tellCaches names the caches that the plan does without, and why.
func (p *program) tellCaches(plan *flakegen.Plan) {
	if !plan.Settings.Substitute {
		p.say("no cache is asked: Nix is set to fetch nothing (substitute = false).")
	}
	for _, s := range plan.Caches {
		switch {
		case s.State == substituter.SetAside:
			p.say("the cache %s was given up (%s); what else it may have counts as not there.", s.URI, s.Reason)
		case s.State == substituter.Unusable:
			p.say("the cache %s cannot be used (%s), so Nix leaves it out; what it may have counts as not there.", s.URI, s.Reason)
		case s.State == substituter.NotAsked:
			p.say("the cache %s was not asked (%s); what it may have counts as not there.", s.URI, s.Reason)
		case s.Failures > 0:
			p.say("the cache %s gave no answer for %d of %s; these count as not there.", s.URI, s.Failures, count(s.Requests, "path", "paths"))
		case s.Denied > 0:
			p.say("the cache %s refused to answer for %d of %s, which to Nix means that it does not have them.", s.URI, s.Denied, count(s.Requests, "path", "paths"))
		}
	}
	for _, l := range plan.Lacking {
		p.say("the spec's cache %q counts for nothing, because Nix would not use it. To use it:\n  %s", l.Cache.Name, nixcmd.CommandLine("--", l.Options))
	}
}
