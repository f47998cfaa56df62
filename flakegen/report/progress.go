package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// progress is what a view knows of a run.
type progress struct {
	start   time.Time
	planned int // builds that Nix has announced, 0 if it has not
	begun   int
	done    int
	failed  int
	stopped int // ended without being counted

	running []*runningBuild // in the order in which they began
	fetches []*runningFetch
}

type runningBuild struct {
	derivation string
	machine    string
	phase      string
	began      time.Time
}

type runningFetch struct {
	path  string
	from  string
	began time.Time
}

func (p *progress) observe(c timing.Change) {
	switch c := c.(type) {
	case timing.Planned:
		p.planned += c.Builds
	case timing.BuildStarted:
		p.begun++
		p.running = append(p.running, &runningBuild{derivation: c.Derivation, machine: c.Machine, began: c.At})
	case timing.PhaseStarted:
		if b := p.build(c.Derivation); b != nil {
			b.phase = c.Phase
		}
	case timing.BuildEnded:
		p.running = slices.DeleteFunc(p.running, func(b *runningBuild) bool { return b.derivation == c.Derivation })
		switch c.Outcome {
		case timing.CountedDone:
			p.done++
		case timing.CountedFailed:
			p.failed++
		case timing.Uncounted:
			p.stopped++
		}
	case timing.FetchStarted:
		p.fetches = append(p.fetches, &runningFetch{path: c.Path, from: c.From, began: c.At})
	case timing.FetchEnded:
		p.fetches = slices.DeleteFunc(p.fetches, func(f *runningFetch) bool { return f.path == c.Path })
	case timing.LogLine, timing.Note:
	}
}

func (p *progress) build(derivation string) *runningBuild {
	for _, b := range p.running {
		if b.derivation == derivation {
			return b
		}
	}
	return nil
}

// waiting is how many announced builds have not begun.
func (p *progress) waiting() int { return max(0, p.planned-p.begun) }

// summary is the state of the run in a few words: how long it has taken, what was
// done, what is at work.
func (p *progress) summary(s Style, now time.Time) []string {
	items := []string{Elapsed(now.Sub(p.start))}
	count := func(n int, c color, word string) {
		if n > 0 {
			items = append(items, s.paint(c, fmt.Sprintf("%d %s", n, word)))
		}
	}
	count(p.failed, red, "failed")
	count(p.done, green, "done")
	count(len(p.running), plain, "building")
	count(len(p.fetches), cyan, "fetching")
	count(p.waiting(), faint, "waiting")
	if len(items) == 1 {
		items = append(items, "evaluating")
	}
	return items
}

func (b *runningBuild) name() string {
	name := storeName(b.derivation)
	if b.machine != "" {
		name += " on " + host(b.machine)
	}
	return name
}

func (b *runningBuild) phaseName() string {
	return single(shortPhase(b.phase))
}
