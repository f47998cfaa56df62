package report

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// built is a record of one output that was built.
func built(day int, name, variant, system string, phases ...timing.Phase) history.Record {
	path := fmt.Sprintf("/nix/store/%032d-x.drv", day)
	d := timing.Derivation{Derivation: path, Name: "x", Disposition: timing.DispositionBuilt, Phases: phases}
	for _, p := range phases {
		d.Seconds += p.Seconds
	}
	return history.Record{Project: "p", ID: fmt.Sprint(day), Report: timing.Report{
		Status: timing.Succeeded, Started: epoch.AddDate(0, 0, day), Derivations: []timing.Derivation{d},
		Outputs: []timing.Output{{Name: name, Variant: variant, System: system, Derivation: path}},
	}}
}

func phase(name string, seconds float64) timing.Phase {
	return timing.Phase{Name: name, Seconds: seconds}
}

func TestDifferences(t *testing.T) {
	tests := []struct {
		name    string
		records []history.Record
		want    []string
	}{
		{"one system", []history.Record{
			built(1, "rts-checked", "checked", "s", phase("buildPhase", 4), phase("checkPhase", 10)),
			built(2, "rts-build", "build", "s", phase("buildPhase", 5)),
		}, []string{"rts-build leaves out checkPhase, which took 10.0 s of 14.0 s in rts-checked on s"}},
		{"the last of each counts, whatever the order", []history.Record{
			built(3, "rts-checked", "checked", "s", phase("buildPhase", 4), phase("checkPhase", 30)),
			built(1, "rts-checked", "checked", "s", phase("buildPhase", 4), phase("checkPhase", 10)),
			built(2, "rts-build", "build", "s", phase("buildPhase", 5)),
		}, []string{"rts-build leaves out checkPhase, which took 30.0 s of 34.0 s in rts-checked on s"}},
		{"an alias that gives each system its own", []history.Record{
			built(1, "rts", "checked", "linux", phase("buildPhase", 4), phase("checkPhase", 10), phase("installCheckPhase", 2)),
			built(2, "rts", "build", "darwin", phase("buildPhase", 5)),
		}, []string{"rts-build leaves out checkPhase, installCheckPhase, which took 12.0 s of 16.0 s in rts-checked on linux"}},
		{"its own system before another", []history.Record{
			built(1, "rts-checked", "checked", "darwin", phase("buildPhase", 4), phase("checkPhase", 20)),
			built(2, "rts", "build", "darwin", phase("buildPhase", 5)),
			built(3, "rts", "checked", "linux", phase("buildPhase", 4), phase("checkPhase", 10)),
		}, []string{"rts-build leaves out checkPhase, which took 20.0 s of 24.0 s in rts-checked on darwin"}},
		{"the same phases", []history.Record{
			built(1, "a-x", "x", "s", phase("buildPhase", 4)),
			built(2, "a-y", "y", "s", phase("buildPhase", 3)),
		}, []string{"a-y leaves out no phase of a-x"}},
		{"two packages, and one without a second variant", []history.Record{
			built(1, "a-x", "x", "s", phase("buildPhase", 4)),
			built(2, "b-y", "y", "s", phase("buildPhase", 3)),
			built(3, "c", "", "s", phase("buildPhase", 3)),
		}, nil},
	}
	for _, test := range tests {
		var got []string
		for _, d := range Differences(test.records) {
			for v := 1; v < len(d.Variants); v++ {
				got = append(got, d.sentence(v, single))
			}
		}
		if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

// A build that failed is no build of a variant to compare with.
func TestDifferencesOfFailedBuilds(t *testing.T) {
	a := built(1, "rts-checked", "checked", "s", phase("checkPhase", 10))
	b := built(2, "rts-build", "build", "s", phase("buildPhase", 5))
	a.Report.Derivations[0].Disposition = timing.DispositionFailed
	if got := Differences([]history.Record{a, b}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTrends(t *testing.T) {
	present := built(4, "rts", "checked", "s")
	present.Report.Derivations[0].Disposition = timing.DispositionPresent
	failed := built(3, "rts", "checked", "s", phase("buildPhase", 1))
	failed.Report.Derivations[0].Disposition = timing.DispositionFailed
	unnamed := built(5, "rts", "checked", "s")
	unnamed.Report.Outputs[0].Derivation = ""
	trends := Trends([]history.Record{
		built(2, "rts", "checked", "s", phase("buildPhase", 4), phase("checkPhase", 8)), failed, present, unnamed,
		built(1, "rts", "checked", "s", phase("buildPhase", 4), phase("checkPhase", 4)),
		built(6, "rts", "build", "other", phase("buildPhase", 4)),
	})
	if len(trends) != 2 || trends[0].System != "other" {
		t.Fatalf("%+v", trends)
	}
	tr := trends[1]
	var days []string
	for _, p := range tr.Points {
		days = append(days, p.ID)
	}
	if got := strings.Join(days, " "); got != "1 2 3" || tr.Present != 1 {
		t.Errorf("points %s, present %d", got, tr.Present)
	}
	if median, n := tr.Median(); median != 10 || n != 2 {
		t.Errorf("median %v of %d", median, n)
	}
	if got := tr.sentence(); got != "last 12.0 s, median 10.0 s of 2 builds" {
		t.Error(got)
	}
	if tr.Points[0].CheckSeconds != 4 {
		t.Errorf("check %v", tr.Points[0].CheckSeconds)
	}
}

func TestOverviewText(t *testing.T) {
	for _, width := range []int{80, 40} {
		var b strings.Builder
		if err := OverviewText(&b, OverviewOf(past()), Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		checkGolden(t, fmt.Sprintf("testdata/text/past-%d.golden", width), b.String())
	}
}

func TestRoundUp(t *testing.T) {
	for _, test := range []struct{ seconds, want float64 }{
		{0, 1}, {0.003, 0.004}, {0.9, 1}, {1, 1}, {3.2, 4}, {12, 20}, {41, 60}, {61, 90}, {301, 360}, {7300, 8000 + 2000},
	} {
		if got := roundUp(test.seconds); got < test.seconds || got > 4*max(test.seconds, 0.25) || time.Duration(got*1e9) != time.Duration(test.want*1e9) {
			t.Errorf("%v: %v, want %v", test.seconds, got, test.want)
		}
	}
}

// What is kept of a build in brief is all that looking at many builds needs.
func TestBrief(t *testing.T) {
	records := append(past(), series(t)...)
	records = append(records, recorded(t, "many"), recorded(t, "failing"), history.Record{Report: sample()})
	brief := make([]history.Record, len(records))
	for i, r := range records {
		brief[i] = Brief(r)
	}
	if got, want := OverviewOf(brief), OverviewOf(records); !reflect.DeepEqual(got, want) {
		t.Errorf("in brief %+v\nwant %+v", got, want)
	}
}
