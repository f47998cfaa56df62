package report

import (
	"fmt"
	"math"
	"strconv"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// overviewView is many builds on a page.
type overviewView struct {
	Builds []ranView
	More   int // earlier ones
}

type ranView struct {
	Started, Sign, Class, Status string
	Time, TimeValue              string
	Outputs, Systems             string
	Commit, Host                 string
}

// differenceView is a table of phases, a column for each variant.
type differenceView struct {
	Package   string
	Sentences []string
	Columns   []columnView
	Rows      []phaseRow
	Totals    []string
}

type columnView struct{ Name, System, Started, Commit string }

type phaseRow struct {
	Phase string
	Cells []cellView
}

// cellView is what a phase took in a variant. Time is empty where it has none.
type cellView struct{ Time, Width, Class string }

// trendView is a chart of what an output took.
type trendView struct {
	Output, System, Project string
	Sentence                string
	Present                 string
	Label                   string
	Height                  string
	Top, Middle             string // labels of the axis
	MiddleY, BaseY          string
	Bars                    []barView
	Failed                  []markView
	First, Last             string
	Few                     bool // the bars do not fill the chart
	Rows                    []trendRow
	Earlier                 int
}

type markView struct{ X, Y, Title string }

type trendRow struct{ Started, Commit, Variant, Time, Check, Became, Sign, Class string }

const (
	trendHeight = 96
	trendPoints = 60
	fewPoints   = 12
)

// addPast adds to the page of a build what others say of its outputs, on its own
// system and on others.
func (p *page) addPast(record history.Record, past []history.Record) {
	outputs, packages := map[string]bool{}, map[string]bool{}
	for _, o := range record.Report.Outputs {
		outputs[o.Name] = true
		packages[packageOf(o)] = true
	}
	for _, t := range Trends(past) {
		if outputs[t.Output] && t.Project == record.Project && len(t.Points) > 1 {
			p.trend(t, record.ID)
		}
	}
	for _, d := range Differences(past) {
		if packages[d.Package] && d.Project == record.Project {
			p.Differences = append(p.Differences, differenceOf(d))
		}
	}
}

func overviewPage(records []history.Record) page {
	o := OverviewOf(records)
	p := page{Title: "History of builds", Eyebrow: "History", Heading: countBuilds(len(o.Builds)), Class: "quiet", Overview: &overviewView{}}
	failed, projects := 0, map[string]bool{}
	for _, b := range o.Builds {
		if b.Status == timing.Failed {
			failed++
		}
		projects[b.Project] = true
	}
	if n := len(o.Builds); n > 0 {
		if len(projects) == 1 && o.Builds[0].Project != "" {
			p.Facts = append(p.Facts, fact{"project", single(o.Builds[0].Project)})
		}
		p.Facts = append(p.Facts, fact{"from", utc(o.Builds[0].Started) + " UTC"}, fact{"to", utc(o.Builds[n-1].Started) + " UTC"})
	}
	p.Numbers = []fact{{"outputs by system", strconv.Itoa(len(o.Trends))}, {"failed", strconv.Itoa(failed)}}
	first := max(0, len(o.Builds)-pageBuilds)
	p.Overview.More = first
	for i := len(o.Builds) - 1; i >= first; i-- {
		p.Overview.Builds = append(p.Overview.Builds, ranOf(o.Builds[i]))
	}
	for _, t := range o.Trends {
		p.trend(t, "")
	}
	for _, d := range o.Differences {
		p.Differences = append(p.Differences, differenceOf(d))
	}
	return p
}

func ranOf(b Ran) ranView {
	v := ranView{
		Started: utc(b.Started), Status: string(b.Status), Time: Duration(ofSeconds(b.WallSeconds)), TimeValue: number(b.WallSeconds),
		Commit: commit(b.Commit, b.Dirty), Host: single(b.Host),
	}
	v.Sign, v.Class, _ = verdict(b.Status)
	v.Outputs = joinSome(b.Outputs)
	v.Systems = joinSome(b.Systems)
	return v
}

func joinSome(list []string) string {
	const some = 4
	text := ""
	for i, s := range list {
		if i == some {
			return text + fmt.Sprintf(" and %d more", len(list)-some)
		}
		if i > 0 {
			text += ", "
		}
		text += single(s)
	}
	return text
}

func differenceOf(d Difference) differenceView {
	v := differenceView{Package: single(d.Package)}
	plain := func(name string) string { return name }
	longest := 0.0
	for _, p := range d.Phases {
		for _, s := range p.Seconds {
			if s != nil {
				longest = max(longest, *s)
			}
		}
	}
	for i, b := range d.Variants {
		if i > 0 {
			v.Sentences = append(v.Sentences, d.sentence(i, plain))
		}
		v.Columns = append(v.Columns, columnView{
			single(d.Package + "-" + b.Variant), single(b.System), utc(b.Started), commit(b.Commit, false),
		})
		v.Totals = append(v.Totals, Duration(ofSeconds(b.Seconds)))
	}
	for _, p := range d.Phases {
		if !p.matters() {
			continue
		}
		row := phaseRow{Phase: single(shortPhase(p.Phase))}
		for _, s := range p.Seconds {
			c := cellView{Class: phaseKind(p.Phase)}
			if s != nil {
				c.Time, c.Width = Duration(ofSeconds(*s)), percentOf(*s, longest)
			}
			row.Cells = append(row.Cells, c)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// matters says whether a phase is worth a row: it took time somewhere, or it is
// not in all variants.
func (p PhaseCost) matters() bool {
	for _, s := range p.Seconds {
		if s == nil || *s >= 0.05 {
			return true
		}
	}
	return false
}

// trend adds the chart of an output; this is the build that the page is about.
func (p *page) trend(t Trend, this string) {
	if len(t.Points) == 0 {
		return
	}
	if len(p.Trends) == pageTrends {
		p.MoreTrends++
		return
	}
	v := trendView{
		Output: single(t.Output), System: single(t.System), Sentence: t.sentence(), Height: strconv.Itoa(trendHeight + 6),
		Earlier: max(0, len(t.Points)-trendPoints), MiddleY: strconv.Itoa(trendHeight / 2), BaseY: strconv.Itoa(trendHeight),
	}
	if t.Present > 0 {
		v.Present = fmt.Sprintf("in %s more it was there already or fetched", countBuilds(t.Present))
	}
	shown := t.Points[v.Earlier:]
	most := 0.0
	for _, q := range shown {
		most = max(most, q.Seconds)
	}
	top := roundUp(most)
	v.Top, v.Middle = clock(top), clock(top/2)
	v.First, v.Last = utc(shown[0].Started), utc(shown[len(shown)-1].Started)
	v.Label = fmt.Sprintf("%s on %s: %s, from %s to %s", v.Output, v.System, v.Sentence, v.First, v.Last)
	// At least this many places, so that three builds are no three blocks.
	room := float64(max(len(shown), fewPoints))
	v.Few = len(shown) < fewPoints
	for i, q := range shown {
		isThis := this != "" && q.ID == this
		v.point(q, float64(i)/room*100, 100/room, top, isThis)
		p.TrendChecks = p.TrendChecks || q.CheckSeconds > 0
		p.TrendFailed = p.TrendFailed || q.Disposition != timing.DispositionBuilt
		p.TrendThis = p.TrendThis || isThis
	}
	for i := len(shown) - 1; i >= 0; i-- {
		v.Rows = append(v.Rows, trendRowOf(shown[i]))
	}
	p.Trends = append(p.Trends, v)
}

func (v *trendView) point(q Point, x, room, top float64, this bool) {
	height := func(seconds float64) float64 { return seconds / top * trendHeight }
	gap := room * 0.2
	title := utc(q.Started) + ": " + Duration(ofSeconds(q.Seconds))
	if c := commit(q.Commit, q.Dirty); c != "" {
		title += ", " + c
	}
	class := "build"
	if q.Disposition != timing.DispositionBuilt {
		class = "unfinished"
		title += ", " + string(q.Disposition)
		v.Failed = append(v.Failed, markView{fmt.Sprintf("%.3f%%", x+room/2), fmt.Sprintf("%.1f", max(11, trendHeight-height(q.Seconds)-3)), title})
	}
	if this {
		title += ", this build"
		v.Bars = append(v.Bars, barView{
			X: fmt.Sprintf("%.3f%%", x+gap/2), Width: fmt.Sprintf("%.3f%%", room-gap),
			Y: strconv.Itoa(trendHeight + 3), Height: "3", Class: "path", Title: title,
		})
	}
	bar := func(from, to float64, class string) {
		h := max(1, height(to)-height(from))
		v.Bars = append(v.Bars, barView{
			X: fmt.Sprintf("%.3f%%", x+gap/2), Width: fmt.Sprintf("%.3f%%", room-gap),
			Y: fmt.Sprintf("%.1f", trendHeight-height(from)-h), Height: fmt.Sprintf("%.1f", h), Class: class, Title: title,
		})
	}
	check := min(q.CheckSeconds, q.Seconds)
	bar(0, q.Seconds-check, class)
	if check > 0 {
		checked := "check"
		if q.Disposition != timing.DispositionBuilt {
			checked = "unfinished"
		}
		bar(q.Seconds-check, q.Seconds, checked)
	}
}

func trendRowOf(q Point) trendRow {
	row := trendRow{Started: utc(q.Started), Commit: commit(q.Commit, q.Dirty), Variant: single(q.Variant), Time: Duration(ofSeconds(q.Seconds))}
	if q.CheckSeconds > 0 {
		row.Check = Duration(ofSeconds(q.CheckSeconds))
	}
	row.Sign, row.Class, row.Became = becameView(q.Disposition)
	return row
}

// roundUp is the next round number of seconds.
func roundUp(seconds float64) float64 {
	if seconds <= 0 {
		return 1
	}
	for _, step := range []float64{60, 90, 120, 180, 240, 360, 480, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200} {
		if seconds > 40 && seconds <= step {
			return step
		}
	}
	power := math.Pow(10, math.Floor(math.Log10(seconds)))
	for _, m := range []float64{1, 2, 4, 5, 10} {
		if seconds <= m*power {
			return m * power
		}
	}
	return 10 * power
}
