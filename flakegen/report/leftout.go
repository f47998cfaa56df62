package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// leftOut says what the outputs that only build have left out.
func (t *text) leftOut() {
	if len(t.r.LeftOut) == 0 {
		return
	}
	t.section()
	for _, l := range t.r.LeftOut {
		t.wrapped("", LeftOut(l, t.r.Started))
	}
}

// LeftOut is a sentence on what an output left out, as seen at a time.
func LeftOut(l timing.LeftOut, at time.Time) string {
	if l.Checked == nil {
		return fmt.Sprintf("%s leaves out what its checked variant runs; no checked build of it is known yet", single(l.Output))
	}
	names := make([]string, len(l.Phases))
	took := 0.0
	for i, p := range l.Phases {
		names[i] = single(shortPhase(p.Name))
		took += p.Seconds
	}
	pronoun := "it"
	if len(names) > 1 {
		pronoun = "they"
	}
	return fmt.Sprintf("%s leaves out %s; %s took %s in %s on %s, %s", single(l.Output), enumerate(names), pronoun,
		Duration(ofSeconds(took)), single(l.Checked.Output), single(l.Checked.System), when(l.Checked, at))
}

func when(c *timing.CheckedBuild, at time.Time) string {
	if c.ID == "" {
		return "in this run"
	}
	return Ago(at.Sub(c.Started)) + " earlier"
}

// enumerate joins names with commas and an "and".
func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Ago writes how long something is past, in its largest unit: "40 seconds",
// "2 days".
func Ago(d time.Duration) string {
	const day = 24 * time.Hour
	units := []struct {
		size time.Duration
		name string
	}{{365 * day, "year"}, {30 * day, "month"}, {7 * day, "week"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}}
	for _, u := range units {
		if n := int(d / u.size); n > 0 && (u.size != 7*day || n > 1) {
			return plural(n, u.name)
		}
	}
	return plural(max(0, int(d/time.Second)), "second")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
