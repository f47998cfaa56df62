package timing

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

// Every time of a report is looked at: each number in its JSON that is one of
// seconds is made impossible in turn.
func TestFaultsLookAtEveryTime(t *testing.T) {
	report := func() Report {
		return Report{
			Status: Succeeded, Fetched: []Fetch{{}}, LeftOut: []LeftOut{{Phases: []Phase{{}}}},
			Derivations: []Derivation{{Disposition: DispositionBuilt, Phases: []Phase{{}, {}}, Remote: &Remote{}}},
		}
	}
	r := report()
	if faults := r.Faults(); len(faults) > 0 {
		t.Fatalf("of nothing: %q", faults)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const mark = `_seconds":0`
	count := 0
	for at := 0; ; count++ {
		next := strings.Index(string(text[at:]), `seconds":0`)
		if next < 0 {
			break
		}
		at += next + len(mark) - 2
		changed := string(text[:at]) + "-1" + string(text[at+1:])
		var r Report
		if err := json.Unmarshal([]byte(changed), &r); err != nil {
			t.Fatalf("%v: %s", err, changed)
		}
		if faults := r.Faults(); len(faults) != 1 || !strings.Contains(faults[0], "seconds is -1, and no build takes that many seconds") {
			t.Errorf("%q of …%s…", faults, changed[max(0, at-40):at+2])
		}
	}
	if count != 22 {
		t.Errorf("%d times", count)
	}
	for _, seconds := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e10} {
		r := report()
		r.Derivations[0].Phases[1].StartSeconds = seconds
		if faults := r.Faults(); len(faults) != 1 || !strings.HasPrefix(faults[0], "derivations[0].phases[1].start_seconds is ") {
			t.Errorf("%v: %q", seconds, faults)
		}
	}

	// Words from a file are bounded, and hold nothing for a terminal.
	r = report()
	r.Status, r.Derivations[0].Disposition = Status("\x1b[31m"+strings.Repeat("x", 1<<20)), "lost"
	faults := strings.Join(r.Faults(), "\n")
	if strings.ContainsAny(faults, "\x1b") || len(faults) > 500 || !strings.Contains(faults, `derivations[0].disposition is "lost"`) {
		t.Errorf("%.1000q", faults)
	}
	for range 20 {
		r.Fetched = append(r.Fetched, Fetch{Seconds: -1})
	}
	if list := r.Faults(); len(list) != maxFaults+1 || list[maxFaults] != "and 17 more" {
		t.Errorf("%q", list)
	}
}

// No list of a completed report is null in JSON.
func TestCompleteLeavesNoNull(t *testing.T) {
	r := Report{Outputs: []Output{{}}, LeftOut: []LeftOut{{}}, Derivations: []Derivation{{}}}
	r.Complete()
	lists := 0
	var look func(place string, v reflect.Value)
	look = func(place string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			lists++
			if v.IsNil() {
				t.Errorf("%s is nil", place)
			}
			for i := range v.Len() {
				look(place+"[]", v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					look(place+"."+v.Type().Field(i).Name, v.Field(i))
				}
			}
		}
	}
	look("Report", reflect.ValueOf(r))
	if lists != 13 {
		t.Errorf("%d lists", lists)
	}
}
