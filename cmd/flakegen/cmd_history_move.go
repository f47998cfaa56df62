package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen/history"
)

func (p *program) historyExportCommand() *cli.Command {
	return &cli.Command{
		Name:      "export",
		Usage:     "write builds as JSON lines",
		ArgsUsage: "[FILE] [flags]",
		Description: `Writes builds as JSON, one on a line, the oldest first: those of this repository, or
those that the flags say. Without a FILE, or with -, they go to stdout.

Examples:
  flakegen history export builds.jsonl
  flakegen history export --all --since 30d > builds.jsonl`,
		Flags:  historyFilters(),
		Action: p.historyExport,
	}
}

func (p *program) historyExport(c *cli.Context) error {
	if err := p.noNixArguments(c); err != nil {
		return err
	}
	if c.NArg() > 1 {
		return exit(exitUsage, "history export takes one FILE. See flakegen history export --help.")
	}
	filter, err := p.historyFilter(c)
	if err != nil {
		return err
	}
	interrupts := watchInterrupts(c.Context)
	defer interrupts.stop()
	file := c.Args().First()
	if file == "" || file == "-" {
		return p.withHistory(interrupts.ctx, func(s *history.Store) error {
			_, err := s.Export(interrupts.ctx, p.stdout, filter)
			return p.transferred(interrupts, err)
		})
	}
	target, err := p.path(c, file)
	if err != nil {
		return err
	}
	// Whole or untouched.
	pending, err := renameio.NewPendingFile(target, renameio.WithPermissions(0o644))
	if err != nil {
		return exit(exitUnable, "write %s: %s", file, err)
	}
	defer pending.Cleanup()
	written := 0
	err = p.withHistory(interrupts.ctx, func(s *history.Store) error {
		var err error
		written, err = s.Export(interrupts.ctx, pending, filter)
		return p.transferred(interrupts, err)
	})
	if err != nil {
		return err
	}
	if err := pending.CloseAtomicallyReplace(); err != nil {
		return exit(exitUnable, "write %s: %s", file, err)
	}
	p.say("%s written to %s", builds(written), file)
	return nil
}

func (p *program) historyImportCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "read builds from JSON lines",
		ArgsUsage: "FILE…",
		Description: `Adds builds that export wrote, here or on another machine. What is there already
stays as it is, so a file may be imported again. A line that is no build is named
and left out. - reads stdin.

Examples:
  flakegen history import builds.jsonl
  ssh mac flakegen history export --all | flakegen history import -`,
		Action: p.historyImport,
	}
}

func (p *program) historyImport(c *cli.Context) error {
	if err := p.noNixArguments(c); err != nil {
		return err
	}
	if !c.Args().Present() {
		return exit(exitUsage, "name a file that flakegen history export wrote, or - for stdin.")
	}
	path, err := p.env.historyPath()
	if err != nil {
		return exit(exitUnable, "%s. %s", err, historyRemedy(err))
	}
	if path == "" {
		return exit(exitUnable, "the history is turned off by %s=%s.", historyVariable, historyOff)
	}
	interrupts := watchInterrupts(c.Context)
	defer interrupts.stop()
	s, err := history.Open(interrupts.ctx, path)
	if err != nil {
		return p.historyEnded(err)
	}
	defer s.Close()
	good := true
	for _, file := range c.Args().Slice() {
		done, err := p.importFile(interrupts, c, s, file)
		if err != nil {
			return err
		}
		good = good && done.Refused == 0
	}
	if !good {
		return ended(exitNo)
	}
	return nil
}

func (p *program) importFile(interrupts *interrupts, c *cli.Context, s *history.Store, file string) (history.Imported, error) {
	from, name := p.stdin, "stdin"
	if file != "-" {
		path, err := p.path(c, file)
		if err != nil {
			return history.Imported{}, err
		}
		opened, err := os.Open(path)
		if err != nil {
			return history.Imported{}, exit(exitUnable, "%s", err)
		}
		defer opened.Close()
		from, name = opened, file
	}
	done, err := s.Import(interrupts.ctx, from)
	for _, r := range done.Refusals {
		p.say("%s:%d: %s", name, r.Line, r.Err)
	}
	if more := done.Refused - len(done.Refusals); more > 0 {
		p.say("%s: and %d lines more", name, more)
	}
	if done.Added+done.Known+done.Refused > 0 || err == nil {
		p.say("%s: %s added, %d known already, %d refused", name, builds(done.Added), done.Known, done.Refused)
	}
	return done, p.historyEnded(p.transferred(interrupts, err))
}

// transferred turns an error into an interrupt's, where that was the reason.
func (p *program) transferred(interrupts *interrupts, err error) error {
	var known *history.Error
	if err != nil && interrupts.ctx.Err() != nil && !errors.As(err, &known) {
		return exit(exitInterrupted, "interrupted")
	}
	if errors.Is(err, io.ErrShortWrite) {
		return exit(exitUnable, "%s", err)
	}
	return err
}

// path is a file of the user's, who may have named a folder to work in.
func (p *program) path(c *cli.Context, file string) (string, error) {
	switch dir := c.String("C"); {
	case filepath.IsAbs(file):
		return file, nil
	case filepath.IsAbs(dir):
		return filepath.Join(dir, file), nil
	case p.env.folderErr != nil:
		return "", exit(exitUnable, "the current folder is gone: %s", p.env.folderErr)
	default:
		return filepath.Join(p.env.folder, dir, file), nil
	}
}

func builds(n int) string {
	if n == 1 {
		return "1 build"
	}
	return fmt.Sprintf("%d builds", n)
}
