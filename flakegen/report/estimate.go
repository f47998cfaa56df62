package report

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/flakegen/flakegen/flakegen/schedule"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// estimate is how long a run still takes, from what its builds take usually.
type estimate struct {
	left time.Duration
	// unknown is how many builds it leaves out, because nothing is known of their
	// time, or because they have taken more than usual: with one, or with more to
	// be fetched, left is the least that it can be.
	unknown  int
	fetching bool
	known    bool // something is known
}

// String is empty where nothing is known.
func (e estimate) String() string {
	switch {
	case !e.known:
		return ""
	case e.unknown > 0 || e.fetching:
		return "at least " + roughly(e.left) + " left"
	}
	return "about " + roughly(e.left) + " left"
}

// leavesOut says what the estimate cannot know.
func (e estimate) leavesOut() string {
	if !e.known || e.unknown == 0 {
		return ""
	}
	return fmt.Sprintf("%d of unknown time", e.unknown)
}

// roughly rounds up to steps that an estimate can hold, so that it counts down
// calmly.
func roughly(d time.Duration) string {
	step := 5 * time.Second
	switch {
	case d > 10*time.Minute:
		step = time.Minute
	case d > 2*time.Minute:
		step = 30 * time.Second
	case d > time.Minute:
		step = 10 * time.Second
	}
	d = max(step, (d + step - 1).Truncate(step))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return minutes(d)
}

const (
	// estimateInterval is how long an estimate stands.
	estimateInterval = time.Second
	// maxEstimated is how many builds one is made of: a thousand take a
	// millisecond.
	maxEstimated = 5000
)

// outlook is what an estimate is made of beside the running builds.
type outlook struct {
	needs  Needs
	useful bool                // some usual time is known
	known  map[string][]string // of planned builds, what they need

	last estimate
	at   time.Time
}

// estimate is made of the running and the announced builds, as Nix would run
// them: as many at a time as have run so far, in the order of their names, none
// before what it needs.
func (p *progress) estimate(now time.Time) estimate {
	if p.usual == nil || p.doing == "evaluating" || len(p.running)+len(p.planned) > maxEstimated {
		return estimate{}
	}
	if age := now.Sub(p.outlook.at); !p.outlook.at.IsZero() && age >= 0 && age < estimateInterval {
		return p.outlook.last
	}
	p.outlook.at = now
	p.outlook.last = p.makeEstimate(now)
	return p.outlook.last
}

func (p *progress) makeEstimate(now time.Time) estimate {
	e := estimate{fetching: p.fetching(), unknown: p.waiting() - len(p.planned)}
	if !p.announced {
		e.unknown = p.waiting()
	}
	var tasks []schedule.Task
	place := map[string]int{}
	for _, b := range p.running {
		usually, elapsed := p.usually(b.derivation), now.Sub(b.began)
		left := usually - elapsed
		if usually == 0 || overdue(elapsed, usually) {
			e.unknown++
		} else {
			e.known = true
		}
		place[b.derivation] = len(tasks)
		tasks = append(tasks, schedule.Task{Takes: max(0, left)})
	}
	for _, derivation := range sortedKeys(p.planned) {
		takes := p.usually(derivation)
		if takes == 0 {
			e.unknown++
		}
		e.known = e.known || takes > 0
		place[derivation] = len(tasks)
		tasks = append(tasks, schedule.Task{Takes: takes, Needs: len(p.outlook.known[derivation])})
	}
	if len(p.unasked(1)) > 0 {
		return estimate{} // the needs are being read
	}
	for derivation, i := range place {
		for _, need := range p.outlook.known[derivation] {
			n, ok := place[need]
			if !ok || i < len(p.running) {
				tasks[i].Needs = max(0, tasks[i].Needs-1) // it is there
				continue
			}
			tasks[n].Unlocks = append(tasks[n].Unlocks, i)
		}
	}
	e.left = schedule.Makespan(tasks, len(p.running), max(1, p.most))
	return e
}

// sortedKeys are the derivations in the order of their names.
func sortedKeys(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for derivation := range set {
		list = append(list, derivation)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(timing.Name(a), timing.Name(b)), cmp.Compare(a, b)) })
	return list
}

// unasked are planned builds whose needs were not asked for, up to a number.
// Where no usual time is known there is no estimate that they could serve.
func (p *progress) unasked(limit int) []string {
	if p.outlook.needs == nil || !p.outlook.useful || len(p.outlook.known) >= maxEstimated {
		return nil
	}
	var list []string
	for derivation := range p.planned {
		if _, ok := p.outlook.known[derivation]; !ok {
			if list = append(list, derivation); len(list) == limit {
				break
			}
		}
	}
	return list
}

// asked is how many builds' needs are asked for at a time: files of a few
// kilobytes each.
const asked = 50

// askNeeds reads what some planned builds need, apart from the lock of the view:
// the stream does not wait for it. No two calls may run at a time.
func (p *progress) askNeeds(mu *sync.Mutex) {
	mu.Lock()
	derivations := p.unasked(asked)
	mu.Unlock()
	answers := make([][]string, len(derivations))
	for i, derivation := range derivations {
		answers[i], _ = p.outlook.needs(derivation)
	}
	mu.Lock()
	defer mu.Unlock()
	for i, derivation := range derivations {
		p.outlook.known[derivation] = answers[i]
	}
}
