package timing

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

func TestShard(t *testing.T) {
	for _, test := range []struct{ name, pkg, run string }{
		{"rts-test-e-gc_1-eop", "rts", "gc_1-eop"},
		{"rts-test-j-2pc_10+3-32bit", "rts", "2pc_10+3-32bit"},
		{"my-2-test-a-gc", "my-2", "gc"},
		{"rts-tests", "", ""},
		{"rts-tests-eop", "", ""},
		{"rts-test-k-gc", "", ""},
		{"rts-test-gc", "", ""},
		{"test-a-gc", "", ""},
		{"rts-test-e-", "", ""},
	} {
		pkg, run, ok := Shard(test.name)
		if pkg != test.pkg || run != test.run || ok != (pkg != "") {
			t.Errorf("%s: %q, %q, %v, want %q, %q", test.name, pkg, run, ok, test.pkg, test.run)
		}
	}
}

// runTests is an account of one build that writes lines and fails.
func runTests(lines ...string) Report {
	const drv = "/nix/store/00000000000000000000000000000000-rts-test-e-gc-eop.drv"
	stream := []string{`@nix {"action":"start","id":1,"type":105,"level":3,"text":"","fields":["` + drv + `","",1,1]}`}
	for _, l := range lines {
		stream = append(stream, fmt.Sprintf(`@nix {"action":"result","id":1,"type":101,"fields":[%q]}`, l))
	}
	stream = append(stream, `@nix {"action":"stop","id":1}`,
		`@nix {"action":"msg","level":0,"msg":"error: builder for '`+drv+`' failed with exit code 1","raw_msg":"builder for '`+drv+`' failed with exit code 1"}`)
	now := time.Unix(0, 0)
	a := NewAccount(now)
	d := nixcmd.NewDecoder(strings.NewReader(strings.Join(stream, "\n")+"\n"), func() time.Time { return now })
	for {
		e, err := d.Next()
		if err != nil {
			break
		}
		a.Add(e)
	}
	code := 1
	return a.Finish(Ending{At: now, ExitCode: &code})
}

func TestFailedTestsAreKept(t *testing.T) {
	lines := []string{"FAILED: eop gc 1-10 seed 4711, exit code 139 after 3 s", "passed: eop text, 1 s"}
	for i := range 3 * DefaultLogTail {
		lines = append(lines, fmt.Sprint("line ", i))
	}
	lines = append(lines, "FAILED: eop hang, stopped after 60 s", "FAILED: obj/x.o", "it FAILED: eop x, exit code 1 after 1 s")
	d := runTests(lines...).Derivations[0]
	want := []string{"eop gc 1-10 seed 4711, exit code 139 after 3 s", "eop hang, stopped after 60 s"}
	if !slices.Equal(d.FailedTests, want) {
		t.Errorf("%q, want %q", d.FailedTests, want)
	}
	if slices.Contains(d.LogTail, lines[0]) {
		t.Errorf("the tail holds all of the log: %d lines", len(d.LogTail))
	}
}

func TestFailedTestsAreBounded(t *testing.T) {
	var lines []string
	for i := range 5000 {
		lines = append(lines, fmt.Sprintf("FAILED: m%d, exit code 1 after 0 s", i))
	}
	got := runTests(lines...).Derivations[0].FailedTests
	if len(got) != maxFailedTests+1 || got[0] != "m0, exit code 1 after 0 s" || got[maxFailedTests] != moreFailed {
		t.Errorf("%d tests, the last %q", len(got), got[len(got)-1])
	}
}
