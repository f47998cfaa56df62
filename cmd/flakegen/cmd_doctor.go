package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/doctor"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/report"
)

func (p *program) doctorCommand() *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "say whether Nix, builders, caches and the repository are fit",
		ArgsUsage: "[--json] [-- NIX ARGS]",
		Description: `Looks at Nix and its settings, at how each system of the spec can be built for,
at every remote builder and cache, and at the repository: its files, flake.lock
and the commit hook. Each line is ok, a note or a fault, and says what to do where
it is not ok. Nothing is changed, built or fetched. It takes some seconds at most.

Outside of a repository it tells about Nix alone. Settings behind -- count as if
they stood in nix.conf.

Examples:
  flakegen doctor                 look at everything
  flakegen doctor --json          the same for programs
  flakegen doctor -- --builders 'ssh-ng://mac aarch64-darwin'
                                  would this builder answer?

Exit codes: 0 all is well, maybe with notes · 1 there is a fault · 2 the spec is in
error · 3 there is no Nix · 130 interrupted.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
		},
		Action: p.doctor,
	}
}

// doctorGrace is how long a nix that was told to stop may take to end. None of
// them builds anything.
const doctorGrace = 300 * time.Millisecond

func (p *program) doctor(c *cli.Context) error {
	if c.Args().Present() {
		return exit(exitUsage, "doctor takes no argument %q. See flakegen doctor --help.", c.Args().First())
	}
	project, err := p.findProject(c.String("C"))
	if err != nil && !errors.Is(err, flakegen.ErrNoSpec) {
		return err
	}
	options, err := p.doctorOptions(c, project)
	if err != nil {
		return err
	}
	interrupts := watchInterrupts(c.Context)
	defer interrupts.stop()
	options.Nix.Kill = interrupts.kill
	result := doctor.Examine(interrupts.ctx, options)
	if c.Bool("json") {
		err = p.printJSON(diagnosisJSON(result))
	} else {
		err = p.showDiagnosis(result)
	}
	switch {
	case err != nil:
		return err
	case result.Interrupted:
		return exit(exitInterrupted, "interrupted: this is what was known by then")
	case options.Repository != nil && options.Repository.Rendering.Diagnostics.HasErrors():
		return ended(exitUsage)
	case result.NoNix:
		return ended(exitUnable)
	case result.Count(doctor.Fault) > 0:
		return ended(exitNo)
	}
	return nil
}

func (p *program) doctorOptions(c *cli.Context, project *flakegen.Project) (doctor.Options, error) {
	folder := filepath.Join(p.env.folder, c.String("C"))
	if filepath.IsAbs(c.String("C")) {
		folder = c.String("C")
	}
	if project != nil {
		folder = project.Start
	}
	args, err := nixcmd.ParseArgs(p.nixArguments, folder)
	if err != nil {
		return doctor.Options{}, exit(exitUsage, "%s", err)
	}
	options := doctor.Options{
		Nix:     &nixcmd.Nix{Dir: folder, Env: p.env.variables, Args: args, Grace: doctorGrace},
		Machine: os.DirFS("/"),
		Kernel:  runtime.GOOS,
		CPUs:    thisMachine().Cores,
		User:    p.env.get("USER"),
		Root:    os.Geteuid() == 0,
		Version: version(), UserAgent: "flakegen/" + version(),
		Variable: p.env.get,
		Now:      p.env.now,
	}
	options.History.Path, options.History.Err = p.env.historyPath()
	options.History.Advice = historyAdvice
	if project == nil {
		return options, nil
	}
	rendering, err := project.Rendering()
	if err != nil {
		return doctor.Options{}, exit(exitUnable, "%s", err)
	}
	if diag := rendering.Spec.CheckVersion(version()); diag != nil {
		// What another version cannot read is no news.
		rendering.Diagnostics = hcl.Diagnostics{diag}
	}
	options.Repository = &doctor.Repository{
		Root: project.Root, From: project.From, Git: &gitcmd.Git{Dir: project.Root, Env: project.Env, Cwd: project.Folder},
		Rendering: rendering, Comparison: project.Comparison(rendering),
	}
	return options, nil
}

var groupTitles = []struct {
	group doctor.Group
	title string
}{
	{doctor.GroupNix, "Nix"},
	{doctor.GroupSystems, "Systems"},
	{doctor.GroupBuilders, "Remote builders"},
	{doctor.GroupCaches, "Caches"},
	{doctor.GroupRepository, "Repository"},
	{doctor.GroupFlakegen, "flakegen"},
}

// showDiagnosis prints the findings for people.
func (p *program) showDiagnosis(result doctor.Result) error {
	marks := map[doctor.Level]report.Mark{doctor.OK: report.MarkGood, doctor.Note: report.MarkNote, doctor.Fault: report.MarkBad}
	var sections []report.Section
	for _, g := range groupTitles {
		section := report.Section{Title: g.title}
		for i, f := range result.Findings {
			if f.Group != g.group {
				continue
			}
			item := report.Item{Mark: marks[f.Level], Subject: f.Subject, Summary: f.Summary}
			if f.Range != nil {
				item.Summary += fmt.Sprintf(" (%s, line %d)", f.File, f.Range.Start.Line)
			}
			if f.Detail != "" {
				item.Below = append(item.Below, f.Detail)
			}
			// One remedy of several lines stands below the last of them.
			if i+1 == len(result.Findings) || result.Findings[i+1].Remedy() != f.Remedy() {
				item.Lines = f.Lines
				if f.Advice != "" {
					item.Below = append(item.Below, f.Advice)
				}
			}
			section.Items = append(section.Items, item)
		}
		sections = append(sections, section)
	}
	style := report.Style{Width: defaultWidth, ASCII: p.ascii()}
	if width, ok := widthOf(p.stdout); ok {
		style.Width, style.Color = width, p.colors()
	}
	if err := report.Checklist(p.stdout, sections, style); err != nil {
		return exit(exitUnable, "%s", err)
	}
	fmt.Fprintf(p.stdout, "\n%s\n", verdictOf(result))
	return nil
}

func verdictOf(result doctor.Result) string {
	count := func(n int, noun string) string {
		switch n {
		case 0:
			return "no " + noun + "s"
		case 1:
			return "1 " + noun
		}
		return fmt.Sprintf("%d %ss", n, noun)
	}
	return count(result.Count(doctor.Fault), "fault") + ", " + count(result.Count(doctor.Note), "note")
}

// jsonDiagnosis is the form of `doctor --json`. OK says that there is no fault.
type jsonDiagnosis struct {
	FormatVersion string              `json:"format_version"`
	OK            bool                `json:"ok"`
	Findings      []jsonDoctorFinding `json:"findings"`
}

// jsonDoctorFinding is a finding with what others have not: level is ok, note or
// fault, group the part that it belongs to, subject what it is about.
type jsonDoctorFinding struct {
	Group   string `json:"group"`
	Level   string `json:"level"`
	Subject string `json:"subject"`
	jsonFinding
}

func diagnosisJSON(result doctor.Result) jsonDiagnosis {
	out := jsonDiagnosis{FormatVersion: formatVersion, OK: result.Count(doctor.Fault) == 0, Findings: []jsonDoctorFinding{}}
	for _, f := range result.Findings {
		one := jsonDoctorFinding{Group: string(f.Group), Level: string(f.Level), Subject: f.Subject, jsonFinding: jsonFinding{
			Rule: f.Rule, Summary: f.Summary, Detail: f.Detail, File: f.File, Remedy: f.Remedy(),
		}}
		if f.Range != nil {
			place := rangeJSON(*f.Range)
			one.Range = &place
		}
		out.Findings = append(out.Findings, one)
	}
	return out
}
