package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// SignInterval is after how long a silence a [Plain] view says what still runs:
// CI services give up on a job that says nothing.
const SignInterval = 30 * time.Second

// phasesAfter is how long a build has run before its phases are told: most are
// over before anyone asks.
const phasesAfter = 5 * time.Second

// PlainOptions is what a [Plain] view takes.
type PlainOptions struct {
	ViewOptions
	// Spool opens a file for logs, when one is needed. Without it, or where it
	// fails, the beginning of a log that is longer than 32 KiB is lost.
	Spool func() (Spool, error)
	// Workflow, unless it is the zero value, folds every log and marks failures.
	Workflow Workflow
}

// Plain tells a running build line by line, for logs and where there is no
// terminal. Each line begins with the time since the start. The log of a build
// that failed follows in full.
//
// It is safe for concurrent use: call Observe where the stream is read, and Tick
// where time passes. An error of the writer is kept, and returned by Tick and
// Close.
type Plain struct {
	w        *bufio.Writer // flushed at the end of every call
	style    Style
	workflow Workflow

	mu       sync.Mutex
	progress progress
	logs     logs
	kept     map[string]*buildLog // by derivation
	spoken   time.Time
	err      error
}

// NewPlain writes to w.
func NewPlain(w io.Writer, o PlainOptions) *Plain {
	return &Plain{
		w: bufio.NewWriterSize(w, logBlock), style: o.Style, workflow: o.Workflow,
		progress: newProgress(o.ViewOptions), spoken: o.Start,
		logs: logs{open: o.Spool}, kept: map[string]*buildLog{},
	}
}

// Observe writes a line for a change that people want to see.
func (p *Plain) Observe(c timing.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l, ok := c.(timing.LogLine); ok {
		// The most frequent change by far.
		if kept := p.kept[l.Derivation]; kept != nil {
			p.logs.add(kept, l.Text)
		}
		return
	}
	var ended *runningBuild
	if e, ok := c.(timing.BuildEnded); ok {
		ended = p.progress.byPath[e.Derivation]
	}
	p.progress.observe(c)
	switch c := c.(type) {
	case timing.Planned:
		p.say(c.At, "%s to build", builds(c.Builds))
	case timing.BuildStarted:
		p.begin(c)
	case timing.PhaseStarted:
		if b := p.progress.byPath[c.Derivation]; b == nil || c.At.Sub(b.began) < phasesAfter {
			return
		}
		p.say(c.At, "%s: %s", storeName(c.Derivation), single(shortPhase(c.Phase)))
	case timing.BuildEnded:
		p.end(c, ended)
	case timing.FetchStarted:
		p.say(c.At, "%s: fetching from %s", storeName(c.Path), single(c.From))
	case timing.Note:
		p.note(c)
	case timing.PlannedBuild, timing.Counted, timing.FetchEnded, timing.Transferred, timing.Turned, timing.LogLine:
	}
	p.flush()
}

func (p *Plain) begin(c timing.BuildStarted) {
	if earlier := p.kept[c.Derivation]; earlier != nil {
		p.logs.release(earlier)
	}
	p.kept[c.Derivation] = &buildLog{}
	text := storeName(c.Derivation) + ": building"
	if c.Machine != "" {
		text += " on " + host(c.Machine)
	}
	if usually := p.progress.usually(c.Derivation); usually > 0 {
		text += ", usually " + brief(usually)
	}
	p.say(c.At, "%s", text)
}

// end tells how a build ended, with its log where it failed. A workflow gets
// every log, folded below that line unless the build failed.
func (p *Plain) end(c timing.BuildEnded, b *runningBuild) {
	name, took := storeName(c.Derivation), Duration(c.Took)
	log := p.kept[c.Derivation]
	delete(p.kept, c.Derivation)
	if log == nil {
		log = &buildLog{}
	}
	defer p.logs.release(log)
	switch c.Outcome {
	case timing.CountedDone:
		text := p.stamped(c.At, name+": "+p.style.paint(green, "done")+" in "+took)
		if !p.workflow.on() || log.lines == 0 {
			p.write(c.At, text)
			return
		}
		p.write(c.At, p.workflow.group(fmt.Sprintf("%s, %s", strings.TrimLeft(text, " "), logLines(log.lines))))
		p.log(c.At, c.Derivation, log, "")
		p.write(c.At, p.workflow.endGroup())
	case timing.CountedFailed:
		p.failed(c, b, log)
	default:
		p.say(c.At, "%s: stopped after %s", name, took)
	}
}

// failed tells of a build that failed, with its log.
func (p *Plain) failed(c timing.BuildEnded, b *runningBuild, log *buildLog) {
	name, after := storeName(c.Derivation), failedAfter(c, b)
	p.say(c.At, "%s: %s %s", name, p.style.paint(red, "failed"), after)
	if log.lines > 0 {
		p.say(c.At, "%s: log, %s", name, logLines(log.lines))
		p.log(c.At, c.Derivation, log, p.style.glyph(bar))
		p.say(c.At, "%s: end of log", name)
	}
	if p.workflow.on() {
		message := append([]string{"failed " + after}, log.last()...)
		p.write(c.At, p.workflow.failure(name, strings.Join(message, "\n")))
	}
}

// annotated is how many lines of a log a mark on a workflow holds.
const annotated = 10

// last is the end of a log.
func (b *buildLog) last() []string {
	const width = 300
	lines := strings.Split(strings.TrimRight(string(b.rest), "\n"), "\n")
	lines = lines[max(0, len(lines)-annotated):]
	for i, line := range lines {
		lines[i] = ansi.Truncate(single(line), width, "…")
	}
	return lines
}

// log writes what was kept of a log, each line behind a mark.
func (p *Plain) log(at time.Time, derivation string, log *buildLog, mark string) {
	if log.lost > 0 {
		why := "the log is too long to keep"
		if p.logs.err != nil {
			why = p.logs.err.Error()
		}
		p.write(at, single(fmt.Sprintf("%sthe first lines are missing, as %s; all of them: %s %s", mark, why, logCommand, derivation)))
	}
	var resume string
	if p.workflow.on() {
		var stop string
		stop, resume = p.workflow.foreign()
		p.raw(stop)
	}
	err := p.logs.each(log, func(line string) {
		for l := range strings.SplitSeq(nixcmd.Printable(line), "\n") {
			p.raw(mark + l)
		}
	})
	if resume != "" {
		p.raw(resume)
	}
	if err != nil {
		p.write(at, single(mark+"the rest of the log cannot be read: "+err.Error()))
	}
}

func logLines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}

// note tells a message of Nix. Errors are in the report, which follows.
func (p *Plain) note(c timing.Note) {
	text := nixcmd.Printable(c.Text)
	if c.Level == nixcmd.LevelError {
		if p.workflow.on() && c.Derivation == "" {
			p.write(c.At, p.workflow.failure("nix", clipLines(text, 2*annotated)))
		}
		return
	}
	for l := range strings.SplitSeq(text, "\n") {
		p.write(c.At, p.inert(p.style.note(l)))
	}
}

// clipLines keeps the first lines of a text.
func clipLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

// maxSigns is how many builds a sign of life names.
const maxSigns = 8

// Tick says what runs, if nothing was said for [SignInterval].
func (p *Plain) Tick(now time.Time) error {
	p.progress.askNeeds(&p.mu)
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.spoken) < SignInterval {
		return p.err
	}
	for i, b := range p.progress.running {
		if i == maxSigns {
			p.say(now, "and %d more", len(p.progress.running)-i)
			break
		}
		w := work{elapsed: now.Sub(b.began), usually: p.progress.usually(b.derivation)}
		text := strings.TrimSpace(Elapsed(w.elapsed) + " " + w.against())
		p.say(now, "%s: still at it, %s, %s", storeName(b.derivation), cmp.Or(b.phaseName(), "building"), text)
	}
	if items := p.progress.summary(p.style, now)[1:]; len(items) != 1 || len(p.progress.running) == 0 {
		// The time stands in front; that builds run has been said.
		p.say(now, "%s", cmp.Or(strings.Join(items, p.style.glyph(dot)), "still at it"))
	}
	p.flush()
	return p.err
}

// Close ends the view.
func (p *Plain) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *Plain) say(at time.Time, format string, args ...any) {
	p.write(at, p.inert(p.stamped(at, fmt.Sprintf(format, args...))))
}

// stamped puts the time since the start in front.
func (p *Plain) stamped(at time.Time, text string) string {
	return p.style.paint(faint, stamp(at.Sub(p.progress.start))) + "  " + text
}

// stamp is minutes and seconds, as wide for ten seconds as for ten hours.
func stamp(d time.Duration) string {
	d = max(0, d).Truncate(time.Second)
	return fmt.Sprintf("%3d:%02d", d/time.Minute, d%time.Minute/time.Second)
}

// inert is text in which others have a word.
func (p *Plain) inert(text string) string {
	if !p.workflow.on() {
		return text
	}
	return Inert(text)
}

func (p *Plain) write(at time.Time, line string) {
	p.spoken = at
	p.raw(line)
}

func (p *Plain) raw(line string) {
	p.w.WriteString(line) // an error stays until flush
	p.w.WriteByte('\n')
}

func (p *Plain) flush() {
	if err := p.w.Flush(); p.err == nil {
		p.err = err
	}
}

func builds(n int) string {
	if n == 1 {
		return "1 derivation"
	}
	return fmt.Sprintf("%d derivations", n)
}
