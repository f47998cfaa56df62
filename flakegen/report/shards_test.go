package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// matrix is a build of n shards in two variants, of which some fail, and one package
// that needs them.
func matrix(n int, fails func(i int) bool) timing.Report {
	r := timing.Report{
		Status: timing.Succeeded, WallSeconds: 100, BuildSeconds: 99, EvalSeconds: 1, Slots: 8, SlotsFrom: timing.SlotsFromSettings,
		Outputs:     []timing.Output{{Name: "rts", Alias: "rts", Package: "rts", Variant: "checked", System: "x86_64-linux", Derivation: "/nix/store/0000000000000000000000000000000a-rts.drv"}},
		Derivations: []timing.Derivation{{Derivation: "/nix/store/0000000000000000000000000000000b-rts-tests.drv", Name: "rts-tests", Disposition: timing.DispositionBuilt, Seconds: 12}},
	}
	for i := range n {
		variant := []string{"eop", "copying"}[i%2]
		name := fmt.Sprintf("rts-test-j-m%d-%s", i/2, variant)
		d := timing.Derivation{Derivation: "/nix/store/0000000000000000000000000000000c-" + name + ".drv", Name: name, Disposition: timing.DispositionBuilt, StartSeconds: 12, Seconds: float64(1 + i%7)}
		if fails(i) {
			label := fmt.Sprintf("%s m%d 1-10", variant, i/2)
			d.Disposition, d.Seconds = timing.DispositionFailed, 0.3
			d.Failure = &timing.Failure{Kind: timing.FailureExit, ExitCode: 1, Reason: "the builder failed with exit code 1"}
			d.FailedTests = []string{label + ", exit code 139 after 0 s"}
			d.LogTail = []string{"testing " + label, "FAILED: " + d.FailedTests[0]}
			r.Status, r.Blocked = timing.Failed, []string{"/nix/store/0000000000000000000000000000000a-rts.drv"}
		}
		r.Derivations = append(r.Derivations, d)
	}
	return r
}

// grouped is a build in which a shard of several runs fails, and what the others need.
func grouped() timing.Report {
	r := matrix(4, func(i int) bool { return i == 2 })
	r.Derivations[3].FailedTests = []string{"eop text 1-10, exit code 1 after 2 s", "eop utf8 1-10, stopped after 60 s"}
	for i := range 8 {
		r.Blocked = append(r.Blocked, fmt.Sprintf("/nix/store/0000000000000000000000000000000d-other-test-j-m%d.drv", i))
	}
	return r
}

func TestTextOfShards(t *testing.T) {
	for name, r := range map[string]timing.Report{
		"shards-passed":  matrix(72, func(int) bool { return false }),
		"shards-failed":  matrix(72, func(i int) bool { return i == 3 || i == 40 }),
		"shards-grouped": grouped(),
		"shards-few":     matrix(4, func(int) bool { return false }),
	} {
		var b strings.Builder
		if err := Text(&b, r, Style{}); err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/text/"+name+".golden", b.String())
		b.Reset()
		if err := Markdown(&b, history.Record{Report: r}, 0); err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/markdown/"+name+".golden", b.String())
	}
}

// However many shards there are and fail, each that failed is named everywhere, and a
// thousand that passed take no more room than ten.
func TestManyShards(t *testing.T) {
	r := matrix(1000, func(i int) bool { return i%5 == 0 })
	passed := matrix(1000, func(int) bool { return false })
	record := history.Record{Report: r}
	texts := map[string]string{"page": pageOf(t, record, nil)}
	var b strings.Builder
	if err := Text(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	texts["text"] = b.String()
	b.Reset()
	if err := Markdown(&b, record, 0); err != nil {
		t.Fatal(err)
	}
	texts["markdown"] = strings.ReplaceAll(b.String(), "&#45;", "-")
	for kind, text := range texts {
		for _, d := range r.Derivations {
			if d.Disposition == timing.DispositionFailed && !strings.Contains(text, d.Name) {
				t.Fatalf("the %s does not name %s:\n%.2000s", kind, d.Name, text)
			}
		}
		if !strings.Contains(strings.ReplaceAll(text, "`", ""), "1000 shards of rts: 800 passed, 200 failed, longest m") {
			t.Errorf("the %s does not sum up:\n%.2000s", kind, text)
		}
		if strings.Count(strings.ReplaceAll(text, "`", ""), "rts-test-j-m2-eop") > 20 {
			t.Errorf("the %s names a shard again and again", kind)
		}
	}
	b.Reset()
	if err := Text(&b, passed, Style{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n > 25 {
		t.Errorf("%d lines for a thousand shards that passed:\n%s", n, b.String())
	}
}
