package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// SummaryLimit is how many bytes GitHub takes as the summary of one step; of a
// longer one it shows nothing.
const SummaryLimit = 1024 * 1024

// Markdown writes a build as Markdown of GitHub's kind, in at most limit bytes; 0
// means [SummaryLimit]. What does not fit is left out by whole sections, the least
// needed ones first, and the text says so. Text from outside stands in code spans
// and blocks, so it is shown as it is.
func Markdown(w io.Writer, record history.Record, limit int) error {
	m := markdown{r: record.Report, t: newText(record.Report, Style{})}
	sections := []string{
		m.verdict(), m.shards(), m.failures(), m.moreFailures(), m.errors(), m.account(), m.slowest(), m.critical(), m.blocked(), m.fetched(),
	}
	_, err := io.WriteString(w, fit(sections, limit))
	return err
}

const leftOut = "_More was left out, because this page takes no more._\n"

// fit joins sections up to a number of bytes.
func fit(sections []string, limit int) string {
	if limit <= 0 {
		limit = SummaryLimit
	}
	var b strings.Builder
	cut := false
	for _, s := range sections {
		if s == "" {
			continue
		}
		if b.Len()+len("\n")+len(s)+len("\n")+len(leftOut) > limit {
			cut = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	if cut && b.Len()+1+len(leftOut) <= limit {
		b.WriteString("\n" + leftOut)
	}
	return b.String()
}

type markdown struct {
	r timing.Report
	t *text // for what a derivation is called and became
}

// statusWord is the verdict as a heading says it, with a sign that shows it to
// those who skim.
func statusWord(s timing.Status) (sign, word string) {
	switch s {
	case timing.Succeeded:
		return "✅", "Succeeded in"
	case timing.Failed:
		return "❌", "Failed after"
	case timing.Interrupted:
		return "⏹️", "Interrupted after"
	case timing.Incomplete:
		return "❔", "Incomplete: the log ends after"
	}
	panic(fmt.Sprintf("status %q", s))
}

func (m *markdown) verdict() string {
	sign, word := statusWord(m.r.Status)
	var b strings.Builder
	fmt.Fprintf(&b, "### %s %s %s\n", sign, word, Duration(ofSeconds(m.r.WallSeconds)))
	if len(m.r.Outputs) > 0 {
		b.WriteString("\n| output | system | became |\n|---|---|---|\n")
	}
	for i, o := range m.r.Outputs {
		if i == shownOutputs {
			fmt.Fprintf(&b, "| and %d more | | |\n", len(m.r.Outputs)-i)
			break
		}
		name := code(o.Name)
		if o.Alias != "" && o.Variant != "" {
			name += " (" + code(o.Variant) + ")"
		}
		became, _ := m.t.became(o)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, code(o.System), became)
	}
	return b.String()
}

// shownOutputs is how many outputs are listed.
const shownOutputs = 100

func (m *markdown) account() string {
	var b strings.Builder
	b.WriteString("| where the time went | | |\n|---|--:|--:|\n")
	for _, part := range classesOf(m.r) {
		if part.seconds == 0 && !part.always {
			continue
		}
		of := ""
		if m.r.WallSeconds > 0 {
			of = strings.ReplaceAll(strings.TrimSpace(percent(part.seconds/m.r.WallSeconds)), "<", "&lt;")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", part.name, Duration(ofSeconds(part.seconds)), of)
	}
	return b.String()
}

func (m *markdown) slowest() string {
	rows, left := m.t.rows()
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| derivation | | time | phases |\n|---|---|--:|---|\n")
	for _, d := range rows {
		var phases []string
		if d.Machine != "" {
			phases = append(phases, "on "+code(host(d.Machine)))
		}
		for _, p := range shownPhases(d) {
			phases = append(phases, code(shortPhase(p.Name))+" "+strings.ReplaceAll(phaseTime(p.Seconds), "<", "&lt;"))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code(m.t.label(d)), d.Disposition, m.t.time(d), strings.Join(phases, " · "))
	}
	if left > 0 {
		fmt.Fprintf(&b, "\nand %d more, none slower\n", left)
	}
	return b.String()
}

func (m *markdown) critical() string {
	items := m.t.chain(code)
	if len(items) == 0 {
		return ""
	}
	return "**Critical path**: " + strings.Join(items, " → ") + "\n"
}

// shownFailures is how many failures are shown with their logs, namedFailures how many
// more are named.
const (
	shownFailures = 20
	namedFailures = 1000
)

func (m *markdown) failures() string {
	var b strings.Builder
	for i, d := range m.failed() {
		if i == shownFailures {
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		m.failure(&b, d)
	}
	return b.String()
}

// moreFailures names those that failed and are not shown.
func (m *markdown) moreFailures() string {
	failed := m.failed()
	if len(failed) <= shownFailures {
		return ""
	}
	failed = failed[shownFailures:]
	var b strings.Builder
	fmt.Fprintf(&b, "%d more failed:\n\n", len(failed))
	for i, d := range failed {
		if i == namedFailures {
			fmt.Fprintf(&b, "- and %d more\n", len(failed)-i)
			break
		}
		fmt.Fprintf(&b, "- ❌ %s: %s\n", code(m.t.label(d)), entities(reasonOf(d)))
	}
	return b.String()
}

func (m *markdown) failed() []timing.Derivation {
	return slices.DeleteFunc(slices.Clone(m.r.Derivations), func(d timing.Derivation) bool { return d.Disposition != timing.DispositionFailed })
}

func (m *markdown) shards() string {
	var b strings.Builder
	for _, sentence := range shardSentences(m.r, code) {
		fmt.Fprintf(&b, "- %s\n", sentence)
	}
	return b.String()
}

func (m *markdown) failure(b *strings.Builder, d timing.Derivation) {
	fmt.Fprintf(b, "<details open>\n<summary>❌ %s: %s</summary>\n\n", codeHTML(m.t.label(d)), entities(reasonOf(d)))
	if f := d.Failure; f != nil && f.Kind == timing.FailureHash {
		b.WriteString(fenced([]string{"specified  " + single(f.Specified), "got        " + single(f.Got)}) + "\n")
	}
	if tests := failedTests(d); len(tests) > 0 {
		b.WriteString(fenced(tests) + "\n")
	}
	if len(d.LogTail) > 0 {
		fmt.Fprintf(b, "The last lines of its log:\n\n%s\n", fenced(d.LogTail))
		fmt.Fprintf(b, "All of it: %s\n\n", code(logCommand+" "+shellWord(single(d.Derivation))))
	}
	b.WriteString("</details>\n")
}

func (m *markdown) errors() string {
	if len(m.r.Errors) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("Nix says:\n\n")
	for i, e := range m.r.Errors {
		if i == shownErrors {
			fmt.Fprintf(&b, "\nand %d more\n", len(m.r.Errors)-i)
			break
		}
		b.WriteString(fenced(strings.Split(strings.Trim(e, "\n"), "\n")))
	}
	return b.String()
}

func (m *markdown) blocked() string {
	if len(m.r.Blocked) == 0 {
		return ""
	}
	names := notBegun(m.r, code)
	if left := len(names) - shownBlocked; left > 0 {
		names = append(names[:shownBlocked], fmt.Sprintf("and %d more", left))
	}
	return "Not begun, because something that it needs has failed: " + strings.Join(names, " · ") + "\n"
}

// shownBlocked is how many derivations that were not begun are named.
const shownBlocked = 50

func (m *markdown) fetched() string {
	var b strings.Builder
	for _, c := range caches(m.r) {
		fmt.Fprintf(&b, "- fetched %s from %s\n", paths(c.count), code(c.uri))
	}
	return b.String()
}

// printableLines joins lines of a log, harmless wherever text is shown.
func printableLines(lines []string) string {
	return nixcmd.Printable(strings.Join(lines, "\n"))
}
