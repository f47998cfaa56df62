package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/flakegen/verify"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "say whether variants, checks and aliases are what the spec declares",
		ArgsUsage: "[--system S]… [--outputs [--against REV]] [--json] [-- NIX ARGS]",
		Description: `Evaluates every package and alias, and every check that has variants or runs tests,
on every system of the spec, and reads their derivations. What it holds them to:

  variants differ only in what the spec varies, and in what follows from that
  a variant of role build runs no tests, and needs nothing for them
  one of role checked has doCheck or doInstallCheck on, and a phase that can fail
  an alias is the derivation that it declares
  what runs tests runs each run of their matrix, once, and fails where one fails
  what stands for shards needs all of them, and has the content of the build

With --outputs it also builds the build-only and the checked variant of each
package, for this machine or the systems named, and compares what they made file
for file; with --against every output with what it was at another commit.

Examples:
  flakegen verify                           on every system
  flakegen verify --system aarch64-darwin   what a Mac would get
  flakegen verify --outputs                 do both variants make the same files?
  flakegen verify --outputs --against main  and the same files as on main?
  flakegen verify --json                    for a program

Exit codes: 0 they are · 1 they are not, a build failed, or files and spec do not
agree · 2 the spec is in error, or does not list the system · 3 no Nix, or nothing
here can build for the system · 130 interrupted.`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "system", Usage: "verify on system `S`; may stand several times", DefaultText: "every system of the spec"},
			&cli.BoolFlag{Name: "outputs", Usage: "build, and compare the contents as well", DisableDefaultText: true},
			&cli.StringFlag{Name: "against", Usage: "with --outputs: compare with the commit `REV`"},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
			&cli.BoolFlag{Name: "no-check", Usage: "verify even if files and spec do not agree", DisableDefaultText: true},
		},
		Action: p.verify,
	}
}

func (p *program) verify(c *cli.Context) error {
	if c.Args().Present() {
		return exit(exitUsage, "verify takes no argument %q: it verifies all that the spec declares. See flakegen verify --help.", c.Args().First())
	}
	if c.IsSet("against") && !c.Bool("outputs") {
		return exit(exitUsage, "--against compares contents. Add --outputs, or compare derivations: flakegen eval --against %s", c.String("against"))
	}
	o, err := p.open(c)
	if err != nil {
		return err
	}
	defer o.stop()
	systems, err := namedSystems(c, o.rendering.Spec)
	if err != nil {
		return err
	}
	findings, err := p.verified(o, systems)
	if err != nil {
		return err
	}
	compared := 0
	if c.Bool("outputs") {
		var more []verify.Finding
		if more, compared, err = p.verifyOutputs(c, o); err != nil {
			return err
		}
		findings = append(findings, more...)
	}
	if c.Bool("json") {
		err = p.printVerification(findings)
	} else {
		p.showVerification(o.rendering, systems, findings)
		if compared > 0 && len(findings) == 0 {
			fmt.Fprintf(p.stdout, "the same contents: %s\n", count(compared, "pair", "pairs"))
		}
	}
	if err == nil && len(findings) > 0 {
		return ended(exitNo)
	}
	return err
}

func (p *program) verified(o *opening, systems []platform.System) ([]verify.Finding, error) {
	findings, err := o.project.Verify(o.ctx, o.nix, o.rendering.Spec, systems)
	switch {
	case errors.Is(err, nixcmd.ErrInterrupted):
		return nil, exit(exitInterrupted, "interrupted")
	case err != nil:
		return nil, exit(exitUnable, "%s", err)
	}
	return findings, nil
}

// verifyOutputs builds, and compares contents, for this machine or the systems
// that the user names.
func (p *program) verifyOutputs(c *cli.Context, o *opening) (findings []verify.Finding, compared int, err error) {
	systems, err := flakegen.Systems(o.rendering.Spec, c.StringSlice("system"))
	if err != nil {
		return nil, 0, exit(exitUsage, "%s", err)
	}
	pairs := flakegen.TwinsOfVariants(o.rendering.Spec, systems)
	if against := c.String("against"); against != "" {
		pairs, err = o.project.TwinsOfCommits(o.ctx, o.nix, o.rendering.Spec, systems, against)
		switch {
		case errors.Is(err, gitcmd.ErrUnknownRevision), errors.Is(err, gitcmd.ErrNoRepository):
			return nil, 0, exit(exitUsage, "%s", err)
		case err != nil:
			return nil, 0, exit(exitUnable, "%s", err)
		}
	}
	if len(pairs) == 0 {
		return nil, 0, exit(exitUsage, "--outputs compares a variant of role build with one of role checked, and no package on %s has both.", listSystems(systems))
	}
	options := flakegen.BuildOptions{Nix: o.nix, Root: o.project.Root, Now: p.env.now}
	var twins []timing.Output
	for _, t := range pairs {
		twins = append(twins, t.A.Output, t.B.Output)
	}
	if err := p.scheduleShards(o, twins, &options); err != nil {
		return nil, 0, p.buildEnded(o.rendering, nil, err)
	}
	recording := p.startRecording("verify", o.project.Root, o.kill)
	defer recording.Close()
	view := p.startView(options.Now(), recording.usual)
	defer view.close()
	options.Observer = view
	o.onFirst(func() { view.interrupt("kills nix") })
	result, findings, err := flakegen.VerifyOutputs(o.ctx, options, pairs)
	view.close()
	if result != nil {
		recording.record(result)
	}
	if err == nil && result.Status == timing.Succeeded {
		return findings, len(pairs), nil
	}
	if result != nil && result.Status != timing.Succeeded {
		if err := p.showReport(*result, false); err != nil {
			return nil, 0, err
		}
		p.showOrigins(o.rendering, result.Errors...)
	}
	return nil, 0, p.buildEnded(o.rendering, result, err)
}

// showVerification writes findings with their places in the spec, or what was
// found to be right.
func (p *program) showVerification(rendering *generate.Rendering, systems []platform.System, findings []verify.Finding) {
	if len(findings) == 0 {
		fmt.Fprintf(p.stdout, "verified on %s: %s\n", listSystems(systems), verifiedCounts(rendering.Spec, systems))
		return
	}
	var diags hcl.Diagnostics
	for _, f := range acrossSystems(findings) {
		summary := f.Summary + " on " + listSystems(f.systems)
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: verificationDetail(f.Finding), Subject: f.Range.Ptr()})
	}
	p.writeDiagnostics(rendering.Spec, diags[:min(len(diags), shownDiagnostics)])
	if len(diags) > shownDiagnostics {
		p.say("the first %d of %d findings; flakegen verify --json has all.", shownDiagnostics, len(diags))
		return
	}
	p.say("%s.", count(len(diags), "finding", "findings"))
}

// shownFinding is one that holds on several systems.
type shownFinding struct {
	verify.Finding
	systems []platform.System
}

// acrossSystems puts together what differs by the system alone: the first one
// speaks for all.
func acrossSystems(findings []verify.Finding) []*shownFinding {
	type key struct {
		rule                       verify.Rule
		output, attribute, summary string
		place                      hcl.Range
	}
	var list []*shownFinding
	known := map[key]*shownFinding{}
	for _, f := range findings {
		k := key{f.Rule, f.Output, f.Attribute, f.Summary, f.Range}
		shown := known[k]
		if shown == nil {
			shown = &shownFinding{Finding: f}
			known[k] = shown
			list = append(list, shown)
		}
		shown.systems = append(shown.systems, f.System)
	}
	return list
}

func verificationDetail(f verify.Finding) string {
	detail := f.Detail
	if diff := f.Diff(); diff != "" {
		detail += "\n\n" + strings.TrimSuffix(diff, "\n") + "\n"
	}
	return detail + "\n" + f.Remedy
}

func verifiedCounts(s *spec.Spec, systems []platform.System) string {
	outputs := len(s.OutputNames()) - len(s.Aliases)
	text := count(outputs, "output", "outputs") + ", " + count(len(s.Aliases), "alias", "aliases")
	if checks := len(verify.Checks(s)); checks > 0 {
		text += ", " + count(checks, "check", "checks")
	}
	if shards := verify.CountShards(s, systems); shards > 0 {
		text += ", " + count(shards, "shard", "shards") + " of tests"
	}
	return text
}

func listSystems(systems []platform.System) string {
	names := make([]string, len(systems))
	for i, s := range systems {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

func (p *program) printVerification(findings []verify.Finding) error {
	out := jsonFindings{FormatVersion: formatVersion, OK: len(findings) == 0, Findings: []jsonFinding{}}
	for _, f := range findings {
		rng := rangeJSON(f.Range)
		out.Findings = append(out.Findings, jsonFinding{
			Rule: string(f.Rule), Summary: f.Summary + " on " + string(f.System), Detail: f.Detail, File: f.Range.Filename, Range: &rng, Remedy: f.Remedy,
			System: string(f.System), Output: f.Output, Attribute: f.Attribute, Diff: f.Diff(),
		})
	}
	return p.printJSON(out)
}
