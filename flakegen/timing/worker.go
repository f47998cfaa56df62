package timing

import (
	"slices"
	"time"
)

// worker is one realisation: Nix's goal loop with its counts.
type worker struct {
	account *Account
	builds  []*build // all of them

	waiting       uint64 // builds that it expects and has not counted
	expected      uint64 // the most that it ever expected
	done, failed  uint64
	live          []*build // not known to have ended
	uncounted     []*build // stopped before they were counted, as Lix does
	fresh         []ending // counted just now; the stop that follows says of which build
	pending       []ending // counted earlier, of one of the live builds
	held          *build   // stopped after the fresh count, and not certainly for it
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
	w.goesOn()
	w.builds = append(w.builds, b)
	w.live = append(w.live, b)
}

// countBuilds takes a progress record.
func (w *worker) countBuilds(done, expected, running, failed uint64) {
	w.goesOn()
	w.expected = max(w.expected, expected)
	w.expects(expected - min(expected, done+failed))
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
	if len(w.live) == 1 && len(w.fresh) == 1 {
		w.settle(true)
	}
}

// expects notes how many builds are still to be counted.
func (w *worker) expects(n uint64) {
	w.account.demand.waiting += n - w.waiting
	w.waiting = n
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
//
// Where a count has just come, it was this build's. But where an earlier count
// has no build yet, the stops may as well be those that older Nix leaves for the
// end, in any order: then another stop follows, and nothing else.
func (w *worker) stopped(b *build) {
	switch {
	case len(w.fresh) > 0 && len(w.pending) == 0:
		w.claim(b)
		return
	case len(w.fresh) > 0 && w.held == nil:
		w.held = b
		return
	case len(w.fresh)+len(w.pending) > 0:
		w.settle(true)
	}
	if b.running {
		w.end(b, ending{at: w.account.now, seq: w.account.seq, outcome: Uncounted})
		w.account.clock.end(building)
		w.uncounted = append(w.uncounted, b)
	}
}

// claim gives the fresh count to a build.
func (w *worker) claim(b *build) {
	e := w.fresh[0]
	w.fresh = w.fresh[1:]
	w.end(b, e)
}

func (w *worker) end(b *build, e ending) {
	w.live = slices.DeleteFunc(w.live, func(l *build) bool { return l == b })
	b.end(e)
}

// goesOn takes it that the run goes on: a build that was held back has stopped
// for the fresh count, and what else is fresh is waited for no longer.
func (w *worker) goesOn() {
	if w.held != nil {
		w.claim(w.held)
	}
	w.settle(false)
}

// settle says which builds have ended at the moments of the counts that have
// none yet: those that cannot be others, and where it must, the likeliest.
func (w *worker) settle(must bool) {
	w.held = nil
	w.pending = append(w.pending, w.fresh...)
	w.fresh = nil
	for len(w.pending) > 0 {
		e := w.pending[0]
		likeliest, candidates := w.likeliest(e)
		if candidates > 1 && !must {
			return
		}
		w.pending = w.pending[1:]
		if likeliest == nil {
			// Every live build has gone on since, so the count was of something
			// that this account has not seen begin.
			w.account.clock.begin(building)
			continue
		}
		w.end(likeliest, e)
	}
}

// likeliest is the build that ended when e was counted, of those that have not
// gone on since: one that a message says has failed, if e was a failure, and no
// such one otherwise; of these the one that was heard of last.
func (w *worker) likeliest(e ending) (found *build, candidates int) {
	fits := func(b *build) bool {
		failed := w.account.messages.failures[b.derivation] != nil
		return failed == (e.outcome == CountedFailed)
	}
	for _, b := range w.live {
		if b.sign >= e.seq {
			continue
		}
		candidates++
		if found == nil || fits(b) && !fits(found) || fits(b) == fits(found) && b.sign > found.sign {
			found = b
		}
	}
	return found, candidates
}
