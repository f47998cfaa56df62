package main

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/flakegen/flakegen/flakegen/generate"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		times []time.Duration
		want  time.Duration
	}{
		{[]time.Duration{7}, 7},
		{[]time.Duration{9, 1, 4}, 4},
		{[]time.Duration{8, 1, 4, 2}, 3},
	}
	for _, test := range tests {
		before := slices.Clone(test.times)
		if got := median(test.times); got != test.want {
			t.Errorf("median(%v) = %v, want %v", before, got, test.want)
		}
		if !slices.Equal(test.times, before) {
			t.Errorf("median changed %v to %v", before, test.times)
		}
	}
}

func TestTakeRunsBothSidesInTurn(t *testing.T) {
	dir := t.TempDir()
	write := func(word string) side {
		return side{dir: dir, argv: []string{"sh", "-c", "printf " + word + " >>order"}}
	}
	r, err := measure{flakegen: write("f"), other: write("o"), runs: 3}.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.flakegenTimes) != 3 || len(r.otherTimes) != 3 {
		t.Errorf("%d and %d times, want 3 of each", len(r.flakegenTimes), len(r.otherTimes))
	}
	order, err := side{dir: dir, argv: []string{"sh", "-c", `test "$(cat order)" = fofooffo || { cat order; false; }`}}.run(t.Context())
	if err != nil {
		t.Errorf("wrong order: %v", err)
	}
	if order <= 0 {
		t.Errorf("a run took %v", order)
	}
}

func TestTakeStopsAtAFailure(t *testing.T) {
	failing := side{dir: t.TempDir(), argv: []string{"sh", "-c", "echo no such thing; exit 3"}}
	_, err := measure{flakegen: failing, other: failing, runs: 1}.take(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no such thing") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("error %v, want one with the output and the exit status", err)
	}
}

func TestTableNamesAMissedAim(t *testing.T) {
	m := measure{name: "this and that", flakegen: side{argv: []string{"a"}}, other: side{argv: []string{"b", "c"}}, aim: 2, runs: 1}
	tests := []struct {
		flakegen, other time.Duration
		want            string
	}{
		{3 * time.Millisecond, 2 * time.Millisecond, "1.50  < 2.00    3.0 ms  2.0 ms     1  this and that\n"},
		{4 * time.Millisecond, 2 * time.Millisecond, "2.00  < 2.00    4.0 ms  2.0 ms     1  this and that, missed\n"},
	}
	for _, test := range tests {
		var text strings.Builder
		if err := table(&text, []result{{m, []time.Duration{test.flakegen}, []time.Duration{test.other}}}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), test.want) {
			t.Errorf("no line %q in\n%s", test.want, text.String())
		}
	}
}

func TestSpecsRender(t *testing.T) {
	for name, test := range map[string]struct {
		spec  string
		files int
	}{
		"many": {manyPackages(3), 4}, // and flake.nix
		"slow": {slowEvaluation, 2},
		// Of packages with shards.
		"shards": {manyShards(2, 1), 3},
	} {
		t.Run(name, func(t *testing.T) {
			rendering, err := generate.Tree(fstest.MapFS{
				"flakegen.hcl":      {Data: []byte(test.spec)},
				"source/Cargo.lock": {},
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(rendering.Files) != test.files {
				t.Errorf("%d files, want %d", len(rendering.Files), test.files)
			}
		})
	}
}
