package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// work is one thing that Nix is at: a build, or where there is none, a fetch.
type work struct {
	name    string
	machine string // "on mac1", empty for this one
	phase   string
	elapsed time.Duration
	usually time.Duration // 0 where it is not known
	log     string        // the last line
}

// over says that it has taken longer than usual.
func (w work) over() bool { return overdue(w.elapsed, w.usually) }

// overdue says whether a time is over the usual one. A tenth and a second more
// are usual as well.
func overdue(elapsed, usually time.Duration) bool {
	return usually > 0 && elapsed > usually+usually/10+time.Second
}

// against is the usual time as it stands behind the elapsed one.
func (w work) against() string {
	switch {
	case w.usually == 0:
		return ""
	case w.over():
		return "(usually " + brief(w.usually) + ")"
	}
	return "of ~" + brief(w.usually)
}

// brief is a duration as exact as a usual time is.
func brief(d time.Duration) string {
	d = max(time.Second, d.Round(time.Second))
	if d >= 10*time.Minute {
		d = d.Round(time.Minute)
	}
	if d >= time.Minute && d < time.Hour && d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return Elapsed(d)
}

// columns are the widths of a view's columns. They only grow, so that nothing
// jumps when a build ends.
type columns struct {
	name, machine, phase, elapsed, against int
}

func (c *columns) grow(list []work) {
	for _, w := range list {
		c.name = max(c.name, ansi.StringWidth(w.name))
		c.machine = max(c.machine, ansi.StringWidth(w.machine))
		c.phase = max(c.phase, min(ansi.StringWidth(w.phase), len("installCheck")))
		c.elapsed = max(c.elapsed, len("10 s"), len(Elapsed(w.elapsed)))
		c.against = max(c.against, ansi.StringWidth(w.against()))
	}
}

const (
	gap     = "  "
	minName = 12
	barSize = 10
	shares  = gap + "           100 %" // a bar and its figure
	minLog  = 16
)

// fit is the columns that a width has room for. What matters most comes first:
// the name in part, the time, the phase, the usual time, the whole name, the
// machine, the bar; the log gets what is left.
func (c columns) fit(width int) (fitting columns, bar bool, log int) {
	const most = 44 // for a name, where others could use the room
	room := width - len(gap) - min(c.name, minName) - len(gap) - c.elapsed
	take := func(size, gap int) int {
		if size == 0 || room < size+gap {
			return 0
		}
		room -= size + gap
		return size
	}
	fitting.name, fitting.elapsed = min(c.name, minName), c.elapsed
	fitting.phase = take(c.phase, len(gap))
	fitting.against = take(c.against, 1)
	grown := max(0, min(c.name-fitting.name, most-fitting.name, room))
	fitting.name += grown
	room -= grown
	fitting.machine = take(c.machine, len(gap))
	bar = c.against > 0 && fitting.against > 0 && take(len(shares), 0) > 0
	grown = max(0, min(c.name-fitting.name, room))
	fitting.name += grown
	room -= grown
	if room >= minLog+len(gap) {
		log = room - len(gap)
	}
	if room < 0 { // too narrow for a minute and a name
		fitting.name = max(0, fitting.name+room)
	}
	return fitting, bar, log
}

// row sets work in columns.
func (s Style) row(w work, c columns, bar bool, log int) string {
	var b strings.Builder
	cell := func(text string, width int, paint color) {
		text = s.truncate(text, width)
		b.WriteString(s.paint(paint, text) + strings.Repeat(" ", max(0, width-ansi.StringWidth(text))))
	}
	b.WriteString(gap)
	cell(w.name, c.name, plain)
	if c.machine > 0 {
		b.WriteString(gap)
		cell(w.machine, c.machine, faint)
	}
	if c.phase > 0 {
		b.WriteString(gap)
		cell(w.phase, c.phase, cyan)
	}
	tone := plain
	if w.over() {
		tone = yellow
	}
	b.WriteString(gap + s.paint(tone, padLeft(Elapsed(w.elapsed), c.elapsed)))
	if c.against > 0 {
		b.WriteString(" ")
		tone := faint
		if w.over() {
			tone = yellow
		}
		cell(w.against(), c.against, tone)
	}
	if bar {
		b.WriteString(s.share(w))
	}
	if log > 0 && w.log != "" {
		b.WriteString(gap + s.paint(faint, s.truncate(w.log, log)))
	}
	return strings.TrimRight(b.String(), " ")
}

// share is how much of the usual time has passed, as a bar and a figure.
func (s Style) share(w work) string {
	if w.usually == 0 {
		return strings.Repeat(" ", len(shares))
	}
	share := float64(w.elapsed) / float64(w.usually)
	full := min(barSize, int(share*barSize))
	tone := green
	if w.over() {
		tone = yellow
	}
	return gap + s.paint(tone, strings.Repeat(s.glyph(barFull), full)) +
		s.paint(faint, strings.Repeat(s.glyph(barEmpty), barSize-full)) +
		padLeft(fmt.Sprintf("%d %%", min(999, int(share*100))), len(shares)-len(gap)-barSize)
}

// fitting joins as many items as a width has room for, the first ones. Only the
// first one is cut.
func (s Style) fitting(items []string, between glyph, width int) string {
	line := s.truncate(items[0], width)
	for _, item := range items[1:] {
		if longer := line + s.glyph(between) + item; ansi.StringWidth(longer) <= width {
			line = longer
		}
	}
	return line
}
