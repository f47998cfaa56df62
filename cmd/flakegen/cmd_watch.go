package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

func (p *program) watchCommand() *cli.Command {
	return &cli.Command{
		Name:      "watch",
		Usage:     "show and time a nix build that is piped in",
		ArgsUsage: "[--json] [--file FILE]",
		Description: `Reads the log of any Nix command from stdin, shows what runs as flakegen build does,
and reports where the time went. It needs no spec and no Nix: only the log, which
Nix writes to stderr with --log-format internal-json. Lines that are no records of
Nix are passed on to stderr as they come.

Examples:
  nix build .#hello --log-format internal-json 2>&1 | flakegen watch
  nix flake check --log-format internal-json 2>&1 | flakegen watch
  nixos-rebuild build --log-format internal-json 2>&1 | flakegen watch --json
  nix build --option json-log-path "$PWD/log"; flakegen watch --file log

The log has the lines of builds in it, so -L is not needed; Nix 2.8 even takes a -L
behind --log-format for another format.

Nix says nowhere in its log how it ended, so watch goes by what was counted. For
Nix's own exit code as well: set -o pipefail.

Exit codes: 0 the log shows success · 1 the build failed · 2 nothing to watch was
piped in · 3 the log ends before it shows how the build ended · 130 interrupted.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "file", Usage: "read the log from `FILE`, such as one of Nix's setting json-log-path, or a FIFO"},
			&cli.BoolFlag{Name: "json", Usage: "print the report as one JSON object", DisableDefaultText: true},
		},
		Action: p.watch,
	}
}

func (p *program) watch(c *cli.Context) error {
	if err := p.noWatchArguments(c); err != nil {
		return err
	}
	log, err := p.watchedLog(c)
	if err != nil {
		return err
	}
	interrupts := watchInterrupts(c.Context)
	defer interrupts.stop()
	recording := p.startRecording("watch", p.env.folder, interrupts.kill)
	defer recording.Close()
	view := p.startView(p.env.now(), recording.usual)
	defer view.close()
	interrupts.onFirst(func() { view.interrupt("reports at once") })
	result, err := flakegen.Watch(interrupts.ctx, flakegen.WatchOptions{
		Log: log.reader, Observer: view, Now: p.env.now, Kill: interrupts.kill,
	})
	view.close()
	if result != nil && log.past {
		p.say("a log holds no times: those shown are of reading this file, and not of the build. They are not kept in the history")
	}
	if result != nil {
		record := history.Record{Report: *result}
		if !log.past {
			record = recording.record(result)
		}
		if err := p.showReport(*result, c.Bool("json")); err != nil {
			return err
		}
		p.stepSummary(record)
	}
	return watchEnded(result, err)
}

// noWatchArguments refuses what could be taken for a command to run.
func (p *program) noWatchArguments(c *cli.Context) error {
	if c.Args().Present() || len(p.nixArguments) > 0 {
		word := c.Args().First()
		if word == "" {
			word = "--"
		}
		return exit(exitUsage, "watch takes no argument %q: it starts nothing and reads what is piped in. %s", word, howToPipe)
	}
	return nil
}

const (
	howToPipe = "To watch a build: nix build … --log-format internal-json 2>&1 | flakegen watch"
	howToLog  = "--file takes a log that Nix has written, as with: nix build --option json-log-path \"$PWD/log\""
)

// watchedLog is where a log comes from.
type watchedLog struct {
	reader io.Reader
	// past says that it is a file and its build may be long over.
	past bool
}

func (p *program) watchedLog(c *cli.Context) (watchedLog, error) {
	if c.IsSet("file") {
		name := c.String("file")
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return watchedLog{}, exit(exitUsage, "there is no file %s. %s", printable(name), howToLog)
		case err != nil:
			return watchedLog{}, exit(exitUsage, "%s. %s", err, howToLog)
		case info.IsDir():
			return watchedLog{}, exit(exitUsage, "%s is a folder. %s", printable(name), howToLog)
		case !info.Mode().IsRegular():
			return watchedLog{reader: &lateFile{name: name}}, nil
		}
		file, err := os.Open(name)
		if err != nil {
			return watchedLog{}, exit(exitUsage, "%s. Read it as a user who may, or pipe it in.", err)
		}
		return watchedLog{reader: file, past: true}, nil
	}
	log := watchedLog{reader: p.stdin}
	if f, ok := p.stdin.(*os.File); ok {
		if term.IsTerminal(int(f.Fd())) {
			return log, exit(exitUsage, "nothing is piped in. %s", howToPipe)
		}
		info, err := f.Stat()
		log.past = err == nil && info.Mode().IsRegular()
	}
	return log, nil
}

// lateFile is opened by the first read, because opening a FIFO waits for one who
// writes, and the first read is what the user's interrupt can end.
type lateFile struct {
	name string
	file *os.File
}

func (f *lateFile) Read(b []byte) (int, error) {
	if f.file == nil {
		file, err := os.Open(f.name)
		if err != nil {
			return 0, err
		}
		f.file = file
	}
	return f.file.Read(b)
}

// watchEnded turns the end of a log into the end of the program.
func watchEnded(result *timing.Report, err error) error {
	switch {
	case errors.Is(err, flakegen.ErrNoRecords):
		return exit(exitUsage, "%s. %s. Leave -L out: Nix 2.8 takes it for another format", err, howToPipe)
	case errors.Is(err, flakegen.ErrLogOpen):
		return exit(exitInterrupted, "interrupted, and %s: Nix may still be at work", err)
	case result == nil:
		return exit(exitUnable, "%s", err)
	case err != nil:
		return exit(exitUnable, "%s; the report is of what came before", err)
	}
	switch result.Status {
	case timing.Succeeded:
		return nil
	case timing.Failed:
		return ended(exitNo)
	case timing.Interrupted:
		return exit(exitInterrupted, "interrupted")
	case timing.Incomplete:
		return exit(exitUnable, "the log does not show how the build ended. Nix's own exit code says it: set -o pipefail")
	}
	panic(fmt.Sprintf("status %q", result.Status))
}
