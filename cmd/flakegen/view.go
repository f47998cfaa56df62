package main

import (
	"crypto/rand"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// view shows a running build on stderr: live on a terminal, line by line
// elsewhere.
type view struct {
	timing.Observer
	// interrupt says that the build is being interrupted and what once more does,
	// and on a terminal ends the view.
	interrupt func(once string)
	close     func()
}

// buildView is what the two kinds of view have in common.
type buildView interface {
	timing.Observer
	Close() error
}

// startView begins to show, and lets time pass in the view until it is closed. An
// error of stderr does not end a build: there is nobody left to read it.
func (p *program) startView(start time.Time, usual report.Usual) *view {
	t := p.terminal()
	options := report.ViewOptions{
		Style: report.Style{Width: t.width, Color: t.color},
		Start: start,
		Usual: usual,
		Needs: readNeeds(),
	}
	if f, ok := p.stderr.(*os.File); ok && t.live {
		live := report.NewLive(f, p.terminalSize, options)
		jobs := followJobs(f)
		v := p.showView(live, report.FrameInterval, func(now time.Time) error {
			if !jobs.may(live, now) {
				live.Leave()
				return nil
			}
			return live.Tick(now)
		})
		closeView := v.close
		v.close = func() {
			jobs.stop()
			closeView()
		}
		return v
	}
	shown := report.NewPlain(p.stderr, report.PlainOptions{ViewOptions: options, Spool: openSpool, Workflow: p.workflow()})
	return p.showView(shown, time.Second, shown.Tick)
}

// showView lets time pass in a view.
func (p *program) showView(shown buildView, interval time.Duration, tick func(now time.Time) error) *view {
	done := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				_ = tick(p.env.now())
			}
		}
	})
	return &view{
		Observer: shown,
		interrupt: func(once string) {
			_ = shown.Close()
			p.say("interrupting; once more %s", once)
		},
		close: sync.OnceFunc(func() {
			close(done)
			ticking.Wait()
			_ = shown.Close()
		}),
	}
}

// terminalSize gives the columns and rows of the terminal behind stderr.
func (p *program) terminalSize() (columns, rows int) {
	if f, ok := p.stderr.(*os.File); ok {
		if columns, rows, err := term.GetSize(int(f.Fd())); err == nil {
			return columns, rows
		}
	}
	return defaultWidth, 24
}

// readNeeds reads derivations' files. Those of a build are in the local store
// unless it builds in another one; then nothing is known.
func readNeeds() report.Needs {
	var derivations store.Derivations
	return func(path string) ([]string, bool) {
		d, err := derivations.Get(path)
		if err != nil {
			return nil, false
		}
		return d.Needs(), true
	}
}

// openSpool opens a file that has no name any more, so that nothing is left of it
// however the program ends.
func openSpool() (report.Spool, error) {
	f, err := os.CreateTemp("", "flakegen-log-*")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}

// workflow is what a job of GitHub Actions understands.
func (p *program) workflow() report.Workflow {
	if !p.inWorkflow() {
		return report.Workflow{}
	}
	return report.Workflow{Token: rand.Text}
}

func (p *program) inWorkflow() bool { return p.env.get("GITHUB_ACTIONS") == "true" }

// inert is text in which a build or Nix has a word, without commands for the
// workflow that shows it.
func (p *program) inert(text string) string {
	if !p.inWorkflow() {
		return text
	}
	return report.Inert(text)
}
