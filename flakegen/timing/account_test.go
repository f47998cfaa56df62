package timing

import (
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// script is a stream in short: each line begins with its second since the
// start, then
//
//	start ID TYPE [FIELD…] [-- TEXT]     stop ID
//	count ID DONE EXPECTED RUNNING FAILED
//	phase ID NAME                        log ID TEXT
//	error TEXT                           warn TEXT
func script(t *testing.T, a *Account, text string) {
	t.Helper()
	types := map[string]nixcmd.ActivityType{
		"realise": nixcmd.ActivityRealise, "builds": nixcmd.ActivityBuilds, "paths": nixcmd.ActivityCopyPaths,
		"build": nixcmd.ActivityBuild, "substitute": nixcmd.ActivitySubstitute, "transfer": nixcmd.ActivityFileTransfer,
		"copy": nixcmd.ActivityCopyPath, "waiting": nixcmd.ActivityBuildWaiting, "text": nixcmd.ActivityUnknown,
	}
	for l := range strings.Lines(strings.TrimSpace(text)) {
		head, rest, _ := strings.Cut(strings.TrimSpace(l), " -- ")
		words := strings.Fields(head)
		if len(words) == 0 {
			continue
		}
		var second float64
		var id uint64
		if _, err := fmt.Sscan(words[0], &second); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		at := epoch.Add(time.Duration(second * float64(time.Second)))
		if len(words) > 2 {
			fmt.Sscan(words[2], &id)
		}
		switch words[1] {
		case "start":
			kind, known := types[words[3]]
			if !known {
				t.Fatalf("%s: type %s", l, words[3])
			}
			var fields nixcmd.Fields
			for _, w := range words[4:] {
				fields = append(fields, nixcmd.Field{Text: strings.Trim(w, `"`)})
			}
			a.Add(nixcmd.Start{At: at, ID: id, Type: kind, Text: rest, Fields: fields})
		case "stop":
			a.Add(nixcmd.Stop{At: at, ID: id})
		case "count":
			var fields nixcmd.Fields
			for _, w := range words[3:] {
				var n uint64
				fmt.Sscan(w, &n)
				fields = append(fields, nixcmd.Field{Kind: nixcmd.FieldNumber, Number: n})
			}
			a.Add(nixcmd.Result{At: at, ID: id, Type: nixcmd.ResultProgress, Fields: fields})
		case "phase":
			a.Add(nixcmd.Result{At: at, ID: id, Type: nixcmd.ResultSetPhase, Fields: nixcmd.Fields{{Text: words[3]}}})
		case "log":
			a.Add(nixcmd.Result{At: at, ID: id, Type: nixcmd.ResultLogLine, Fields: nixcmd.Fields{{Text: strings.Join(words[3:], " ")}}})
		case "error":
			raw := strings.Join(words[2:], " ")
			a.Add(nixcmd.Message{At: at, Text: "error: " + raw, Raw: raw})
		case "warn":
			a.Add(nixcmd.Message{At: at, Level: nixcmd.LevelWarn, Text: "warning: " + strings.Join(words[2:], " ")})
		default:
			t.Fatalf("%s: what is %s?", l, words[1])
		}
	}
}

const (
	drvA = "/nix/store/00000000000000000000000000000000-a.drv"
	drvB = "/nix/store/00000000000000000000000000000000-b.drv"
	drvC = "/nix/store/00000000000000000000000000000000-c.drv"
)

func exit(code int) *int { return &code }

func finish(t *testing.T, text string, end Ending) Report {
	t.Helper()
	a := NewAccount(epoch)
	script(t, a, text)
	return a.Finish(end)
}

func TestClassesAddUp(t *testing.T) {
	r := finish(t, `
		0.5 start 1 text -- evaluating derivation 'x'
		1   start 2 text -- copying '/src' to the store
		1.5 stop 2
		2   start 3 transfer http://cache/file
		2.25 stop 3
		3   stop 1
		3.5 start 10 realise
		3.5 start 11 builds
		3.5 start 12 paths
		4   start 13 waiting -- waiting for a machine
		5   start 20 build `+drvA+` ""
		5   count 11 0 1 1 0
		6   start 21 substitute /nix/store/x http://cache
		7   stop 13
		7   stop 20
		8   stop 21
		9   stop 12
		9   stop 11
		9   stop 10
	`, Ending{At: epoch.Add(10 * time.Second), ExitCode: exit(0)})
	want := map[string]float64{
		"wall": 10,
		// From the start to the realisation, without what goes before evaluating.
		"eval": 3.5 - 0.5 - 0.25, "copy": 0.5, "fetch": 0.25 + 1, "build": 2, "wait": 1,
		// Nothing from 3.5 to 4, from 8 to 9, and after the realisation.
		"unaccounted": 0.5 + 1 + 1,
	}
	got := map[string]float64{
		"wall": r.WallSeconds, "eval": r.EvalSeconds, "copy": r.CopySeconds, "fetch": r.FetchSeconds,
		"build": r.BuildSeconds, "wait": r.WaitSeconds, "unaccounted": r.UnaccountedSeconds,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Evaluation in Nix 2.8 has no activity: it is the time before a realisation,
// also between two of them.
func TestEvaluationWithoutActivity(t *testing.T) {
	r := finish(t, `
		2 start 10 realise
		3 stop 10
		7 start 20 realise
		8 stop 20
	`, Ending{At: epoch.Add(9 * time.Second)})
	if r.EvalSeconds != 6 || r.UnaccountedSeconds != 3 {
		t.Errorf("eval %g, unaccounted %g, want 6 and 3", r.EvalSeconds, r.UnaccountedSeconds)
	}
	failed := finish(t, `4 error no such attribute`, Ending{At: epoch.Add(5 * time.Second), ExitCode: exit(1)})
	if failed.EvalSeconds != 5 || failed.Status != Failed || !slices.Equal(failed.Errors, []string{"no such attribute"}) {
		t.Errorf("a failed evaluation: %+v", failed)
	}
}

func TestTimeThatRunsBackwards(t *testing.T) {
	r := finish(t, `
		3 start 10 realise
		1 start 20 build `+drvA+` ""
		2 phase 20 buildPhase
		5 stop 20
		5 stop 10
	`, Ending{At: epoch, ExitCode: exit(0)})
	if r.WallSeconds != 5 || r.BuildSeconds != 2 || r.Derivations[0].Seconds != 2 || r.Derivations[0].Phases[0].Seconds != 2 {
		t.Errorf("%+v", r)
	}
}

const twoBuilds = `
	1 start 10 realise
	1 start 11 builds
	1 count 11 0 2 0 0
	1 start 20 build ` + drvA + ` ""
	1 count 11 0 2 1 0
	1 start 21 build ` + drvB + ` ""
	1 count 11 0 2 2 0
	1 phase 20 buildPhase
	1 phase 21 buildPhase
`

// took is how long each derivation took, by name.
func took(r Report) map[string]float64 {
	seconds := map[string]float64{}
	for _, d := range r.Derivations {
		seconds[d.Name] = d.Seconds
	}
	return seconds
}

func became(r Report) map[string]Disposition {
	dispositions := map[string]Disposition{}
	for _, d := range r.Derivations {
		dispositions[d.Name] = d.Disposition
	}
	return dispositions
}

// Older Nix leaves the activities of wanted derivations open to the end.
func TestEndsOfBuildsThatStopLate(t *testing.T) {
	tests := []struct {
		name, stream string
		want         map[string]float64
	}{
		{"the other one goes on", `
			3 count 11 1 2 1 0
			4 log 20 more
			5 count 11 2 2 0 0
		`, map[string]float64{"b": 2, "a": 4}},
		{"neither is heard of: the one heard of last", `
			2 log 20 more
			3 count 11 1 2 1 0
			5 count 11 2 2 0 0
		`, map[string]float64{"a": 2, "b": 4}},
		{"both at once", `
			3 count 11 1 2 1 0
			3 count 11 2 2 0 0
		`, map[string]float64{"a": 2, "b": 2}},
		{"a third begins in the slot", `
			3 count 11 1 3 1 0
			3 start 22 build ` + drvC + ` ""
			3 count 11 1 3 2 0
			4 log 21 more
			4 count 11 2 3 1 0
			5 count 11 3 3 0 0
		`, map[string]float64{"a": 2, "b": 3, "c": 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := finish(t, twoBuilds+test.stream+`
				9 stop 20
				9 stop 21
				9 stop 22
				9 stop 11
				9 stop 10
			`, Ending{})
			if got := took(r); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			last := slices.Max(slices.Collect(func(yield func(float64) bool) {
				for _, s := range test.want {
					yield(s)
				}
			}))
			if r.Status != Succeeded || r.BuildSeconds < last {
				t.Errorf("status %s, build %g", r.Status, r.BuildSeconds)
			}
		})
	}
}

// The stop that follows a count says which build it was of.
func TestStopFollowsCount(t *testing.T) {
	var changes recorded
	a := NewAccount(epoch)
	a.Observer = &changes
	script(t, a, twoBuilds+`
		3 count 11 1 2 1 0
		3 stop 20
		4 count 11 1 2 0 1
		4 error builder for '`+drvB+`' failed with exit code 7
		4 stop 21
	`)
	want := []Change{
		BuildEnded{At: epoch.Add(3 * time.Second), Derivation: drvA, Took: 2 * time.Second, Outcome: CountedDone},
		BuildEnded{At: epoch.Add(4 * time.Second), Derivation: drvB, Took: 3 * time.Second, Outcome: CountedFailed},
	}
	if got := changes.of(BuildEnded{}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	r := a.Finish(Ending{ExitCode: exit(1)})
	if f := r.Derivations[1].Failure; f == nil || f.ExitCode != 7 || f.Kind != FailureExit {
		t.Errorf("failure %+v", f)
	}
}

// Lix stops the activity first, and counts up to fifty times a second.
func TestCountFollowsStop(t *testing.T) {
	r := finish(t, twoBuilds+`
		3 stop 20
		4 stop 21
		4.02 count 11 1 1 0 1
		5 stop 11
		5 stop 10
		5 error builder for '`+drvA+`' failed with exit code 1
	`, Ending{})
	if want := (map[string]Disposition{"a": DispositionFailed, "b": DispositionBuilt}); !reflect.DeepEqual(became(r), want) {
		t.Errorf("got %v, want %v", became(r), want)
	}
	if r.Status != Failed {
		t.Errorf("status %s", r.Status)
	}

	uncounted := twoBuilds + `
		3 stop 20
		4 stop 21
		5 stop 11
		5 stop 10
	`
	if r := finish(t, uncounted, Ending{}); r.Status != Incomplete {
		t.Errorf("last builds not counted: %s", r.Status)
	}
	if r := finish(t, uncounted, Ending{ExitCode: exit(0)}); r.Status != Succeeded || became(r)["b"] != DispositionBuilt {
		t.Errorf("last builds not counted, exit code 0: %s, %v", r.Status, became(r))
	}
}

// Nix 2.8 says nothing of a wanted derivation whose failure stops others.
func TestBlameOfAFailureThatNobodyNames(t *testing.T) {
	r := finish(t, twoBuilds+`
		2 log 20 begun
		3 log 21 FAIL
		4 count 11 0 1 1 1
		4 stop 20
		4.5 stop 21
		5 stop 11
		5 stop 10
	`, Ending{})
	if want := (map[string]Disposition{"a": DispositionInterrupted, "b": DispositionFailed}); !reflect.DeepEqual(became(r), want) {
		t.Errorf("got %v, want %v", became(r), want)
	}
	if want := (map[string]float64{"a": 3.5, "b": 3}); !reflect.DeepEqual(took(r), want) {
		t.Errorf("took %v, want %v", took(r), want)
	}
}

func TestInterrupt(t *testing.T) {
	stream := twoBuilds + `
		3 count 11 1 2 1 0
		3 stop 20
		4 stop 21
	`
	want := map[string]Disposition{"a": DispositionBuilt, "b": DispositionInterrupted}
	for name, end := range map[string]Ending{
		"said by the caller":   {Interrupted: true},
		"with Nix's exit code": {Interrupted: true, ExitCode: exit(1)},
	} {
		if r := finish(t, stream, end); r.Status != Interrupted || !reflect.DeepEqual(became(r), want) {
			t.Errorf("%s: %s, %v", name, r.Status, became(r))
		}
	}
	if r := finish(t, stream+"5 error interrupted by the user", Ending{ExitCode: exit(1)}); r.Status != Interrupted || len(r.Errors) > 0 {
		t.Errorf("said by Nix: %s, %v", r.Status, r.Errors)
	}
	if r := finish(t, stream, Ending{Interrupted: true, ExitCode: exit(0)}); r.Status != Succeeded {
		t.Errorf("asked for too late: %s", r.Status)
	}
	open := finish(t, twoBuilds, Ending{At: epoch.Add(6 * time.Second), Interrupted: true})
	if want := (map[string]float64{"a": 5, "b": 5}); !reflect.DeepEqual(took(open), want) {
		t.Errorf("still open: took %v, want %v", took(open), want)
	}
	if p := open.Derivations[0].Phases; len(p) != 1 || p[0].Seconds != 5 {
		t.Errorf("still open: phases %v", p)
	}
}

// store is a [Store] of a few derivations.
type store struct {
	needs, outputs map[string][]string
	valid          map[string]bool
}

func (s store) Needs(d string) ([]string, bool) { n, ok := s.needs[d]; return n, ok }
func (s store) Outputs(d string) []string       { return s.outputs[d] }
func (s store) Valid(d string) (bool, bool)     { v, ok := s.valid[d]; return v, ok }

func TestWanted(t *testing.T) {
	nothing := `
		1 start 10 realise
		1 start 11 builds
		1 count 11 0 1 0 0
		2 stop 11
		2 stop 10
	`
	r := finish(t, nothing, Ending{ExitCode: exit(0), Wanted: []string{drvA, drvA, drvB}})
	if want := (map[string]Disposition{"a": DispositionPresent, "b": DispositionPresent}); !reflect.DeepEqual(became(r), want) || len(r.Derivations) != 2 {
		t.Errorf("got %v, want %v", became(r), want)
	}
	known := store{valid: map[string]bool{drvA: true, drvB: false}}
	r = finish(t, nothing, Ending{ExitCode: exit(1), Wanted: []string{drvA, drvB, drvC}, Store: known})
	if want := (map[string]Disposition{"a": DispositionPresent}); !reflect.DeepEqual(became(r), want) {
		t.Errorf("failed run: got %v, want %v", became(r), want)
	}
}

const fetches = `
	1 start 10 realise
	1 start 11 builds
	1 start 12 paths
	1 count 11 0 1 0 0
	1 count 12 0 3 2 0
	2 start 20 substitute /nix/store/00000000000000000000000000000000-a http://one
	2 start 21 substitute /nix/store/00000000000000000000000000000000-a-dev http://one
	3 stop 20
	3 count 12 1 3 1 0
	5 stop 21
	5 count 12 1 3 0 0
	5 start 22 substitute /nix/store/00000000000000000000000000000000-a-dev http://two
	5 count 12 1 3 1 0
	6 stop 22
	6 count 12 2 3 0 0
	6 start 23 substitute /nix/store/00000000000000000000000000000000-b http://one
	6 count 12 2 3 1 0
	7 stop 23
	7 count 12 2 3 0 0
	7 start 24 build ` + drvB + ` ""
	7 count 11 0 1 1 0
	9 count 11 1 1 0 0
	9 stop 24
	9 stop 12
	9 stop 11
	9 stop 10
`

// A path that one cache does not give may come from the next, or be built.
func TestFetches(t *testing.T) {
	r := finish(t, fetches, Ending{})
	want := []Fetch{
		{Path: "/nix/store/00000000000000000000000000000000-a", From: "http://one", StartSeconds: 2, Seconds: 1},
		{Path: "/nix/store/00000000000000000000000000000000-a-dev", From: "http://two", StartSeconds: 5, Seconds: 1},
	}
	if !reflect.DeepEqual(r.Fetched, want) {
		t.Errorf("fetched %v", r.Fetched)
	}
	if want := (map[string]Disposition{"a": DispositionSubstituted, "a-dev": DispositionSubstituted, "b": DispositionBuilt}); !reflect.DeepEqual(became(r), want) {
		t.Errorf("got %v, want %v", became(r), want)
	}
	if r.FetchSeconds != 5 {
		t.Errorf("%g s spent on fetching, want 5", r.FetchSeconds)
	}

	r = finish(t, fetches, Ending{Wanted: []string{drvB}, Store: store{
		needs: map[string][]string{drvB: {drvA}},
		outputs: map[string][]string{
			drvA: {"/nix/store/00000000000000000000000000000000-a", "/nix/store/00000000000000000000000000000000-a-dev"},
		},
	}})
	if want := (map[string]float64{"a": 4, "b": 2}); !reflect.DeepEqual(took(r), want) {
		t.Errorf("with owners: took %v, want %v", took(r), want)
	}
	if !slices.Equal(r.CriticalPath, []string{drvA, drvB}) {
		t.Errorf("critical path %v", r.CriticalPath)
	}
}

func TestCriticalPath(t *testing.T) {
	stream := `
		0 start 10 realise
		0 start 20 build ` + drvA + ` ""
		0 start 21 build ` + drvB + ` ""
		2 stop 20
		5 stop 21
		5 start 22 build ` + drvC + ` ""
		6 stop 22
		6 stop 10
	`
	if r := finish(t, stream, Ending{}); !slices.Equal(r.CriticalPath, []string{drvB, drvC}) {
		t.Errorf("by time: %v", r.CriticalPath)
	}
	// c has waited for b's slot, but it needs a.
	needs := store{needs: map[string][]string{drvC: {drvA}, drvA: {}, drvB: {}}}
	if r := finish(t, stream, Ending{Store: needs}); !slices.Equal(r.CriticalPath, []string{drvA, drvC}) {
		t.Errorf("by need: %v", r.CriticalPath)
	}
	cyclic := store{needs: map[string][]string{drvC: {drvC, drvB}, drvB: {drvC, drvB}}}
	if r := finish(t, stream, Ending{Store: cyclic}); !slices.Equal(r.CriticalPath, []string{drvB, drvC}) {
		t.Errorf("by needs that go in circles: %v", r.CriticalPath)
	}
}

func TestStatusOfTheStreamAlone(t *testing.T) {
	tests := []struct {
		name, stream string
		want         Status
	}{
		{"nothing", ``, Incomplete},
		{"an error of its own", `1 error no`, Failed},
		{"an evaluation", `
			1 start 1 text -- evaluating derivation 'x'
			2 stop 1
		`, Incomplete},
		{"an open activity", `
			1 start 10 realise
			1 start 11 builds
			1 count 11 0 1 0 0
			2 stop 11
		`, Incomplete},
		{"everything present", `
			1 start 10 realise
			1 start 11 builds
			1 count 11 0 1 0 0
			2 count 11 0 0 0 0
			2 stop 11
			2 stop 10
		`, Succeeded},
		{"something built while evaluating", `
			1 start 1 text -- evaluating derivation 'x'
			1 start 10 realise
			1 start 11 builds
			1 count 11 0 1 0 0
			2 stop 11
			2 stop 10
			3 stop 1
		`, Incomplete},
	}
	for _, test := range tests {
		a := NewAccount(epoch)
		if test.stream != "" {
			script(t, a, test.stream)
		}
		if r := a.Finish(Ending{}); r.Status != test.want {
			t.Errorf("%s: %s, want %s", test.name, r.Status, test.want)
		}
	}
	a := NewAccount(epoch)
	script(t, a, tests[4].stream)
	a.Add(nixcmd.Malformed{At: epoch.Add(3 * time.Second), Text: `@nix {"acti`})
	if r := a.Finish(Ending{}); r.Status != Incomplete {
		t.Errorf("a record cut off: %s", r.Status)
	}
}

// A remote build's far end may come back as another activity, without machine;
// it is one derivation.
func TestRemoteBuild(t *testing.T) {
	var changes recorded
	a := NewAccount(epoch)
	a.Observer = &changes
	script(t, a, `
		0 start 10 realise
		0 start 11 builds
		0 start 20 build `+drvA+` ssh-ng://mac
		0 count 11 0 1 1 0
		2 start 30 realise
		2 start 31 builds
		2 start 40 build `+drvA+` ""
		2 count 31 0 1 1 0
		3 phase 40 buildPhase
		5 log 40 done
		6 count 31 1 1 0 0
		6 stop 40
		6 stop 31
		6 stop 30
		9 count 11 1 1 0 0
		9 stop 20
		9 stop 11
		9 stop 10
	`)
	r := a.Finish(Ending{})
	want := Derivation{
		Derivation: drvA, Name: "a", Disposition: DispositionBuilt, Machine: "ssh-ng://mac", Seconds: 9,
		Phases: []Phase{{"buildPhase", 3, 3}}, LogTail: []string{"done"}, FailedTests: []string{},
		Remote: &Remote{SendSeconds: 2, BuildSeconds: 4, ReceiveSeconds: 3},
	}
	if len(r.Derivations) != 1 || !reflect.DeepEqual(r.Derivations[0], want) {
		t.Errorf("got %+v", r.Derivations)
	}
	if r.Status != Succeeded || r.BuildSeconds != 9 {
		t.Errorf("status %s, build %g", r.Status, r.BuildSeconds)
	}
	if n := len(changes.of(BuildStarted{})) + len(changes.of(BuildEnded{})); n != 2 {
		t.Errorf("%d changes of builds, want its start and its end", n)
	}
}

func TestPhasesThatRepeat(t *testing.T) {
	r := finish(t, `
		0 start 20 build `+drvA+` ""
		1 phase 20 buildPhase
		2 phase 20 checkPhase
		4 phase 20 buildPhase
		7 stop 20
	`, Ending{ExitCode: exit(0)})
	if want := []Phase{{"buildPhase", 1, 4}, {"checkPhase", 2, 2}}; !reflect.DeepEqual(r.Derivations[0].Phases, want) {
		t.Errorf("got %v, want %v", r.Derivations[0].Phases, want)
	}
}

// A build can print what it likes; an account stays small and printable.
func TestBoundedAndPrintable(t *testing.T) {
	a := NewAccount(epoch)
	a.Add(nixcmd.Start{At: epoch, ID: 1, Type: nixcmd.ActivityBuild, Fields: nixcmd.Fields{{Text: drvA}, {}}})
	long := strings.Repeat("x", 1<<20)
	for i := range 300 {
		text := fmt.Sprintf("\x1b[31m%d\x07 %s", i, long)
		a.Add(nixcmd.Result{At: epoch, ID: 1, Type: nixcmd.ResultLogLine, Fields: nixcmd.Fields{{Text: text}}})
		a.Add(nixcmd.Result{At: epoch, ID: 1, Type: nixcmd.ResultSetPhase, Fields: nixcmd.Fields{{Text: text}}})
		a.Add(nixcmd.Message{At: epoch, Level: nixcmd.LevelWarn, Text: "warning: " + text})
		a.Add(nixcmd.Message{At: epoch, Text: text, Raw: text})
		a.Add(nixcmd.Line{At: epoch, Text: text})
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 32<<20 {
		t.Errorf("%d MiB on the heap", m.HeapAlloc>>20)
	}
	r := a.Finish(Ending{ExitCode: exit(1)})
	d := r.Derivations[0]
	if len(d.LogTail) != DefaultLogTail || len(d.Phases) > maxPhases || len(r.Warnings) > maxMessages || len(r.Errors) > maxMessages {
		t.Errorf("%d lines, %d phases, %d warnings, %d errors", len(d.LogTail), len(d.Phases), len(r.Warnings), len(r.Errors))
	}
	if !strings.HasPrefix(d.LogTail[0], "275 xxx") || !strings.HasPrefix(d.LogTail[24], "299 xxx") {
		t.Errorf("log from %.10q to %.10q", d.LogTail[0], d.LogTail[24])
	}
	text, err := json.Marshal(r)
	if err != nil || strings.Contains(string(text), `\u001b`) || strings.Contains(string(text), `\u0007`) {
		t.Errorf("not printable: %v", err)
	}
}

func TestName(t *testing.T) {
	for path, want := range map[string]string{
		drvA: "a",
		"/nix/store/0q6181cm7rji19vyqmkfh60zbk242xfr-phases-1.0.drv": "phases-1.0",
		"/nix/store/0q6181cm7rji19vyqmkfh60zbk242xfr-phases-1.0":     "phases-1.0",
		"/gnu/store/short-name.drv":                                  "short-name",
		"":                                                           "",
		"/":                                                          "",
	} {
		if got := Name(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
