package timing

import "github.com/flakegen/flakegen/flakegen/nixcmd"

// What an account keeps is bounded, so that no stream takes the memory, whoever
// wrote it. A run of Nix comes nowhere near these bounds: what is beyond is left
// out and counted, and such a stream alone shows no success.
const (
	maxOpen     = 1 << 15 // activities at once
	maxBuilds   = 1 << 17 // nixpkgs as a whole has fewer derivations
	maxFetches  = 1 << 18
	maxWorkers  = 1 << 16
	maxFailures = 1 << 13
	// maxUnsettled is how many paths are looked at when Nix counts one.
	maxUnsettled = 1 << 8
	// maxTails is how many bytes of logs are kept beside those of running builds
	// and of builds that failed.
	maxTails = 32 << 20
	// maxRunningTails bounds these as well.
	maxRunningTails = 2 * maxTails
)

// room says whether there is room for one more, and counts what is left out.
func (a *Account) room(has, limit int) bool {
	if has < limit {
		return true
	}
	a.leftOut++
	return false
}

// canBegin says whether an activity can be taken note of.
func (a *Account) canBegin(e nixcmd.Start) bool {
	if !a.room(len(a.open), maxOpen) {
		return false
	}
	switch e.Type {
	case nixcmd.ActivityBuild:
		return a.builds[e.Fields.Text(0)] != nil || a.room(len(a.order), maxBuilds)
	case nixcmd.ActivitySubstitute:
		return a.room(len(a.fetches), maxFetches)
	case nixcmd.ActivityRealise:
		return a.room(len(a.workers), maxWorkers)
	}
	return true
}

// keepLine says whether there is room for a line of a log.
func (a *Account) keepLine(l string) bool {
	if a.tails+len(l) > maxRunningTails {
		return false
	}
	a.tails += len(l)
	return true
}

// dropTail lets go of the log of a build that is done, where much is kept.
func (a *Account) dropTail(b *build) {
	if a.tails <= maxTails {
		return
	}
	for _, l := range b.tail.lines {
		a.tails -= len(l)
	}
	b.tail.lines, b.tail.next = nil, 0
}
