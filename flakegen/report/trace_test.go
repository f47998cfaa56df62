package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/history"
)

// parsedTrace is a trace as a viewer reads it.
type parsedTrace struct {
	DisplayTimeUnit string        `json:"displayTimeUnit"`
	TraceEvents     []parsedEvent `json:"traceEvents"`
}

type parsedEvent struct {
	Name, Cat, Ph, Bp string
	Ts, Dur           *int64
	Pid, Tid, ID      int
	Args              map[string]any
}

func (e parsedEvent) end() int64 { return *e.Ts + *e.Dur }

func traceOf(t *testing.T, record history.Record) parsedTrace {
	t.Helper()
	var b bytes.Buffer
	if err := Trace(&b, record); err != nil {
		t.Fatal(err)
	}
	var trace parsedTrace
	decoder := json.NewDecoder(&b)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&trace); err != nil {
		t.Fatal(err)
	}
	return trace
}

// checkTrace holds a trace to what viewers ask of one: every event has its time,
// the events of a thread nest and do not otherwise overlap, every process and
// thread has a name, an arrow begins and ends within an event, and time in the
// file does not run backwards.
func checkTrace(t *testing.T, trace parsedTrace) {
	t.Helper()
	type thread struct{ process, thread int }
	open := map[thread][]parsedEvent{}
	complete := map[thread][]parsedEvent{}
	named := map[string]bool{}
	arrows := map[int][]parsedEvent{}
	last := int64(0)
	for _, e := range trace.TraceEvents {
		if e.Ts == nil || *e.Ts < 0 {
			t.Fatalf("%s has no time", e.Name)
		}
		at := thread{e.Pid, e.Tid}
		switch e.Ph {
		case "M":
			if e.Name == "process_name" || e.Name == "thread_name" {
				if name, _ := e.Args["name"].(string); name == "" {
					t.Errorf("%s of %d without a name", e.Name, e.Pid)
				}
				named[fmt.Sprint(e.Name, e.Pid, e.Tid)] = true
			}
			continue
		case "X":
			if e.Dur == nil || *e.Dur < 0 {
				t.Fatalf("%s has no duration", e.Name)
			}
			stack := open[at]
			for len(stack) > 0 && stack[len(stack)-1].end() <= *e.Ts {
				stack = stack[:len(stack)-1]
			}
			if len(stack) > 0 && e.end() > stack[len(stack)-1].end() {
				t.Errorf("%s from %d to %d overlaps %s, which ends at %d", e.Name, *e.Ts, e.end(), stack[len(stack)-1].Name, stack[len(stack)-1].end())
			}
			if (e.Cat == "phase") != (len(stack) > 0) {
				t.Errorf("%s (%s) is in %d others", e.Name, e.Cat, len(stack))
			}
			open[at] = append(stack, e)
			complete[at] = append(complete[at], e)
			if !named[fmt.Sprint("process_name", e.Pid, 0)] || !named[fmt.Sprint("thread_name", e.Pid, e.Tid)] {
				t.Errorf("%s is in a place without a name", e.Name)
			}
		case "s", "f":
			arrows[e.ID] = append(arrows[e.ID], e)
		case "C":
			if n, ok := e.Args["running"].(float64); !ok || n < 0 {
				t.Errorf("counter %s counts %v", e.Name, e.Args)
			}
		default:
			t.Errorf("event of kind %q", e.Ph)
		}
		if *e.Ts < last {
			t.Errorf("%s at %d is after one at %d", e.Name, *e.Ts, last)
		}
		last = *e.Ts
	}
	for id, ends := range arrows {
		if len(ends) != 2 || ends[0].Ph != "s" || ends[1].Ph != "f" || ends[1].Bp != "e" {
			t.Fatalf("arrow %d is %+v", id, ends)
		}
		for _, end := range ends {
			holds := func(e parsedEvent) bool {
				return *e.Ts <= *end.Ts && *end.Ts <= e.end() && e.Cat == "build,critical"
			}
			if !slices.ContainsFunc(complete[thread{end.Pid, end.Tid}], holds) {
				t.Errorf("arrow %d has an end at %d that is in no step of the critical path", id, *end.Ts)
			}
		}
	}
}

func TestTrace(t *testing.T) {
	tests := map[string]history.Record{
		"checked": recorded(t, "checked"), "darwin": recorded(t, "darwin"), "many": recorded(t, "many"), "failing": recorded(t, "failing"),
		"sample": {Report: sample()}, "hostile": hostile(), "large": large(3000), "empty": {},
	}
	for name, record := range tests {
		if name == "empty" {
			record.Report.Status = "succeeded"
		}
		t.Run(name, func(t *testing.T) {
			trace := traceOf(t, record)
			checkTrace(t, trace)
			builds, fetches := 0, 0
			for _, e := range trace.TraceEvents {
				switch {
				case strings.HasPrefix(e.Cat, "build"):
					builds++
				case strings.HasPrefix(e.Cat, "fetch"):
					fetches++
				}
			}
			if want := len(begun(record.Report)); builds != want {
				t.Errorf("%d builds, want %d", builds, want)
			}
			if want := len(record.Report.Fetched); fetches != want {
				t.Errorf("%d fetches, want %d", fetches, want)
			}
		})
	}
}

// The figures of one build, read by hand from its report: microseconds, and the
// phases within it.
func TestTraceFigures(t *testing.T) {
	trace := traceOf(t, recorded(t, "checked"))
	want := map[string][2]int64{
		"run": {0, 101875000}, "mini-rts": {4194000, 97661000},
		"buildPhase": {4361000, 32807000}, "checkPhase": {37168000, 64400000},
	}
	for _, e := range trace.TraceEvents {
		if w, ok := want[e.Name]; ok && e.Ph == "X" {
			if *e.Ts != w[0] || *e.Dur != w[1] {
				t.Errorf("%s from %d for %d, want %d", e.Name, *e.Ts, *e.Dur, w)
			}
			delete(want, e.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}
