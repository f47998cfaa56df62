package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// historyVariable is the environment variable that moves the history, or with
// "off" turns it off.
const historyVariable = "FLAKEGEN_HISTORY"

const historyOff = "off"

// historyPath is the file of the history, absolute; empty where it is turned off.
func (e environment) historyPath() (string, error) {
	switch moved := e.get(historyVariable); {
	case moved == historyOff:
		return "", nil
	case filepath.IsAbs(moved):
		return filepath.Clean(moved), nil
	case moved != "" && e.folderErr == nil:
		return filepath.Join(e.folder, moved), nil
	}
	// The base directory specification: a relative path is to be ignored.
	if state := e.get("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "flakegen", "history.db"), nil
	}
	if home := e.get("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "flakegen", "history.db"), nil
	}
	return "", errors.New("neither XDG_STATE_HOME nor HOME says where it is")
}

// recording notes a run of Nix in the history; a failure is talk, and fails nothing.
type recording struct {
	*flakegen.Recording
	p       *program
	kill    <-chan struct{}
	pathErr error
}

// startRecording begins to look up what a record needs, while Nix runs. Folder is
// one of the repository's, or empty. What the user's second interrupt closes, kill,
// ends the waiting; it may be nil.
func (p *program) startRecording(command, folder string, kill <-chan struct{}) *recording {
	path, err := p.env.historyPath()
	host, _ := os.Hostname() // without it the record names none
	return &recording{p: p, kill: kill, pathErr: err, Recording: flakegen.StartRecording(context.Background(), flakegen.RecordingOptions{
		Path: path, Command: command, Folder: folder, Env: p.env.variables, Host: host,
	})}
}

// usual is how long a derivation usually takes, as a view asks it.
func (r *recording) usual(derivation string) (time.Duration, bool) {
	usual, known := r.Usual(derivation)
	return seconds(usual.Seconds), known
}

// record adds a report to the history, with what it left out filled in, and gives
// the record.
func (r *recording) record(report *timing.Report) history.Record {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-r.kill:
			cancel()
		case <-ctx.Done():
		}
	}()
	record, err := r.Record(ctx, report)
	if err == nil {
		err = r.pathErr
	}
	if err != nil {
		r.p.say("this build is not in the history: %s. %s", err, historyRemedy(err))
	}
	return record
}

// historyRemedy says what to do about an error of the history, on one line.
func historyRemedy(err error) string {
	advice, command := historyAdvice(err)
	return strings.TrimSpace(advice + " " + command)
}

// historyAdvice is a sentence, and for some errors a command below it.
func historyAdvice(err error) (advice, command string) {
	path := ""
	var failed *history.Error
	if errors.As(err, &failed) {
		path = failed.Path
	}
	const elsewhere = historyVariable + "=FILE puts it elsewhere, " + historyVariable + "=off does without."
	switch {
	case errors.Is(err, history.ErrDamaged):
		return "To begin a new one:", "mv " + path + " " + path + ".damaged"
	case errors.Is(err, history.ErrNewer):
		return "Use that one, or another file: " + elsewhere, ""
	case errors.Is(err, history.ErrBusy):
		return "End what holds it, or use another file: " + elsewhere, ""
	case errors.Is(err, history.ErrFull):
		return "Make room; flakegen history prune --older-than 90d frees some of it.", ""
	}
	return elsewhere, ""
}
