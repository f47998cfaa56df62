package report

import "time"

// Usual says how long a build of a derivation usually takes, where that is known.
// A view asks it for each build in each frame, so it answers at once; what it
// does not know yet it may know later.
type Usual func(derivation string) (took time.Duration, known bool)

// Needs says which derivations one needs directly, where that is known. A view
// asks it once for each build that Nix has announced, and only for an estimate.
// It may read a file.
type Needs func(derivation string) (needs []string, known bool)

// ViewOptions is what the two kinds of view have in common.
type ViewOptions struct {
	Style Style
	// Start is when Nix was started.
	Start time.Time
	// Usual and Needs give the view what the stream does not tell. Either may be
	// nil: then there are no usual times and no estimate; or the estimate takes
	// what waits to need nothing that waits as well.
	Usual Usual
	Needs Needs
}
