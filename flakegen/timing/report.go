package timing

import "time"

// FormatVersion is the version of the JSON form of a [Report].
const FormatVersion = "1"

// Report is a finished account: what `build --json` and `watch --json` print, and
// what the history keeps. Its JSON holds all of it, so that a report that was read
// back says what the first one said. Arrays are never null. Times are wall time in
// seconds, to the millisecond, stamped on arrival; those of the six classes add up
// to WallSeconds. A start is counted from the start of the run.
type Report struct {
	FormatVersion string `json:"format_version"`
	Status        Status `json:"status"`
	// Started is when Nix was started.
	Started            time.Time `json:"started"`
	Outputs            []Output  `json:"outputs"`
	WallSeconds        float64   `json:"wall_seconds"`
	EvalSeconds        float64   `json:"eval_seconds"`
	FetchSeconds       float64   `json:"fetch_seconds"`
	BuildSeconds       float64   `json:"build_seconds"`
	CopySeconds        float64   `json:"copy_seconds"`
	WaitSeconds        float64   `json:"wait_seconds"`
	UnaccountedSeconds float64   `json:"unaccounted_seconds"`
	// Slots is how many builds could run at once, SlotsFrom where that is from;
	// both are empty where nothing was built. ToBuildSeconds is for how long
	// something was to be built, and IdleSeconds how much of that time, of all slots
	// together, no build ran in them.
	Slots          int          `json:"slots"`
	SlotsFrom      SlotsFrom    `json:"slots_from"`
	ToBuildSeconds float64      `json:"to_build_seconds"`
	IdleSeconds    float64      `json:"idle_seconds"`
	Derivations    []Derivation `json:"derivations"`
	// CriticalPath is the chain of derivations that the run waited for, first to
	// last, as paths. See [Store] for what it rests on.
	CriticalPath []string `json:"critical_path"`
	Nix          Nix      `json:"nix"`

	// Fetched are the store paths that came from a cache, in the order in which
	// they began.
	Fetched []Fetch `json:"fetched"`
	// Blocked are the derivations that were not begun because one that they need
	// failed, as paths.
	Blocked []string `json:"blocked"`
	// LeftOut says of each output that only builds what it left out of checking. The
	// caller fills it in.
	LeftOut []LeftOut `json:"left_out"`
	// Errors are Nix's errors that belong to no derivation, printable.
	Errors []string `json:"errors"`
	// Warnings are Nix's warnings, printable.
	Warnings []string `json:"warnings"`
	// Log is what was read.
	Log Log `json:"log"`
}

// Status is the verdict on a whole run of Nix.
type Status string

const (
	Succeeded   Status = "succeeded"
	Failed      Status = "failed"
	Interrupted Status = "interrupted"
	// Incomplete is a stream that was cut, with no exit code to say how it ended.
	Incomplete Status = "incomplete"
)

// Output is one thing that was asked for. The stream does not know it; the
// caller fills it in.
type Output struct {
	Name      string `json:"name"`
	Attribute string `json:"attribute"`
	System    string `json:"system"`
	// Package is the package of the spec that it is of, and Role what its variant
	// is for: "build", "checked" or "".
	Package    string   `json:"package"`
	Variant    string   `json:"variant"`
	Role       string   `json:"role"`
	Alias      string   `json:"alias"`
	Derivation string   `json:"derivation"`
	Paths      []string `json:"paths"`
}

// LeftOut is what an output whose variant only builds has left out, and what that
// cost when the checked variant of the same package was built last.
type LeftOut struct {
	// Output is the name of the output, and System its system.
	Output string `json:"output"`
	System string `json:"system"`
	// Phases are those that the checked variant ran and this one does not. They are
	// empty where no checked build is known; then so is Checked.
	Phases []Phase `json:"phases"`
	// Checked is the build that the phases are of; nil where none is known.
	Checked *CheckedBuild `json:"checked"`
}

// CheckedBuild is a build of a checked variant.
type CheckedBuild struct {
	// ID is that of its record in the history; empty where it is of the same run.
	ID string `json:"id"`
	// Output is the name of the variant's output, and System its system.
	Output  string    `json:"output"`
	System  string    `json:"system"`
	Started time.Time `json:"started"`
}

// Derivation is what became of one derivation.
type Derivation struct {
	// Derivation is the path of the .drv file. It is empty for a fetched path
	// whose derivation nobody named.
	Derivation string `json:"derivation"`
	// Name is the store name without ".drv".
	Name string `json:"name"`
	// System is unknown to the stream; the caller fills it in.
	System      string      `json:"system"`
	Disposition Disposition `json:"disposition"`
	// Machine is the store URI of the remote builder, empty for this machine.
	Machine string `json:"machine"`
	// StartSeconds is when it began to be built or fetched. It is 0 for what was
	// present, and for what failed without having begun.
	StartSeconds float64 `json:"start_seconds"`
	Seconds      float64 `json:"seconds"`
	Phases       []Phase `json:"phases"`
	// LogTail is the last lines of its log, printable.
	LogTail []string `json:"log_tail"`

	// FailedTests are the tests of a matrix that failed in it, each as its log names it
	// and says how it ended, printable: "eop gc 1-10, exit code 1 after 3 s". A last
	// element "…" says that there are more.
	FailedTests []string `json:"failed_tests"`
	// Failure is why it failed; nil where it did not, or where Nix did not say.
	Failure *Failure `json:"failure,omitempty"`
	// Remote is how a remote build's time divides; nil where that is not known.
	Remote *Remote `json:"remote,omitempty"`
}

// Disposition is what became of a derivation.
type Disposition string

const (
	DispositionBuilt       Disposition = "built"
	DispositionSubstituted Disposition = "substituted"
	DispositionPresent     Disposition = "present"
	DispositionFailed      Disposition = "failed"
	// DispositionInterrupted ran when Nix stopped, or when the stream ended.
	DispositionInterrupted Disposition = "interrupted"
)

// Phase is one phase of a build. Nix tells only when a phase begins, so it
// ends where the next one begins, or with the build. A phase that was entered
// more than once is listed once, with the first start and the sum.
type Phase struct {
	Name         string  `json:"name"`
	StartSeconds float64 `json:"start_seconds"`
	Seconds      float64 `json:"seconds"`
}

// Remote is how the time of a build on another machine divides.
type Remote struct {
	// SendSeconds is waiting for the machine, and copying to it.
	SendSeconds  float64 `json:"send_seconds"`
	BuildSeconds float64 `json:"build_seconds"`
	// ReceiveSeconds is copying from it.
	ReceiveSeconds float64 `json:"receive_seconds"`
}

// Nix is the run of Nix itself; the caller fills in its version.
type Nix struct {
	Version string `json:"version"`
	// ExitCode is null where it is not known.
	ExitCode *int `json:"exit_code"`
}

// Fetch is a store path that came from a cache.
type Fetch struct {
	Path string `json:"path"`
	// From is the URI of the cache.
	From         string  `json:"from"`
	StartSeconds float64 `json:"start_seconds"`
	Seconds      float64 `json:"seconds"`
}
