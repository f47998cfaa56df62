package flakegen

import (
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

func TestShardsOf(t *testing.T) {
	s := parse(t, withChecks+`
package "other" {
  variant "build" { doCheck = false }
  variant "checked" {
    tests = {
      linux  = "shards"
      darwin = "inline"
    }
  }
  tests {
    modules = ["a", "b", "c"]
    jobs    = 2
    memory  = 1024
    run     = "true"
  }
}
alias "all" { default = package.other.checked }
check "whole" {
  systems = ["x86_64-linux"]
  value   = package.unit.checked
}
check "each" { value = alias.all }
check "more" { value = pkgs::symlinkJoin({ paths = [package.other.checked] }) }
package "again" { value = package.other.checked }
alias "twice" { default = package.again }
`)
	for _, test := range []struct {
		names        []string
		system       platform.System
		count        int
		jobs, memory int
	}{
		{[]string{"unit-checked"}, "x86_64-linux", 12, 3, 0},
		{[]string{"unit-seeded"}, "x86_64-linux", 12, 3, 0},
		{[]string{"unit-checked", "unit-seeded"}, "x86_64-linux", 24, 3, 0},
		{[]string{"unit-build", "rts-checked", "lint"}, "x86_64-linux", 0, 0, 0},
		{[]string{"all", "other-checked"}, "aarch64-linux", 3, 2, 1024},
		{[]string{"all"}, "aarch64-darwin", 0, 0, 0},
		{[]string{"whole"}, "x86_64-linux", 12, 3, 0},
		{[]string{"whole", "unit-checked"}, "x86_64-linux", 12, 3, 0},
		{[]string{"each"}, "aarch64-linux", 3, 2, 1024},
		{[]string{"each"}, "aarch64-darwin", 0, 0, 0},
		{[]string{"twice"}, "x86_64-linux", 3, 2, 1024},
		{[]string{"again"}, "x86_64-linux", 3, 2, 1024},
		{[]string{"all", "unit-checked"}, "x86_64-linux", 15, 2, 1024},
	} {
		outputs, _, err := Targets(s, test.names, []platform.System{test.system})
		if err != nil {
			t.Fatal(err)
		}
		got := ShardsOf(s, outputs)
		if got.Count != test.count || got.Jobs != test.jobs || got.Memory != test.memory {
			t.Errorf("%q on %s: %+v, want %d shards, %d jobs, %d MiB", test.names, test.system, got, test.count, test.jobs, test.memory)
		}
		if got.Count > 0 && !slices.Equal(got.Systems, []platform.System{test.system}) {
			t.Errorf("%q: systems %q", test.names, got.Systems)
		}
	}
	if got := ShardsOf(s, []timing.Output{{Name: ".#unit-checked"}}); got.Count != 0 {
		t.Errorf("an installable: %+v", got)
	}
}

// What is known of shards in a log is their names, and generate makes these.
func TestShardsAreKnownByTheirNames(t *testing.T) {
	p := parse(t, withChecks).Package("unit")
	seen := map[string]bool{}
	for _, shard := range slices.Concat(p.Tests.FixedShards(), p.Tests.CommitShards()) {
		pkg, run, ok := timing.Shard(p.Name + "-test-" + shard.Name + "-debug")
		if !ok || pkg != p.Name || run != shard.Name[2:]+"-debug" {
			t.Errorf("%s: %q, %q, %v", shard.Name, pkg, run, ok)
		}
		seen[run] = true
	}
	if len(seen) != 6 {
		t.Errorf("%d shards, want 6: %v", len(seen), seen)
	}
}

func TestShardJobs(t *testing.T) {
	const linux, darwin = "x86_64-linux", "aarch64-darwin"
	machine := Machine{Cores: 8, Memory: 16000}
	for _, test := range []struct {
		name     string
		settings nixcmd.Settings
		shards   Shards
		machine  Machine
		want     int
		why      string
	}{
		{"one a core", nixcmd.Settings{MaxJobs: 1}, Shards{}, machine, 8, "8 cores"},
		{"one core", nixcmd.Settings{MaxJobs: 1}, Shards{Jobs: 4}, Machine{Cores: 1}, 1, "1 core"},
		{"processors that are not known", nixcmd.Settings{MaxJobs: 1}, Shards{}, Machine{}, 1, "0 cores"},
		{"no more than the spec says", nixcmd.Settings{MaxJobs: 1}, Shards{Jobs: 3}, machine, 3, "jobs = 3 in the spec"},
		{"no more than memory holds", nixcmd.Settings{MaxJobs: 1}, Shards{Jobs: 6, Memory: 3000}, machine, 5, "16000 MiB of memory at 3000 a shard"},
		{"less memory than a shard takes", nixcmd.Settings{MaxJobs: 1}, Shards{Memory: 32000}, machine, 1, "16000 MiB of memory at 32000 a shard"},
		{"memory that is not known", nixcmd.Settings{MaxJobs: 1}, Shards{Memory: 3000}, Machine{Cores: 8}, 8, "8 cores"},
		{"what is set stays", nixcmd.Settings{MaxJobs: 4}, Shards{Jobs: 6}, machine, 4, ""},
		{"more than there are cores, too", nixcmd.Settings{MaxJobs: 20}, Shards{}, machine, 20, ""},
		{"but for the caps", nixcmd.Settings{MaxJobs: 20}, Shards{Jobs: 6}, machine, 6, "jobs = 6 in the spec"},
		{"nothing is built here", nixcmd.Settings{MaxJobs: 0}, Shards{Jobs: 6}, machine, 0, ""},
		{"nothing for this system", nixcmd.Settings{MaxJobs: 1}, Shards{Systems: []platform.System{darwin}}, machine, 1, ""},
		{"an extra platform", nixcmd.Settings{MaxJobs: 1, ExtraPlatforms: []string{darwin}}, Shards{Systems: []platform.System{darwin}}, machine, 8, "8 cores"},
		{"an external builder", nixcmd.Settings{MaxJobs: 1, ExternalBuilders: []nixcmd.ExternalBuilder{{Systems: []string{darwin}}}}, Shards{Systems: []platform.System{darwin}}, machine, 8, "8 cores"},
		{"builds elsewhere", nixcmd.Settings{MaxJobs: 1, Store: "ssh-ng://host"}, Shards{}, machine, 1, ""},
	} {
		test.settings.System = linux
		if test.shards.Systems == nil {
			test.shards.Systems = []platform.System{linux}
		}
		if got, why := test.shards.jobs(test.settings, test.machine); got != test.want || why != test.why {
			t.Errorf("%s: %d, %q, want %d, %q", test.name, got, why, test.want, test.why)
		}
	}
}

// A plan counts on the jobs that a build would have.
func TestPlanOfShardsHasTheirJobs(t *testing.T) {
	s := parse(t, withChecks)
	for _, test := range []struct {
		name string
		args []string
		want int
	}{
		{"unit-checked", nil, 3},
		{"unit-seeded", nil, 3},
		{"unit-build", nil, 1},
		{"unit-checked", []string{"-j", "1"}, 1},
	} {
		outputs, _, err := Targets(s, []string{test.name}, []platform.System{"x86_64-linux"})
		if err != nil {
			t.Fatal(err)
		}
		args, err := nixcmd.ParseArgs(test.args, "/")
		if err != nil {
			t.Fatal(err)
		}
		run := planRun{PlanOptions: PlanOptions{Spec: s, Nix: &nixcmd.Nix{Args: args}, Machine: Machine{Cores: 8}}}
		run.made.Settings = nixcmd.Settings{System: "x86_64-linux", MaxJobs: 1}
		if got := run.settings(outputs[0]).MaxJobs; got != test.want {
			t.Errorf("%s %q: %d jobs, want %d", test.name, test.args, got, test.want)
		}
		if run.made.Settings.MaxJobs != 1 {
			t.Errorf("%s: the settings of the plan have changed", test.name)
		}
	}
}

// Only a Nix that was seen to keep memory for what waits is spoken of, and only where
// much waits.
func TestShardMemory(t *testing.T) {
	for _, c := range []struct {
		count   int
		version string
		want    bool
	}{{499, "2.34.8", false}, {500, "2.34.8", true}, {500, "2.26.3", false}, {10000, "2.8.0", false}} {
		got := Shards{Count: c.count}.memoryHint(nixcmd.Version{Number: c.version})
		if (got != "") != c.want || c.want && !strings.HasPrefix(got, "500 shards wait at once, and Nix 2.34.8 ") {
			t.Errorf("%d shards with %s: %q", c.count, c.version, got)
		}
	}
}
