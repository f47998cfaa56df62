package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen/history"
)

func (p *program) historyShowCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "print the report of one build",
		ArgsUsage: "[ID] [--json]",
		Description: `Prints the report of a build as build printed it. An ID may be cut short as long as
it is that of one build; without one it is the last build of this repository.

Examples:
  flakegen history show                   the last build
  flakegen history show 0198f3a2-b4c5
  flakegen history show 0198f3a2-b4c5 --json`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print the whole record as one JSON object", DisableDefaultText: true},
		},
		Action: p.historyShow,
	}
}

func (p *program) historyShow(c *cli.Context) error {
	if err := p.noNixArguments(c); err != nil {
		return err
	}
	if c.NArg() > 1 {
		return exit(exitUsage, "history show takes one ID. See flakegen history show --help.")
	}
	id, project := c.Args().First(), ""
	if id == "" {
		var err error
		if project, err = p.historyProject(c); err != nil {
			return err
		}
	}
	var record history.Record
	found := false
	err := p.withHistory(c.Context, func(s *history.Store) error {
		if id == "" {
			entries, err := s.List(c.Context, history.Filter{Project: project, Limit: 1})
			if err != nil || len(entries) == 0 {
				return err
			}
			id = entries[0].ID
		}
		var err error
		record, found, err = lookUp(c.Context, s, id)
		return err
	})
	switch {
	case err != nil:
		return err
	case !found && id == "":
		return exit(exitNo, "no build is in the history yet.")
	case !found:
		return exit(exitNo, "no build has the id %q. flakegen history --all lists them.", id)
	case c.Bool("json"):
		return p.printJSON(recordJSON{formatVersion, record})
	}
	p.showOrigin(record)
	return p.showReport(record.Report, false)
}

// recordJSON is the form of `history show --json`, that of a line of an export.
type recordJSON struct {
	FormatVersion string `json:"format_version"`
	history.Record
}

// showOrigin prints what a report does not say of its build.
func (p *program) showOrigin(r history.Record) {
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(p.stdout, "%-8s %s\n", name, printable(text))
		}
	}
	line("build", r.ID)
	line("started", r.Report.Started.In(p.env.now().Location()).Format("2006-01-02 15:04:05 -07:00"))
	line("project", r.Project)
	commit := r.Commit
	if r.Dirty {
		commit += ", and changes"
	}
	line("commit", commit)
	line("host", r.Host)
	line("nix", r.Report.Nix.Version)
	fmt.Fprintln(p.stdout)
}
