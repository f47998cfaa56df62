package flakegen

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

// Machine is what this machine has for builds; 0 is what is not known.
type Machine struct {
	// Cores is how many processors this program may use, Memory how many MiB there are.
	Cores, Memory int
}

// Shards are the shards of tests that outputs need, a derivation each.
type Shards struct {
	// Count is how many there are. Jobs caps how many run at once, and Memory, in MiB of
	// one, does so by what the machine has; 0 for no cap.
	Count, Jobs, Memory int
	// Systems are those that they are for.
	Systems []platform.System
}

// ShardsOf gives the shards that outputs of a spec need. Where packages have different
// caps the tightest counts for all, as Nix knows one number of jobs.
func ShardsOf(s *spec.Spec, outputs []timing.Output) Shards {
	type suite struct {
		of     *spec.Derivation
		seeded bool
		system string
	}
	var all Shards
	counted := map[suite]bool{}
	for _, o := range outputs {
		system := platform.System(o.System)
		asked := &target{output: s.Output(o.Name)}
		if strings.HasPrefix(o.Attribute, "checks.") {
			asked = findCheck(s, o.Name)
		}
		p, seeded := asked.sharded(s, system)
		one := suite{p, seeded, o.System}
		if p == nil || counted[one] {
			continue
		}
		counted[one] = true
		shards := p.Tests.FixedShards
		if seeded {
			shards = p.Tests.CommitShards
		}
		all.Count += len(shards()) * max(1, len(p.Tests.Variants))
		all.Jobs = tighter(all.Jobs, p.Tests.Jobs)
		all.Memory = max(all.Memory, p.Tests.Memory)
		if !slices.Contains(all.Systems, system) {
			all.Systems = append(all.Systems, system)
		}
	}
	return all
}

// sharded gives the package whose tests a target runs as shards on a system, and whether
// it is those with the seed of the commit; nil where it runs none.
func (t *target) sharded(s *spec.Spec, system platform.System) (p *spec.Derivation, seeded bool) {
	switch {
	case t == nil || t.output == nil && t.seeded == nil:
		return nil, false
	case t.seeded != nil:
		return t.seeded, true
	}
	o := resolve(t.output, system)
	if o != nil {
		if same := s.Same(o); same != nil {
			o = resolve(same, system)
		}
	}
	if o == nil || o.Variant == nil || o.Package.Tests == nil || o.Variant.Strategies[system] != spec.Shards {
		return nil, false
	}
	return o.Package, false
}

// tighter is the lower of two caps, where 0 is none.
func tighter(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// jobs says how many builds Nix should run at once on this machine, and why. One at a
// time is what Nix does where nobody has set max-jobs: that becomes one a core. What
// somebody has set stays, but for the caps, which are there because more do not fit.
func (s Shards) jobs(settings nixcmd.Settings, m Machine) (jobs int, why string) {
	here := func(system platform.System) bool { return buildsHere(settings, string(system)) }
	if jobs = settings.MaxJobs; settings.Elsewhere() || !slices.ContainsFunc(s.Systems, here) {
		return jobs, ""
	}
	if jobs == 1 {
		jobs, why = max(1, m.Cores), counted(m.Cores, "core")
	}
	if s.Jobs > 0 && jobs > s.Jobs {
		jobs, why = s.Jobs, fmt.Sprintf("jobs = %d in the spec", s.Jobs)
	}
	if s.Memory > 0 && m.Memory > 0 && jobs > m.Memory/s.Memory {
		jobs, why = max(1, m.Memory/s.Memory), fmt.Sprintf("%d MiB of memory at %d a shard", m.Memory, s.Memory)
	}
	return jobs, why
}

// buildsHere says whether builds for a system take a slot of this machine's.
func buildsHere(s nixcmd.Settings, system string) bool {
	return s.BuildsHere(system) || s.MaxJobs > 0 &&
		slices.ContainsFunc(s.ExternalBuilders, func(b nixcmd.ExternalBuilder) bool { return slices.Contains(b.Systems, system) })
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// manyShards is from how many on a word is due of the memory that Nix takes.
const manyShards = 500

// memoryHint says what so many shards take of Nix itself; nothing where that is little.
// 1,000 on two slots took 60 MB with 2.8, 0.3 GB with 2.26 and 5.8 GB with 2.34, and it
// grows with the square of their number (docs/tests.md).
func (s Shards) memoryHint(v nixcmd.Version) string {
	if s.Count < manyShards || !v.AtLeast(2, 27) {
		return ""
	}
	return fmt.Sprintf("%d shards wait at once, and Nix %s may take gigabytes to keep them: 1,000 took 5.8 GB of 2.34. Group light ones: least = 5 in the tests block.", s.Count, v.Number)
}

// ScheduleShards fits the flags of Nix to a build of shards: one that fails does not end
// the others, and as many run at once as this machine holds. What the user gave to Nix
// stays as it is. It says in a line what it adds and why, and in another where so many
// take much of Nix.
//
// It asks Nix for its settings, one process, and where there are many for its version.
// Where it does not say them max-jobs is left alone.
func (o *BuildOptions) ScheduleShards(ctx context.Context, shards Shards, m Machine) (told []string, err error) {
	if shards.Count == 0 {
		return nil, nil
	}
	var flags []string
	why := ""
	if !o.Nix.Args.SetsMaxJobs() {
		settings, err := o.Nix.Settings(ctx)
		if err := unlessInterrupted(err); err != nil {
			return nil, err
		}
		if err == nil {
			var jobs int
			if jobs, why = shards.jobs(settings, m); jobs != settings.MaxJobs {
				flags = []string{"--max-jobs", fmt.Sprint(jobs)}
				settings.MaxJobs = jobs
			} else if why = ""; jobs > 1 {
				why = fmt.Sprintf("max-jobs is %d already", jobs)
			}
			o.settings = &settings
		}
	}
	nix := *o.Nix
	nix.Args = nix.Args.With(flags...)
	o.Nix = &nix
	if !o.KeepGoing && !nix.Args.SetsKeepGoing() {
		o.KeepGoing = true
		flags = append(flags, "--keep-going")
	}
	if len(flags) > 0 {
		added := counted(shards.Count, "shard") + ": " + strings.Join(flags, " ")
		if why != "" {
			added += ", " + why
		}
		told = append(told, added)
	}
	if shards.Count >= manyShards {
		version, err := o.Nix.Version(ctx)
		if err := unlessInterrupted(err); err != nil {
			return told, err
		}
		if hint := shards.memoryHint(version); err == nil && hint != "" {
			told = append(told, hint)
		}
	}
	return told, nil
}
