// Package schedule says how long builds take together.
//
// The words of this package:
//
//   - task: a build, how long it takes, and which others it waits for.
//   - slot: what runs one task at a time, as max-jobs counts them.
package schedule

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// Task is a build in a schedule.
type Task struct {
	Takes time.Duration
	// Needs is how many tasks must end before it begins, Unlocks are the places of
	// those that need this one.
	Needs   int
	Unlocks []int
}

// Makespan is how long tasks take in a number of slots; the first ones run already.
// A free slot takes the first task that is ready. Tasks that need each other in a
// circle never begin. The Needs of the tasks are used up.
func Makespan(tasks []Task, running, slots int) time.Duration {
	var ready places
	var now time.Duration
	ends := make(moments, 0, slots)
	for i := range tasks {
		if i < running {
			ends = append(ends, moment{at: tasks[i].Takes, task: i})
		} else if tasks[i].Needs == 0 {
			ready = append(ready, i)
		}
	}
	heap.Init(&ends)
	heap.Init(&ready)
	for {
		for len(ends) < slots && len(ready) > 0 {
			i := heap.Pop(&ready).(int)
			heap.Push(&ends, moment{at: now + tasks[i].Takes, task: i})
		}
		if len(ends) == 0 {
			return now
		}
		ended := heap.Pop(&ends).(moment)
		now = ended.at
		for _, i := range tasks[ended.task].Unlocks {
			if tasks[i].Needs--; tasks[i].Needs == 0 {
				heap.Push(&ready, i)
			}
		}
	}
}

// LongestFirst is how long builds take in a number of slots where a free slot takes
// the longest one that is ready. Needs are the places of those that each waits for.
func LongestFirst(takes []time.Duration, needs [][]int, slots int) time.Duration {
	order := make([]int, len(takes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(takes[b], takes[a]) })
	place := make([]int, len(takes))
	for at, i := range order {
		place[i] = at
	}
	tasks := make([]Task, len(takes))
	for at, i := range order {
		tasks[at].Takes, tasks[at].Needs = takes[i], len(needs[i])
		for _, need := range needs[i] {
			tasks[place[need]].Unlocks = append(tasks[place[need]].Unlocks, at)
		}
	}
	return Makespan(tasks, 0, max(1, slots))
}

// places are tasks by their place in the order.
type places []int

func (p places) Len() int           { return len(p) }
func (p places) Less(i, j int) bool { return p[i] < p[j] }
func (p places) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *places) Push(x any)        { *p = append(*p, x.(int)) }
func (p *places) Pop() any          { return pop((*[]int)(p)) }

type moment struct {
	at   time.Duration
	task int
}

// moments are ends of tasks by their time.
type moments []moment

func (m moments) Len() int           { return len(m) }
func (m moments) Less(i, j int) bool { return m[i].at < m[j].at }
func (m moments) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)        { *m = append(*m, x.(moment)) }
func (m *moments) Pop() any          { return pop((*[]moment)(m)) }

func pop[T any](list *[]T) T {
	last := len(*list) - 1
	x := (*list)[last]
	*list = (*list)[:last]
	return x
}
