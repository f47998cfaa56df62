package timing

import "time"

// Observer is told what happens, as it happens.
type Observer interface {
	Observe(Change)
}

// Change is one of [BuildStarted], [PhaseStarted], [LogLine], [BuildEnded],
// [FetchStarted], [FetchEnded], [Note]. Texts are as they came: they may hold
// control characters.
type Change interface{ isChange() }

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

// BuildEnded says that a build ended. It is not the verdict: that falls when
// the stream has ended.
type BuildEnded struct {
	At         time.Time
	Derivation string
	Seconds    float64
	Outcome    Outcome
}

// Outcome is how Nix counted a build.
type Outcome int

const (
	Uncounted Outcome = iota // stopped before Nix counted it
	CountedDone
	CountedFailed
)

// FetchStarted says that a path began to be fetched from a cache.
type FetchStarted struct {
	At   time.Time
	Path string
	From string
}

// FetchEnded says that a path was fetched, or given up.
type FetchEnded struct {
	At   time.Time
	Path string
	OK   bool
}

// Note is a message of Nix to the user: a warning or an error.
type Note struct {
	At    time.Time
	Error bool
	Text  string
}

func (BuildStarted) isChange() {}
func (PhaseStarted) isChange() {}
func (LogLine) isChange()      {}
func (BuildEnded) isChange()   {}
func (FetchStarted) isChange() {}
func (FetchEnded) isChange()   {}
func (Note) isChange()         {}
