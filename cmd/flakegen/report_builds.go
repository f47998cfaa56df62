package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/report"
)

// subject is what a report is about.
type subject struct {
	builds []history.Record
	// together says that they are shown together, however many they are.
	together bool
}

// reportSubject finds the builds that a command line names.
func (p *program) reportSubject(c *cli.Context) (subject, error) {
	if c.IsSet("limit") && !c.Bool("history") {
		return subject{}, exit(exitUsage, "--limit is of --history. A report is of one build without it.")
	}
	if c.Bool("history") || !c.Args().Present() {
		if c.Args().Present() {
			return subject{}, exit(exitUsage, "--history chooses builds by its flags, not by %q. Name the build, or leave it out.", c.Args().First())
		}
		return p.subjectOfHistory(c)
	}
	for _, f := range historyFilters() {
		if name := f.Names()[0]; c.IsSet(name) {
			return subject{}, exit(exitUsage, "--%s chooses among the history, and %q is named already. Leave one out.", name, c.Args().First())
		}
	}
	var s subject
	for _, name := range c.Args().Slice() {
		if p.isID(c, name) {
			record, err := p.recordByID(c, name)
			if err != nil {
				return s, err
			}
			s.builds = append(s.builds, record)
			continue
		}
		more, err := p.readBuilds(c, name)
		if err != nil {
			return s, err
		}
		s.builds = append(s.builds, more...)
	}
	s.together = len(s.builds) > 1
	return s, nil
}

// subjectOfHistory is the last build that the flags mean, or with --history all.
func (p *program) subjectOfHistory(c *cli.Context) (subject, error) {
	s := subject{together: c.Bool("history")}
	filter, err := p.historyFilter(c)
	if err != nil {
		return s, err
	}
	filter.Limit = 1
	if s.together {
		if filter.Limit = c.Int("limit"); filter.Limit < 1 {
			return s, exit(exitUsage, "--limit %d shows nothing.", filter.Limit)
		}
	}
	err = p.withHistory(c.Context, func(h *history.Store) error {
		for record, err := range h.Records(c.Context, filter) {
			if err != nil {
				return err
			}
			if s.together {
				record = report.Brief(record)
			}
			s.builds = append(s.builds, record)
		}
		return nil
	})
	switch {
	case err != nil:
		return s, err
	case len(s.builds) == 0:
		return s, exit(exitNo, "no build %s", p.meant(c, filter))
	}
	return s, nil
}

// pastBuilds is how many earlier builds a page looks at.
const pastBuilds = 300

// pastOf is what the history knows of the project of a build, which itself is among
// it. Without a history it is the build alone: a page shows what there is.
func (p *program) pastOf(c *cli.Context, one history.Record) []history.Record {
	if one.ID == "" {
		return nil // from a build that no history has seen
	}
	past := []history.Record{}
	known := false
	if path, err := p.env.historyPath(); err == nil && path != "" {
		err := p.withHistory(c.Context, func(h *history.Store) error {
			for record, err := range h.Records(c.Context, history.Filter{Project: one.Project, Limit: pastBuilds}) {
				if err != nil {
					return err
				}
				known = known || record.ID == one.ID
				past = append(past, report.Brief(record))
			}
			return nil
		})
		if err != nil {
			p.say("the page shows no earlier builds: %s", err)
		}
	}
	if !known {
		past = append(past, report.Brief(one))
	}
	return past
}

// idForm is the beginning of an ID of the history, long enough to be no word.
var idForm = regexp.MustCompile(`^[0-9a-fA-F]{4}[0-9a-fA-F-]*$`)

// isID says whether an argument is an ID and no file.
func (p *program) isID(c *cli.Context, name string) bool {
	if !idForm.MatchString(name) {
		return false
	}
	file, err := p.path(c, name)
	if err != nil {
		return true
	}
	_, err = os.Stat(file)
	return err != nil
}

func (p *program) recordByID(c *cli.Context, id string) (record history.Record, err error) {
	found := false
	err = p.withHistory(c.Context, func(h *history.Store) error {
		var err error
		record, found, err = lookUp(c.Context, h, id)
		return err
	})
	if err == nil && !found {
		err = exit(exitNo, "no build has the id %q, and no file is called so. flakegen history --all lists the builds.", id)
	}
	return record, err
}

// maxBuildFile is how large a file of builds may be: a report of ten thousand
// derivations takes a tenth of it.
const maxBuildFile = 256 << 20

// readBuilds reads the builds in a file, or from stdin.
func (p *program) readBuilds(c *cli.Context, name string) ([]history.Record, error) {
	shown := name
	source := p.stdin
	if name == "-" {
		shown = "stdin"
	} else {
		path, err := p.path(c, name)
		if err != nil {
			return nil, err
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer f.Close()
		source = f
	}
	data, err := io.ReadAll(io.LimitReader(source, maxBuildFile+1))
	if err != nil {
		return nil, unreadable(shown, err)
	}
	if len(data) > maxBuildFile {
		return nil, exit(exitUsage, "%s: it is larger than %d MiB, and no report of a build is.", shown, maxBuildFile>>20)
	}
	records, err := report.Read(data)
	if err != nil {
		return nil, exit(exitUsage, "%s: %s", shown, err)
	}
	return records, nil
}

func unreadable(name string, err error) error {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		remedy := "A file of builds is written by: flakegen build --json > " + name
		if !strings.ContainsAny(name, "./") {
			remedy = "An output's last build is shown by: flakegen report --output " + name
		}
		return exit(exitUsage, "%s: there is no such file, and it is no id of a build. %s", name, remedy)
	case errors.As(err, &path) && path.Op == "read" && isFolder(path.Path):
		return exit(exitUsage, "%s: this is a folder. Name the files in it that hold builds.", name)
	case errors.As(err, &path):
		return exit(exitUnable, "%s: %s", name, path.Err)
	}
	return exit(exitUnable, "%s: %s", name, err)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// lookUp gives the record that an id, or the beginning of one, stands for; found is
// false where there is none.
func lookUp(ctx context.Context, h *history.Store, id string) (record history.Record, found bool, err error) {
	record, err = h.Get(ctx, id)
	var ambiguous *history.AmbiguousError
	switch {
	case errors.Is(err, history.ErrNoRecord):
		return record, false, nil
	case errors.As(err, &ambiguous):
		return record, false, exit(exitNo, "%s", err)
	}
	return record, err == nil, err
}
