package history

import (
	"context"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// took is a record in which a derivation took so long.
func took(t testing.TB, hash, name string, seconds float64, change ...func(*Record)) Record {
	return aRecord(t, append([]func(*Record){func(r *Record) {
		d := &r.Report.Derivations[0]
		d.Derivation, d.Name, d.Seconds = drv(hash, name), name, seconds
		d.Phases = []timing.Phase{{Name: "buildPhase", Seconds: seconds / 4}, {Name: "checkPhase", Seconds: seconds * 3 / 4}}
		r.Report.Outputs[0].Derivation = d.Derivation
	}}, change...)...)
}

func elsewhere(r *Record) { r.Host = "elsewhere" }
func unchecked(r *Record) { d := &r.Report.Derivations[0]; d.Phases = d.Phases[:1] }
func failed(r *Record)    { r.Report.Derivations[0].Disposition = timing.DispositionFailed }
func onDarwin(r *Record)  { r.Report.Derivations[0].System = "aarch64-darwin" }
func ofAnother(r *Record) { r.Project = "other" }
func later(r *Record)     { r.Report.Started = r.Report.Started.Add(time.Hour) }

func TestUsual(t *testing.T) {
	yes, no := true, false
	question := Question{Derivation: drv("f", "rts-2.0"), Project: "example.org/acme/rts", System: "x86_64-linux", Host: "here"}
	ask := func(change func(*Question)) Question { q := question; change(&q); return q }
	same := func(q *Question) {}
	tests := []struct {
		name    string
		records []Record
		ask     func(*Question)
		seconds float64 // 0: not known
		count   int
		exact   bool
	}{
		{"nothing is known", nil, same, 0, 0, false},
		{"this derivation first", []Record{took(t, "f", "rts-2.0", 10), took(t, "a", "rts-2.0", 99)}, same, 10, 1, true},
		{"else another version", []Record{took(t, "a", "rts-1.0", 10), took(t, "b", "rts-1.1pre5", 20), took(t, "c", "rts", 60)}, same, 20, 3, false},
		{"an even number", []Record{took(t, "a", "rts-1.0", 10), took(t, "b", "rts-1.1", 20)}, same, 15, 2, false},
		{"not another name", []Record{took(t, "a", "rts-tools-1.0", 10)}, same, 0, 0, false},
		{"not another system", []Record{took(t, "a", "rts-1.0", 10, onDarwin)}, same, 0, 0, false},
		{"not another project", []Record{took(t, "a", "rts-1.0", 10, ofAnother)}, same, 0, 0, false},
		{"not one that failed", []Record{took(t, "a", "rts-1.0", 10, failed)}, same, 0, 0, false},
		{"this machine first", []Record{took(t, "a", "rts-1.0", 10), took(t, "b", "rts-1.0", 99, elsewhere, later)}, same, 10, 1, false},
		{"else another machine", []Record{took(t, "a", "rts-1.0", 10, elsewhere)}, same, 10, 1, false},
		{"one that checks", []Record{took(t, "a", "rts-1.0", 10), took(t, "b", "rts-1.0", 2, unchecked)}, func(q *Question) { q.Checks = &yes }, 10, 1, false},
		{"one that does not", []Record{took(t, "a", "rts-1.0", 10), took(t, "b", "rts-1.0", 2, unchecked)}, func(q *Question) { q.Checks = &no }, 2, 1, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := aStore(t)
			addAll(t, s, test.records...)
			got, err := s.Usual(context.Background(), ask(test.ask))
			if err != nil {
				t.Fatal(err)
			}
			times, err := s.UsualTimes(context.Background(), []Question{{}, ask(test.ask)})
			if err != nil || times[0] != nil || (times[1] == nil) != (got == nil) {
				t.Fatal(times, err)
			}
			if got == nil {
				got = &Usual{}
			} else if times[1].Seconds != got.Seconds || times[1].Low != got.Low || times[1].Count != got.Count || times[1].Exact != got.Exact || times[1].Phases != nil {
				t.Errorf("among others %+v", times[1])
			}
			if got.Seconds != test.seconds || got.Count != test.count || got.Exact != test.exact {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestUsualOfTheLastBuilds(t *testing.T) {
	s := aStore(t)
	for i := range 30 {
		seconds := 1000.0
		if i >= 20 {
			seconds = float64(10 * (i - 19)) // 10, 20, … 100
		}
		addAll(t, s, took(t, "f", "rts", seconds, func(r *Record) { r.Report.Started = epoch.Add(time.Duration(i) * time.Minute) }))
	}
	got, err := s.Usual(context.Background(), Question{Derivation: drv("f", "rts")})
	if err != nil {
		t.Fatal(err)
	}
	if got.Seconds != 55 || got.Low != 32.5 || got.High != 77.5 || got.Count != usualBuilds {
		t.Errorf("got %+v", got)
	}
	if len(got.Phases) != 2 || got.Phases[1] != (UsualPhase{"checkPhase", 55 * 3.0 / 4}) {
		t.Errorf("phases are %+v", got.Phases)
	}
}

func TestLastBuilt(t *testing.T) {
	s := aStore(t)
	ctx := context.Background()
	last := took(t, "b", "rts-1.0", 20, later)
	addAll(t, s,
		took(t, "a", "rts-1.0", 10),
		last,
		took(t, "c", "rts-1.0", 30, later, later, failed),
		took(t, "d", "rts-1.0", 40, later, later, ofAnother))
	got, err := s.LastBuilt(ctx, "example.org/acme/rts", "rts", "checked", "x86_64-linux")
	if err != nil || got == nil || got.ID != last.ID || got.Derivation.Seconds != 20 || got.Output.Alias != "rts" {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, not := range [][4]string{{"example.org/acme/rts", "rts", "build", ""}, {"example.org/acme/rts", "rts", "checked", "aarch64-darwin"}, {"x", "rts", "checked", ""}, {"example.org/acme/rts", "x", "checked", ""}} {
		if got, err := s.LastBuilt(ctx, not[0], not[1], not[2], not[3]); got != nil || err != nil {
			t.Errorf("%v: got %+v, %v", not, got, err)
		}
	}
}

func TestStem(t *testing.T) {
	for name, want := range map[string]string{
		"rts": "rts", "rts-1.0": "rts", "mini-rts-1.2.3": "mini-rts", "python3.11-foo-1.0": "python3.11-foo", "a-b-c": "a-b-c",
		"go-1.26rc1-src": "go", "rts-unstable-2026-01-01": "rts-unstable", "x-": "x-", "": "", "-1": "", "moc--1": "moc",
		// Shards of tests.
		"rts-test-e-gc_1-eop": "rts-test-gc_1-eop", "rts-test-f-gc_1-eop": "rts-test-gc_1-eop", "rts-test-e-gc_2-eop": "rts-test-gc_2-eop",
		"rts-test-e-2pc-32bit": "rts-test-2pc-32bit", "rts-test-e-2pc-64bit": "rts-test-2pc-64bit", "rts-test-j-text+9": "rts-test-text+9",
		"rts-tests-32bit": "rts-tests",
	} {
		if got := Stem(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestProjectName(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/acme/rts.git":                "github.com/acme/rts",
		"https://GitHub.com/Acme/rts/":                   "github.com/Acme/rts",
		"git@github.com:acme/rts.git":                    "github.com/acme/rts",
		"github.com:acme/rts":                            "github.com/acme/rts",
		"ssh://git@example.org:2222/acme/rts":            "example.org:2222/acme/rts",
		"https://me:token@example.org/rts":               "example.org/rts",
		"https://token@example.org/rts?access=secret#x":  "example.org/rts",
		"https://me:pass/with/slash@example.org/rts.git": "example.org/rts",
		"https://example.org/scoped/@acme/rts":           "example.org/scoped/@acme/rts",
		"file:///srv/git/rts.git":                        "/srv/git/rts",
		"/srv/git/rts.git":                               "/srv/git/rts",
		"../rts.git":                                     "../rts",
		"":                                               "",
	} {
		if got := ProjectName(address); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}
