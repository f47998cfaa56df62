package report

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// micros is a moment of a run or a span of its time, in microseconds. Whole
// numbers compare exactly.
type micros int64

func microsOf(seconds float64) micros { return micros(math.Round(seconds * 1e6)) }

// job is something that ran for a time: a build or a fetch.
type job struct {
	// derivation is the index in the report's derivations of a build, otherwise -1.
	derivation int
	// fetch is the index in the report's fetched paths, otherwise -1.
	fetch      int
	start, end micros
	critical   bool
}

// slot is a row of jobs of which no two ran at once.
type slot []job

// place is where jobs ran.
type place struct {
	// machine is the store URI of a builder; empty for this machine.
	machine string
	// fetches says that the jobs are fetches, which run on no machine.
	fetches bool
	slots   []slot
}

// lapse is by how much two jobs of one slot may overlap: times are rounded to the
// millisecond, each by itself.
const lapse = micros(2000)

// layOut lays the jobs of a run out in slots: those of this machine, then those of
// each builder in the order in which they began, then the fetches. The number of
// slots is how many jobs ran at once, which is what can be known of how many
// there are.
func layOut(r timing.Report) []place {
	critical := criticalSet(r)
	byMachine := map[string]int{}
	var list []place
	jobs := [][]job{}
	add := func(p place, j job) {
		key := p.machine
		if p.fetches {
			key = "\x00fetches"
		}
		at, ok := byMachine[key]
		if !ok {
			at = len(list)
			byMachine[key] = at
			list, jobs = append(list, p), append(jobs, nil)
		}
		jobs[at] = append(jobs[at], j)
	}
	for _, i := range begun(r) {
		d := r.Derivations[i]
		start := microsOf(d.StartSeconds)
		add(place{machine: d.Machine}, job{
			derivation: i, fetch: -1, start: start, end: start + microsOf(d.Seconds), critical: critical[d.Derivation],
		})
	}
	onPath := criticalFetches(r, critical)
	for i, f := range r.Fetched {
		start := microsOf(f.StartSeconds)
		add(place{fetches: true}, job{
			derivation: -1, fetch: i, start: start, end: start + microsOf(f.Seconds), critical: onPath[i],
		})
	}
	for i := range list {
		list[i].slots = pack(jobs[i])
	}
	slices.SortStableFunc(list, func(a, b place) int { return cmp.Compare(a.rank(), b.rank()) })
	return list
}

func (p place) rank() int {
	switch {
	case p.fetches:
		return 2
	case p.machine != "":
		return 1
	}
	return 0
}

// begun are the indices of the derivations that were built, at least for a while,
// by their start.
func begun(r timing.Report) []int {
	var list []int
	for i, d := range r.Derivations {
		switch d.Disposition {
		case timing.DispositionBuilt, timing.DispositionFailed, timing.DispositionInterrupted:
			if d.StartSeconds > 0 || d.Seconds > 0 {
				list = append(list, i)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Compare(r.Derivations[a].StartSeconds, r.Derivations[b].StartSeconds)
	})
	return list
}

// criticalSet are the derivations on the critical path.
func criticalSet(r timing.Report) map[string]bool {
	set := make(map[string]bool, len(r.CriticalPath))
	for _, path := range r.CriticalPath {
		set[path] = true
	}
	return set
}

// criticalFetches are the fetches that a fetched derivation on the critical path
// stands for: that of its name which began when it did.
func criticalFetches(r timing.Report, critical map[string]bool) map[int]bool {
	type key struct {
		name  string
		start micros
	}
	on := map[key]bool{}
	for _, d := range r.Derivations {
		if d.Disposition == timing.DispositionSubstituted && critical[d.Derivation] {
			on[key{d.Name, microsOf(d.StartSeconds)}] = true
		}
	}
	set := map[int]bool{}
	for i, f := range r.Fetched {
		if on[key{timing.Name(f.Path), microsOf(f.StartSeconds)}] {
			set[i] = true
		}
	}
	return set
}

// pack lays jobs out in as few slots as they need, each in the first that is free.
func pack(jobs []job) []slot {
	slices.SortStableFunc(jobs, func(a, b job) int { return cmp.Compare(a.start, b.start) })
	var slots []slot
	busy := &slotHeap{less: func(a, b busySlot) bool { return a.until < b.until }}
	free := &slotHeap{less: func(a, b busySlot) bool { return a.slot < b.slot }}
	for _, j := range jobs {
		for len(busy.list) > 0 && busy.list[0].until <= j.start+lapse {
			heap.Push(free, heap.Pop(busy))
		}
		at := len(slots)
		if len(free.list) > 0 {
			f := heap.Pop(free).(busySlot)
			at = f.slot
			j.start = max(j.start, f.until)
			j.end = max(j.end, j.start)
		} else {
			slots = append(slots, nil)
		}
		slots[at] = append(slots[at], j)
		heap.Push(busy, busySlot{at, j.end})
	}
	return slots
}

type busySlot struct {
	slot  int
	until micros
}

type slotHeap struct {
	list []busySlot
	less func(a, b busySlot) bool
}

func (h *slotHeap) Len() int           { return len(h.list) }
func (h *slotHeap) Less(i, j int) bool { return h.less(h.list[i], h.list[j]) }
func (h *slotHeap) Swap(i, j int)      { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *slotHeap) Push(x any)         { h.list = append(h.list, x.(busySlot)) }
func (h *slotHeap) Pop() any {
	last := h.list[len(h.list)-1]
	h.list = h.list[:len(h.list)-1]
	return last
}

// span is a phase as it is drawn: within its build, and ending where the next one
// begins. A phase that a build entered again has its first time here and all of
// its time in the report.
type span struct {
	name       string
	start, end micros
	seconds    float64 // all of its time
}

// spans are the phases of the derivation of a job.
func spans(j job, d timing.Derivation) []span {
	list := make([]span, 0, len(d.Phases))
	if j.end <= j.start {
		return list
	}
	phases := slices.Clone(d.Phases)
	slices.SortStableFunc(phases, func(a, b timing.Phase) int { return cmp.Compare(a.StartSeconds, b.StartSeconds) })
	for _, p := range phases {
		s := span{name: p.Name, start: microsOf(p.StartSeconds), seconds: p.Seconds}
		// What begins when the build ends would be outside of it.
		s.start = min(max(s.start, j.start), j.end-1)
		s.end = min(s.start+microsOf(p.Seconds), j.end)
		if n := len(list); n > 0 {
			list[n-1].end = min(list[n-1].end, s.start)
		}
		list = append(list, s)
	}
	return list
}
