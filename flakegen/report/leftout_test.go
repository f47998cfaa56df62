package report

import (
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

func TestLeftOut(t *testing.T) {
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	phases := func(names ...string) []timing.Phase {
		var list []timing.Phase
		for _, name := range names {
			list = append(list, timing.Phase{Name: name, Seconds: 5.6})
		}
		return list
	}
	checked := func(id string, ago time.Duration) *timing.CheckedBuild {
		return &timing.CheckedBuild{ID: id, Output: "rts-checked", System: "x86_64-linux", Started: at.Add(-ago)}
	}
	tests := []struct {
		name string
		left timing.LeftOut
		want string
	}{
		{"one phase", timing.LeftOut{Output: "rts-build", Phases: phases("checkPhase"), Checked: checked("1", 50*time.Hour)},
			"rts-build leaves out check; it took 5.6 s in rts-checked on x86_64-linux, 2 days earlier"},
		{"three", timing.LeftOut{Output: "rts", Phases: phases("preCheck", "checkPhase", "installCheckPhase"), Checked: checked("1", time.Second)},
			"rts leaves out preCheck, check and installCheck; they took 16.8 s in rts-checked on x86_64-linux, 1 second earlier"},
		{"the same run", timing.LeftOut{Output: "rts", Phases: phases("checkPhase"), Checked: checked("", 0)},
			"rts leaves out check; it took 5.6 s in rts-checked on x86_64-linux, in this run"},
		{"not known", timing.LeftOut{Output: "rts-build"},
			"rts-build leaves out what its checked variant runs; no checked build of it is known yet"},
		{"hostile", timing.LeftOut{Output: "r\x1b[2Jts\n", Phases: phases("check\x1b]0;x\x07Phase"), Checked: checked("1", time.Hour)},
			"rts  leaves out check; it took 5.6 s in rts-checked on x86_64-linux, 1 hour earlier"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := LeftOut(test.left, at); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			var out strings.Builder
			if err := Text(&out, timing.Report{Status: timing.Succeeded, Started: at, LeftOut: []timing.LeftOut{test.left}}, Style{Width: 200}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), "\n\n"+test.want+"\n") {
				t.Errorf("the report does not have it on a line:\n%s", out.String())
			}
		})
	}
}

func TestAgo(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Hour: "0 seconds", 0: "0 seconds", time.Second: "1 second", 59 * time.Second: "59 seconds", 90 * time.Second: "1 minute",
		23 * time.Hour: "23 hours", day: "1 day", 8 * day: "8 days", 15 * day: "2 weeks", 45 * day: "1 month", 800 * day: "2 years",
	} {
		if got := Ago(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}
