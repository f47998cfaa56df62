package report

import (
	"io"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// Live is the view of a running build on a terminal: a line for each running
// build and a summary, redrawn in place. It is safe for concurrent use:
// Observe from where the stream is read, Tick from where time passes.
type Live struct{}

// NewLive draws on w, a terminal; size gives its columns and rows, and is asked
// at every frame; start is when Nix was started.
func NewLive(w io.Writer, size func() (columns, rows int), style Style, start time.Time) *Live {
	return &Live{}
}

// Observe takes note of a change. It draws nothing.
func (l *Live) Observe(c timing.Change) {}

// Tick draws a frame where something differs from what the screen shows, at
// most one each [FrameInterval].
func (l *Live) Tick(now time.Time) error { return nil }

// Close takes the view off the screen, and leaves the cursor where it began.
func (l *Live) Close() error { return nil }

// FrameInterval is the least time between two frames, and how often Tick is
// best called.
const FrameInterval = 100 * time.Millisecond
