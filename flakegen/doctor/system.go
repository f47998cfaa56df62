package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/platform"
)

// systems says of each system of the spec whether it can be built for here, and
// through what. Without a spec it says what this machine itself builds for.
func (e *examination) systems(context.Context) []Finding {
	s, err := e.settings()
	if err != nil {
		return nil // said already
	}
	if e.Repository == nil || e.Repository.Rendering.Spec.SystemsAt == nil {
		return e.ownSystems(s)
	}
	spec := e.Repository.Rendering.Spec
	var findings []Finding
	for _, system := range spec.Systems {
		findings = append(findings, e.system(s, system))
	}
	return findings
}

func (e *examination) ownSystems(s nixcmd.Settings) []Finding {
	findings := []Finding{e.system(s, platform.System(s.System))}
	if len(s.ExtraPlatforms) > 0 {
		findings = append(findings, ok("system", "others", "%s", strings.Join(s.ExtraPlatforms, ", ")))
	}
	return findings
}

func (e *examination) system(s nixcmd.Settings, system platform.System) Finding {
	const rule = "system"
	name := nixcmd.Printable(string(system))
	var ways, doubts []string
	emulator := ""
	switch {
	case s.Elsewhere():
		ways = append(ways, "whatever the store "+nixcmd.Printable(s.Store)+" has")
	case !s.BuildsHere(name):
	case s.System == name:
		ways = append(ways, "native")
	case runsItself(platform.System(s.System), system):
		ways = append(ways, "this machine, by extra-platforms")
	default:
		if emulator = e.emulator(system); emulator != "" {
			ways = append(ways, "emulated by "+emulator)
		} else {
			doubts = append(doubts, "extra-platforms lists it, and nothing known here runs its programs")
		}
	}
	if s.MaxJobs > 0 {
		for _, b := range s.ExternalBuilders {
			if slices.Contains(b.Systems, name) {
				ways = append(ways, "the external builder "+nixcmd.Printable(b.Program))
			}
		}
	}
	for _, c := range e.contacts() {
		if c.builder.MaxJobs <= 0 || !slices.Contains(c.builder.Systems, name) {
			continue
		}
		if c.err == nil {
			ways = append(ways, "the builder "+c.name)
		} else {
			doubts = append(doubts, fmt.Sprintf("the builder %s does not answer", c.name))
		}
	}
	for _, file := range s.UnreadBuilders {
		doubts = append(doubts, fmt.Sprintf("%s cannot be read by this user, so its builders are not known", nixcmd.Printable(file)))
	}
	switch {
	case len(ways) > 0:
		return ok(rule, name, "%s", strings.Join(ways, ", "))
	case len(doubts) > 0:
		return note(rule, name, "perhaps not: %s", strings.Join(doubts, "; ")).advise("It can be fetched where a cache has it.")
	}
	f := note(rule, name, "only fetched, never built here")
	if registered := e.emulator(system); registered != "" && s.MaxJobs > 0 {
		return e.set(f.because("%s is registered and could run its programs, and Nix does not know.", registered), machineSetting, "extra-platforms", name)
	}
	return f.advise("A remote builder would, in /etc/nix/machines:", "ssh-ng://HOST SYSTEM")
}
