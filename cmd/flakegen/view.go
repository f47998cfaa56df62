package main

import (
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// view shows a running build on stderr: live on a terminal, line by line
// elsewhere.
type view struct {
	timing.Observer
	close func()
}

// buildView is what the two kinds of view have in common.
type buildView interface {
	timing.Observer
	Tick(time.Time) error
	Close() error
}

// startView begins to show, and lets time pass in the view until it is closed. An
// error of stderr does not end a build: there is nobody left to read it.
func (p *program) startView(start time.Time) *view {
	t := p.terminal()
	style := report.Style{Width: t.width, Color: t.color}
	var shown buildView = report.NewPlain(p.stderr, style, start)
	interval := time.Second
	if t.live {
		shown = report.NewLive(p.stderr, p.terminalSize, style, start)
		interval = report.FrameInterval
	}
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
				_ = shown.Tick(p.env.now())
			}
		}
	})
	return &view{Observer: shown, close: sync.OnceFunc(func() {
		close(done)
		ticking.Wait()
		_ = shown.Close()
	})}
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
