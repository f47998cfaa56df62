package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Bench writes what a bench has shown: the answer in one sentence, the figures that
// it rests on, and where the time of the two sides went.
func Bench(w io.Writer, r abtest.Result, s Style) error {
	t := benchText{text: text{Style: s}, r: r, parts: r.Parts()}
	for _, line := range wrap(BenchAnswer(r), t.width()) {
		t.line("%s", t.paint(bold, line))
	}
	t.section()
	t.figures()
	t.phases()
	t.section()
	t.footnotes()
	_, err := w.Write(t.out.Bytes())
	return err
}

// BenchAnswer is what a bench has shown, in one sentence.
func BenchAnswer(r abtest.Result) string {
	c := r.Compare()
	a, b := single(r.Targets[abtest.A].Name), single(r.Targets[abtest.B].Name)
	switch v := c.Verdict(); v {
	case abtest.AFaster, abtest.BFaster:
		side, faster, slower := abtest.A, a, b
		ratio, low, high := 1/c.Ratio, 1/c.High, 1/c.Low
		if v == abtest.BFaster {
			side, faster, slower = abtest.B, b, a
			ratio, low, high = c.Ratio, c.Low, c.High
		}
		numbers := ratios(ratio, low, high)
		sentence := fmt.Sprintf("%s is %s times faster than %s on %s, 95%% interval %s to %s, %s", faster, numbers[0], slower, r.System, numbers[1], numbers[2], counts(c.N))
		if why := leavesOut(r.Parts(), side); why != "" {
			sentence += "; it leaves out " + why
		}
		return sentence
	case abtest.TooFew:
		if c.N[abtest.A]+c.N[abtest.B] == 0 {
			return fmt.Sprintf("nothing was measured of %s and %s on %s", a, b, r.System)
		}
		return fmt.Sprintf("too few runs to compare %s and %s on %s: %s, and an interval takes %d of each", a, b, r.System, counts(c.N), abtest.MinCompared)
	}
	numbers := ratios(c.Ratio, c.Low, c.High)
	return fmt.Sprintf("no difference shown between %s and %s on %s: %[1]s takes %[4]s times as long, 95%% interval %[5]s to %[6]s, %[7]s; four of five such benches would show a difference of %[8]s",
		a, b, r.System, numbers[0], numbers[1], numbers[2], counts(c.N), percentage(c.Detectable()))
}

// ratios writes a ratio and its interval with as many decimals as its width
// deserves, and so many that none that is not 1 looks like 1.
func ratios(values ...float64) []string {
	decimals := 1
	if width := values[2] - values[1]; width > 0 {
		decimals = min(4, max(1, int(math.Ceil(-math.Log10(width)))))
	}
	if values[1] >= 10 && values[2]-values[1] >= 1 {
		decimals = 0
	}
	for ; decimals < 4; decimals++ {
		unlike := true
		for _, v := range values {
			unlike = unlike && (v == 1 || math.Abs(v-1) >= math.Pow10(-decimals)/2)
		}
		if unlike {
			break
		}
	}
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprintf("%.*f", decimals, v)
	}
	return list
}

func counts(n [2]int) string {
	if n[abtest.A] == n[abtest.B] {
		return fmt.Sprintf("n = %d", n[abtest.A])
	}
	return fmt.Sprintf("n = %d and %d", n[abtest.A], n[abtest.B])
}

// percentage writes a part of 1, up to one decimal.
func percentage(part float64) string {
	switch {
	case math.IsInf(part, 0):
		return "∞"
	case part < 0.0005:
		return "less than 0.1 %"
	case part < 0.1:
		return fmt.Sprintf("%.1f %%", 100*part)
	}
	return fmt.Sprintf("%.0f %%", 100*part)
}

// leavesOut names the phases, and the builds, that one side alone does without.
func leavesOut(parts []abtest.Part, side abtest.Side) string {
	type item struct {
		name    string
		seconds float64
	}
	var items []item
	add := func(name string, seconds float64) {
		for i := range items {
			if items[i].name == name {
				items[i].seconds += seconds
				return
			}
		}
		items = append(items, item{name, seconds})
	}
	without := map[string]bool{}
	for _, p := range parts {
		switch {
		case !p.OnlyIn(side.Other()):
		case p.Phase == "":
			without[p.Name] = true
			add(p.Name, p.Saves(side))
		case !without[p.Name]:
			add(p.Phase, p.Saves(side))
		}
	}
	slices.SortStableFunc(items, func(a, b item) int { return compareDown(a.seconds, b.seconds) })
	const named = 3
	words := make([]string, 0, named+1)
	for i, it := range items {
		if i == named {
			words = append(words, fmt.Sprintf("%d more", len(items)-named))
			break
		}
		words = append(words, single(it.name)+", "+seconds(it.seconds, 1))
	}
	if len(words) > 1 {
		return strings.Join(words[:len(words)-1], ", ") + ", and " + words[len(words)-1]
	}
	return strings.Join(words, "")
}

func compareDown(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// seconds writes a time with so many decimals more than people need to read it
// once: measurements are compared.
func seconds(s float64, decimals int) string {
	if s < 0 {
		return "-" + seconds(-s, decimals)
	}
	whole := math.Pow10(-decimals) / 2
	if s+whole < 60 {
		return fmt.Sprintf("%.*f s", decimals, s)
	}
	s = math.Round(s*10) / 10
	minutes := math.Floor(s / 60)
	return fmt.Sprintf("%.0f min %04.1f s", minutes, s-60*minutes)
}

// decimalsFor gives times up to this one so many decimals as were measured and
// matter.
func decimalsFor(longest float64) int {
	switch {
	case longest < 10:
		return 3
	case longest < 60:
		return 2
	}
	return 1
}

// benchText is the text of a bench that is being written.
type benchText struct {
	text
	r     abtest.Result
	parts []abtest.Part
}

// table writes rows of equal length in columns, all but the first to the right.
func (t *benchText) table(rows [][]string) {
	widths := columnWidths(rows)
	// The first column gives way to the width of the page.
	room := t.width()
	for _, w := range widths[1:] {
		room -= w + 2
	}
	widths[0] = min(widths[0], max(room, narrowest))
	for at, row := range rows {
		line := pad(t.truncate(row[0], widths[0]), widths[0])
		for i, cell := range row[1:] {
			line += "  " + padLeft(cell, widths[i+1])
		}
		if at == 0 {
			line = t.paint(faint, strings.TrimRight(line, " "))
		}
		t.line("%s", line)
	}
}

// narrowest is how little the first column of a table may have.
const narrowest = 12

func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	return widths
}

// fits says whether a table has room on the page.
func (t *benchText) fits(rows [][]string) bool {
	total := narrowest
	for _, w := range columnWidths(rows)[1:] {
		total += w + 2
	}
	return total <= t.width()
}

// sideNames are what the sides are called in a row of a table.
func (t *benchText) sideNames() [2]string {
	var names [2]string
	for i, target := range t.r.Targets {
		name, room := single(target.Name), max(10, t.width()/4)
		if more := ansi.StringWidth(name) - room; more > 0 {
			// The end is what tells two installables apart.
			name = ansi.TruncateLeft(name, more+1, t.glyph(ellipsis))
		}
		names[i] = name
	}
	return names
}

// longest is the median of the side that takes longer.
func (t *benchText) longest() float64 {
	return max(t.r.Sample(abtest.A).Median, t.r.Sample(abtest.B).Median)
}

func (t *benchText) figures() {
	names := t.sideNames()
	rows := [][]string{{"", names[0], names[1]}, {"median"}, {"95% interval"}, {"noise"}, {"runs"}}
	split := [][]string{{"95% low"}, {"95% high"}} // the interval, where a page is narrow
	decimals := decimalsFor(t.longest())
	for _, side := range []abtest.Side{abtest.A, abtest.B} {
		s := t.r.Sample(side)
		n := len(s.Values)
		median, interval, low, high, noise := "-", "-", "-", "-", "-"
		if n > 0 {
			median, noise = seconds(s.Median, decimals), percentage(s.Noise)
			interval = fmt.Sprintf("from %d runs", abtest.MinRuns)
		}
		if n >= abtest.MinRuns {
			low, high = seconds(s.Low, decimals), seconds(s.High, decimals)
			interval = low + " to " + high
			if !strings.Contains(high, "min") {
				interval = strings.TrimSuffix(low, " s") + " to " + high
			}
		}
		for i, cell := range []string{median, interval, noise, fmt.Sprint(n)} {
			rows[i+1] = append(rows[i+1], cell)
		}
		split[0], split[1] = append(split[0], low), append(split[1], high)
	}
	if !t.fits(rows) {
		rows = slices.Concat(rows[:2], split, rows[3:])
	}
	t.table(rows)
}

const (
	// comparedBuilds is how many names of builds the table has: those in which the
	// sides differ most.
	comparedBuilds = 8
	// tinyPart of the longer side's time is too little for a row.
	tinyPart = 0.005
)

// phases writes where the time went.
func (t *benchText) phases() {
	if len(t.parts) == 0 {
		return
	}
	t.section()
	names := t.sideNames()
	rows := [][]string{{"where the time went", names[0], names[1], "difference"}}
	shown, left := t.shownNames()
	tiny, decimals := tinyPart*t.longest(), decimalsFor(t.longest())
	for _, p := range t.parts {
		if !shown[p.Name] || p.Phase != "" && max(p.Median[0], p.Median[1]) < tiny {
			continue
		}
		name := single(p.Name)
		if p.Phase != "" {
			name = "  " + single(shortPhase(p.Phase))
		}
		row := []string{name}
		for side, in := range p.In {
			cell := "-"
			if in {
				cell = seconds(p.Median[side], decimals)
			}
			row = append(row, cell)
		}
		rows = append(rows, append(row, signed(p.Saves(abtest.A), decimals)))
	}
	if !t.fits(rows) {
		for i, row := range rows {
			rows[i] = row[:len(row)-1] // the difference, which can be worked out
		}
	}
	t.table(rows)
	if left > 0 {
		t.line("and %s that differ less", builds(left))
	}
}

// signed is how much longer B takes.
func signed(s float64, decimals int) string {
	text := seconds(s, decimals)
	if s > 0 {
		return "+" + text
	}
	return text
}

func (t *benchText) shownNames() (shown map[string]bool, left int) {
	var whole []abtest.Part
	for _, p := range t.parts {
		if p.Phase == "" {
			whole = append(whole, p)
		}
	}
	slices.SortStableFunc(whole, func(p, q abtest.Part) int {
		return compareDown(math.Abs(p.Saves(abtest.A)), math.Abs(q.Saves(abtest.A)))
	})
	shown = map[string]bool{}
	for i, p := range whole {
		if i < comparedBuilds {
			shown[p.Name] = true
		}
	}
	return shown, len(whole) - len(shown)
}

func (t *benchText) footnotes() {
	c := t.r.Compare()
	if c.Verdict() != abtest.TooFew {
		t.wrapped("", fmt.Sprintf("p = %s (Mann-Whitney U test), order drawn by --seed %d, Nix %s.", pValue(c.P), t.r.Seed, single(t.r.NixVersion)))
	} else {
		t.wrapped("", fmt.Sprintf("Order drawn by --seed %d, Nix %s.", t.r.Seed, single(t.r.NixVersion)))
	}
	t.wrapped("", "Measured: "+BenchMeasured(t.r)+" Evaluating is not in it.")
	if where := benchMachines(t.r); where != "" {
		t.wrapped("", where)
	}
	if t.r.Status == timing.Interrupted {
		made := len(t.r.Sample(abtest.A).Values) + len(t.r.Sample(abtest.B).Values)
		t.line("%s: %d of %d runs were made.", t.paint(yellow, "Interrupted"), made, 2*t.r.Runs)
	}
}

// BenchMeasured says what a run builds.
func BenchMeasured(r abtest.Result) string {
	a, b := len(r.Targets[abtest.A].Differs), len(r.Targets[abtest.B].Differs)
	what := fmt.Sprintf("the builds of what differs, %d and %s", a, builds(b))
	switch {
	case r.Same:
		what = "the same build on both sides, so what shows is the noise"
	case a == b && a > 1:
		what = fmt.Sprintf("the builds of what differs, %s on each side", builds(a))
	case a == 1 && b == 1:
		what = "the build of " + storeName(r.Targets[abtest.A].Derivation)
		if other := storeName(r.Targets[abtest.B].Derivation); other != storeName(r.Targets[abtest.A].Derivation) {
			what = "the builds of " + storeName(r.Targets[abtest.A].Derivation) + " and " + other
		}
	}
	return what + ", from the first start to the last end."
}

// benchMachines says where the runs built, if that was not here alone.
func benchMachines(r abtest.Result) string {
	var names []string
	for _, machine := range r.Machines() {
		if machine == "" {
			names = append(names, "this machine")
		} else {
			names = append(names, host(machine))
		}
	}
	switch {
	case len(names) == 0, len(names) == 1 && names[0] == "this machine":
		return ""
	case len(names) == 1:
		return "Built on " + names[0] + ", where the results stay until garbage is collected."
	}
	return "Built on " + strings.Join(names, ", ") + ": if these differ in speed, that is in the noise. Results stay there until garbage is collected."
}

func pValue(p float64) string {
	if p < 0.0001 {
		return "less than 0.0001"
	}
	return fmt.Sprintf("%.2g", p)
}
