package report

import (
	"bytes"
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

// logInterval is how long the last line of a log stands: a build may write
// thousands in that time, and nobody reads a line that flits by.
const logInterval = 500 * time.Millisecond

// Live is the view of a running build at the foot of a terminal: a line for each
// running build and a summary, redrawn in place. Warnings, builds that fail and
// other lines scroll by above it, such as those of a program that "nix run" has
// started; errors are left to the report. Each frame is one write, and touches only
// the lines that changed.
//
// Lines that come faster than frames are not left out: whoever observes waits until
// the terminal has taken them.
//
// The cursor is not hidden and the terminal is in no mode of its own between two
// frames, so that a view which is killed leaves nothing to be mended.
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
	noted    int      // bytes of notes
	failures []string // as notes, which the report repeats if it follows at once
	screen   []string // the lines that the terminal shows
	columns  int      // its width then
	widths   columns
	drawn    time.Time
	away     bool // the terminal is somebody else's
	closed   bool
}

// NewLive draws on w, a terminal; size gives its columns and rows and is asked
// at every frame. The width of the style does not count.
func NewLive(w io.Writer, size func() (columns, rows int), o ViewOptions) *Live {
	return &Live{w: w, size: size, style: o.Style, progress: newProgress(o)}
}

// maxNotes is how many lines are kept for the next frame, and maxNoteBytes how
// long they may be. When there are more it is drawn at once.
const (
	maxNotes     = 200
	maxNoteBytes = 64 << 10
)

// Observe takes note of a change. It draws nothing unless many lines have come
// since the last frame.
func (l *Live) Observe(c timing.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := c.(timing.BuildEnded); ok && e.Outcome == timing.CountedFailed && len(l.failures) < maxNotes {
		l.failures = append(l.failures, l.style.paint(red, l.style.glyph(cross)+" "+storeName(e.Derivation)+" failed ")+
			failedAfter(e, l.progress.byPath[e.Derivation]))
	}
	l.progress.observe(c)
	n, ok := c.(timing.Note)
	if !ok || n.Level == nixcmd.LevelError {
		return // errors are in the report, which follows
	}
	for line := range strings.SplitSeq(nixcmd.Printable(n.Text), "\n") {
		line = l.style.note(line)
		l.notes, l.noted = append(l.notes, line), l.noted+len(line)
		if len(l.notes) >= maxNotes || l.noted >= maxNoteBytes || l.closed {
			l.overflow(n.At)
		}
	}
}

// overflow writes the notes before their time. An error of the terminal comes with
// the next frame.
func (l *Live) overflow(now time.Time) {
	columns, rows := l.terminal()
	if !l.closed && !l.away {
		_ = l.draw(l.frame(now, columns, rows), columns, rows)
		return
	}
	// Where others have written since, or the report follows, no view is drawn.
	var out bytes.Buffer
	l.writeNotes(&out)
	_, _ = l.w.Write(out.Bytes())
}

// failedAfter is how long a build took to fail, and where it did.
func failedAfter(e timing.BuildEnded, b *runningBuild) string {
	text := "after " + Duration(e.Took)
	if b != nil && b.phase != "" {
		text += ", in " + b.phaseName()
	}
	return text
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
	l.progress.askNeeds(&l.mu)
	l.mu.Lock()
	defer l.mu.Unlock()
	// Half an interval of grace, so that a ticker of that interval which comes a
	// moment early does not lose every second frame.
	l.away = false
	if l.closed || !l.drawn.IsZero() && now.Sub(l.drawn) < FrameInterval/2 {
		return nil
	}
	l.drawn = now
	columns, rows := l.terminal()
	l.notes = append(l.notes, l.failures...)
	l.failures = nil
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
	l.closed = true
	columns, rows := l.terminal()
	return l.draw(nil, columns, rows)
}

// Leave says that the terminal is somebody else's until the next Tick: the program
// runs in the background of a shell.
func (l *Live) Leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = true
}

// Resume draws anew from where the cursor stands: the program was stopped, and
// the terminal has been somebody else's.
func (l *Live) Resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.screen = nil
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
func (l *Live) frame(now time.Time, width, rows int) []string {
	if l.columns != width {
		l.widths = columns{}
	}
	room := max(1, rows-1) - 1
	list, more := l.work(now, room)
	l.widths.grow(list)
	fitting, bar, log := l.widths.fit(width - 1)
	lines := make([]string, 0, len(list)+2)
	for _, w := range list {
		lines = append(lines, l.style.row(w, fitting, bar, log))
	}
	if more > 0 && room > 0 {
		lines = append(lines, l.style.paint(faint, fmt.Sprintf("%sand %d more", gap, more)))
	}
	lines = append(lines, l.style.fitting(l.progress.summary(l.style, now), dot, width-1))
	for i, line := range lines {
		lines[i] = l.style.truncate(line, width-1)
	}
	return lines
}

// work is what runs: the builds, and where there are none the fetches; those that
// have run longest, as many as there is room for beside the number of the others.
func (l *Live) work(now time.Time, room int) (list []work, more int) {
	p := &l.progress
	count := len(p.running)
	if count == 0 {
		count = len(p.fetches)
	}
	shown := count
	if count > room {
		shown = max(0, room-1)
	}
	for i := range shown {
		if len(p.running) > 0 {
			list = append(list, l.build(p.running[i], now))
			continue
		}
		f := p.fetches[i]
		list = append(list, work{name: storeName(f.path), phase: "fetch", elapsed: now.Sub(f.began)})
	}
	return list, count - shown
}

func (l *Live) build(b *runningBuild, now time.Time) work {
	w := work{name: storeName(b.derivation), phase: b.phaseName(), elapsed: now.Sub(b.began), usually: l.progress.usually(b.derivation)}
	if b.machine != "" {
		w.machine = "on " + host(b.machine)
	}
	if since := now.Sub(b.shownAt); b.shownAt.IsZero() || since >= logInterval || since < 0 {
		const most = 500
		b.shownLog, b.shownAt = strings.TrimSpace(single(b.log[:min(len(b.log), most)])), now
	}
	w.log = b.shownLog
	return w
}

// The modes of a frame. A terminal that knows synchronized output shows a frame
// when it is whole; to others it is nothing. Without wrapping, a character that
// is wider than this program thinks moves no line.
const (
	beginFrame = ansi.SetModeSynchronizedOutput
	endFrame   = ansi.ResetModeSynchronizedOutput
	wrapOff    = ansi.ResetModeAutoWrap
	wrapOn     = ansi.SetModeAutoWrap
)

// draw brings the terminal from what it shows to these lines, in one write. The
// cursor stands below the last line between two frames.
func (l *Live) draw(lines []string, columns, rows int) error {
	var out bytes.Buffer
	shown := l.screen
	resized := l.columns != 0 && l.columns != columns
	out.WriteString(beginFrame)
	switch {
	case len(l.notes) > 0 || resized && len(shown) > 0:
		// What stands there scrolls by or was wrapped anew: nothing of it is kept.
		up(&out, min(l.height(columns), rows-1))
		out.WriteString(ansi.EraseScreenBelow)
		shown = nil
		l.writeNotes(&out)
	case slices.Equal(lines, shown):
		l.columns = columns
		return nil
	default:
		up(&out, min(len(shown), rows-1))
	}
	out.WriteString(wrapOff)
	for i, line := range lines {
		if i >= len(shown) || shown[i] != line {
			out.WriteString(line)
			out.WriteString(ansi.EraseLineRight)
		}
		out.WriteString("\r\n")
	}
	if len(shown) > 0 {
		// Lines that are gone, and what was typed.
		out.WriteString(ansi.EraseScreenBelow)
	}
	out.WriteString(wrapOn + endFrame)
	l.screen, l.columns = lines, columns
	_, err := l.w.Write(out.Bytes())
	return err
}

func (l *Live) writeNotes(out *bytes.Buffer) {
	for _, n := range l.notes {
		out.WriteString(n + "\r\n")
	}
	l.notes, l.noted = l.notes[:0], 0
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
