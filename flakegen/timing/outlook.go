package timing

import (
	"strconv"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// outlook is what Nix says of what is still to come, and of what it is at. It is
// for an [Observer] alone: no report rests on it.
type outlook struct {
	listing bool // the next messages name builds that were announced
	counts  Counted
	before  Counted // of the workers before the current one
	class   class

	fetching    map[string]int // open fetches of each path
	transferred uint64         // bytes of ended transfers
	running     uint64         // bytes of open ones
	expected    uint64         // bytes that the current worker expects
	earlier     uint64         // bytes that earlier ones expected
	told        Transferred
}

// announced is how Nix 2.10 and later begin the list of what they will build.
var announced = nixcmd.Pattern(`^(?:this derivation|these (\d+) derivations) will be built:`)

// announcement takes a message that names what Nix will build, a line of it each,
// and says whether it was one.
func (a *Account) announcement(e nixcmd.Message, text string) bool {
	if m := announced().FindStringSubmatch(text); m != nil {
		builds, err := strconv.Atoi(m[1])
		if err != nil {
			builds = 1
		}
		a.outlook.listing = true
		a.observe(Planned{At: a.now, Builds: builds})
		return true
	}
	path, indented := strings.CutPrefix(text, "  /")
	a.outlook.listing = a.outlook.listing && indented && e.Level == nixcmd.LevelInfo && strings.HasSuffix(path, ".drv")
	if a.outlook.listing {
		a.observe(PlannedBuild{At: a.now, Derivation: "/" + path})
	}
	return a.outlook.listing
}

// newWorker keeps the counts of the last worker: the next one begins at zero.
func (o *outlook) newWorker() {
	o.before = o.counts
	o.before.Expected = o.counts.Done + o.counts.Failed
	o.before.ExpectedFetches = o.counts.Fetched
	o.earlier += o.expected
	o.expected = 0
}

// count takes a progress record of the current worker.
func (a *Account) count(kind nixcmd.ActivityType, done, expected, failed uint64) {
	o := &a.outlook
	c := o.counts
	switch kind {
	case nixcmd.ActivityBuilds:
		c.Done, c.Failed = o.before.Done+small(done), o.before.Failed+small(failed)
		c.Expected = o.before.Expected + small(expected)
	case nixcmd.ActivityCopyPaths:
		c.Fetched, c.ExpectedFetches = o.before.Fetched+small(done), o.before.ExpectedFetches+small(expected)
	}
	if c.At = o.counts.At; c == o.counts {
		return
	}
	c.At = a.now
	o.counts = c
	a.observe(c)
}

// small keeps a number of a stream from overflowing sums of it.
func small(n uint64) int { return int(min(n, 1<<40)) }

// progress takes the bytes of a path that is on its way from a cache.
func (a *Account) progress(act *activity, done uint64) {
	a.outlook.running += min(done, 1<<60) - act.bytes
	act.bytes = min(done, 1<<60)
	a.transfer()
}

// transfer tells the bytes, where they have changed.
func (a *Account) transfer() {
	o := &a.outlook
	now := Transferred{At: o.told.At, Done: o.transferred + o.running, Expected: o.earlier + o.expected}
	if now != o.told {
		now.At = a.now
		o.told = now
		a.observe(now)
	}
}

// turn tells what the run is at, where that has changed.
func (a *Account) turn() {
	now := unaccounted
	for k, n := range a.clock.open {
		if n > 0 {
			now = class(k)
			break
		}
	}
	if now == unaccounted && a.clock.realising == 0 {
		now = evaluating
	}
	if now != a.outlook.class {
		a.outlook.class = now
		a.observe(Turned{At: a.now, To: now.String()})
	}
}

func (k class) String() string {
	return [...]string{"building", "fetching", "copying", "evaluating", "waiting", ""}[k]
}
