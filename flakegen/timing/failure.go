package timing

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// Failure is why a derivation failed, as Nix's messages say it.
type Failure struct {
	Kind FailureKind `json:"kind"`
	// Reason is one printable line in the same words for every Nix: "the builder
	// failed with exit code 2".
	Reason string `json:"reason"`
	// ExitCode is the builder's, of a FailureExit.
	ExitCode int `json:"exit_code,omitempty"`
	// Signal is what killed the builder, of a FailureSignal.
	Signal int `json:"signal,omitempty"`
	// Specified and Got are the hashes of a FailureHash, in SRI form.
	Specified string `json:"specified,omitempty"`
	Got       string `json:"got,omitempty"`

	// far says that the machine which built has told it, and not the hook here.
	far bool
}

// FailureKind is the kind of a [Failure].
type FailureKind string

const (
	FailureExit     FailureKind = "exit"
	FailureSignal   FailureKind = "signal"
	FailureOutput   FailureKind = "output" // an output was not made
	FailureHash     FailureKind = "hash"   // of a fixed output
	FailureTimeout  FailureKind = "timeout"
	FailureLogLimit FailureKind = "log-limit"
	FailurePlatform FailureKind = "platform" // nothing here can build it
	FailureMachine  FailureKind = "machine"  // the remote builder was lost
	FailureOther    FailureKind = "other"
)

// errorText is an error of Nix, understood as far as possible.
type errorText struct {
	// derivation is empty where the text names none, as a timeout of Nix 2.34.
	derivation string
	failure    *Failure // nil where it tells no failure of a derivation
	blocked    bool     // it could not begin, because another one failed
	summary    bool     // it repeats what other messages say
}

// The texts of Nix 2.8 to 2.36 and of Lix, without colours. Each is held to the
// beginning of a message, because what follows may be lines of a build's log.
var (
	// To 2.28: builder for '/nix/store/…' failed with exit code 1
	builderFor = nixcmd.Pattern(`^builder for '([^']+)' (.*)`)
	// From 2.30: Cannot build '/nix/store/…'. Reason: builder failed with exit code 1.
	cannotBuild = nixcmd.Pattern(`^Cannot build '([^']+)'\.\s+Reason: (.*)((?s:.*))`)
	// The near end of a remote build.
	remoteBuild = nixcmd.Pattern(`^build of '([^']+)' on '[^']*' failed: ((?s:.*))`)
	// nix flake check from 2.30 on, around another one's text.
	checkFailed = nixcmd.Pattern(`^failed to build attribute '[^']*', build of '[^']*' failed: ((?s:.*))`)
	// To 2.28: 1 dependencies of derivation '/nix/store/…' failed to build
	dependencies = nixcmd.Pattern(`^\d+ dependenc(?:y|ies) of derivation '([^']+)' failed to build`)
	// To 2.28: a 'aarch64-darwin' with features {} is required to build '…', but I am a 'x86_64-linux' with …
	required = nixcmd.Pattern(`^a '([^']*)' with features \{([^}]*)\} is required to build '([^']+)', but I am a '([^']*)'`)
	// building of '/nix/store/….drv^out' from .drv file timed out after 1 seconds; from 2.34 without a name
	timedOut = nixcmd.Pattern(`^(?:building of '([^'!^]+)[^']*'[^']* )?timed out after (\d+) seconds( of silence)?`)
	logLimit = nixcmd.Pattern(`^building of '([^'!^]+)[^']*'.* killed after writing more than (\d+) bytes of log output`)

	hashMismatch = nixcmd.Pattern(`^hash mismatch in fixed-output derivation '([^']+)':`)
	specified    = nixcmd.Pattern(`(?m)^\s*specified:\s+(\S+)`)
	got          = nixcmd.Pattern(`(?m)^\s*got:\s+(\S+)`)

	summaryOf = nixcmd.Pattern(`^(?:build of '.*' failed|some errors were encountered during the evaluation)$`)
	// derivation '/nix/store/…' may not be deterministic, and whatever else names one.
	namesOne = nixcmd.Pattern(`'(/[^'!^]+\.drv)[^']*'`)

	exitStatus     = nixcmd.Pattern(`^failed with exit code (\d+)`)
	killedBy       = nixcmd.Pattern(`^failed due to signal (\d+)(?: \(([^)]*)\))?`)
	missingOutput  = nixcmd.Pattern(`^failed to produce output path for output '([^']*)'`)
	dependenciesIn = nixcmd.Pattern(`^\d+ dependenc(?:y|ies) failed`)
	requiredSystem = nixcmd.Pattern(`(?m)^\s*Required system: '([^']*)'`)
	currentSystem  = nixcmd.Pattern(`(?m)^\s*Current system: '([^']*)'`)
)

// parseError reads an error of Nix, printable and without "error:" in front.
func parseError(text string) errorText {
	if m := builderFor().FindStringSubmatch(text); m != nil {
		return errorText{derivation: m[1], failure: builderFailure(m[2])}
	}
	if m := cannotBuild().FindStringSubmatch(text); m != nil {
		return cannotBuildError(m[1], strings.TrimSuffix(m[2], "."), m[3])
	}
	if m := remoteBuild().FindStringSubmatch(text); m != nil {
		e := parseError(m[2])
		if e.failure == nil {
			e.failure = other(m[2])
		}
		e.failure.far = true
		e.derivation = m[1]
		return e
	}
	if m := checkFailed().FindStringSubmatch(text); m != nil {
		return parseError(m[1])
	}
	if m := dependencies().FindStringSubmatch(text); m != nil {
		return errorText{derivation: m[1], blocked: true}
	}
	if m := required().FindStringSubmatch(text); m != nil {
		return errorText{derivation: m[3], failure: &Failure{Kind: FailurePlatform, Reason: platformReason(m[1], m[2], m[4])}}
	}
	if m := hashMismatch().FindStringSubmatch(text); m != nil {
		return errorText{derivation: m[1], failure: &Failure{
			Kind: FailureHash, Reason: "the output has another hash than specified",
			Specified: first(specified(), text), Got: first(got(), text),
		}}
	}
	if m := timedOut().FindStringSubmatch(text); m != nil {
		return errorText{derivation: m[1], failure: &Failure{
			Kind: FailureTimeout, Reason: "timed out after " + m[2] + " s" + m[3],
		}}
	}
	if m := logLimit().FindStringSubmatch(text); m != nil {
		return errorText{derivation: m[1], failure: &Failure{
			Kind: FailureLogLimit, Reason: "stopped after " + m[2] + " bytes of log",
		}}
	}
	line, _, _ := strings.Cut(text, "\n")
	if summaryOf().MatchString(line) {
		return errorText{summary: true}
	}
	if m := namesOne().FindStringSubmatch(line); m != nil {
		return errorText{derivation: m[1], failure: other(line)}
	}
	return errorText{}
}

func cannotBuildError(derivation, reason, rest string) errorText {
	if dependenciesIn().MatchString(reason) {
		return errorText{derivation: derivation, blocked: true}
	}
	if status, ok := strings.CutPrefix(reason, "builder "); ok {
		return errorText{derivation: derivation, failure: builderFailure(status)}
	}
	if needed := first(requiredSystem(), rest); needed != "" {
		return errorText{derivation: derivation, failure: &Failure{
			Kind: FailurePlatform, Reason: platformReason(needed, "", first(currentSystem(), rest)),
		}}
	}
	switch reason {
	case "required system or feature not available", "missing system features", "local builds are disabled (max-jobs = 0)":
		return errorText{derivation: derivation, failure: &Failure{Kind: FailurePlatform, Reason: reason}}
	}
	return errorText{derivation: derivation, failure: other(reason)}
}

// builderFailure reads what became of a builder's process.
func builderFailure(status string) *Failure {
	if m := exitStatus().FindStringSubmatch(status); m != nil {
		code, _ := strconv.Atoi(m[1])
		return &Failure{Kind: FailureExit, ExitCode: code, Reason: "the builder failed with exit code " + m[1]}
	}
	if m := killedBy().FindStringSubmatch(status); m != nil {
		number, _ := strconv.Atoi(m[1])
		reason := "the builder was killed by signal " + m[1]
		if m[2] != "" {
			reason += " (" + m[2] + ")"
		}
		return &Failure{Kind: FailureSignal, Signal: number, Reason: reason}
	}
	if m := missingOutput().FindStringSubmatch(status); m != nil {
		return &Failure{Kind: FailureOutput, Reason: fmt.Sprintf("the builder did not make the output %q", m[1])}
	}
	return other("builder " + status)
}

func platformReason(needed, features, here string) string {
	reason := "needs " + needed
	if features != "" {
		reason += " with " + features
	}
	if here != "" {
		reason += ", this machine is " + here
	}
	return reason
}

func other(text string) *Failure {
	line, _, _ := strings.Cut(text, "\n")
	return &Failure{Kind: FailureOther, Reason: clip(line, maxReason)}
}

const maxReason = 500

func first(r *regexp.Regexp, text string) string {
	if m := r.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
