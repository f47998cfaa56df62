package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// timelineView draws a run over its time: the slots of each machine, and a row for
// each derivation with its phases.
type timelineView struct {
	Ticks  []tickView
	Places []placeView
	// MorePlaces counts the machines that are not drawn.
	MorePlaces int
	Rows       []rowView
	Left       leftOutView
	Legend     []legendView
	// Critical says that any row is marked as on the critical path.
	Critical bool
}

type tickView struct{ X, Label, Anchor string }

type placeView struct {
	Name, Slots string
	Height      string // in CSS pixels
	Label       string // what a reader hears
	Bars        []barView
	MoreSlots   int
}

// rowView is one derivation.
type rowView struct {
	Name, Time, Label string
	Class, Sign, Word string
	Machine           string
	Critical          bool
	Bars              []barView
	// X and Width are those of the whole, Ended says that it did not come to its end.
	X, Width string
	Ended    bool
}

// barView is a box of a chart. Y and Height are CSS pixels.
type barView struct{ X, Width, Y, Height, Class, Title string }

type legendView struct{ Class, Name string }

const (
	slotHeight  = 16 // with the gap below it
	shownPlaces = 12
	shownSlots  = 48  // of one machine
	resolution  = 500 // of a row: narrower boxes that touch are drawn as one
	minWidth    = 0.15
)

func timelineOf(r timing.Report, l labels) timelineView {
	var v timelineView
	wall := r.WallSeconds
	for i := range r.Derivations { // a stream that was cut may end before what it tells
		wall = max(wall, r.Derivations[i].StartSeconds+r.Derivations[i].Seconds)
	}
	v.Ticks = ticks(wall)
	kinds := map[string]bool{}
	jobs := 0
	all := layOut(r)
	for _, p := range all {
		for _, s := range p.slots {
			jobs += len(s)
		}
	}
	if jobs > 1 {
		if v.MorePlaces = max(0, len(all)-shownPlaces); v.MorePlaces > 0 {
			all = all[:shownPlaces]
		}
		for _, p := range all {
			v.Places = append(v.Places, placeOf(r, l, p, wall))
		}
	}
	v.rows(r, l, wall, kinds)
	for _, k := range phaseKinds {
		if kinds[k.Class] {
			v.Legend = append(v.Legend, k)
		}
	}
	return v
}

// ticks are at most five round moments.
func ticks(wall float64) []tickView {
	if wall <= 0 {
		return nil
	}
	steps := []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000, 86400}
	step := steps[len(steps)-1]
	for _, s := range steps {
		if wall/s <= 5 {
			step = s
			break
		}
	}
	for wall/step > 5 {
		step *= 2
	}
	var list []tickView
	for i := 0; float64(i)*step <= wall; i++ {
		at := float64(i) * step
		t := tickView{X: percentOf(at, wall), Label: clock(at), Anchor: "middle"}
		if step < 0.1 && at > 0 {
			t.Label = Duration(ofSeconds(at))
		}
		if i == 0 {
			t.Anchor = "start"
		} else if at > 0.93*wall {
			t.Anchor = "end"
		}
		list = append(list, t)
	}
	return list
}

func placeOf(r timing.Report, l labels, p place, wall float64) placeView {
	v := placeView{Name: "this machine"}
	switch {
	case p.fetches:
		v.Name = "fetches"
	case p.machine != "":
		v.Name = host(p.machine)
	}
	v.Slots = fmt.Sprintf("%d at once", len(p.slots))
	jobs, busy := 0, micros(0)
	for i, s := range p.slots {
		for _, j := range s {
			jobs++
			busy += j.end - j.start
		}
		if i < shownSlots {
			v.Bars = append(v.Bars, slotBars(r, l, s, i*slotHeight, wall)...)
		}
	}
	v.MoreSlots = max(0, len(p.slots)-shownSlots)
	v.Height = strconv.Itoa(min(len(p.slots), shownSlots) * slotHeight)
	what := "builds"
	if p.fetches {
		what = "fetches"
	}
	v.Label = fmt.Sprintf("%d %s on %s, at most %d at once, %s of work", jobs, what, v.Name, len(p.slots), Duration(ofSeconds(float64(busy)/1e6)))
	if p.fetches {
		v.Label = fmt.Sprintf("%d fetches, at most %d at once", jobs, len(p.slots))
	}
	return v
}

// slotBars draws the jobs of a slot. Those that are too narrow to be seen are
// drawn as one box, so that a slot has no more boxes than its row has places.
func slotBars(r timing.Report, l labels, s slot, y int, wall float64) []barView {
	var list []barView
	var from, to micros
	many := 0
	flush := func() {
		if many == 0 {
			return
		}
		title := fmt.Sprintf("%d short ones, from %s", many, clock(float64(from)/1e6))
		list = append(list, box(float64(from)/1e6, float64(to)/1e6, wall, y, slotHeight-4, "many", title))
		many = 0
	}
	grain := wall / resolution
	for _, j := range s {
		start, end := float64(j.start)/1e6, float64(j.end)/1e6
		if end-start < grain && !j.critical {
			if many > 0 && (start-float64(to)/1e6 > grain) {
				flush()
			}
			if many == 0 {
				from = j.start
			}
			many++
			to = max(j.end, j.start+micros(grain*1e6))
			continue
		}
		flush()
		name, class := "", "fetch"
		if j.fetch >= 0 {
			name = storeName(r.Fetched[j.fetch].Path)
		} else {
			d := r.Derivations[j.derivation]
			name = l.label(d)
			_, class, _ = becameView(d.Disposition)
		}
		title := name + ", " + Duration(ofSeconds(end-start))
		list = append(list, box(start, end, wall, y, slotHeight-4, class, title))
		if j.critical {
			list = append(list, box(start, end, wall, y+slotHeight-4, 2, "path", title+", on the critical path"))
		}
	}
	flush()
	return list
}

// box is wide enough to be seen.
func box(start, end, wall float64, y, height int, class, title string) barView {
	x, width := 0.0, 0.0
	if wall > 0 {
		x, width = 100*start/wall, 100*(end-start)/wall
	}
	width = max(width, minWidth)
	x = min(x, 100-width)
	return barView{
		X: fmt.Sprintf("%.3f%%", x), Width: fmt.Sprintf("%.3f%%", width),
		Y: strconv.Itoa(y), Height: strconv.Itoa(height), Class: class, Title: title,
	}
}

// phaseKinds are the kinds of phases that are told apart by colour.
var phaseKinds = []legendView{
	{"prepare", "unpack, patch, configure"},
	{"build", "build"},
	{"check", "check"},
	{"finish", "install, fixup"},
	{"other", "other phases"},
	{"plain", "no phase told"},
	{"fetch", "fetch"},
}

func phaseKind(name string) string {
	name = strings.ToLower(name)
	switch {
	case history.IsCheck(name):
		return "check"
	case strings.Contains(name, "build"):
		return "build"
	case strings.Contains(name, "unpack"), strings.Contains(name, "patch"), strings.Contains(name, "configure"), strings.Contains(name, "update"):
		return "prepare"
	case strings.Contains(name, "install"), strings.Contains(name, "fixup"), strings.Contains(name, "dist"):
		return "finish"
	}
	return "other"
}

const rowHeight = 16

func (v *timelineView) rows(r timing.Report, l labels, wall float64, kinds map[string]bool) {
	critical := criticalSet(r)
	indices, left := pick(r, l, timelineRows)
	v.Left = left
	for _, i := range indices {
		d := r.Derivations[i]
		if d.Disposition == timing.DispositionPresent || d.StartSeconds == 0 && d.Seconds == 0 {
			continue // it took no time that could be drawn
		}
		start := microsOf(d.StartSeconds)
		j := job{derivation: i, fetch: -1, start: start, end: start + microsOf(d.Seconds)}
		row := rowView{Name: l.label(d), Time: Duration(ofSeconds(d.Seconds)), Machine: host(d.Machine)}
		row.Sign, row.Class, row.Word = becameView(d.Disposition)
		row.Critical = critical[d.Derivation] && d.Derivation != ""
		v.Critical = v.Critical || row.Critical

		var said []string
		whole := box(d.StartSeconds, d.StartSeconds+d.Seconds, wall, 0, rowHeight, "plain", row.Time)
		if d.Disposition == timing.DispositionSubstituted {
			whole.Class = "fetch"
		}
		row.X, row.Width = whole.X, whole.Width
		row.Ended = row.Class == "bad" || row.Class == "warn"
		list := spans(j, d)
		if len(list) == 0 || float64(list[0].start-j.start) > 0.02*float64(j.end-j.start) {
			kinds[whole.Class] = true
		}
		row.Bars = append(row.Bars, whole)
		for _, s := range list {
			if s.end-s.start < micros(wall*1e6/resolution/2) && !history.IsCheck(s.name) {
				continue // nothing to be seen
			}
			name := single(shortPhase(s.name))
			kind := phaseKind(s.name)
			kinds[kind] = true
			said = append(said, name+" "+Duration(ofSeconds(s.seconds)))
			row.Bars = append(row.Bars, box(float64(s.start)/1e6, float64(s.end)/1e6, wall, 0, rowHeight, kind, name+" "+Duration(ofSeconds(s.seconds))))
		}
		row.Label = fmt.Sprintf("%s from %s for %s", row.Word, clock(d.StartSeconds), row.Time)
		if len(said) > 0 {
			row.Label += ": " + strings.Join(said, ", ")
		}
		v.Rows = append(v.Rows, row)
	}
}
