package timing

import (
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// Account folds the events of one run of Nix, in the order of their arrival.
// It is not safe for concurrent use.
type Account struct {
	// Observer, if any, is told of each change as it happens.
	Observer Observer
	// LogTail is how many lines of each log are kept. 0 means [DefaultLogTail].
	LogTail int

	start time.Time
}

// DefaultLogTail is how many lines of each build's log an [Account] keeps.
const DefaultLogTail = 25

// NewAccount begins an account at start, when Nix was started.
func NewAccount(start time.Time) *Account {
	return &Account{start: start}
}

// Add folds one event.
func (a *Account) Add(e nixcmd.Event) {}

// Ending is what the caller knows at the end and a stream cannot say. The zero
// value of each field means that it is not known.
type Ending struct {
	// At is when Nix had ended.
	At time.Time
	// ExitCode is Nix's own.
	ExitCode *int
	// Interrupted says that the user asked to stop.
	Interrupted bool
	// Wanted are the derivations asked for, as paths: those neither built nor
	// fetched were present.
	Wanted []string
	// Store answers for derivations.
	Store Store
}

// Store answers what the stream does not say of a derivation. An
// implementation may know some derivations only.
type Store interface {
	// Needs are the derivations that this one needs directly, as paths.
	Needs(derivation string) []string
	// Outputs are the store paths that this one makes.
	Outputs(derivation string) []string
	// Valid says whether all its outputs are in the store; known is false where
	// that is not known.
	Valid(derivation string) (valid, known bool)
}

// Finish closes the account and gives the verdicts. The caller fills in
// Outputs, Nix.Version and each System.
func (a *Account) Finish(end Ending) Report { return Report{} }
