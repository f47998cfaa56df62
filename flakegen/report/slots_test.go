package report

import (
	"math/rand/v2"
	"testing"

	"github.com/flakegen/flakegen/flakegen/timing"
)

func TestPack(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var jobs []job
		events := map[micros]int{}
		for range random.IntN(60) {
			start := micros(random.IntN(100)) * 10_000
			end := start + micros(1+random.IntN(40))*10_000
			jobs = append(jobs, job{start: start, end: end})
			events[start]++
			events[end]--
		}
		most, running := 0, 0
		for at := micros(0); at <= 2_000_000; at += 10_000 {
			running += events[at]
			most = max(most, running)
		}
		slots := pack(jobs)
		if len(slots) != most {
			t.Fatalf("%d slots for %d at once", len(slots), most)
		}
		for _, s := range slots {
			for i := 1; i < len(s); i++ {
				if s[i].start < s[i-1].end {
					t.Fatalf("two at once in a slot: %v, %v", s[i-1], s[i])
				}
			}
		}
	}
}

// Times are rounded each by itself, so what followed on each other may overlap by
// a millisecond. It is one slot all the same, without an overlap.
func TestPackRoundedTimes(t *testing.T) {
	slots := pack([]job{{start: 0, end: 1_001_000}, {start: 1_000_000, end: 2_000_000}})
	if len(slots) != 1 || slots[0][1].start != 1_001_000 {
		t.Errorf("slots %v", slots)
	}
}

// A phase that was entered twice has all its time at its first start: it is drawn
// to where the next one begins, and its whole time is told.
func TestSpansOfARepeatedPhase(t *testing.T) {
	d := timing.Derivation{StartSeconds: 1, Seconds: 10, Phases: []timing.Phase{
		{Name: "buildPhase", StartSeconds: 2, Seconds: 6}, {Name: "checkPhase", StartSeconds: 4, Seconds: 3},
	}}
	list := spans(job{start: 1e6, end: 11e6}, d)
	if len(list) != 2 || list[0].end != 4e6 || list[0].seconds != 6 || list[1].start != 4e6 || list[1].end != 7e6 {
		t.Errorf("spans %+v", list)
	}
}

func TestPlacesInOrder(t *testing.T) {
	all := layOut(large(40).Report)
	if all[0].machine != "" || all[0].fetches || !all[len(all)-1].fetches {
		t.Errorf("places %v", all)
	}
}
