package doctor

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// dropped is a system that nixpkgs no longer has from a release on.
type dropped struct {
	system platform.System
	year   int // of the release, 26 for 26.11
	month  int
	last   string
}

// droppedSystems is what nixpkgs' release notes announce: 26.05 is the last
// release with x86_64-darwin.
// https://nixos.org/manual/nixpkgs/unstable/release-notes
var droppedSystems = []dropped{
	{platform.System("x86_64-darwin"), 26, 11, "26.05"},
}

var releaseRef = nixcmd.Pattern(`\b(?:nixos|nixpkgs|release)-(\d\d)\.(\d\d)\b`)

// nixpkgsLimit is the time for evaluating the names of nixpkgs' systems.
const nixpkgsLimit = 6 * time.Second

// nixpkgs says whether nixpkgs still has the systems that the spec lists: what the
// locked one itself says where it is in the store, else what is known of its
// release.
func (e *examination) nixpkgs(ctx context.Context) []Finding {
	r := e.Repository
	if r == nil || len(r.Rendering.Spec.Systems) == 0 {
		return nil
	}
	s := r.Rendering.Spec
	in := s.Input(s.NixpkgsInput())
	if in == nil {
		return nil
	}
	const rule, subject = "nixpkgs-systems", "nixpkgs"
	name := nixcmd.Printable(in.Name)
	if there, answered := e.evaluatedSystems(ctx, in.Name); answered {
		var findings []Finding
		for _, system := range s.Systems {
			if !slices.Contains(there, string(system)) {
				findings = append(findings, fault(rule, subject, "the locked %s has no %s", name, nixcmd.Printable(string(system))).
					because("Its flake was evaluated; it has %s.", nixcmd.Printable(strings.Join(there, ", "))).
					advise(e.dropRemedy(system)).at(s.SystemsAt.Expr.Range()))
			}
		}
		if len(findings) == 0 {
			findings = append(findings, ok(rule, subject, "the locked %s has every system of the spec (evaluated)", name))
		}
		return findings
	}
	var findings []Finding
	year, month, known := release(in)
	for _, d := range droppedSystems {
		if known && slices.Contains(s.Systems, d.system) && (year > d.year || year == d.year && month >= d.month) {
			findings = append(findings, fault(rule, subject, "%d.%02d has no %s any more", year, month, d.system).
				because("That is from the release notes; the locked nixpkgs is not in the store, so it was not asked.").
				advise(e.dropRemedy(d.system)).at(in.Range))
		}
	}
	if len(findings) == 0 && known {
		findings = append(findings, ok(rule, subject, "%d.%02d is not known to lack a system of the spec", year, month))
	}
	return findings
}

func (e *examination) dropRemedy(system platform.System) string {
	for _, d := range droppedSystems {
		if d.system == system {
			return fmt.Sprintf("Take nixos-%s or nixpkgs-%[1]s-darwin for that system, or %s out of systems.", d.last, system)
		}
	}
	return fmt.Sprintf("Take a nixpkgs that has it, or %s out of systems.", nixcmd.Printable(string(system)))
}

// release is the release of nixpkgs that an input names: 26, 11 for
// github:NixOS/nixpkgs/nixos-26.11.
func release(in *spec.Input) (year, month int, known bool) {
	for _, a := range in.Attributes {
		if a.Name != "url" && a.Name != "ref" {
			continue
		}
		text, isText := textOf(a.Value)
		if m := releaseRef().FindStringSubmatch(text); isText && m != nil {
			year, _ = strconv.Atoi(m[1])
			month, _ = strconv.Atoi(m[2])
			return year, month, true
		}
	}
	return 0, 0, false
}

// evaluatedSystems asks the locked input for the names of its legacyPackages,
// without the network. It is false where that cannot be answered.
func (e *examination) evaluatedSystems(ctx context.Context, input string) ([]string, bool) {
	if _, err := e.versionOf(); err != nil {
		return nil, false
	}
	locked, err := e.readLock()
	if err != nil || locked == nil {
		return nil, false
	}
	node, found := locked.Nodes[locked.rootNode(input)]
	if !found {
		return nil, false
	}
	reference, fits := node.Locked.reference()
	if !fits {
		return nil, false
	}
	ctx, cancel := context.WithTimeoutCause(ctx, nixpkgsLimit, errNoAnswer)
	defer cancel()
	names, err := e.Nix.LegacySystems(ctx, reference)
	return names, err == nil && len(names) > 0
}
