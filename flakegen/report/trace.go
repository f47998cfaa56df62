package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Trace writes a build in the Trace Event Format of Chrome, which Perfetto reads:
// a process for each machine, a thread for each slot of it, a complete event for
// each build with its phases nested in it, and one for each fetched path. Arrows
// lead along the critical path. Two counters say how many builds and fetches ran;
// the account of the whole run is in the arguments of the event "run".
func Trace(w io.Writer, record history.Record) error {
	t := &trace{r: record.Report}
	t.run(record)
	for i, p := range layOut(t.r) {
		t.place(i+2, p)
	}
	t.arrows()
	t.counter("builds running", t.ran(false))
	t.counter("paths being fetched", t.ran(true))
	return t.write(w)
}

// traceEvent is an event of the format. Times are in microseconds from the start
// of the run.
type traceEvent struct {
	Name     string         `json:"name"`
	Category string         `json:"cat,omitempty"`
	Phase    string         `json:"ph"`
	Time     micros         `json:"ts"`
	Duration *micros        `json:"dur,omitempty"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	ID       int            `json:"id,omitempty"`
	Bind     string         `json:"bp,omitempty"`
	Args     map[string]any `json:"args,omitempty"`
}

// The phases of the format that are used here.
const (
	traceComplete = "X"
	traceMetadata = "M"
	traceCounter  = "C"
	traceFlowFrom = "s"
	traceFlowTo   = "f"
)

// runProcess is the process of the run as a whole.
const runProcess = 1

type trace struct {
	r      timing.Report
	events []traceEvent
	// drawn is where the steps of the critical path are, by derivation.
	drawn map[string]traceEvent
}

func (t *trace) name(process, thread, order int, what, name string) {
	args := func(key string, value any) map[string]any { return map[string]any{key: value} }
	t.events = append(t.events,
		traceEvent{Name: what + "_name", Phase: traceMetadata, Process: process, Thread: thread, Args: args("name", name)},
		traceEvent{Name: what + "_sort_index", Phase: traceMetadata, Process: process, Thread: thread, Args: args("sort_index", order)})
}

func (t *trace) complete(e traceEvent, end micros) traceEvent {
	took := end - e.Time
	e.Phase, e.Duration = traceComplete, &took
	t.events = append(t.events, e)
	return e
}

func (t *trace) run(record history.Record) {
	t.name(runProcess, 0, 0, "process", "run of Nix")
	t.name(runProcess, 1, 0, "thread", "whole run")
	args := map[string]any{"status": string(t.r.Status)}
	for _, part := range classesOf(t.r) {
		args[part.field+"_seconds"] = part.seconds
	}
	for key, value := range map[string]string{
		"project": record.Project, "commit": record.Commit, "host": record.Host, "nix": t.r.Nix.Version,
	} {
		if value != "" {
			args[key] = single(value)
		}
	}
	t.complete(traceEvent{Name: "run", Category: "run", Process: runProcess, Thread: 1, Args: args}, microsOf(t.r.WallSeconds))
}

func (t *trace) place(process int, p place) {
	name := "this machine"
	switch {
	case p.fetches:
		name = "fetches"
	case p.machine != "":
		name = host(p.machine)
	}
	t.name(process, 0, process, "process", name)
	for i, s := range p.slots {
		thread := i + 1
		t.name(process, thread, thread, "thread", fmt.Sprintf("slot %d", thread))
		for _, j := range s {
			if j.fetch >= 0 {
				t.fetch(process, thread, j)
			} else {
				t.build(process, thread, j)
			}
		}
	}
}

func (t *trace) build(process, thread int, j job) {
	d := t.r.Derivations[j.derivation]
	args := map[string]any{
		"derivation": single(d.Derivation), "disposition": string(d.Disposition), "seconds": d.Seconds,
		"critical path": j.critical,
	}
	if d.System != "" {
		args["system"] = single(d.System)
	}
	if d.Failure != nil {
		args["failure"] = single(d.Failure.Reason)
	}
	category := "build"
	if j.critical {
		category += ",critical"
	}
	event := t.complete(traceEvent{Name: single(d.Name), Category: category, Time: j.start, Process: process, Thread: thread, Args: args}, j.end)
	if j.critical {
		t.draw(d.Derivation, event)
	}
	for _, s := range spans(j, d) {
		t.complete(traceEvent{
			Name: single(s.name), Category: "phase", Time: s.start, Process: process, Thread: thread,
			Args: map[string]any{"seconds": s.seconds},
		}, s.end)
	}
}

func (t *trace) fetch(process, thread int, j job) {
	f := t.r.Fetched[j.fetch]
	category := "fetch"
	if j.critical {
		category += ",critical"
	}
	t.complete(traceEvent{
		Name: storeName(f.Path), Category: category, Time: j.start, Process: process, Thread: thread,
		Args: map[string]any{"path": single(f.Path), "from": single(f.From), "seconds": f.Seconds, "critical path": j.critical},
	}, j.end)
}

func (t *trace) draw(derivation string, e traceEvent) {
	if t.drawn == nil {
		t.drawn = map[string]traceEvent{}
	}
	t.drawn[derivation] = e
}

// arrows lead from each step of the critical path to the next. Each has an id of
// its own and begins within the one event and ends within the other, which is
// what the format binds it by.
func (t *trace) arrows() {
	var steps []traceEvent
	for _, path := range t.r.CriticalPath {
		if e, ok := t.drawn[path]; ok {
			steps = append(steps, e)
		}
	}
	for i := 1; i < len(steps); i++ {
		from, to := steps[i-1], steps[i]
		if to.Time < from.Time {
			continue // an arrow cannot lead back in time
		}
		arrow := traceEvent{Name: "critical path", Category: "critical", ID: i}
		arrow.Phase, arrow.Process, arrow.Thread = traceFlowFrom, from.Process, from.Thread
		arrow.Time = max(from.Time, min(to.Time, from.Time+*from.Duration-1))
		t.events = append(t.events, arrow)
		arrow.Phase, arrow.Process, arrow.Thread, arrow.Time, arrow.Bind = traceFlowTo, to.Process, to.Thread, to.Time, "e"
		t.events = append(t.events, arrow)
	}
}

// ran are the jobs of the run: its fetches, or its builds.
func (t *trace) ran(fetches bool) []job {
	var list []job
	for _, p := range layOut(t.r) {
		if p.fetches == fetches {
			for _, s := range p.slots {
				list = append(list, s...)
			}
		}
	}
	return list
}

// counter counts how many jobs ran, at each moment that this changed.
func (t *trace) counter(name string, jobs []job) {
	if len(jobs) == 0 {
		return
	}
	changes := map[micros]int{0: 0}
	for _, j := range jobs {
		changes[j.start]++
		changes[j.end]--
	}
	moments := make([]micros, 0, len(changes))
	for at := range changes {
		moments = append(moments, at)
	}
	slices.Sort(moments)
	running := 0
	for _, at := range moments {
		running += changes[at]
		t.events = append(t.events, traceEvent{
			Name: name, Phase: traceCounter, Time: at, Process: runProcess, Args: map[string]any{"running": running},
		})
	}
}

// write puts the metadata first, then the events by their time; an event that holds
// others goes before them.
func (t *trace) write(w io.Writer) error {
	slices.SortStableFunc(t.events, func(a, b traceEvent) int {
		if a.Phase == traceMetadata || b.Phase == traceMetadata {
			return cmp.Compare(order(a), order(b))
		}
		return cmp.Compare(a.Time, b.Time)
	})
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")
	for i, e := range t.events {
		if i > 0 {
			out.WriteByte(',')
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	fmt.Fprint(out, "\n]}\n")
	return out.Flush()
}

func order(e traceEvent) int {
	if e.Phase == traceMetadata {
		return 0
	}
	return 1
}
