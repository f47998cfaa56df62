package timing

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// What captured streams say of what is to come and of what has arrived: the
// figures stand in the streams.
func TestOutlookOfStreams(t *testing.T) {
	for name, want := range map[string]struct {
		planned     []string
		counted     Counted
		transferred Transferred
	}{
		"2.34-mini-checkfail": {
			[]string{"greetlib-1.2", "make-wrapper", "greet-0.3"},
			Counted{Done: 2, Failed: 1, Expected: 3},
			Transferred{},
		},
		"2.34-subst": {nil, Counted{Fetched: 4, ExpectedFetches: 4}, Transferred{Done: 1344, Expected: 1344}},
		"2.8-subst":  {nil, Counted{Fetched: 4, ExpectedFetches: 4}, Transferred{Expected: 1344}},
		"2.8-tops":   {nil, Counted{Done: 4, Expected: 4}, Transferred{}},
	} {
		files, err := filepath.Glob(streams + "/" + name + "/stream.*")
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %v, %v", name, files, err)
		}
		stream, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		var got recorded
		a := NewAccount(epoch)
		a.Observer = &got
		follow(t, a, stream)
		var planned []string
		for _, c := range got.of(PlannedBuild{}) {
			planned = append(planned, Name(c.(PlannedBuild).Derivation))
		}
		if !reflect.DeepEqual(planned, want.planned) {
			t.Errorf("%s: planned %q, want %q", name, planned, want.planned)
		}
		var counted Counted
		if all := got.of(Counted{}); len(all) > 0 {
			counted = all[len(all)-1].(Counted)
			counted.At = time.Time{}
		}
		if counted != want.counted {
			t.Errorf("%s: %+v, want %+v", name, counted, want.counted)
		}
		var transferred Transferred
		if all := got.of(Transferred{}); len(all) > 0 {
			transferred = all[len(all)-1].(Transferred)
			transferred.At = time.Time{}
		}
		if transferred != want.transferred {
			t.Errorf("%s: %+v, want %+v", name, transferred, want.transferred)
		}
	}
}

// A second realisation begins its counts anew; the run does not.
func TestOutlookOverTwoWorkers(t *testing.T) {
	var got recorded
	a := NewAccount(epoch)
	a.Observer = &got
	script(t, a, `
		0 start 10 realise
		0 start 11 builds
		0 count 11 0 1 0 0
		1 start 20 build `+drvA+` ""
		2 count 11 1 1 0 0
		2 stop 20
		3 stop 11
		3 stop 10
		4 start 30 realise
		4 start 31 builds
		4 count 31 0 2 0 0
		4 count 31 0 2 0 0
	`)
	var counts []Counted
	for _, c := range got.of(Counted{}) {
		counts = append(counts, c.(Counted))
	}
	at := func(s int) time.Time { return epoch.Add(time.Duration(s) * time.Second) }
	want := []Counted{{At: at(0), Expected: 1}, {At: at(2), Done: 1, Expected: 1}, {At: at(4), Done: 1, Expected: 3}}
	if !reflect.DeepEqual(counts, want) {
		t.Errorf("got  %+v\nwant %+v", counts, want)
	}
	var turns []string
	for _, c := range got.of(Turned{}) {
		turns = append(turns, c.(Turned).To)
	}
	if want := []string{"", "building", "", "evaluating", ""}; !reflect.DeepEqual(turns, want) {
		t.Errorf("turns %q, want %q", turns, want)
	}
	// A number that no count can be does no harm.
	a.Add(nixcmd.Result{At: at(5), ID: 31, Type: nixcmd.ResultProgress, Fields: nixcmd.Fields{
		{Kind: nixcmd.FieldNumber, Number: 1<<64 - 1}, {Kind: nixcmd.FieldNumber, Number: 1<<64 - 1},
		{Kind: nixcmd.FieldNumber}, {Kind: nixcmd.FieldNumber},
	}})
	if last := got.changes[len(got.changes)-1].(Counted); last.Done < 1 || last.Expected < 1 {
		t.Errorf("overflow: %+v", last)
	}
}
