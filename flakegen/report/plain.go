package report

import (
	"io"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// Plain tells a running build line by line, for logs and where there is no
// terminal. It is safe for concurrent use.
type Plain struct{}

// NewPlain writes to w; start is when Nix was started.
func NewPlain(w io.Writer, style Style, start time.Time) *Plain { return &Plain{} }

// Observe writes a line for a change that people want to see.
func (p *Plain) Observe(c timing.Change) {}

// Tick gives a sign of life where nothing was written for a while.
func (p *Plain) Tick(now time.Time) error { return nil }

// Close ends the view.
func (p *Plain) Close() error { return nil }
