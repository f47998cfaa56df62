package timing

import (
	"regexp"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// shardName is the name of a derivation that runs a shard of tests, as flakegen renders
// it: package, the letter that puts heavy ones first, and what is run.
var shardName = regexp.MustCompile(`^(.+?)-test-[a-j]-(.+)$`)

// Shard takes the name of a derivation that runs a shard of tests apart: the package
// whose tests they are, and what is run, as in "gc_1-eop". The letter between the two is
// left out: it follows the weight, and a weight that is corrected makes no other test.
// A log knows nothing of shards but such names.
func Shard(name string) (pkg, run string, ok bool) {
	if !strings.Contains(name, "-test-") {
		return "", "", false
	}
	m := shardName.FindStringSubmatch(name)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// failedTest is the line that what runs tests writes for one that failed, in a shard or
// inline.
var failedTest = regexp.MustCompile(`^FAILED: (.+, (?:exit code \d+ after \d+ s|stopped after \d+ s))\r?$`)

const (
	// maxFailedTests is how many failed tests of a derivation are kept, with a note that
	// there are more.
	maxFailedTests = 200
	moreFailed     = "…"
)

// test takes note of a line that says of a test that it failed: it may stand far above
// the end of the log.
func (b *build) test(line string) {
	const mark = "FAILED: "
	if !strings.HasPrefix(line, mark) || len(line) > maxTailLine || len(b.failedTests) > maxFailedTests {
		return
	}
	m := failedTest.FindStringSubmatch(line)
	if m == nil {
		return
	}
	what := nixcmd.Printable(m[1])
	if len(b.failedTests) == maxFailedTests {
		what = moreFailed
	}
	if b.account.keepLine(what) {
		b.failedTests = append(b.failedTests, what)
	}
}
