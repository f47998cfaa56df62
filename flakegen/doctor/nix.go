package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	goversion "github.com/hashicorp/go-version"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// knownFault is a fault of some versions of Nix that users of flakegen meet.
type knownFault struct {
	versions string // as go-version reads constraints
	level    Level
	what     string
	remedy   string
}

// knownFaults hold for Nix itself. Vendors mend on their own, and number on their
// own.
var knownFaults = []knownFault{
	// https://github.com/NixOS/nix/issues/16005 and /16321: the assertion
	// !awake.empty() of Worker::run fails.
	{">= 2.35.0, < 2.35.2", Fault, "It crashes while it schedules builds (Assertion '!awake.empty()' failed).", "Upgrade to 2.35.2 or later, or go back to 2.34."},
	// https://github.com/NixOS/nix/security/advisories/GHSA-h4vv-h3jq-v493
	{">= 2.24.0, < 2.24.6", Fault, "A cache that Nix asks can write to any file of this machine (CVE-2024-45593).", "Upgrade Nix."},
	// https://github.com/NixOS/nix/pull/15335: Interrupted is thrown while the JSON
	// logger writes. In the logs of 2.26 here, no more in those of 2.34.
	{"< 2.34.0", Note, "On Ctrl-C it can print a false \"Nix crashed\" (mended in 2.34).", "Nothing is lost by it; upgrade Nix to be rid of it."},
}

func constraint(text string) goversion.Constraints {
	c, err := goversion.NewConstraint(text)
	if err != nil {
		panic(err)
	}
	return c
}

// faultsOf are the known faults of a version.
func faultsOf(v nixcmd.Version) []knownFault {
	if v.Vendor != "Nix" {
		return nil
	}
	number, err := goversion.NewVersion(v.Number)
	if err != nil {
		return nil // a state between releases, such as 2.31pre20250712_b1245123
	}
	var found []knownFault
	for _, k := range knownFaults {
		if constraint(k.versions).Check(number) {
			found = append(found, k)
		}
	}
	return found
}

func (e *examination) version(context.Context) []Finding {
	v, err := e.versionOf()
	switch {
	case errors.Is(err, nixcmd.ErrNoNix):
		return []Finding{fault("nix", "nix", "there is no nix on PATH").
			because("Rendering and checking need none; building, evaluating and verifying do.").
			advise("Install it: on Debian and Ubuntu `apt-get install nix-bin`, elsewhere see https://nixos.org/download.")}
	case err != nil:
		return []Finding{e.broken("nix", "nix", "it does not say its version", err)}
	}
	findings := []Finding{ok("nix", "nix", "%s", v)}
	if !v.AtLeast(2, 8) {
		findings[0] = fault("nix", "nix", "%s is older than 2.8, the oldest that flakegen knows", v).advise("Upgrade Nix.")
	}
	for _, k := range faultsOf(v) {
		findings = append(findings, Finding{Rule: "nix-known-fault", Level: k.level, Subject: "known fault", Summary: strings.TrimSuffix(k.what, "."), Advice: k.remedy})
	}
	return findings
}

// broken is a nix that fails where it should answer.
func (e *examination) broken(rule, subject, summary string, err error) Finding {
	return fault(rule, subject, "%s", summary).because("%s", said(err)).advise("Run it by hand to see more.", commandOf(err)...)
}

// said is the last thing that a nix said, or the error where it said nothing.
func said(err error) string {
	var failed *nixcmd.Error
	if !errors.As(err, &failed) || failed.Stderr == "" {
		return nixcmd.Printable(err.Error())
	}
	lines := strings.Split(strings.TrimSpace(failed.Stderr), "\n")
	// Below an error about a download stands what the server said.
	for _, l := range slices.Backward(lines) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(l), "error: "); ok {
			return text
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

func commandOf(err error) []string {
	var failed *nixcmd.Error
	if !errors.As(err, &failed) {
		return nil
	}
	return []string{nixcmd.Printable(nixcmd.CommandLine(failed.Program, failed.Args))}
}

func (e *examination) flakes(context.Context) []Finding {
	if _, err := e.versionOf(); err != nil {
		return nil // said already
	}
	on, err := e.enabled()
	if err != nil {
		return []Finding{e.broken("flakes", "flakes", "Nix does not say whether they are enabled", err)}
	}
	if on {
		return []Finding{ok("flakes", "flakes", "enabled")}
	}
	return []Finding{e.set(note("flakes", "flakes", "not enabled").
		because("flakegen enables them for its own calls; nix itself refuses them."), userSetting, "experimental-features", "nix-command flakes")}
}
