package timing

import (
	"cmp"
	"slices"
	"time"
)

// SlotsFrom says where the number of slots of a [Report] is from.
type SlotsFrom string

const (
	// SlotsFromSettings is Nix's max-jobs and those of the builders.
	SlotsFromSettings SlotsFrom = "settings"
	// SlotsFromLog is the most builds that ran at once, where no setting is known.
	SlotsFromLog SlotsFrom = "log"
)

// demand measures for how long something was to be built.
type demand struct {
	at      time.Time
	spent   time.Duration
	waiting uint64 // builds that open realisations expect and have not counted
}

// advance gives the time since the last call to what was open then.
func (d *demand) advance(now time.Time, open bool) {
	if spent := now.Sub(d.at); spent > 0 {
		d.at = now
		if open {
			d.spent += spent
		}
	}
}

// toBuild says whether something is to be built: it runs, or Nix has counted it as
// expected and not as done or failed. What Nix has not looked at yet it does not
// count, so where one build leads to others the demand begins late, never early.
func (a *Account) toBuild() bool {
	return a.clock.open[building] > 0 || a.demand.waiting > 0
}

// atOnce is the level that ran for at least this long: where one build follows
// another the log may open the second before it counts the first.
const atOnce = 20 * time.Millisecond

// addSlots says how the slots for builds were used. A build ends in the account
// when Nix has counted it, so a slot that waits for Nix to notice is idle.
func (a *Account) addSlots(r *Report, known int) {
	if len(a.order) == 0 {
		return
	}
	var busy time.Duration
	spans := make([]span, len(a.order))
	for i, b := range a.order {
		busy += b.earlier + b.ended.Sub(b.started)
		spans[i] = span{started: b.started, ended: b.ended}
	}
	most := mostAtOnce(spans)
	r.Slots, r.SlotsFrom = most, SlotsFromLog
	if known >= most {
		r.Slots, r.SlotsFrom = known, SlotsFromSettings
	}
	r.ToBuildSeconds = seconds(a.demand.spent)
	r.IdleSeconds = max(0, seconds(time.Duration(r.Slots)*a.demand.spent-busy))
}

// mostAtOnce is the greatest number of spans that overlap for longer than
// [atOnce] in sum, and 1 at least.
func mostAtOnce(spans []span) int {
	type edge struct {
		at time.Time
		by int
	}
	edges := make([]edge, 0, 2*len(spans))
	for _, s := range spans {
		edges = append(edges, edge{s.started, 1}, edge{s.ended, -1})
	}
	slices.SortStableFunc(edges, func(x, y edge) int { return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.by, y.by)) })
	levels := make([]time.Duration, len(spans)+1)
	level, since := 0, time.Time{}
	for _, e := range edges {
		levels[max(0, level)] += e.at.Sub(since)
		level, since = level+e.by, e.at
	}
	var above time.Duration
	for level := len(levels) - 1; level > 1; level-- {
		if above += levels[level]; above >= atOnce {
			return level
		}
	}
	return 1
}
