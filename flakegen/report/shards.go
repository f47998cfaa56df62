package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// suite is what became of the shards of a package's tests.
type suite struct {
	pkg     string
	ran     []timing.Derivation // those that were built, or tried
	fetched int
	blocked int
}

// suitesOf are the suites of a report, in the order in which they came.
func suitesOf(r timing.Report) []suite {
	var list []suite
	at := map[string]int{}
	of := func(name string) *suite {
		pkg, _, ok := timing.Shard(name)
		if !ok {
			return nil
		}
		i, known := at[pkg]
		if !known {
			i = len(list)
			at[pkg] = i
			list = append(list, suite{pkg: pkg})
		}
		return &list[i]
	}
	for _, d := range r.Derivations {
		s := of(d.Name)
		switch {
		case s == nil, d.Disposition == timing.DispositionPresent:
		case d.Disposition == timing.DispositionSubstituted:
			s.fetched++
		default:
			s.ran = append(s.ran, d)
		}
	}
	for _, path := range r.Blocked {
		if s := of(timing.Name(path)); s != nil {
			s.blocked++
		}
	}
	return slices.DeleteFunc(list, func(s suite) bool { return len(s.ran)+s.fetched+s.blocked == 0 })
}

// sentence sums a suite up: "72 shards of rts: 70 passed, 2 failed, longest gc_1-eop 45 s".
// Those that were there already are not in it, as a build does not tell of them.
func (s suite) sentence(name func(string) string) string {
	counts := map[timing.Disposition]int{}
	var longest timing.Derivation
	for _, d := range s.ran {
		counts[d.Disposition]++
		if d.Seconds > longest.Seconds {
			longest = d
		}
	}
	var parts []string
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	add(counts[timing.DispositionBuilt], "passed")
	add(counts[timing.DispositionFailed], "failed")
	add(counts[timing.DispositionInterrupted], "interrupted")
	add(s.fetched, "fetched")
	add(s.blocked, "not begun")
	if _, run, ok := timing.Shard(longest.Name); ok {
		parts = append(parts, "longest "+name(single(run))+" "+Duration(ofSeconds(longest.Seconds)))
	}
	return shardsOf(len(s.ran)+s.fetched+s.blocked, name(single(s.pkg))) + ": " + strings.Join(parts, ", ")
}

func shardsOf(n int, pkg string) string {
	if n == 1 {
		return "1 shard of " + pkg
	}
	return fmt.Sprintf("%d shards of %s", n, pkg)
}

const (
	// allShards is how many shards of a package stand in a table each; of more only the
	// slowest do, and those that did not pass.
	allShards     = 10
	slowestShards = 5
)

// summedUp are the derivations that the sentence of a suite stands for in a table.
func summedUp(r timing.Report) map[string]bool {
	left := map[string]bool{}
	for _, s := range suitesOf(r) {
		if len(s.ran) <= allShards {
			continue
		}
		slowest := slices.Clone(s.ran)
		slices.SortStableFunc(slowest, func(a, b timing.Derivation) int { return cmp.Compare(b.Seconds, a.Seconds) })
		for _, d := range slowest[slowestShards:] {
			if d.Disposition == timing.DispositionBuilt {
				left[d.Derivation] = true
			}
		}
	}
	return left
}

// notBegun names the derivations that were not begun; many shards of one package by
// their number.
func notBegun(r timing.Report, name func(string) string) []string {
	many := map[string]int{}
	for _, s := range suitesOf(r) {
		if s.blocked > slowestShards {
			many[s.pkg] = s.blocked
		}
	}
	var names []string
	for _, path := range r.Blocked {
		pkg, _, _ := timing.Shard(timing.Name(path))
		switch n := many[pkg]; {
		case n > 0:
			names = append(names, shardsOf(n, name(single(pkg))))
			many[pkg] = -1
		case n == 0:
			names = append(names, name(storeName(path)))
		}
	}
	return names
}

// shardSentences sum up the suites of which something ran. The others are among what was
// not begun.
func shardSentences(r timing.Report, name func(string) string) []string {
	var list []string
	for _, s := range suitesOf(r) {
		if len(s.ran)+s.fetched > 0 {
			list = append(list, s.sentence(name))
		}
	}
	return list
}

func (t *text) shards() {
	for i, sentence := range shardSentences(t.r, single) {
		if i == 0 {
			t.section()
		}
		for _, l := range wrap(sentence, t.width()) {
			t.line("%s", l)
		}
	}
}

// shownTests is how many tests are named that failed in one derivation.
const shownTests = 20

// failedTests are the lines that the log of a derivation has for tests that failed; none
// where there is one, which is the reason itself.
func failedTests(d timing.Derivation) []string {
	if len(d.FailedTests) < 2 {
		return nil
	}
	var lines []string
	for i, test := range d.FailedTests {
		if i == shownTests {
			return append(lines, fmt.Sprintf("and %d more", len(d.FailedTests)-i))
		}
		lines = append(lines, "FAILED: "+single(test))
	}
	return lines
}
