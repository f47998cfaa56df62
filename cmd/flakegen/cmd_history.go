package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) historyCommand() *cli.Command {
	return &cli.Command{
		Name:      "history",
		Usage:     "list past builds, show one, move them between machines",
		ArgsUsage: "[flags] | show ID | export [FILE] | import FILE… | prune",
		Description: `Lists the builds of this repository that flakegen saw, the newest first. They are in
a database of yours, $XDG_STATE_HOME/flakegen/history.db, by default below
~/.local/state. FLAKEGEN_HISTORY=FILE puts it elsewhere, FLAKEGEN_HISTORY=off
keeps none.

Examples:
  flakegen history                            the last builds of this repository
  flakegen history --all --since 7d           those of all repositories, of a week
  flakegen history --output rts --status failed
  flakegen history show 0198f3a2-b4c5         the report of one build
  flakegen history export builds.jsonl        to take them to another machine
  flakegen history import builds.jsonl
  flakegen history prune --older-than 90d

Exit codes: 0 done · 1 no build has that id, or a line was no build · 2 a wrong
command line · 3 the history cannot be read or written.`,
		Flags: append(historyFilters(),
			&cli.IntFlag{Name: "limit", Usage: "list the newest `N` only; 0 lists all", Value: 20},
			&cli.BoolFlag{Name: "json", Usage: "print one JSON object", DisableDefaultText: true},
		),
		Subcommands: []*cli.Command{
			p.historyShowCommand(),
			p.historyExportCommand(),
			p.historyImportCommand(),
			p.historyPruneCommand(),
		},
		Action: p.history,
	}
}

// historyFilters are the flags that say which builds are meant.
func historyFilters() []cli.Flag {
	return append(projectFlags(),
		&cli.StringFlag{Name: "output", Usage: "builds of the output `NAME`, also where an alias stood for it"},
		&cli.StringFlag{Name: "system", Usage: "builds for system `S`"},
		&cli.StringFlag{Name: "status", Usage: "builds that ended so: `STATUS` is succeeded, failed, interrupted or incomplete"},
		&cli.StringFlag{Name: "since", Usage: "builds since `WHEN`: 7d, 36h, 2w ago, or a date such as 2026-11-26"},
	)
}

func projectFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "project", Usage: "builds of `PROJECT`, as --all names it", DefaultText: "this repository"},
		&cli.BoolFlag{Name: "all", Usage: "builds of all projects", DisableDefaultText: true},
	}
}

func (p *program) history(c *cli.Context) error {
	if c.Args().Present() {
		return p.noSubcommand(c)
	}
	if err := p.noNixArguments(c); err != nil {
		return err
	}
	if c.Int("limit") < 0 {
		return exit(exitUsage, "--limit %d is less than nothing. 0 lists all.", c.Int("limit"))
	}
	filter, err := p.historyFilter(c)
	if err != nil {
		return err
	}
	filter.Limit = c.Int("limit")
	entries := []history.Entry{}
	err = p.withHistory(c.Context, func(s *history.Store) error {
		entries, err = s.List(c.Context, filter)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.Bool("json"):
		return p.printJSON(historyJSON{FormatVersion: formatVersion, Builds: entries})
	case len(entries) == 0:
		p.say("no build %s", p.meant(c, filter))
		return nil
	}
	return p.showEntries(entries, filter.Project == "")
}

// historyJSON is the form of `history --json`.
type historyJSON struct {
	FormatVersion string          `json:"format_version"`
	Builds        []history.Entry `json:"builds"`
}

// noSubcommand says what a word behind a command may be.
func (p *program) noSubcommand(c *cli.Context) error {
	names := commandNames(c.Command.Subcommands)
	name := c.Args().First()
	remedy := fmt.Sprintf("It has %s.", strings.Join(names, ", "))
	if near := platform.Nearest(name, names); near != "" {
		remedy = fmt.Sprintf("Did you mean %q?", near)
	}
	return exit(exitUsage, "%s has no command %q. %s", c.Command.Name, name, remedy)
}

// meant says which builds were looked for, where there are none.
func (p *program) meant(c *cli.Context, f history.Filter) string {
	var words []string
	if f.Project != "" {
		words = append(words, "of "+f.Project)
	}
	for _, name := range []string{"output", "system", "status", "since"} {
		if c.String(name) != "" {
			words = append(words, fmt.Sprintf("with --%s %s", name, c.String(name)))
		}
	}
	text := strings.Join(append(words, "is in the history."), " ")
	if f.Project != "" && c.String("project") == "" {
		text += " --all looks at all projects."
	}
	return text
}

// historyFilter reads the flags that say which builds are meant.
func (p *program) historyFilter(c *cli.Context) (history.Filter, error) {
	f := history.Filter{Output: c.String("output"), System: c.String("system"), Status: timing.Status(c.String("status"))}
	switch f.Status {
	case "", timing.Succeeded, timing.Failed, timing.Interrupted, timing.Incomplete:
	default:
		return f, exit(exitUsage, "no build ends with the status %q. It is succeeded, failed, interrupted or incomplete.", f.Status)
	}
	if c.IsSet("since") {
		since, err := parseWhen(c.String("since"), p.env.now())
		if err != nil {
			return f, exit(exitUsage, "--since: %s.", err)
		}
		f.Since = since
	}
	var err error
	f.Project, err = p.historyProject(c)
	return f, err
}

// historyProject is the project that is meant: empty for all of them.
func (p *program) historyProject(c *cli.Context) (string, error) {
	switch {
	case c.IsSet("project") && c.Bool("all"):
		return "", exit(exitUsage, "--project and --all say the opposite. Give one of them.")
	case c.Bool("all"):
		return "", nil
	case c.IsSet("project"):
		return c.String("project"), nil
	}
	folder, err := p.path(c, ".")
	if err != nil {
		return "", err
	}
	if project, err := flakegen.Find(p.env.folder, folder, p.env.variables); err == nil {
		folder = project.Root
	} else if !errors.Is(err, flakegen.ErrNoSpec) {
		return "", exit(exitUsage, "%s", err)
	} else if !flakegen.InRepository(folder, p.env.variables) {
		return "", nil // all are meant
	}
	return flakegen.ProjectName(c.Context, folder, p.env.variables), nil
}

// withHistory does something with the history, if there is one.
func (p *program) withHistory(ctx context.Context, do func(*history.Store) error) error {
	path, err := p.env.historyPath()
	if err != nil {
		return exit(exitUnable, "%s. %s", err, historyRemedy(err))
	}
	if path == "" {
		return exit(exitUnable, "the history is turned off by %s=%s.", historyVariable, historyOff)
	}
	s, err := history.OpenExisting(ctx, path)
	if errors.Is(err, history.ErrNone) {
		return nil
	}
	if err == nil {
		defer s.Close()
		err = do(s)
	}
	return p.historyEnded(err)
}

// historyEnded words an error of the history.
func (p *program) historyEnded(err error) error {
	var known *history.Error
	var done *exitError
	switch {
	case err == nil, errors.As(err, &done):
		return err
	case errors.As(err, &known):
		return exit(exitUnable, "%s. %s", err, historyRemedy(err))
	}
	return exit(exitUnable, "%s", err)
}

// showEntries prints a line for each build.
func (p *program) showEntries(entries []history.Entry, projects bool) error {
	header := []string{"ID", "WHEN", "OUTPUT", "SYSTEM", "STATUS", "TIME", "BUILT", "COMMIT"}
	if projects {
		header = append(header, "PROJECT")
	}
	rows := [][]string{header}
	digits := distinct(entries)
	for _, e := range entries {
		rows = append(rows, p.entryRow(e, digits, projects))
	}
	return p.showTable(rows)
}

func (p *program) entryRow(e history.Entry, digits int, projects bool) []string {
	var names, systems []string
	for _, o := range e.Outputs {
		name := o.Name
		if o.Alias != "" && o.Variant != "" {
			name += " (" + o.Variant + ")"
		}
		names, systems = appendNew(names, name), appendNew(systems, o.System)
	}
	built := fmt.Sprint(e.Built)
	if e.Failed > 0 {
		built += fmt.Sprintf(", %d failed", e.Failed)
	}
	if e.Fetched > 0 {
		built += fmt.Sprintf(", %d fetched", e.Fetched)
	}
	commit := e.Commit[:min(len(e.Commit), 7)]
	if e.Dirty {
		commit += "+"
	}
	row := []string{
		e.ID[:min(len(e.ID), digits)], e.Started.In(p.env.now().Location()).Format("2006-01-02 15:04"),
		shortList(names), shortList(systems), string(e.Status), report.Duration(seconds(e.WallSeconds)), built, commit,
	}
	if projects {
		row = append(row, e.Project)
	}
	for i := range row {
		row[i] = strings.ReplaceAll(printable(row[i]), "\n", " ")
	}
	return row
}

func appendNew(list []string, item string) []string {
	for _, other := range list {
		if other == item {
			return list
		}
	}
	return append(list, item)
}

// shortList names two, and says how many more there are.
func shortList(items []string) string {
	const shown = 2
	if len(items) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:shown], ", "), len(items)-shown)
	}
	return strings.Join(items, ", ")
}

// distinct is how many characters of their IDs tell builds apart. The first 13 are
// the time in milliseconds.
func distinct(entries []history.Entry) int {
	for digits := 13; ; digits++ {
		seen := map[string]bool{}
		for _, e := range entries {
			seen[e.ID[:min(len(e.ID), digits)]] = true
		}
		if len(seen) == len(entries) || digits == 36 {
			return digits
		}
	}
}
