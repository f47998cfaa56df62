package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/report"
)

// planLineDelay is how long nothing is shown: most plans are made by then.
const planLineDelay = 500 * time.Millisecond

// planLine is a line on the terminal that says what a plan is at, and is gone when
// the plan is made. Where nobody watches it is nothing.
type planLine struct {
	close func()

	mu       sync.Mutex
	progress flakegen.PlanProgress
}

func (p *program) startPlanLine() *planLine {
	l := &planLine{close: func() {}}
	f, ok := p.stderr.(*os.File)
	if !ok || !p.terminal().live {
		return l
	}
	jobs := followJobs(f)
	done := make(chan struct{})
	var drawing sync.WaitGroup
	drawing.Go(func() { l.draw(p, jobs, done) })
	l.close = sync.OnceFunc(func() {
		close(done)
		drawing.Wait()
		jobs.stop()
	})
	return l
}

func (l *planLine) observe(progress flakegen.PlanProgress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.progress = progress
}

func (l *planLine) draw(p *program, jobs *jobs, done chan struct{}) {
	began, drawn := p.env.now(), false
	ticker := time.NewTicker(report.FrameInterval)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			if drawn && jobs.foreground() {
				_, _ = io.WriteString(p.stderr, "\r"+ansi.EraseLineRight)
			}
			return
		case <-ticker.C:
		}
		took := p.env.now().Sub(began)
		if took < planLineDelay || !jobs.foreground() {
			continue
		}
		l.mu.Lock()
		progress := l.progress
		l.mu.Unlock()
		columns, _ := p.terminalSize()
		text := planLineText(progress, took, columns-1)
		// Written over what is there: a line that is erased first flickers.
		_, _ = io.WriteString(p.stderr, "\r"+text+ansi.EraseLineRight)
		drawn = true
	}
}

// planLineText says what a plan is at. Where it is too long it is the cache's name
// that is cut.
func planLineText(progress flakegen.PlanProgress, took time.Duration, width int) string {
	words := "reading derivations"
	switch asking := progress.Asking; {
	case asking.Cache != "":
		head, tail := "asking ", fmt.Sprintf(": %d of %s, %s", asking.Answered, count(asking.Asked, "path", "paths"), report.Elapsed(took))
		if asking.Asked == 0 {
			head, tail = "waiting for ", ", "+report.Elapsed(took)
		}
		cache := ansi.Truncate(printable(asking.Cache), max(0, width-len(head)-len(tail)), "")
		return ansi.Truncate(head+cache+tail, max(1, width), "")
	case progress.Evaluating > 0:
		words = "evaluating " + count(progress.Evaluating, "output", "outputs")
	}
	return ansi.Truncate(words+", "+report.Elapsed(took), max(1, width), "")
}
