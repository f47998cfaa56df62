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

// BenchProgress tells of one step of a bench where there is no terminal: nothing,
// unless it takes long, because its line comes when it has ended. Warnings of Nix
// are told all the same. It is safe for concurrent use.
type BenchProgress struct {
	w     io.Writer
	style Style
	step  string
	begun time.Time

	mu     sync.Mutex
	spoken time.Time
	doing  string
	err    error
}

// NewBenchProgress writes to w of a step that began at start.
func NewBenchProgress(w io.Writer, style Style, step string, start time.Time) *BenchProgress {
	return &BenchProgress{w: w, style: style, step: step, begun: start, spoken: start}
}

// Observe takes note of what the step is at.
func (b *BenchProgress) Observe(c timing.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch c := c.(type) {
	case timing.BuildStarted:
		b.doing = storeName(c.Derivation)
	case timing.PhaseStarted:
		b.doing = storeName(c.Derivation) + ", " + single(shortPhase(c.Phase))
	case timing.FetchStarted:
		b.doing = "fetching " + storeName(c.Path)
	case timing.Note:
		if c.Level == nixcmd.LevelError {
			return // errors are in the report, which follows
		}
		for l := range strings.SplitSeq(nixcmd.Printable(c.Text), "\n") {
			b.write(c.At, b.style.note(l))
		}
	}
}

// Tick says what the step is at, if nothing was said for [SignInterval].
func (b *BenchProgress) Tick(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.spoken) >= SignInterval {
		doing := b.doing
		if doing == "" {
			doing = "waiting for Nix"
		}
		b.write(now, fmt.Sprintf("%s: still at it, %s, %s", b.style.paint(faint, b.step), doing, Elapsed(now.Sub(b.begun))))
	}
	return b.err
}

// Close ends the view.
func (b *BenchProgress) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *BenchProgress) write(at time.Time, line string) {
	b.spoken = at
	if b.err == nil {
		_, b.err = io.WriteString(b.w, line+"\n")
	}
}

// BenchStep writes the line of a step that has ended.
func BenchStep(w io.Writer, s Style, step, name string, took time.Duration) error {
	_, err := fmt.Fprintf(w, "%s: %s %s\n", s.paint(faint, step), single(name), seconds(took.Seconds(), decimalsFor(took.Seconds())))
	return err
}
