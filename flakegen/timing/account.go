package timing

import (
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// Account folds the events of one run of Nix, in the order of their arrival.
// It is not safe for concurrent use.
type Account struct {
	// Observer, if any, is told of each change as it happens.
	Observer Observer
	// LogTail is how many lines of each build's log are kept. 0 means
	// [DefaultLogTail].
	LogTail int

	start time.Time
	now   time.Time // of the event at hand
	seq   uint64    // of the event at hand
	clock classClock
	// demand is advanced with the clock.
	demand demand

	open    map[uint64]*activity
	builds  map[string]*build
	order   []*build
	fetches []*fetch
	workers []*worker
	remote  int // open builds on other machines

	leftOut int64 // beyond the limits
	tails   int   // bytes of logs that are kept

	messages messages
	outlook  outlook
	// evaluated says that an evaluation has ended after the last realisation.
	evaluated bool
	// passed says that the last event but closing ones was Nix's word that all
	// checks passed.
	passed bool
	// malformed says that the last event was a broken record.
	malformed bool
}

// DefaultLogTail is how many lines of each build's log an [Account] keeps.
const DefaultLogTail = 25

// NewAccount begins an account at start, when Nix was started.
func NewAccount(start time.Time) *Account {
	return &Account{
		start:   start,
		now:     start,
		clock:   classClock{at: start},
		demand:  demand{at: start},
		outlook: outlook{class: evaluating, fetching: map[string]int{}},
		open:    map[uint64]*activity{},
		builds:  map[string]*build{},
	}
}

// activity is an open activity of Nix.
type activity struct {
	kind   nixcmd.ActivityType
	class  class
	worker *worker // that it counts for
	build  *build  // that it is of
	inner  bool    // the far end of a remote build
	remote bool    // the near end of one
	fetch  *fetch

	fetched bool   // brings a path from a cache
	bytes   uint64 // that it has brought
}

// Add folds one event.
func (a *Account) Add(e nixcmd.Event) {
	if at := e.Arrived(); at.After(a.now) {
		a.now = at
	}
	a.advance()
	a.seq++
	a.malformed = false
	switch e := e.(type) {
	case nixcmd.Start:
		a.begin(e)
	case nixcmd.Stop:
		a.end(e)
	case nixcmd.Result:
		a.result(e)
	case nixcmd.Message:
		e.Text, e.Raw = nixcmd.WithoutPasswords(e.Text), nixcmd.WithoutPasswords(e.Raw)
		a.message(e)
	case nixcmd.Line:
		a.messages.plainLine(e.Text)
		a.observe(Note{At: a.now, Level: nixcmd.LevelInfo, Text: e.Text})
	case nixcmd.Malformed:
		a.malformed = true
	case nixcmd.Unknown:
	}
	a.turn()
}

// advance takes the clocks to the event at hand, with what was open before it.
func (a *Account) advance() {
	a.demand.advance(a.now, a.toBuild())
	a.clock.advance(a.now)
}

func (a *Account) observe(c Change) {
	if a.Observer != nil {
		a.Observer.Observe(c)
	}
}

func (a *Account) begin(e nixcmd.Start) {
	a.passed = false
	if !a.canBegin(e) {
		return
	}
	act := &activity{kind: e.Type, class: classOf(e)}
	if e.Type == nixcmd.ActivityUnknown {
		// What ssh says comes between this and what Nix says of it.
		a.messages.connecting, a.messages.ssh = strings.HasPrefix(e.Text, "connecting to "), nil
	}
	// The far end of a remote build reports its own workers. Nix before 2.18
	// names no parent, but there they begin while such a build runs.
	root := e.Parent == 0 && a.remote == 0
	switch e.Type {
	case nixcmd.ActivityRealise:
		if root {
			a.outlook.newWorker()
			a.workers = append(a.workers, &worker{account: a})
			act.worker = a.worker()
			a.clock.beginRealising()
			a.evaluated = false
		}
	case nixcmd.ActivityBuilds, nixcmd.ActivityCopyPaths:
		if root && e.Text == "" {
			act.worker = a.worker()
		}
	case nixcmd.ActivityBuild:
		a.beginBuild(act, e.Fields.Text(0), nixcmd.WithoutPasswords(e.Fields.Text(1)))
	case nixcmd.ActivitySubstitute:
		a.beginFetch(act, e.Fields.Text(0), nixcmd.WithoutPasswords(e.Fields.Text(1)))
	case nixcmd.ActivityCopyPath:
		act.fetched = a.outlook.fetching[e.Fields.Text(0)] > 0
	}
	a.clock.begin(act.class)
	if old := a.open[e.ID]; old != nil {
		a.close(old) // two activities of one id: the first one's stop is lost
	}
	a.open[e.ID] = act
}

// worker is the one that goals belong to: the last one that began.
func (a *Account) worker() *worker {
	if len(a.workers) == 0 {
		return nil
	}
	return a.workers[len(a.workers)-1]
}

func (a *Account) end(e nixcmd.Stop) {
	act := a.open[e.ID]
	if act == nil {
		return
	}
	delete(a.open, e.ID)
	a.close(act)
}

func (a *Account) close(act *activity) {
	a.clock.end(act.class)
	switch {
	case act.kind == nixcmd.ActivityRealise && act.worker != nil:
		act.worker.settle(true)
		act.worker.expects(0)
		a.clock.endRealising()
	case act.build != nil:
		a.endBuild(act)
	case act.fetch != nil:
		a.endFetch(act.fetch)
	case act.class == evaluating:
		a.evaluated = true
	}
	a.outlook.transferred += act.bytes
	a.outlook.running -= act.bytes
}

func (a *Account) result(e nixcmd.Result) {
	act := a.open[e.ID]
	if act == nil {
		return
	}
	switch {
	case act.build != nil:
		act.build.result(e, act.inner)
	case e.Type == nixcmd.ResultProgress && act.worker != nil:
		done, expected, running, failed := e.Fields.Number(0), e.Fields.Number(1), e.Fields.Number(2), e.Fields.Number(3)
		switch act.kind {
		case nixcmd.ActivityBuilds:
			act.worker.countBuilds(done, expected, running, failed)
		case nixcmd.ActivityCopyPaths:
			act.worker.countFetches(done, running)
		}
		a.count(act.kind, done, expected, failed)
	case e.Type == nixcmd.ResultProgress && act.fetched:
		a.progress(act, e.Fields.Number(0))
	case e.Type == nixcmd.ResultSetExpected && act.kind == nixcmd.ActivityRealise && act.worker != nil:
		if nixcmd.ActivityType(small(e.Fields.Number(0))) == nixcmd.ActivityCopyPath {
			a.outlook.expected = min(e.Fields.Number(1), 1<<60)
			a.transfer()
		}
	}
}
