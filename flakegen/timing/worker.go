package timing

import (
	"slices"
	"time"
)

// worker is one realisation: Nix's goal loop with its counts.
type worker struct {
	account *Account
	builds  []*build // all of them

	expected      uint64 // the most that it ever expected
	done, failed  uint64
	live          []*build // not known to have ended
	uncounted     []*build // stopped before they were counted, as Lix does
	fresh         []ending // counted just now; the stop that follows says of which build
	pending       []ending // counted earlier, of one of the live builds
	failedStarted int      // builds counted as failed, without those that never began

	fetched   uint64
	unsettled []*fetch // stopped, not yet counted
	fetching  int
}

// ending is a moment at which Nix counted a build, without saying which.
type ending struct {
	at      time.Time
	seq     uint64
	outcome Outcome
}

func (w *worker) begin(b *build) {
	w.stale()
	w.builds = append(w.builds, b)
	w.live = append(w.live, b)
}

// countBuilds takes a progress record.
func (w *worker) countBuilds(done, expected, running, failed uint64) {
	w.stale()
	w.expected = max(w.expected, expected)
	newDone, newFailed := increase(&w.done, done), increase(&w.failed, failed)
	for len(w.uncounted) > 0 && newDone+newFailed > 0 {
		b := w.uncounted[0]
		w.uncounted = w.uncounted[1:]
		if newDone > 0 {
			newDone--
			b.outcome = CountedDone
		} else {
			newFailed--
			w.failedStarted++
			b.outcome = CountedFailed
		}
	}
	// A derivation that nothing here can build is counted as failed and has
	// never run: only those that no longer run have ended.
	ended := len(w.live) - len(w.pending) - int(min(running, uint64(len(w.live))))
	for ; ended > 0 && newDone+newFailed > 0; ended-- {
		e := ending{at: w.account.now, seq: w.account.seq, outcome: CountedDone}
		if newDone > 0 {
			newDone--
		} else {
			newFailed--
			w.failedStarted++
			e.outcome = CountedFailed
		}
		w.fresh = append(w.fresh, e)
		w.account.clock.end(building)
	}
	if len(w.fresh)+len(w.pending) == len(w.live) {
		w.settle(true)
	}
}

// increase takes a counter forward and says by how much.
func increase(counter *uint64, to uint64) uint64 {
	if to <= *counter {
		return 0
	}
	by := to - *counter
	*counter = to
	return by
}

// stopped takes the end of a build's activity.
func (w *worker) stopped(b *build) {
	switch {
	case len(w.fresh) > 0:
		e := w.fresh[0]
		w.fresh = w.fresh[1:]
		w.end(b, e)
		return
	case len(w.pending) > 0:
		w.settle(true)
	}
	if b.running {
		w.end(b, ending{at: w.account.now, seq: w.account.seq, outcome: Uncounted})
		w.account.clock.end(building)
		w.uncounted = append(w.uncounted, b)
	}
}

func (w *worker) end(b *build, e ending) {
	w.live = slices.DeleteFunc(w.live, func(l *build) bool { return l == b })
	b.end(e)
}

// heard takes a sign of life of a build: so it is not the one that has ended.
func (w *worker) heard() {
	if len(w.fresh)+len(w.pending) == 0 {
		return
	}
	w.stale()
	w.settle(false)
}

// stale gives up waiting for the stop that says which build was counted.
func (w *worker) stale() {
	w.pending = append(w.pending, w.fresh...)
	w.fresh = nil
}

// settle says which builds have ended at the pending moments: those that cannot
// be others, and where it must, those that were heard of last.
func (w *worker) settle(must bool) {
	w.stale()
	for len(w.pending) > 0 {
		e := w.pending[0]
		var last *build
		candidates := 0
		for _, b := range w.live {
			if b.sign >= e.seq {
				continue
			}
			candidates++
			if last == nil || b.sign > last.sign {
				last = b
			}
		}
		if last == nil {
			// Every live build has gone on since, so the count was of something
			// that this account has not seen begin.
			w.pending = w.pending[1:]
			w.account.clock.begin(building)
			continue
		}
		if candidates > 1 && !must {
			return
		}
		w.pending = w.pending[1:]
		w.end(last, e)
	}
}
