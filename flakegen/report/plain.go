package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// SignInterval is after how long a silence a [Plain] view says what still runs:
// CI services give up on a job that says nothing.
const SignInterval = 30 * time.Second

// phasesAfter is how long a build has run before its phases are told: most are
// over before anyone asks.
const phasesAfter = 5 * time.Second

// Plain tells a running build line by line, for logs and where there is no
// terminal. Each line begins with the time since the start.
//
// It is safe for concurrent use: call Observe where the stream is read, and Tick
// where time passes. An error of the writer is kept, and returned by Tick and
// Close.
type Plain struct {
	w     io.Writer
	style Style

	mu       sync.Mutex
	progress progress
	spoken   time.Time
	err      error
}

// NewPlain writes to w; start is when Nix was started.
func NewPlain(w io.Writer, style Style, start time.Time) *Plain {
	return &Plain{w: w, style: style, progress: progress{start: start}, spoken: start}
}

// Observe writes a line for a change that people want to see.
func (p *Plain) Observe(c timing.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	phase := ""
	if e, ok := c.(timing.BuildEnded); ok {
		if b := p.progress.build(e.Derivation); b != nil {
			phase = b.phaseName()
		}
	}
	p.progress.observe(c)
	switch c := c.(type) {
	case timing.Planned:
		p.say(c.At, "%s to build", builds(c.Builds))
	case timing.BuildStarted:
		where := ""
		if c.Machine != "" {
			where = " on " + host(c.Machine)
		}
		p.say(c.At, "%s: building%s", storeName(c.Derivation), where)
	case timing.PhaseStarted:
		if b := p.progress.build(c.Derivation); b == nil || c.At.Sub(b.began) < phasesAfter {
			return
		}
		p.say(c.At, "%s: %s", storeName(c.Derivation), single(shortPhase(c.Phase)))
	case timing.BuildEnded:
		p.say(c.At, "%s: %s", storeName(c.Derivation), p.ended(c, phase))
	case timing.FetchStarted:
		p.say(c.At, "%s: fetching from %s", storeName(c.Path), single(c.From))
	case timing.Note:
		if c.Level == nixcmd.LevelError {
			return // errors are in the report, which follows
		}
		for l := range strings.SplitSeq(nixcmd.Printable(c.Text), "\n") {
			p.write(c.At, p.style.note(l))
		}
	case timing.FetchEnded, timing.LogLine:
	}
}

func (p *Plain) ended(c timing.BuildEnded, phase string) string {
	took := Duration(c.Took)
	switch c.Outcome {
	case timing.CountedDone:
		return p.style.paint(green, "done") + " in " + took
	case timing.CountedFailed:
		text := p.style.paint(red, "failed") + " after " + took
		if phase != "" {
			text += ", in " + phase
		}
		return text
	}
	return "stopped after " + took
}

// Tick says what runs, if nothing was said for [SignInterval].
func (p *Plain) Tick(now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.spoken) < SignInterval {
		return p.err
	}
	if len(p.progress.running) == 0 {
		items := p.progress.summary(p.style, now)
		p.say(now, "%s", strings.Join(items[1:], p.style.glyph(dot)))
	}
	for _, b := range p.progress.running {
		phase := b.phaseName()
		if phase == "" {
			phase = "building"
		}
		p.say(now, "%s: still at it, %s, %s", b.name(), phase, Elapsed(now.Sub(b.began)))
	}
	return p.err
}

// Close ends the view.
func (p *Plain) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *Plain) say(at time.Time, format string, args ...any) {
	p.write(at, p.style.paint(faint, stamp(at.Sub(p.progress.start)))+"  "+fmt.Sprintf(format, args...))
}

// stamp is minutes and seconds, as wide for ten seconds as for ten hours.
func stamp(d time.Duration) string {
	d = max(0, d).Truncate(time.Second)
	return fmt.Sprintf("%3d:%02d", d/time.Minute, d%time.Minute/time.Second)
}

func (p *Plain) write(at time.Time, line string) {
	p.spoken = at
	if p.err != nil {
		return
	}
	_, p.err = io.WriteString(p.w, line+"\n")
}

func builds(n int) string {
	if n == 1 {
		return "1 derivation"
	}
	return fmt.Sprintf("%d derivations", n)
}
