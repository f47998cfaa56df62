package report

import (
	"fmt"
	"maps"
	"slices"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// log says what of the log could not be used. Members of records that are not
// known are left to the JSON: a later Nix may add some to every record.
func (t *text) log() {
	var items []string
	add := func(n int64, one, more string) {
		switch {
		case n == 1:
			items = append(items, one)
		case n > 1:
			items = append(items, fmt.Sprintf("%d %s", n, more))
		}
	}
	add(t.r.Log.Malformed, "1 broken record", "broken records")
	add(t.r.Log.Shortened, "1 line shortened, too long to keep", "lines shortened, too long to keep")
	add(t.r.Log.LeftOut, "1 activity left out, more than are kept", "activities left out, more than are kept")
	tally := func(what string, counted nixcmd.Tally) {
		for _, name := range slices.Sorted(maps.Keys(counted)) {
			items = append(items, fmt.Sprintf("%d of the unknown %s %s", counted[name], what, single(name)))
		}
	}
	tally("action", t.r.Log.UnknownActions)
	tally("activity", t.r.Log.UnknownActivities)
	tally("result", t.r.Log.UnknownResults)
	if len(items) == 0 {
		return
	}
	const shown = 8
	if more := len(items) - shown; more > 0 {
		items = append(items[:shown], fmt.Sprintf("and %d more", more))
	}
	t.section()
	t.line("in Nix's log, and not in this report:")
	for _, l := range t.flow(items, dot, t.width()-2) {
		t.line("  %s", t.paint(faint, l))
	}
}
