package history

import "github.com/flakegen/flakegen/flakegen/timing"

// Record is one run of Nix, as the history keeps it and as JSON lines carry it
// from one machine to another.
type Record struct {
	// ID is unique on all machines. Later records have greater ones.
	ID string `json:"id"`
	// Command is the command of flakegen that saw the run: "build", "watch",
	// "bench" or "verify".
	Command string `json:"command"`
	// Project is the repository: the address that git fetches it from, without
	// user and password, or the name of its folder where it has none. It is empty
	// for a stream that was watched outside of one.
	Project string `json:"project"`
	// Commit is the commit that was checked out, in full; empty where there is
	// none. Dirty says that files which git knows differed from it.
	Commit string `json:"commit"`
	Dirty  bool   `json:"dirty"`
	// Host is the name of the machine that Nix ran on.
	Host string `json:"host"`
	// Report is what became of it.
	Report timing.Report `json:"report"`
}
