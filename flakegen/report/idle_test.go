package report

import (
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

func textOf(t *testing.T, r timing.Report) string {
	t.Helper()
	var out strings.Builder
	r.Status = timing.Succeeded
	if err := Text(&out, r, Style{Width: 100}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSlotsText(t *testing.T) {
	tests := []struct {
		name string
		r    timing.Report
		want string // "" for nothing said of slots
	}{
		{"by settings", timing.Report{Slots: 4, SlotsFrom: timing.SlotsFromSettings, ToBuildSeconds: 10, IdleSeconds: 30}, "\n4 slots for builds, idle for 75 % of the 10.0 s in which something was to be built\n"},
		{"by the log", timing.Report{Slots: 2, SlotsFrom: timing.SlotsFromLog, ToBuildSeconds: 10, IdleSeconds: 5}, "\nat most 2 builds ran at once; so many slots were idle for 25 % of the 10.0 s"},
		{"one, well used", timing.Report{Slots: 1, SlotsFrom: timing.SlotsFromSettings, ToBuildSeconds: 10, IdleSeconds: 0.1}, ""},
		{"one, idle", timing.Report{Slots: 1, SlotsFrom: timing.SlotsFromSettings, ToBuildSeconds: 10, IdleSeconds: 1}, "\n1 slot for builds, idle for 10 %"},
		{"one at a time, by the log", timing.Report{Slots: 1, SlotsFrom: timing.SlotsFromLog, ToBuildSeconds: 10, IdleSeconds: 5}, ""},
		{"nothing built", timing.Report{}, ""},
	}
	for _, test := range tests {
		got := textOf(t, test.r)
		if test.want == "" && strings.Contains(got, "slot") || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %s\nwant %q", test.name, got, test.want)
		}
	}
}

func TestLogText(t *testing.T) {
	r := timing.Report{Log: timing.Log{
		Lines: 100, Records: 90, Malformed: 1, Shortened: 2,
		UnknownActivities: nixcmd.Tally{"10113": 4}, UnknownActions: nixcmd.Tally{"pau\nse": 1}, UnknownMembers: nixcmd.Tally{"x": 9},
	}}
	want := `
in Nix's log, and not in this report:
  1 broken record · 2 lines shortened, too long to keep · 1 of the unknown action pau se
  4 of the unknown activity 10113
`
	if got := textOf(t, r); !strings.HasSuffix(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := textOf(t, timing.Report{Log: timing.Log{Lines: 100, Records: 90, UnknownMembers: nixcmd.Tally{"x": 9}}}); strings.Contains(got, "log") {
		t.Errorf("a known log is spoken of: %s", got)
	}
}
