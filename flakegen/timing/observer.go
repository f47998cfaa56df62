package timing

import (
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// Observer is told what happens, as it happens.
type Observer interface {
	Observe(Change)
}

// Change is a [Planned], [PlannedBuild], [Counted], [BuildStarted],
// [PhaseStarted], [LogLine], [BuildEnded], [FetchStarted], [FetchEnded],
// [Transferred], [Turned] or [Note]. Texts and paths are as they came: they may
// hold control characters.
type Change interface {
	// When is when it arrived.
	When() time.Time
	isChange()
}

// Planned says how many builds Nix has announced. Nix before 2.10 does not.
type Planned struct {
	At     time.Time
	Builds int
}

// PlannedBuild names one of the builds that Nix has announced.
type PlannedBuild struct {
	At         time.Time
	Derivation string
}

// Counted is how Nix counts the run: builds that are done, that failed, and that
// it expects in all, those included; paths that were fetched, and that it expects
// to fetch in all. What it expects it may take back, as when it finds a path
// present.
type Counted struct {
	At                       time.Time
	Done, Failed, Expected   int
	Fetched, ExpectedFetches int
}

// BuildStarted says that a build began.
type BuildStarted struct {
	At         time.Time
	Derivation string
	Machine    string // "" for this machine
}

// PhaseStarted says that a build entered a phase.
type PhaseStarted struct {
	At         time.Time
	Derivation string
	Phase      string
}

// LogLine is one line of a build's log.
type LogLine struct {
	At         time.Time
	Derivation string
	Text       string
}

// BuildEnded says that a build has ended. It is not the verdict, which falls
// when the stream has ended, and it may come a while after the end: not before
// it is certain which build it was.
type BuildEnded struct {
	At         time.Time
	Derivation string
	Took       time.Duration
	Outcome    Outcome
}

// Outcome is how Nix counted a build.
type Outcome int

const (
	Uncounted Outcome = iota // it stopped without being counted
	CountedDone
	CountedFailed
)

// FetchStarted says that a path began to be fetched from a cache.
type FetchStarted struct {
	At   time.Time
	Path string
	From string
}

// FetchEnded says that a path is no longer being fetched: it is there, or that
// cache could not give it.
type FetchEnded struct {
	At   time.Time
	Path string
}

// Transferred is how much of what comes from caches has arrived, and how much Nix
// expects in all, in bytes, unpacked. Expected is 0 where Nix does not say; Nix 2.8
// says nothing of Done for small paths.
type Transferred struct {
	At             time.Time
	Done, Expected uint64
}

// Turned says what the run is at now, by the classes of the package comment:
// "building", "fetching", "copying", "evaluating" or "waiting", and "" where
// nothing says. A run begins with evaluating, which is not told.
type Turned struct {
	At time.Time
	To string
}

// Note is a message of Nix that is meant for the user: an error, a warning, or
// a line that is no record, which has [nixcmd.LevelInfo]. An error is in the
// report too; one that the run survives is a warning.
type Note struct {
	At    time.Time
	Level nixcmd.Level
	// Derivation is the one whose failure an error tells, as far as that is known.
	Derivation string
	Text       string
}

func (c Planned) When() time.Time      { return c.At }
func (c BuildStarted) When() time.Time { return c.At }
func (c PhaseStarted) When() time.Time { return c.At }
func (c LogLine) When() time.Time      { return c.At }
func (c BuildEnded) When() time.Time   { return c.At }
func (c FetchStarted) When() time.Time { return c.At }
func (c FetchEnded) When() time.Time   { return c.At }
func (c PlannedBuild) When() time.Time { return c.At }
func (c Counted) When() time.Time      { return c.At }
func (c Transferred) When() time.Time  { return c.At }
func (c Turned) When() time.Time       { return c.At }
func (c Note) When() time.Time         { return c.At }

func (Planned) isChange()      {}
func (BuildStarted) isChange() {}
func (PhaseStarted) isChange() {}
func (LogLine) isChange()      {}
func (BuildEnded) isChange()   {}
func (FetchStarted) isChange() {}
func (FetchEnded) isChange()   {}
func (PlannedBuild) isChange() {}
func (Counted) isChange()      {}
func (Transferred) isChange()  {}
func (Turned) isChange()       {}
func (Note) isChange()         {}
