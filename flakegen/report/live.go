package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// FrameInterval is the least time between two frames of a [Live] view, and how
// often its Tick is best called.
const FrameInterval = 100 * time.Millisecond

// Live is the view of a running build at the foot of a terminal: a line for each
// running build and a summary, redrawn in place. Warnings and other lines of Nix
// scroll by above it; errors are left to the report. Each frame is one write,
// and touches only the lines that changed.
//
// It is safe for concurrent use: call Observe where the stream is read, and Tick
// where time passes.
type Live struct {
	w     io.Writer
	size  func() (columns, rows int)
	style Style

	mu       sync.Mutex
	progress progress
	notes    []string // to be written above the view
	dropped  int      // notes that came too fast
	screen   []string // the lines that the terminal shows
	columns  int      // its width then
	drawn    time.Time
	names    int // the widest name yet, so that columns move seldom
	begun    bool
	closed   bool
}

// NewLive draws on w, a terminal; size gives its columns and rows and is asked
// at every frame. The width of the style does not count. Start is when Nix was
// started.
func NewLive(w io.Writer, size func() (columns, rows int), style Style, start time.Time) *Live {
	return &Live{w: w, size: size, style: style, progress: progress{start: start}}
}

// maxNotes is how many lines of notes one frame writes. Nobody reads more in a
// tenth of a second.
const maxNotes = 200

// Observe takes note of a change. It draws nothing.
func (l *Live) Observe(c timing.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.progress.observe(c)
	n, ok := c.(timing.Note)
	if !ok || n.Level == nixcmd.LevelError {
		return // errors are in the report, which follows
	}
	for line := range strings.SplitSeq(nixcmd.Printable(n.Text), "\n") {
		if len(l.notes) == maxNotes {
			l.dropped++
			continue
		}
		l.notes = append(l.notes, l.style.note(line))
	}
}

// note paints the mark in front of a warning.
func (s Style) note(line string) string {
	const mark = "warning:"
	if rest, ok := strings.CutPrefix(line, mark); ok {
		return s.paint(yellow, mark) + rest
	}
	return line
}

// Tick draws a frame, if the last one was [FrameInterval] ago and something has
// changed since.
func (l *Live) Tick(now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Half an interval of grace, so that a ticker of that interval which comes a
	// moment early does not lose every second frame.
	if l.closed || !l.drawn.IsZero() && now.Sub(l.drawn) < FrameInterval/2 {
		return nil
	}
	l.drawn = now
	columns, rows := l.terminal()
	return l.draw(l.frame(now, columns, rows), columns, rows)
}

// Close takes the view off the screen, writes what was still to be said, and
// leaves the cursor where the view began.
func (l *Live) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	columns, rows := l.terminal()
	err := l.draw(nil, columns, rows)
	l.closed = true
	if l.begun {
		_, showErr := io.WriteString(l.w, ansi.ShowCursor)
		err = cmp.Or(err, showErr)
	}
	return err
}

func (l *Live) terminal() (columns, rows int) {
	columns, rows = l.size()
	if columns <= 0 {
		columns = defaultWidth
	}
	if rows <= 0 {
		rows = 24
	}
	return columns, rows
}

// frame lays out the lines of a moment, all narrower than the terminal and fewer
// than its rows: a terminal wraps in the last column and scrolls in the last row.
func (l *Live) frame(now time.Time, columns, rows int) []string {
	lines := l.rows(l.work(now), columns-1)
	room := max(1, rows-1) - 1
	if more := len(lines) - room; more > 0 {
		lines = lines[:max(0, room-1)]
		if room > 0 {
			lines = append(lines, fmt.Sprintf("  and %d more", more+1))
		}
	}
	summary := strings.Join(l.progress.summary(l.style, now), l.style.glyph(dot))
	lines = append(lines, l.style.truncate(summary, columns-1))
	for i, line := range lines {
		lines[i] = l.style.truncate(line, columns-1)
	}
	return lines
}

// work is one thing that Nix is at.
type work struct{ name, phase, elapsed string }

// work is what runs: the builds, and where there are none the fetches.
func (l *Live) work(now time.Time) []work {
	var list []work
	for _, b := range l.progress.running {
		list = append(list, work{b.name(), b.phaseName(), Elapsed(now.Sub(b.began))})
	}
	if len(list) > 0 {
		return list
	}
	for _, f := range l.progress.fetches {
		list = append(list, work{"fetching " + storeName(f.path), "", Elapsed(now.Sub(f.began))})
	}
	return list
}

// rows sets work in columns of name, phase and time. Where there is no room for
// columns a row has what fits of the three.
func (l *Live) rows(list []work, width int) []string {
	const gap = "  "
	phases, times := len("installCheck"), len("59 min 59 s")
	if width < 60 {
		phases = len("configure")
	}
	for _, w := range list {
		l.names = max(l.names, ansi.StringWidth(w.name))
	}
	room := width - 3*len(gap) - phases - times
	names := min(l.names, room)
	var rows []string
	for _, w := range list {
		if room < 8 {
			words := slices.DeleteFunc([]string{w.name, w.phase, w.elapsed}, func(word string) bool { return word == "" })
			rows = append(rows, gap+strings.Join(words, gap))
			continue
		}
		rows = append(rows, gap+pad(l.style.truncate(w.name, names), names)+
			gap+l.style.paint(cyan, pad(l.style.truncate(w.phase, phases), phases))+
			gap+padLeft(w.elapsed, times))
	}
	return rows
}

// draw brings the terminal from what it shows to these lines, in one write. The
// cursor stands below the last line between two frames.
func (l *Live) draw(lines []string, columns, rows int) error {
	var out bytes.Buffer
	shown := l.screen
	resized := l.columns != 0 && l.columns != columns
	switch {
	case len(l.notes) > 0 || resized:
		// What stands there scrolls by or was wrapped anew: nothing of it is kept.
		up(&out, min(l.height(columns), rows-1))
		out.WriteString(ansi.EraseScreenBelow)
		shown = nil
		l.writeNotes(&out)
	case slices.Equal(lines, shown):
		return nil
	default:
		up(&out, min(len(shown), rows-1))
	}
	for i, line := range lines {
		if i >= len(shown) || shown[i] != line {
			out.WriteString(line)
			out.WriteString(ansi.EraseLineRight)
		}
		out.WriteString("\r\n")
	}
	if len(lines) < len(shown) {
		out.WriteString(ansi.EraseScreenBelow)
	}
	l.screen, l.columns = lines, columns
	if !l.begun {
		l.begun = true
		_, err := io.WriteString(l.w, ansi.HideCursor+out.String())
		return err
	}
	_, err := l.w.Write(out.Bytes())
	return err
}

func (l *Live) writeNotes(out *bytes.Buffer) {
	for _, n := range l.notes {
		out.WriteString(n + "\r\n")
	}
	if l.dropped > 0 {
		fmt.Fprintf(out, "and %d more lines\r\n", l.dropped)
	}
	l.notes, l.dropped = nil, 0
}

// height is how many rows the lines on the screen take now: a terminal that has
// become narrower wraps them.
func (l *Live) height(columns int) int {
	rows := 0
	for _, line := range l.screen {
		rows += max(1, (ansi.StringWidth(line)+columns-1)/columns)
	}
	return rows
}

// up moves to the beginning of a line above.
func up(out *bytes.Buffer, lines int) {
	if lines > 0 {
		out.WriteString("\r" + ansi.CursorUp(lines))
	}
}
