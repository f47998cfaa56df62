package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Text writes a finished account for people: the verdict, where the time went,
// each derivation with its phases, what was fetched, and for a failure the last
// lines of its log with the command that shows all of it. Warnings are not in
// it: a view has shown them when they came.
func Text(w io.Writer, r timing.Report, s Style) error {
	t := newText(r, s)
	t.header()
	t.accounts()
	t.slots()
	t.shards()
	t.derivations()
	t.leftOut()
	t.criticalPath()
	t.fetched()
	t.errors()
	t.failures()
	t.blocked()
	t.log()
	_, err := w.Write(t.out.Bytes())
	return err
}

func newText(r timing.Report, s Style) *text {
	return &text{Style: s, labels: labelsOf(r), r: r}
}

// text is a report that is being written, in sections with an empty line between
// two. Failures stand last, where the eye is when a command has ended.
type text struct {
	Style
	labels
	r   timing.Report
	out bytes.Buffer
}

func (t *text) section() {
	if t.out.Len() > 0 {
		t.out.WriteByte('\n')
	}
}

func (t *text) line(format string, args ...any) {
	l := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	t.out.WriteString(l + "\n")
}

// wrapped writes text that may be wider than the page, behind an indent.
func (t *text) wrapped(indent, content string) {
	width := max(t.width()-ansi.StringWidth(indent), 10)
	for l := range strings.SplitSeq(nixcmd.Printable(content), "\n") {
		for _, part := range wrap(l, width) {
			t.line("%s%s", indent, part)
		}
	}
}

// shownLogs is how many failures are shown with the ends of their logs; more are named.
const shownLogs = 50

func (t *text) failures() {
	shown := 0
	for _, d := range t.r.Derivations {
		if d.Disposition != timing.DispositionFailed {
			continue
		}
		if shown <= shownLogs {
			t.section()
		}
		if shown++; shown > shownLogs {
			t.failureHead(d)
			continue
		}
		t.failure(d)
	}
}

func (t *text) blocked() {
	if len(t.r.Blocked) == 0 {
		return
	}
	t.section()
	for _, l := range wrap("not begun, because something that it needs has failed:", t.width()) {
		t.line("%s", l)
	}
	for _, l := range t.flow(notBegun(t.r, func(name string) string { return name }), dot, t.width()-2) {
		t.line("  %s", l)
	}
}

// failureHead says in a line what failed and why.
func (t *text) failureHead(d timing.Derivation) {
	head := t.label(d) + ": " + reasonOf(d)
	for i, l := range wrap(head, t.width()-2) {
		mark := "  "
		if i == 0 {
			mark = t.paint(red, t.glyph(cross)) + " "
		}
		t.line("%s%s", mark, t.paint(bold, l))
	}
}

func (t *text) failure(d timing.Derivation) {
	t.failureHead(d)
	if f := d.Failure; f != nil && f.Kind == timing.FailureHash {
		t.line("  specified  %s", single(f.Specified))
		t.line("  got        %s", single(f.Got))
	}
	for _, l := range failedTests(d) {
		t.wrapped("  ", l)
	}
	for _, l := range d.LogTail {
		t.wrapped("  "+t.paint(faint, t.glyph(bar)), l)
	}
	if len(d.LogTail) > 0 {
		t.line("  The whole log:")
		// In one piece, however long, so that it can be copied.
		t.line("    %s %s", logCommand, shellWord(single(d.Derivation)))
	}
}

// reasonOf says why a derivation failed, and in which phase.
func reasonOf(d timing.Derivation) string {
	reason := "it failed, and Nix did not say why"
	if d.Failure != nil {
		reason = d.Failure.Reason
	}
	switch n := len(d.FailedTests); {
	case n == 1:
		reason = d.FailedTests[0]
	case n > 1:
		reason = fmt.Sprintf("%d tests failed", n)
	}
	if n := len(d.Phases); n > 0 {
		reason += " in " + d.Phases[n-1].Name
	}
	return single(reason)
}

// shellWord quotes what a shell would not take as it is.
func shellWord(text string) string {
	unsafe := func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("/+-._=", r)
	}
	if text != "" && !strings.ContainsFunc(text, unsafe) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// shownErrors is how many errors are shown in full.
const shownErrors = 10

func (t *text) errors() {
	if len(t.r.Errors) == 0 {
		return
	}
	t.section()
	const mark = "error:"
	for i, e := range t.r.Errors {
		if i == shownErrors {
			t.line("and %d more", len(t.r.Errors)-i)
			return
		}
		first, rest, _ := strings.Cut(nixcmd.Printable(e), "\n")
		for i, l := range wrap(mark+" "+first, t.width()) {
			if i == 0 {
				l = t.paint(red, mark) + strings.TrimPrefix(l, mark)
			}
			t.line("%s", l)
		}
		if rest != "" {
			t.wrapped("", rest)
		}
	}
}

func (t *text) accounts() {
	t.section()
	for _, row := range classesOf(t.r) {
		if row.seconds == 0 && !row.always {
			continue
		}
		share := ""
		if t.r.WallSeconds > 0 {
			share = percent(row.seconds / t.r.WallSeconds)
		}
		t.line("%-12s %s  %s", row.name, padLeft(Duration(ofSeconds(row.seconds)), 11), t.paint(faint, share))
	}
}

func percent(part float64) string {
	if part > 0 && part < 0.005 {
		return " <1 %"
	}
	return fmt.Sprintf("%3.0f %%", 100*part)
}

// shownDerivations is how many rows a table has; the slowest are shown.
const shownDerivations = 30

func (t *text) derivations() {
	rows, left := t.rows()
	if len(rows) == 0 {
		return
	}
	t.section()
	t.table(rows)
	if left > 0 {
		t.line("and %d more, none slower", left)
	}
}

// rows are the derivations that a table shows, the slowest first, and how many it
// leaves out: those beyond its length, not those that were fetched for others, nor
// shards that are summed up.
func (t *text) rows() (rows []timing.Derivation, left int) {
	summed := summedUp(t.r)
	for _, d := range t.r.Derivations {
		if (d.Disposition != timing.DispositionSubstituted || t.wanted(d)) && !summed[d.Derivation] {
			rows = append(rows, d)
		}
	}
	slices.SortStableFunc(rows, func(a, b timing.Derivation) int { return cmp.Compare(b.Seconds, a.Seconds) })
	if len(rows) > shownDerivations {
		left = len(rows) - shownDerivations
		rows = rows[:shownDerivations]
	}
	return rows, left
}

// table writes name, disposition, time and phases, the phases on lines of their
// own where they do not fit.
func (t *text) table(rows []timing.Derivation) {
	const gap = "  "
	names, dispositions, times := 0, 0, 0
	for _, d := range rows {
		names = max(names, ansi.StringWidth(t.label(d)))
		dispositions = max(dispositions, len(d.Disposition))
		times = max(times, len(t.time(d)))
	}
	names = min(names, max(12, t.width()-dispositions-times-2*len(gap)), max(12, t.width()*2/5))
	for _, d := range rows {
		line := pad(t.truncate(t.label(d), names), names) + gap +
			t.paint(colorOf(d.Disposition), pad(string(d.Disposition), dispositions)) + gap +
			padLeft(t.time(d), times)
		details := t.details(d)
		room := t.width() - ansi.StringWidth(line) - len(gap)
		indent := ""
		lines := t.flow(details, dot, room)
		if room < 30 || len(lines) > 1 && room < t.width()/2 {
			// Below, over the whole width.
			t.line("%s", line)
			indent = gap + gap
			for _, l := range t.flow(details, dot, t.width()-len(indent)) {
				t.line("%s%s", indent, t.paint(faint, l))
			}
			continue
		}
		if len(lines) == 0 {
			t.line("%s", line)
			continue
		}
		indent = strings.Repeat(" ", ansi.StringWidth(line))
		for i, l := range lines {
			if i > 0 {
				line = indent
			}
			t.line("%s%s%s", line, gap, t.paint(faint, l))
		}
	}
}

func (t *text) time(d timing.Derivation) string {
	if d.Disposition == timing.DispositionPresent {
		return ""
	}
	return Duration(ofSeconds(d.Seconds))
}

// details are the phases of a build and the machine it ran on.
func (t *text) details(d timing.Derivation) []string {
	var items []string
	if d.Machine != "" {
		items = append(items, "on "+host(d.Machine))
	}
	for _, p := range shownPhases(d) {
		items = append(items, single(shortPhase(p.Name))+" "+phaseTime(p.Seconds))
	}
	return items
}

// shownPhases are the phases of a build that are worth a line. One that took next
// to nothing is left out, but never one that checks: whether it ran is what a
// reader looks for.
func shownPhases(d timing.Derivation) []timing.Phase {
	var list []timing.Phase
	for _, p := range d.Phases {
		if p.Seconds >= 0.05 || history.IsCheck(p.Name) {
			list = append(list, p)
		}
	}
	return list
}

func shortPhase(name string) string {
	return strings.TrimSuffix(name, "Phase")
}

// phaseTime leaves out the unit of seconds: a row has many.
func phaseTime(seconds float64) string {
	switch {
	case seconds < 0.05:
		return "<0.1"
	case seconds < 59.95:
		return fmt.Sprintf("%.1f", seconds)
	}
	return Duration(ofSeconds(seconds))
}

// host is the machine in a store URI: "ssh-ng://root@mac?ssh-key=x" is root@mac.
func host(machine string) string {
	machine = single(machine)
	if _, rest, ok := strings.Cut(machine, "://"); ok && rest != "" {
		machine = rest
	}
	machine, _, _ = strings.Cut(machine, "?")
	return machine
}

// shownChain is how many derivations of the critical path are named.
const shownChain = 12

func (t *text) criticalPath() {
	items := t.chain(func(name string) string { return name })
	if len(items) == 0 {
		return
	}
	for i := range items[:len(items)-1] {
		items[i] += t.glyph(arrow)
	}
	t.section()
	t.line("critical path")
	for _, l := range t.flow(items, space, t.width()-2) {
		t.line("  %s", l)
	}
}

// chain is the critical path, each step with its time, and none where it has one
// step only. Of a long one the first step and the last ones are named.
func (t *text) chain(name func(string) string) []string {
	if len(t.r.CriticalPath) < 2 {
		return nil
	}
	took := map[string]float64{}
	for _, d := range t.r.Derivations {
		took[d.Derivation] = d.Seconds
	}
	items := make([]string, len(t.r.CriticalPath))
	for i, path := range t.r.CriticalPath {
		items[i] = name(storeName(path)) + " " + Duration(ofSeconds(took[path]))
	}
	if left := len(items) - shownChain; left > 0 {
		items = append([]string{items[0], fmt.Sprintf("%d more", left)}, items[left+1:]...)
	}
	return items
}

func storeName(path string) string {
	return single(timing.Name(path))
}

// shownFetches is how many fetched paths are named; the slowest are.
const shownFetches = 5

func (t *text) fetched() {
	if len(t.r.Fetched) == 0 {
		return
	}
	t.section()
	for _, c := range caches(t.r) {
		t.line("%s", t.truncate(fmt.Sprintf("fetched %s from %s", paths(c.count), single(c.uri)), t.width()))
	}
	slowest := slices.Clone(t.r.Fetched)
	slices.SortStableFunc(slowest, func(a, b timing.Fetch) int { return cmp.Compare(b.Seconds, a.Seconds) })
	var items []string
	for i, f := range slowest {
		if i == shownFetches {
			items = append(items, fmt.Sprintf("and %d more", len(slowest)-i))
			break
		}
		items = append(items, storeName(f.Path)+" "+Duration(ofSeconds(f.Seconds)))
	}
	for _, l := range t.flow(items, dot, t.width()-4) {
		t.line("    %s", t.paint(faint, l))
	}
}

// cache is where paths came from, and how many.
type cache struct {
	uri   string
	count int
}

// caches are those that gave paths, in the order in which they did.
func caches(r timing.Report) []cache {
	var list []cache
	at := map[string]int{}
	for _, f := range r.Fetched {
		i, known := at[f.From]
		if !known {
			i = len(list)
			at[f.From] = i
			list = append(list, cache{uri: f.From})
		}
		list[i].count++
	}
	return list
}

func paths(n int) string {
	if n == 1 {
		return "1 path"
	}
	return fmt.Sprintf("%d paths", n)
}

// header says how the run ended, and what became of each output.
func (t *text) header() {
	wall := Duration(ofSeconds(t.r.WallSeconds))
	switch t.r.Status {
	case timing.Succeeded:
		t.line("%s in %s", t.paint(green, "succeeded"), wall)
	case timing.Failed:
		t.line("%s after %s", t.paint(red, "failed"), wall)
	case timing.Interrupted:
		t.line("%s after %s", t.paint(yellow, "interrupted"), wall)
	case timing.Incomplete:
		t.line("%s: the log ends after %s", t.paint(yellow, "incomplete"), wall)
		t.line("and does not say how the build ended")
	default:
		panic(fmt.Sprintf("status %q", t.r.Status))
	}
	names, systems := 0, 0
	for _, o := range t.r.Outputs {
		names = max(names, ansi.StringWidth(outputName(o)))
		systems = max(systems, ansi.StringWidth(single(o.System)))
	}
	const frame = 2 + 2 + 2 + len(timing.DispositionInterrupted)
	names = min(names, max(8, t.width()-systems-frame))
	for _, o := range t.r.Outputs {
		word, c := t.became(o)
		t.line("  %s  %s  %s", pad(t.truncate(outputName(o), names), names),
			pad(single(o.System), systems), t.paint(c, word))
	}
}

// outputName is what was asked for, and the variant that an alias means here.
func outputName(o timing.Output) string {
	name := single(o.Name)
	if o.Alias != "" && o.Variant != "" {
		name += " (" + single(o.Variant) + ")"
	}
	return name
}

func (t *text) became(o timing.Output) (string, color) {
	if became, ok := t.ended[o.Derivation]; ok {
		return string(became), colorOf(became)
	}
	if o.Derivation == "" && len(t.r.Derivations) > 0 {
		// Nix names the derivation of an output when all is built, and not before.
		return "unknown", faint
	}
	return "not built", faint
}
