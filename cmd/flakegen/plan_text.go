package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"
	"github.com/mitchellh/go-wordwrap"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/flakegen/substituter"
	"github.com/flakegen/flakegen/flakegen/timing"
)

const (
	// shownBuilds is how many derivations are named for an output, shownVariants how
	// many other variants of an alias.
	shownBuilds   = 4
	shownVariants = 3
)

// showPlanned prints a line for each output, and below it what there is to say.
func (p *program) showPlanned(plan *flakegen.Plan) error {
	width, terminal := widthOf(p.stdout)
	lines := planTable(plan.Rows)
	if terminal && slices.ContainsFunc(lines, func(line string) bool { return ansi.StringWidth(line) > width }) {
		lines = planStack(plan.Rows)
	}
	for _, group := range [][]string{planChoices(plan.Rows), planBuilds(plan.Rows), planFetches(plan.Rows), planDoubts(plan.Rows), planFailures(plan.Rows, plan.Settings.Fallback)} {
		if len(group) > 0 {
			lines = append(append(lines, ""), group...)
		}
	}
	for _, line := range lines {
		line = printable(line)
		if terminal && ansi.StringWidth(line) > width {
			line = hang(line, width)
		}
		if _, err := fmt.Fprintln(p.stdout, p.inert(line)); err != nil {
			return exit(exitUnable, "%s", err)
		}
	}
	return nil
}

// hang wraps a line, the later ones indented. Words are left whole, so that paths
// and addresses can be copied.
func hang(line string, width int) string {
	const indent = "  "
	head := line[:len(line)-len(strings.TrimLeft(line, " "))]
	text := wordwrap.WrapString(strings.TrimLeft(line, " "), uint(max(1, width-len(head)-len(indent))))
	return head + strings.ReplaceAll(text, "\n", "\n"+head+indent)
}

func planTable(rows []flakegen.PlanRow) []string {
	cells := [][]string{{"OUTPUT", "SYSTEM", "VARIANT", "FETCH", "BUILD", "TIME"}}
	for _, r := range rows {
		row := []string{r.Output.Name, orDash(r.Output.System), orDash(r.Output.Variant)}
		switch {
		case r.Err != nil:
			row = append(row, failureWord(r))
		case isPresent(r):
			row = append(row, "present")
		default:
			row = append(row, orDash(fetchWord(r)), orDash(numberOf(len(r.Builds))), orDash(timeWord(r)))
		}
		cells = append(cells, row)
	}
	return alignColumns(cells)
}

// planStack is the table for a narrow terminal.
func planStack(rows []flakegen.PlanRow) []string {
	var lines []string
	for _, r := range rows {
		head := label(r)
		if r.Output.Variant != "" {
			head += " (" + r.Output.Variant + ")"
		}
		lines = append(lines, head)
		switch {
		case r.Err != nil:
			lines = append(lines, "  "+failureWord(r))
		case isPresent(r):
			lines = append(lines, "  present")
		default:
			if len(r.Result.Fetch) > 0 {
				lines = append(lines, "  fetch  "+fetchWord(r))
			}
			if len(r.Builds) > 0 {
				lines = append(lines, "  build  "+numberOf(len(r.Builds)), "  time   "+timeWord(r))
			}
		}
	}
	return lines
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func numberOf(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// label names the output of a row.
func label(r flakegen.PlanRow) string {
	if r.Output.System == "" {
		return r.Output.Name
	}
	return r.Output.Name + " on " + r.Output.System
}

// failureWord says what went wrong for a row with an error.
func failureWord(r flakegen.PlanRow) string {
	if r.Output.Derivation == "" {
		return "does not evaluate"
	}
	return "cannot be looked into"
}

// isPresent says whether there is nothing to do for an output.
func isPresent(r flakegen.PlanRow) bool {
	return r.Err == nil && len(r.Result.Fetch) == 0 && !r.NeedsBuilds()
}

// fetchWord is how much is fetched.
func fetchWord(r flakegen.PlanRow) string {
	if len(r.Result.Fetch) == 0 {
		return ""
	}
	return fmt.Sprintf("%d (%s)", len(r.Result.Fetch), humanize.Bytes(r.Result.DownloadBytes()))
}

// timeWord is how long the builds of a row take together.
func timeWord(r flakegen.PlanRow) string {
	e := r.Time
	took := report.Duration(seconds(e.Seconds))
	switch {
	case len(r.Builds) == 0:
		return ""
	case e.Known == 0:
		return "unknown"
	case e.Unknown > 0:
		return fmt.Sprintf("at least %s, %d of %d unknown", took, e.Unknown, e.Unknown+e.Known)
	}
	low, high := report.Duration(seconds(e.Low)), report.Duration(seconds(e.High))
	if low == high {
		return took
	}
	return fmt.Sprintf("%s (%s to %s)", took, low, high)
}

// planChoices are a sentence for each alias: its variant, and what the others
// would be.
func planChoices(rows []flakegen.PlanRow) []string {
	var lines []string
	for _, r := range rows {
		if len(r.Alternatives) == 0 || r.Err != nil {
			continue
		}
		line := label(r) + ": " + r.Output.Variant + " " + price(r)
		for _, other := range r.Alternatives[:min(shownVariants, len(r.Alternatives))] {
			verb := " would be "
			if other.Err != nil {
				verb = " "
			} else if isPresent(other) {
				verb = " is "
			}
			line += "; " + other.Output.Variant + verb + price(other)
			if other.NeedsBuilds() && len(other.Result.Fetch) == 0 {
				line += ", nothing cached"
			}
		}
		if more := len(r.Alternatives) - shownVariants; more > 0 {
			line += fmt.Sprintf("; and %s", count(more, "variant more", "variants more"))
		}
		lines = append(lines, line)
	}
	return lines
}

// price is what it takes to have an output, in a few words.
func price(r flakegen.PlanRow) string {
	size := humanize.Bytes(r.Result.DownloadBytes())
	switch {
	case r.Err != nil:
		return failureWord(r)
	case isPresent(r):
		return "present"
	case !r.NeedsBuilds():
		return "fetched, " + size
	}
	words := timeWord(r)
	if r.Time.Known == 0 {
		words = fmt.Sprintf("of unknown time (%s)", count(len(r.Builds), "build", "builds"))
	}
	if len(r.Result.Fetch) > 0 {
		words += ", " + size + " to fetch"
	}
	return words
}

// planBuilds name what would be built.
func planBuilds(rows []flakegen.PlanRow) []string {
	var lines []string
	for _, r := range rows {
		if len(r.Builds) == 0 {
			continue
		}
		shards, rest := plannedShards(r.Builds)
		others := r
		others.Builds = rest
		names := shards
		for _, b := range others.Matter(shownBuilds) {
			names = append(names, fmt.Sprintf("%s (%s)", b.Node.Name, usually(b)))
		}
		lines = append(lines, label(r)+" builds "+listed(names, len(shards)+len(others.Builds)))
	}
	return lines
}

// usually is what a build takes, in words.
func usually(b flakegen.PlannedBuild) string {
	if b.Usual == nil {
		return "unknown"
	}
	return report.Duration(seconds(b.Usual.Seconds))
}

// plannedShards sums up the shards of tests among builds, a text for each package, and
// gives the other builds. Shards that are few stay among them.
func plannedShards(builds []flakegen.PlannedBuild) (texts []string, rest []flakegen.PlannedBuild) {
	suites := map[string][]flakegen.PlannedBuild{}
	for _, b := range builds {
		if pkg, _, ok := timing.Shard(b.Node.Name); ok {
			suites[pkg] = append(suites[pkg], b)
		}
	}
	for _, b := range builds {
		pkg, _, _ := timing.Shard(b.Node.Name)
		if len(suites[pkg]) <= shownBuilds {
			rest = append(rest, b)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(suites)) {
		if len(suites[pkg]) <= shownBuilds {
			continue
		}
		longest := flakegen.PlanRow{Builds: suites[pkg]}.Matter(1)[0]
		text := fmt.Sprintf("%d shards of %s", len(suites[pkg]), pkg)
		if _, run, _ := timing.Shard(longest.Node.Name); longest.Usual != nil {
			text += fmt.Sprintf(" (longest %s, %s)", run, usually(longest))
		} else {
			text += " (unknown)"
		}
		texts = append(texts, text)
	}
	return texts, rest
}

// listed joins the first of so many names.
func listed(names []string, all int) string {
	text := strings.Join(names, ", ")
	if more := all - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// planFetches name the caches.
func planFetches(rows []flakegen.PlanRow) []string {
	var lines []string
	for _, r := range rows {
		type source struct {
			cache string
			trust substituter.Trust
		}
		counts := map[source]int{}
		for _, f := range r.Result.Fetch {
			counts[source{f.Cache, f.Trust}]++
		}
		var parts []string
		for s, n := range counts {
			parts = append(parts, fmt.Sprintf("%s from %s (%s)", count(n, "path", "paths"), s.cache, s.trust))
		}
		if slices.Sort(parts); len(parts) > 0 {
			lines = append(lines, label(r)+" fetches "+strings.Join(parts, ", "))
		}
	}
	return lines
}
