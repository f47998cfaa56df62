package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// matrixShard is a shard of the matrix in one variant of the tests.
type matrixShard struct {
	name string // of the derivation
	runs []matrixRun
}

// matrixRun is a run of the matrix in one variant of the tests.
type matrixRun struct {
	// label is what the run is called where it is run. The seed of the commit is
	// [commitSeed] in it.
	label string
	// target is what it is called in the makefile of tests that run inline.
	target  string
	variant string
	module  *spec.TestModule
}

// commitSeed stands for a seed that only Nix knows.
const commitSeed = "of the commit"

// matrixOf gives the shards of a package's tests: those with a fixed seed, or those
// with the commit's.
func matrixOf(p *spec.Derivation, commit bool) []matrixShard {
	t := p.Tests
	shards := t.FixedShards()
	if commit {
		shards = t.CommitShards()
	}
	var list []matrixShard
	for _, s := range shards {
		for _, variant := range testVariants(t) {
			m := matrixShard{name: p.Name + "-test-" + s.Name}
			if variant != "" {
				m.name += "-" + variant
			}
			for _, r := range s.Runs {
				m.runs = append(m.runs, newRun(t, variant, r, commit))
			}
			list = append(list, m)
		}
	}
	return list
}

// testVariants are those of tests, a nameless one where they have none.
func testVariants(t *spec.Tests) []string {
	if len(t.Variants) == 0 {
		return []string{""}
	}
	return t.Variants
}

func newRun(t *spec.Tests, variant string, r spec.TestRun, commit bool) matrixRun {
	var words []string
	if variant != "" {
		words = append(words, variant)
	}
	words = append(words, r.Module.Name)
	if t.HasSeeds() {
		words = append(words, fmt.Sprintf("%d-%d", r.Chunk.First, r.Chunk.Last))
	}
	m := matrixRun{target: "test/" + strings.Join(words, "/"), variant: variant, module: r.Module}
	switch {
	case t.Seeded() && commit:
		words = append(words, "seed", commitSeed)
	case t.Seeded():
		words = append(words, "seed", fmt.Sprint(r.Module.Seed))
	}
	m.label = strings.Join(words, " ")
	return m
}

var seedWord = regexp.MustCompile(` seed ([0-9]+)$`)

// cutSeed puts [commitSeed] into the place of a label's seed.
func cutSeed(label string) (without, seed string) {
	if at := seedWord.FindStringSubmatchIndex(label); at != nil {
		return label[:at[2]] + commitSeed, label[at[2]:]
	}
	return label, ""
}

// counted counts names.
func counted(names []string) map[string]int {
	counts := map[string]int{}
	for _, name := range names {
		counts[name]++
	}
	return counts
}

// unmatched compares what there is with what there should be once each, and gives what
// is missing, what is there and should not be, and what is there more than once.
func unmatched(got, want []string) (missing, extra, twice []string) {
	counts, wanted := counted(got), counted(want)
	for _, name := range want {
		if counts[name] == 0 {
			missing = append(missing, name)
		}
	}
	for _, name := range got {
		switch n := counts[name]; {
		case n == 0: // said
		case wanted[name] == 0:
			extra = append(extra, name)
			counts[name] = 0
		case n > 1:
			twice = append(twice, name)
			counts[name] = 0
		}
	}
	return missing, extra, twice
}

// CountShards counts the shards, in all variants of tests, that are verified on a system
// at least.
func CountShards(s *spec.Spec, systems []platform.System) int {
	n := 0
	for _, p := range s.Packages {
		if p.Tests == nil || !slices.ContainsFunc(systems, func(system platform.System) bool { return slices.Contains(p.On, system) }) {
			continue
		}
		sharded := slices.ContainsFunc(p.Variants, func(v *spec.Variant) bool {
			return slices.ContainsFunc(systems, func(system platform.System) bool { return v.Strategies[system] == spec.Shards })
		})
		if sharded {
			n += len(matrixOf(p, false))
		}
		n += len(matrixOf(p, true))
	}
	return n
}
