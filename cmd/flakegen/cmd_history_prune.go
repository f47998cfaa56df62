package main

import (
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen/history"
)

func (p *program) historyPruneCommand() *cli.Command {
	return &cli.Command{
		Name:      "prune",
		Usage:     "remove old builds from the history",
		ArgsUsage: "--older-than WHEN | --keep N [--dry-run]",
		Description: `Removes builds of this repository, or of those that the flags say, and gives the room
back to the disk. With both flags it removes what is older, but keeps the newest N of
each project.

Examples:
  flakegen history prune --older-than 90d
  flakegen history prune --keep 1000 --all --dry-run`,
		Flags: append(projectFlags(),
			&cli.StringFlag{Name: "older-than", Usage: "remove builds before `WHEN`: 90d, 12w ago, or a date such as 2026-11-26"},
			&cli.IntFlag{Name: "keep", Usage: "keep the newest `N` of each project", DefaultText: "none"},
			&cli.BoolFlag{Name: "dry-run", Usage: "say how many, and remove none", DisableDefaultText: true},
		),
		Action: p.historyPrune,
	}
}

func (p *program) historyPrune(c *cli.Context) error {
	if err := p.noArguments(c); err != nil {
		return err
	}
	if !c.IsSet("older-than") && !c.IsSet("keep") {
		return exit(exitUsage, "say what to remove: --older-than 90d, or --keep 1000.")
	}
	if c.Int("keep") < 0 {
		return exit(exitUsage, "--keep %d is less than nothing.", c.Int("keep"))
	}
	var filter history.Filter
	var err error
	if c.IsSet("older-than") {
		if filter.Before, err = parseWhen(c.String("older-than"), p.env.now()); err != nil {
			return exit(exitUsage, "--older-than: %s.", err)
		}
	}
	if filter.Project, err = p.historyProject(c); err != nil {
		return err
	}
	removed := 0
	err = p.withHistory(c.Context, func(s *history.Store) error {
		removed, err = s.Prune(c.Context, filter, c.Int("keep"), c.Bool("dry-run"))
		return err
	})
	if err != nil {
		return err
	}
	if c.Bool("dry-run") {
		p.say("%s would be removed", builds(removed))
		return nil
	}
	p.say("%s removed", builds(removed))
	return nil
}
