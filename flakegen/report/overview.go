package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Overview is what many builds show together. It is also their JSON form.
type Overview struct {
	FormatVersion string       `json:"format_version"`
	Builds        []Ran        `json:"builds"`
	Trends        []Trend      `json:"trends"`
	Differences   []Difference `json:"differences"`
}

// Ran is one build in short.
type Ran struct {
	ID          string        `json:"id"`
	Command     string        `json:"command"`
	Project     string        `json:"project"`
	Commit      string        `json:"commit"`
	Dirty       bool          `json:"dirty"`
	Host        string        `json:"host"`
	Started     time.Time     `json:"started"`
	Status      timing.Status `json:"status"`
	Outputs     []string      `json:"outputs"`
	Systems     []string      `json:"systems"`
	WallSeconds float64       `json:"wall_seconds"`
	Built       int           `json:"built"` // derivations
}

// OverviewOf sums up builds, first to last.
func OverviewOf(records []history.Record) Overview {
	o := Overview{FormatVersion: timing.FormatVersion, Builds: []Ran{}, Trends: Trends(records), Differences: Differences(records)}
	if o.Trends == nil {
		o.Trends = []Trend{}
	}
	for _, r := range inOrder(records) {
		o.Builds = append(o.Builds, ran(r))
	}
	return o
}

func ran(r history.Record) Ran {
	one := Ran{
		ID: r.ID, Command: r.Command, Project: r.Project, Commit: r.Commit, Dirty: r.Dirty, Host: r.Host,
		Started: r.Report.Started, Status: r.Report.Status, WallSeconds: r.Report.WallSeconds,
		Outputs: []string{}, Systems: []string{},
	}
	seen := map[string]bool{}
	for _, o := range r.Report.Outputs {
		one.Outputs = append(one.Outputs, outputName(o))
		if !seen[o.System] && o.System != "" {
			seen[o.System] = true
			one.Systems = append(one.Systems, single(o.System))
		}
	}
	for _, d := range r.Report.Derivations {
		if d.Disposition == timing.DispositionBuilt {
			one.Built++
		}
	}
	return one
}

// sentence says of a variant what it leaves out and what that costs in the first.
func (d Difference) sentence(v int, name func(string) string) string {
	variant, fullest := d.Variants[v], d.Variants[0]
	this, other := name(d.Package+"-"+variant.Variant), name(d.Package+"-"+fullest.Variant)
	if len(variant.LeftOut) == 0 {
		return fmt.Sprintf("%s leaves out no phase of %s", this, other)
	}
	phases := make([]string, len(variant.LeftOut))
	for i, p := range variant.LeftOut {
		phases[i] = name(single(p))
	}
	where := ""
	if fullest.System != "" {
		where = " on " + name(single(fullest.System))
	}
	return fmt.Sprintf("%s leaves out %s, which took %s of %s in %s%s",
		this, strings.Join(phases, ", "), Duration(ofSeconds(variant.LeftOutSeconds)), Duration(ofSeconds(fullest.Seconds)), other, where)
}

// sentence sums up a trend: the last build that finished and the median of all.
func (t Trend) sentence() string {
	median, n := t.Median()
	switch n {
	case 0:
		return fmt.Sprintf("never built to its end in %s", countBuilds(len(t.Points)))
	case 1:
		return fmt.Sprintf("built once, in %s", Duration(ofSeconds(median)))
	}
	var last Point
	for _, p := range t.Points {
		if p.Disposition == timing.DispositionBuilt {
			last = p
		}
	}
	return fmt.Sprintf("last %s, median %s of %s", Duration(ofSeconds(last.Seconds)), Duration(ofSeconds(median)), countBuilds(n))
}

func countBuilds(n int) string {
	if n == 1 {
		return "1 build"
	}
	return fmt.Sprintf("%d builds", n)
}

// utc is a moment as it is shown: in UTC, so that the same build reads the same
// everywhere.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// commit is a commit as it is shown, and whether it is what was built.
func commit(id string, dirty bool) string {
	id = single(id)
	if r := []rune(id); len(r) > 9 {
		id = string(r[:9])
	}
	if dirty && id != "" {
		id += " (dirty)"
	}
	return id
}

// shownBuilds is how many builds a list shows; the last ones are.
const shownBuilds = 50

// OverviewText writes an overview for people.
func OverviewText(w io.Writer, o Overview, s Style) error {
	var out bytes.Buffer
	line := func(format string, args ...any) {
		out.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
	}
	line("%s", countBuilds(len(o.Builds)))
	shown := o.Builds[max(0, len(o.Builds)-shownBuilds):]
	if left := len(o.Builds) - len(shown); left > 0 {
		line("  the last %d:", len(shown))
	}
	status := 0
	for _, b := range shown {
		status = max(status, len(b.Status))
	}
	for _, b := range shown {
		color := map[timing.Status]color{timing.Succeeded: green, timing.Failed: red}[b.Status]
		if color == plain {
			color = yellow
		}
		l := "  " + utc(b.Started) + "  " + s.paint(color, pad(string(b.Status), status)) + "  " +
			padLeft(Duration(ofSeconds(b.WallSeconds)), 11) + "  "
		what := strings.TrimSpace(strings.Join(b.Outputs, " ") + "  " + strings.Join(b.Systems, " "))
		line("%s%s", l, s.truncate(what, max(12, s.width()-ansi.StringWidth(l))))
	}
	wrapped := func(indent, content string) {
		for _, l := range wrap(content, max(10, s.width()-len(indent))) {
			line("%s%s", indent, l)
		}
	}
	for i, t := range o.Trends {
		if i == 0 {
			line("\neach output")
		}
		wrapped("  ", single(t.Output)+" on "+single(t.System)+": "+t.sentence())
	}
	for i, d := range o.Differences {
		if i == 0 {
			line("\nwhat variants leave out")
		}
		for v := 1; v < len(d.Variants); v++ {
			wrapped("  ", d.sentence(v, single))
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// OverviewMarkdown writes an overview as Markdown of GitHub's kind, in at most
// limit bytes as [Markdown] does.
func OverviewMarkdown(w io.Writer, o Overview, limit int) error {
	var list, trends, differences strings.Builder
	shown := o.Builds[max(0, len(o.Builds)-shownBuilds):]
	fmt.Fprintf(&list, "### %s\n\n| started (UTC) | | wall time | outputs | commit |\n|---|---|--:|---|---|\n", countBuilds(len(o.Builds)))
	for _, b := range slices.Backward(shown) {
		sign, _ := statusWord(b.Status)
		fmt.Fprintf(&list, "| %s | %s %s | %s | %s | %s |\n", utc(b.Started), sign, b.Status,
			Duration(ofSeconds(b.WallSeconds)), code(strings.Join(slices.Concat(b.Outputs, b.Systems), " ")), code(commit(b.Commit, b.Dirty)))
	}
	if left := len(o.Builds) - len(shown); left > 0 {
		fmt.Fprintf(&list, "\nand %d earlier\n", left)
	}
	for i, t := range o.Trends {
		if i == 0 {
			trends.WriteString("| output | system | |\n|---|---|---|\n")
		}
		fmt.Fprintf(&trends, "| %s | %s | %s |\n", code(t.Output), code(t.System), t.sentence())
	}
	for _, d := range o.Differences {
		for v := 1; v < len(d.Variants); v++ {
			fmt.Fprintf(&differences, "- %s\n", d.sentence(v, code))
		}
	}
	_, err := io.WriteString(w, fit([]string{differences.String(), trends.String(), list.String()}, limit))
	return err
}
