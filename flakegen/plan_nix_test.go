package flakegen_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/substituter"
	"github.com/flakegen/flakegen/internal/cachetest"
	"github.com/flakegen/flakegen/internal/require"
)

// planSpec has packages that need each other: rts needs two libraries, and one of
// these a tool. The salt makes them differ from those of every other run.
const planSpec = `flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
package "tool" {
  name         = "tool"
  salt         = "%[1]s"
  buildCommand = "echo tool >$out"
}
package "gmp" {
  name         = "gmp"
  salt         = "%[1]s"
  uses         = [package.tool]
  buildCommand = "echo gmp >$out"
}
package "tommath" {
  name         = "tommath"
  salt         = "%[1]s"
  buildCommand = "echo tommath >$out"
}
package "rts" {
  name         = "rts"
  salt         = "%[1]s"
  uses         = [package.gmp, package.tommath]
  buildCommand = "cat $uses >$out"
  variant "build" { doCheck = false }
  variant "checked" { doCheck = true }
}
alias "rts" { default = package.rts.checked }
`

// TestNixPlan holds a plan against the dry run of Nix, and where a cache is signed
// by a stranger, which the dry run overlooks, against the build.
func TestNixPlan(t *testing.T) {
	good, stranger := cachetest.NewKey(t, "good-1"), cachetest.NewKey(t, "stranger-1")
	nix := cachetest.NewNix(t, "trusted-public-keys = "+good.Public)
	require.Program(t, "git")
	project, rendering := renderedRepository(t, map[string]string{"flakegen.hcl": fmt.Sprintf(planSpec, fmt.Sprint(time.Now().UnixNano()))}, nil)
	cache := cachetest.New(t, 30)
	uri, requests := cache.Serve(t)
	flags := append(withHostpkgs(t), "--option", "substituters", uri)
	args, err := nixcmd.ParseArgs(flags, project.Root)
	if err != nil {
		t.Fatal(err)
	}
	plan := func(names ...string) *flakegen.Plan {
		t.Helper()
		outputs, _, err := flakegen.Targets(rendering.Spec, names, rendering.Spec.Systems)
		if err != nil {
			t.Fatal(err)
		}
		made, err := project.Plan(t.Context(), flakegen.PlanOptions{
			Nix: &nixcmd.Nix{Dir: project.Root, Env: nix.Env, Args: args}, Spec: rendering.Spec, Outputs: outputs, Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range made.Rows {
			if row.Err != nil {
				t.Fatal(row.Err)
			}
		}
		return made
	}

	nothing := plan("rts", "tool", "gmp", "tommath")
	path, derivation := map[string]string{}, map[string]string{}
	for _, row := range nothing.Rows {
		n := row.Builds[len(row.Builds)-1].Node
		path[row.Output.Name], derivation[row.Output.Name] = n.Outputs["out"].Path, n.Path
	}
	if nothing.Evaluation.Processes != 1 || nothing.Evaluation.MemoryBytes < 1<<20 {
		t.Errorf("evaluating took %+v", nothing.Evaluation)
	}
	others := nothing.Rows[0].Alternatives
	if len(others) != 1 || others[0].Output.Variant != "build" || len(others[0].Builds) != 4 {
		t.Errorf("the alternatives to rts are %+v", others)
	}
	command := append([]string{"build", "--no-link", "--no-write-lock-file", project.Root + "#packages.x86_64-linux.rts"}, flags...)
	holds := func(what string, want, got []string) {
		t.Helper()
		if slices.Sort(got); !slices.Equal(slices.Sorted(slices.Values(want)), got) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	run := func(more ...string) (built, fetched []string) {
		t.Helper()
		_, log, err := nix.Run(append(command, more...)...)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range whatNixDoes.FindAllStringSubmatch(log, -1) {
			if p := m[1] + m[2] + m[3]; regexp.MustCompile(`\.drv$`).MatchString(p) {
				built = append(built, p)
			} else {
				fetched = append(fetched, p)
			}
		}
		return slices.Compact(slices.Sorted(slices.Values(built))), slices.Compact(slices.Sorted(slices.Values(fetched)))
	}

	// A library that is signed well is fetched, and its tool is needed by nobody.
	cache.Add(t, cachetest.Path{Path: path["gmp"], Keys: []cachetest.Key{good}})
	row := plan("rts").Rows[0]
	holds("the plan builds", []string{derivation["rts"], derivation["tommath"]}, builds(row))
	holds("the plan fetches", []string{path["gmp"]}, fetches(row))
	dryBuilt, dryFetched := run("--dry-run")
	holds("the plan builds as the dry run does", dryBuilt, builds(row))
	holds("the plan fetches as the dry run does", dryFetched, fetches(row))

	// The dry run takes one that a stranger has signed for granted.
	cache.Add(t, cachetest.Path{Path: path["tommath"], Keys: []cachetest.Key{stranger}})
	row = plan("rts").Rows[0]
	dryBuilt, dryFetched = run("--dry-run")
	holds("the dry run fetches", append(fetches(row), path["tommath"]), dryFetched)
	holds("the plan builds beside the dry run", append(dryBuilt, derivation["tommath"]), builds(row))
	if r := row.Result.Refused; len(r) != 1 || r[0].Path != path["tommath"] || r[0].Refused[0].Trust != substituter.UnknownKey {
		t.Errorf("refused: %+v", r)
	}
	built, fetched := run("-v", "--log-format", "raw")
	// Later Nix says that it copies before it sees the signature, then it builds.
	fetched = slices.DeleteFunc(fetched, func(p string) bool {
		return p == path["tommath"] && slices.Contains(built, derivation["tommath"])
	})
	holds("the plan builds as the build does", built, builds(row))
	holds("the plan fetches as the build does", fetched, fetches(row))

	before := requests.Load()
	row = plan("rts").Rows[0]
	if row.NeedsBuilds() || len(row.Result.Fetch) > 0 || !slices.Equal(row.Result.Present, []string{path["rts"]}) {
		t.Errorf("after the build: %+v", row.Result)
	}
	// The other variant needs the cache for itself alone.
	if n := requests.Load() - before; n > 2 {
		t.Errorf("%d requests for what is there", n)
	}
}

// whatNixDoes finds paths in a dry run's lists and in the words of a build.
var whatNixDoes = regexp.MustCompile(`(?m)^  (/nix/store/\S+)$|^building '(/nix/store/\S+)'|^copying path '(/nix/store/\S+)' from`)

func builds(row flakegen.PlanRow) []string {
	var list []string
	for _, b := range row.Builds {
		list = append(list, b.Node.Path)
	}
	return list
}

func fetches(row flakegen.PlanRow) []string {
	var list []string
	for _, f := range row.Result.Fetch {
		list = append(list, f.Path)
	}
	return list
}
