package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// progress is what a view knows of a run.
type progress struct {
	start time.Time
	usual Usual
	doing string // the class of the moment; see [timing.Turned]

	done    int
	failed  int
	stopped int // ended without being counted
	most    int // builds that ran at the same time

	running []*runningBuild // in the order in which they began
	byPath  map[string]*runningBuild

	announced bool            // Nix says what it will build
	planned   map[string]bool // announced by name and not begun
	unnamed   int             // announced, and no name has come yet
	counted   timing.Counted
	outlook   outlook

	fetches     []*runningFetch
	transferred timing.Transferred
}

type runningBuild struct {
	derivation string
	machine    string
	phase      string
	began      time.Time
	log        string // its last line, as it came
	shownLog   string
	shownAt    time.Time
}

type runningFetch struct {
	path  string
	from  string
	began time.Time
}

// maxPlanned bounds what a stream that announces without end can cost.
const maxPlanned = 100_000

func newProgress(o ViewOptions) progress {
	return progress{
		start: o.Start, usual: o.Usual, doing: "evaluating",
		byPath: map[string]*runningBuild{}, planned: map[string]bool{},
		outlook: outlook{needs: o.Needs, known: map[string][]string{}},
	}
}

func (p *progress) observe(c timing.Change) {
	switch c := c.(type) {
	case timing.Planned:
		p.announced = true
		p.unnamed += c.Builds
	case timing.PlannedBuild:
		if len(p.planned) < maxPlanned && p.byPath[c.Derivation] == nil && !p.planned[c.Derivation] {
			p.planned[c.Derivation] = true
			p.unnamed = max(0, p.unnamed-1)
		}
	case timing.Counted:
		p.counted = c
	case timing.BuildStarted:
		p.begin(c)
	case timing.PhaseStarted:
		if b := p.byPath[c.Derivation]; b != nil {
			b.phase = c.Phase
		}
	case timing.LogLine:
		if b := p.byPath[c.Derivation]; b != nil {
			b.log = c.Text
		}
	case timing.BuildEnded:
		p.end(c)
	case timing.FetchStarted:
		p.fetches = append(p.fetches, &runningFetch{path: c.Path, from: c.From, began: c.At})
	case timing.FetchEnded:
		p.fetches = slices.DeleteFunc(p.fetches, func(f *runningFetch) bool { return f.path == c.Path })
	case timing.Transferred:
		p.transferred = c
	case timing.Turned:
		p.doing = c.To
	case timing.Note:
	}
}

func (p *progress) begin(c timing.BuildStarted) {
	switch {
	case p.planned[c.Derivation]:
		delete(p.planned, c.Derivation)
	case p.byPath[c.Derivation] == nil:
		p.unnamed = max(0, p.unnamed-1)
	}
	b := &runningBuild{derivation: c.Derivation, machine: c.Machine, began: c.At}
	p.running = append(p.running, b)
	p.byPath[c.Derivation] = b
	p.most = max(p.most, len(p.running))
}

func (p *progress) end(c timing.BuildEnded) {
	delete(p.byPath, c.Derivation)
	p.running = slices.DeleteFunc(p.running, func(b *runningBuild) bool { return b.derivation == c.Derivation })
	switch c.Outcome {
	case timing.CountedDone:
		p.done++
	case timing.CountedFailed:
		p.failed++
	case timing.Uncounted:
		p.stopped++
	}
}

// waiting is how many builds have not begun that Nix has announced, or where it
// announces none, that it expects.
func (p *progress) waiting() int {
	if p.announced {
		return len(p.planned) + p.unnamed
	}
	return max(0, p.counted.Expected-p.counted.Done-p.counted.Failed-len(p.running))
}

// fetching says whether paths are on their way, or still to come.
func (p *progress) fetching() bool {
	return len(p.fetches) > 0 || p.counted.ExpectedFetches > p.counted.Fetched
}

// summary is the state of the run in a few words, the most important first: how
// long it has taken, what has failed, how long it will take, what was done, what
// is at work, what the estimate leaves out.
func (p *progress) summary(s Style, now time.Time) []string {
	items := []string{Elapsed(now.Sub(p.start))}
	count := func(n int, c color, word string) {
		if n > 0 {
			items = append(items, s.paint(c, fmt.Sprintf("%d %s", n, word)))
		}
	}
	word := func(c color, text string) {
		if text != "" {
			items = append(items, s.paint(c, text))
		}
	}
	left := p.estimate(now)
	count(p.failed, red, "failed")
	word(bold, left.String())
	count(p.done, green, "done")
	count(len(p.running), plain, "building")
	count(p.waiting(), faint, "waiting")
	word(cyan, p.fetched())
	if len(p.running) == 0 && len(p.fetches) == 0 {
		switch p.doing {
		case "evaluating", "copying", "fetching":
			word(plain, p.doing)
		case "waiting":
			word(plain, "waiting for a lock or a machine")
		}
	}
	word(faint, left.leavesOut())
	return items
}

// fetched is how many paths have come, and how many bytes, where Nix says.
func (p *progress) fetched() string {
	c := p.counted
	switch {
	case c.ExpectedFetches == 0 && len(p.fetches) == 0:
		return ""
	case c.ExpectedFetches == 0:
		return fmt.Sprintf("%d fetching", len(p.fetches))
	case !p.fetching():
		return fmt.Sprintf("%d fetched", c.Fetched)
	}
	text := fmt.Sprintf("%d of %d fetched", c.Fetched, c.ExpectedFetches)
	if t := p.transferred; t.Done > 0 && t.Expected >= t.Done {
		text += fmt.Sprintf(" (%s of %s)", humanize.IBytes(t.Done), humanize.IBytes(t.Expected))
	}
	return text
}

func (b *runningBuild) phaseName() string {
	return single(shortPhase(b.phase))
}

// usually is how long a build takes usually, 0 where that is not known.
func (p *progress) usually(derivation string) time.Duration {
	if p.usual == nil {
		return 0
	}
	took, known := p.usual(derivation)
	if !known || took <= 0 {
		return 0
	}
	p.outlook.useful = true
	return took
}
