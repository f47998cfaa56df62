package spec

import (
	"fmt"
	"math"
	"sort"
)

// TestRun is what one process of the tests does in a variant: a chunk of a module.
type TestRun struct {
	Module *TestModule
	Chunk  TestChunk
}

// Weight is how many seconds the run takes, roughly: the share of its seeds in what
// the module takes.
func (r TestRun) Weight() float64 {
	return r.Module.Weight * float64(r.Chunk.count()) / float64(r.Module.seeds)
}

// name is the name of the run among those of a variant.
func (r TestRun) name() string {
	if len(r.Module.Chunks) == 1 {
		return r.Module.Name
	}
	return fmt.Sprintf("%s_%d", r.Module.Name, r.Chunk.Number)
}

// TestShard is what one derivation runs in a variant: a run, or several light ones.
type TestShard struct {
	// Name begins with a letter that puts the heavy ones first where Nix takes what is
	// ready in the order of names: j below two seconds, the one before for each
	// doubling. Digits do not follow a dash, where Nix takes them for a version, which
	// it leaves out of what it writes in front of each line of a log.
	Name string
	Runs []TestRun
}

// Weight is how many seconds the shard takes, roughly.
func (s TestShard) Weight() float64 {
	sum := 0.0
	for _, r := range s.Runs {
		sum += r.Weight()
	}
	return sum
}

// FixedShards are the shards of the runs whose seed does not depend on the commit,
// the heaviest first. They are the same in every variant.
func (t *Tests) FixedShards() []TestShard {
	return t.shards(func(m *TestModule) bool { return m.Fixed })
}

// CommitShards are those of the runs whose seed is the commit's.
func (t *Tests) CommitShards() []TestShard {
	return t.shards(func(m *TestModule) bool { return m.Commit })
}

func (t *Tests) shards(in func(*TestModule) bool) []TestShard {
	var runs []TestRun
	for _, m := range t.Modules {
		if !in(m) {
			continue
		}
		for _, c := range m.Chunks {
			runs = append(runs, TestRun{m, c})
		}
	}
	sort.SliceStable(runs, func(i, j int) bool { return runs[i].Weight() > runs[j].Weight() })

	var shards []TestShard
	for begin := 0; begin < len(runs); {
		end, weight := begin+1, runs[begin].Weight()
		for end < len(runs) && weight < t.Least {
			weight += runs[end].Weight()
			end++
		}
		shard := TestShard{Runs: runs[begin:end]}
		shard.Name = fmt.Sprintf("%c-%s", rank(weight), runs[begin].name())
		if more := end - begin - 1; more > 0 {
			shard.Name += fmt.Sprintf("+%d", more)
		}
		shards = append(shards, shard)
		begin = end
	}
	// A group may weigh more than a run before it.
	sort.SliceStable(shards, func(i, j int) bool { return shards[i].Weight() > shards[j].Weight() })
	return shards
}

// rank is coarse, as the name of a derivation is a part of its hash: a weight that is
// corrected a little must not lose what a cache has.
func rank(seconds float64) rune {
	return 'j' - rune(min(9, max(0, int(math.Floor(math.Log2(seconds))))))
}
