package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// buildView is one build on a page.
type buildView struct {
	Outputs     []outputView
	MoreOutputs int
	Classes     []classView
	Shards      []string
	Failures    []failureView
	MoreFailed  []failureView // without their logs
	Errors      []string
	MoreErrors  int
	Blocked     []string
	MoreBlocked int
	Warnings    []string

	Timeline     timelineView
	Critical     []stepView
	MoreCritical int
	CriticalOpen bool
	// CriticalTime says how much of the run the critical path was, and Longest are
	// its longest steps.
	CriticalTime string
	Longest      []stepView

	Table     []derivationView
	TableOpen bool
	All       int // derivations
	Left      leftOutView
	Caches    []cacheView
	Fetches   []fetchView
	MoreFetch int
}

type outputView struct{ Name, System, Became, Class, Sign, Time, Path string }

type classView struct {
	Name, Time, Share, Class string
	X, Width                 string
}

type failureView struct {
	Name, Reason   string
	Specified, Got string
	Tests          []string
	Log            string
	Command        string
}

type stepView struct{ Name, Start, Time, Share string }

// derivationView is a row of the table of derivations.
type derivationView struct {
	Name, Became, Class, Sign string
	System, Machine           string
	Start, Time               string
	StartValue, TimeValue     string // to sort by
	Phases                    []fact
	Critical                  bool
}

// leftOutView sums up what a bounded list leaves out.
type leftOutView struct {
	Count   int
	Longest string
	Total   string
}

type cacheView struct{ URI, Count string }
type fetchView struct{ Name, From, Start, Time string }

// The most of each kind that a page shows. Ten thousand derivations make a page
// that a phone opens, and the trace has all of them.
const (
	pageRows     = 250
	timelineRows = 100
	openRows     = 40 // of a table that is shown unasked
	pageErrors   = 20
	pageFetches  = 30
	pageFailures = 50
	pageTrends   = 24
	pageBuilds   = 200
)

func buildPage(record history.Record, past []history.Record) page {
	r := record.Report
	l := labelsOf(r)
	sign, class, word := verdict(r.Status)
	wall := Duration(ofSeconds(r.WallSeconds))
	about := aboutOutputs(r)
	p := page{
		Title:   about + " " + string(r.Status) + ", " + wall,
		Eyebrow: about, Heading: word + " " + together(wall), Sign: sign, Class: class,
		Facts:   factsOf(record),
		Numbers: numbersOf(r),
		Build: &buildView{
			Classes:  classViews(r),
			Warnings: printableList(r.Warnings, pageErrors),
			Timeline: timelineOf(r, l),
			All:      len(r.Derivations),
		},
	}
	b := p.Build
	b.Outputs, b.MoreOutputs = outputViews(r, l)
	b.Failures, b.MoreFailed = failureViews(r, l)
	b.Errors = printableList(r.Errors, pageErrors)
	b.MoreErrors = len(r.Errors) - len(b.Errors)
	b.Shards = shardSentences(r, single)
	blocked := notBegun(r, single)
	b.Blocked = blocked[:min(len(blocked), pageRows)]
	b.MoreBlocked = len(blocked) - len(b.Blocked)
	b.addCritical(r)
	b.Table, b.Left = derivationViews(r, l)
	b.TableOpen = len(b.Table) <= openRows
	b.Caches, b.Fetches, b.MoreFetch = fetchViews(r)

	p.addPast(record, past)
	return p
}

// together keeps a time on one line.
func together(time string) string { return strings.ReplaceAll(time, " ", "\u00a0") }

// verdict is the status as a sign, as a class of the style sheet and in words.
func verdict(s timing.Status) (sign, class, word string) {
	switch s {
	case timing.Succeeded:
		return "✓", "good", "Succeeded in"
	case timing.Failed:
		return "✗", "bad", "Failed after"
	case timing.Interrupted:
		return "■", "warn", "Interrupted after"
	case timing.Incomplete:
		return "?", "warn", "Incomplete: the log ends after"
	}
	panic(fmt.Sprintf("status %q", s))
}

// became is the same for a derivation.
func becameView(d timing.Disposition) (sign, class, word string) {
	switch d {
	case timing.DispositionBuilt:
		return "✓", "good", "built"
	case timing.DispositionSubstituted:
		return "↓", "fetched", "fetched"
	case timing.DispositionPresent:
		return "=", "quiet", "present"
	case timing.DispositionFailed:
		return "✗", "bad", "failed"
	case timing.DispositionInterrupted:
		return "■", "warn", "interrupted"
	}
	panic(fmt.Sprintf("disposition %q", d))
}

// aboutOutputs names what was built, in short.
func aboutOutputs(r timing.Report) string {
	var names []string
	seen := map[string]bool{}
	for _, o := range r.Outputs {
		if name := outputName(o); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	switch n := len(names); {
	case n == 0:
		return "Build"
	case n > 3:
		return fmt.Sprintf("%s, %s and %d more", names[0], names[1], n-2)
	}
	return strings.Join(names, ", ")
}

func factsOf(record history.Record) []fact {
	var list []fact
	add := func(name, value string) {
		if value = single(value); value != "" {
			list = append(list, fact{name, value})
		}
	}
	add("project", record.Project)
	if !record.Report.Started.IsZero() {
		add("started", utc(record.Report.Started)+" UTC")
	}
	add("commit", commit(record.Commit, record.Dirty))
	add("on", record.Host)
	add("Nix", record.Report.Nix.Version)
	return list
}

// numbersOf are the figures at the head of a page.
func numbersOf(r timing.Report) []fact {
	count := map[timing.Disposition]int{}
	for _, d := range r.Derivations {
		count[d.Disposition]++
	}
	list := []fact{{"built", strconv.Itoa(count[timing.DispositionBuilt])}}
	add := func(name string, n int) {
		if n > 0 {
			list = append(list, fact{name, strconv.Itoa(n)})
		}
	}
	add("failed", count[timing.DispositionFailed])
	add("interrupted", count[timing.DispositionInterrupted])
	add("not begun", len(r.Blocked))
	add("paths fetched", len(r.Fetched))
	add("present", count[timing.DispositionPresent])
	checked := 0.0
	for _, d := range r.Derivations {
		for _, p := range d.Phases {
			if history.IsCheck(p.Name) {
				checked += p.Seconds
			}
		}
	}
	if checked > 0 {
		list = append(list, fact{"in phases that check", Duration(ofSeconds(checked))})
	}
	most, mean := concurrency(r)
	if most > 1 {
		list = append(list, fact{"at once, at most", strconv.Itoa(most)}, fact{"at once, on average", fmt.Sprintf("%.1f", mean)})
	}
	return list
}

// concurrency is how many builds ran at once: at most, and on average while any
// did.
func concurrency(r timing.Report) (most int, mean float64) {
	busy := 0.0
	for _, p := range layOut(r) {
		if p.fetches {
			continue
		}
		most += len(p.slots)
		for _, s := range p.slots {
			for _, j := range s {
				busy += float64(j.end-j.start) / 1e6
			}
		}
	}
	if r.BuildSeconds > 0 {
		mean = min(float64(most), busy/r.BuildSeconds)
	}
	return most, mean
}

func outputViews(r timing.Report, l labels) (list []outputView, left int) {
	took := map[string]float64{}
	for _, d := range r.Derivations {
		took[d.Derivation] = d.Seconds
	}
	for i, o := range r.Outputs {
		if i == pageRows {
			return list, len(r.Outputs) - i
		}
		v := outputView{Name: outputName(o), System: single(o.System), Became: "not built", Class: "quiet", Sign: "–"}
		if became, ok := l.ended[o.Derivation]; ok {
			v.Sign, v.Class, v.Became = becameView(became)
			if became != timing.DispositionPresent {
				v.Time = Duration(ofSeconds(took[o.Derivation]))
			}
		} else if o.Derivation == "" && len(r.Derivations) > 0 {
			v.Became = "unknown"
		}
		if len(o.Paths) > 0 {
			v.Path = single(o.Paths[0])
		}
		list = append(list, v)
	}
	return list, 0
}

func classViews(r timing.Report) []classView {
	var list []classView
	at := 0.0
	for _, part := range classesOf(r) {
		if part.seconds == 0 && !part.always {
			continue
		}
		v := classView{Name: part.name, Time: Duration(ofSeconds(part.seconds)), Class: part.field}
		if r.WallSeconds > 0 {
			v.Share = strings.TrimSpace(percent(part.seconds / r.WallSeconds))
		}
		v.X, v.Width = percentOf(at, r.WallSeconds), percentOf(part.seconds, r.WallSeconds)
		at += part.seconds
		list = append(list, v)
	}
	return list
}

func failureViews(r timing.Report, l labels) (list, left []failureView) {
	for _, d := range r.Derivations {
		if d.Disposition != timing.DispositionFailed {
			continue
		}
		if len(list) == pageFailures {
			left = append(left, failureView{Name: l.label(d), Reason: reasonOf(d)})
			continue
		}
		v := failureView{Name: l.label(d), Reason: reasonOf(d), Tests: failedTests(d), Log: printableLines(d.LogTail)}
		if f := d.Failure; f != nil {
			v.Specified, v.Got = single(f.Specified), single(f.Got)
		}
		if d.Derivation != "" {
			v.Command = logCommand + " " + shellWord(single(d.Derivation))
		}
		list = append(list, v)
	}
	return list, left
}

// addCritical adds the critical path, where it is one: a single step says nothing.
func (b *buildView) addCritical(r timing.Report) {
	if len(r.CriticalPath) < 2 {
		return
	}
	derivations := byPath(r)
	steps := make([]timing.Derivation, len(r.CriticalPath))
	sum := 0.0
	for i, path := range r.CriticalPath {
		steps[i] = derivations[path]
		steps[i].Name = storeName(path)
		sum += steps[i].Seconds
	}
	view := func(d timing.Derivation) stepView {
		v := stepView{Name: d.Name, Start: clock(d.StartSeconds), Time: Duration(ofSeconds(d.Seconds))}
		if r.WallSeconds > 0 {
			v.Share = strings.TrimSpace(percent(d.Seconds / r.WallSeconds))
		}
		return v
	}
	for _, d := range steps[:min(len(steps), pageRows)] {
		b.Critical = append(b.Critical, view(d))
	}
	b.MoreCritical = len(steps) - len(b.Critical)
	b.CriticalOpen = len(steps) <= openRows/2
	b.CriticalTime = fmt.Sprintf("%d steps, %s of %s", len(steps), Duration(ofSeconds(sum)), Duration(ofSeconds(r.WallSeconds)))
	slices.SortStableFunc(steps, func(x, y timing.Derivation) int { return cmp.Compare(y.Seconds, x.Seconds) })
	for _, d := range steps[:min(len(steps), 3)] {
		b.Longest = append(b.Longest, view(d))
	}
}

// pick chooses the derivations that a page shows, by their start: all, or where
// they are too many those that failed, were asked for or are on the critical
// path, then the slowest. What only was there already is shown where nothing else
// is left out.
func pick(r timing.Report, l labels, limit int) (indices []int, left leftOutView) {
	critical := criticalSet(r)
	rank := func(i int) int {
		d := r.Derivations[i]
		switch {
		case d.Disposition == timing.DispositionFailed:
			return 0
		case critical[d.Derivation] && d.Derivation != "":
			return 1
		case l.wanted(d), d.Disposition == timing.DispositionInterrupted:
			return 2
		}
		return 3
	}
	indices = make([]int, len(r.Derivations))
	for i := range indices {
		indices[i] = i
	}
	if len(indices) > limit {
		slices.SortStableFunc(indices, func(a, b int) int {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(r.Derivations[b].Seconds, r.Derivations[a].Seconds))
		})
		most, total := 0.0, 0.0
		for _, i := range indices[limit:] {
			most = max(most, r.Derivations[i].Seconds)
			total += r.Derivations[i].Seconds
		}
		left = leftOutView{Count: len(indices) - limit, Longest: Duration(ofSeconds(most)), Total: Duration(ofSeconds(total))}
		indices = indices[:limit]
	}
	slices.SortStableFunc(indices, func(a, b int) int {
		x, y := r.Derivations[a], r.Derivations[b]
		return cmp.Or(cmp.Compare(x.StartSeconds, y.StartSeconds), cmp.Compare(a, b))
	})
	return indices, left
}

func derivationViews(r timing.Report, l labels) ([]derivationView, leftOutView) {
	critical := criticalSet(r)
	indices, left := pick(r, l, pageRows)
	list := make([]derivationView, 0, len(indices))
	for _, i := range indices {
		d := r.Derivations[i]
		v := derivationView{
			Name: l.label(d), System: single(d.System), Machine: host(d.Machine),
			StartValue: number(d.StartSeconds), TimeValue: number(d.Seconds),
			Critical: critical[d.Derivation] && d.Derivation != "",
		}
		v.Sign, v.Class, v.Became = becameView(d.Disposition)
		if d.Disposition != timing.DispositionPresent {
			v.Start, v.Time = clock(d.StartSeconds), Duration(ofSeconds(d.Seconds))
		}
		for _, p := range shownPhases(d) {
			v.Phases = append(v.Phases, fact{single(shortPhase(p.Name)), phaseTime(p.Seconds)})
		}
		list = append(list, v)
	}
	return list, left
}

func fetchViews(r timing.Report) (from []cacheView, list []fetchView, left int) {
	for _, c := range caches(r) {
		from = append(from, cacheView{single(c.uri), paths(c.count)})
	}
	slowest := slices.Clone(r.Fetched)
	slices.SortStableFunc(slowest, func(a, b timing.Fetch) int { return cmp.Compare(b.Seconds, a.Seconds) })
	left = max(0, len(slowest)-pageFetches)
	for _, f := range slowest[:len(slowest)-left] {
		list = append(list, fetchView{storeName(f.Path), single(f.From), clock(f.StartSeconds), Duration(ofSeconds(f.Seconds))})
	}
	return from, list, left
}

// printableList is the first of some texts, harmless, without empty lines around.
func printableList(texts []string, limit int) []string {
	var list []string
	for _, t := range texts[:min(len(texts), limit)] {
		list = append(list, strings.Trim(printableLines([]string{t}), "\n"))
	}
	return list
}

// number is a figure for a script.
func number(seconds float64) string { return strconv.FormatFloat(seconds, 'f', 3, 64) }

// clock is a moment of a run as an axis shows it: "40 ms", "0.4 s", "12 s", "1:30",
// "2:03:00".
func clock(seconds float64) string {
	whole := int64(seconds)
	switch {
	case seconds == 0:
		return "0 s"
	case seconds < 0.1:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", seconds*1000), ".0") + " ms"
	case seconds < 10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", seconds), ".0") + " s"
	case seconds < 60:
		return fmt.Sprintf("%d s", whole)
	case seconds < 3600:
		return fmt.Sprintf("%d:%02d", whole/60, whole%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", whole/3600, whole/60%60, whole%60)
}
