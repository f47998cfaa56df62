package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/missing"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
	"github.com/flakegen/flakegen/flakegen/timing"
)

func planned(name, system, variant string, e flakegen.Expectation, builds ...flakegen.PlannedBuild) flakegen.PlanRow {
	return flakegen.PlanRow{
		Output: timing.Output{Name: name, System: system, Variant: variant, Derivation: "/nix/store/x.drv"},
		Builds: builds, Time: e,
	}
}

func plannedBuild(name string, seconds float64) flakegen.PlannedBuild {
	b := flakegen.PlannedBuild{Node: &store.Node{Name: name}}
	if seconds > 0 {
		b.Usual = &history.Usual{Seconds: seconds}
	}
	return b
}

// What plan says of an alias, with prices, is what a person would say.
func TestPlanSentences(t *testing.T) {
	const mac, path = "aarch64-darwin", "/nix/store/00000000000000000000000000000000-gmp"
	row := planned("rts", mac, "build", flakegen.Expectation{Seconds: 18, Low: 18, High: 18, Known: 1}, plannedBuild("rts", 18))
	checked := planned("rts-checked", mac, "checked", flakegen.Expectation{Seconds: 700, Low: 650, High: 702, Known: 1}, plannedBuild("rts", 700))
	some := planned("all", mac, "full", flakegen.Expectation{Seconds: 60, Low: 60, High: 60, Known: 2, Unknown: 3},
		plannedBuild("deep", 0), plannedBuild("a", 20), plannedBuild("b", 40), plannedBuild("near", 0), plannedBuild("all", 0))
	fetched := planned("rts", "x86_64-linux", "checked", flakegen.Expectation{})
	fetched.Result.Fetch = []missing.Fetch{{Path: path, Offer: substituter.Offer{Cache: "https://c", DownloadBytes: 3_400_000}}}
	present := planned("rts-build", "x86_64-linux", "build", flakegen.Expectation{})
	broken := flakegen.PlanRow{Output: timing.Output{Name: "rts-odd", System: mac, Variant: "odd"}, Err: flakegen.ErrNoSpec}
	row.Alternatives = []flakegen.PlanRow{checked, some, broken, present}
	fetched.Alternatives = []flakegen.PlanRow{present}
	refusing := planned("moc", mac, "", flakegen.Expectation{Unknown: 1}, plannedBuild("moc", 0))
	refusing.Result.Refused = []substituter.Answer{{Path: path, Refused: []substituter.Offer{{Cache: "https://c", Trust: substituter.BadSignature}}}}
	refusing.Result.Unknown = []string{path}
	refusing.Result.Unclear = []*store.Node{{}}
	refusing.Result.MaySpare = []*store.Node{{Path: path + ".drv"}}
	refusing.Result.Failed = []substituter.Answer{{Path: path, Failed: []substituter.Failure{{Cache: "https://d", Err: errors.New("HTTP 500")}, {Cache: "https://e", Err: errors.New("in time")}}}}
	refusing.NotHere = []string{mac}
	rows := []flakegen.PlanRow{row, fetched, some, refusing, broken}
	for _, test := range []struct {
		name string
		got  []string
		want string
	}{
		{"choices", planChoices(rows), `
rts on aarch64-darwin: build 18.0 s; checked would be 11 min 40 s (10 min 50 s to 11 min 42 s), nothing cached; full would be at least 1 min 00 s, 3 of 5 unknown, nothing cached; odd does not evaluate; and 1 variant more
rts on x86_64-linux: checked fetched, 3.4 MB; build is present`},
		{"builds", planBuilds(rows), `
rts on aarch64-darwin builds rts (18.0 s)
all on aarch64-darwin builds b (40.0 s), a (20.0 s), all (unknown), near (unknown) and 1 more
moc on aarch64-darwin builds moc (unknown)`},
		{"fetches", planFetches(rows), `
rts on x86_64-linux fetches 1 path from https://c (trusted)`},
		{"doubts", planDoubts(rows), `
moc on aarch64-darwin cannot be had: no cache has /nix/store/00000000000000000000000000000000-gmp, and nothing makes it
moc on aarch64-darwin: whether 1 build is present or cached cannot be said, as their output paths are not known before (content-addressed)
moc on aarch64-darwin: Nix may spare 1 build, by which of its downloads and builds end first: gmp
moc on aarch64-darwin cannot be built here: nothing builds for aarch64-darwin. flakegen doctor says what would
Nix would not take from https://c (the signature is wrong) and would build: gmp`},
		{"failures", planFailures(append(rows, refusing), false), `
https://d gave no answer (HTTP 500) for gmp, which counts as not there; nix build may end with an error there, unless it is called with --fallback
https://e gave no answer (in time) for gmp, which counts as not there; nix build may end with an error there, unless it is called with --fallback`},
		{"failures that Nix goes on after", planFailures(rows, true)[:1], `
https://d gave no answer (HTTP 500) for gmp, which counts as not there`},
		{"table", planTable(rows), `
OUTPUT   SYSTEM          VARIANT  FETCH              BUILD  TIME
rts      aarch64-darwin  build    -                  1      18.0 s
rts      x86_64-linux    checked  1 (3.4 MB)         -      -
all      aarch64-darwin  full     -                  5      at least 1 min 00 s, 3 of 5 unknown
moc      aarch64-darwin  -        -                  1      unknown
rts-odd  aarch64-darwin  odd      does not evaluate`},
		{"narrow", planStack(rows[:2]), `
rts on aarch64-darwin (build)
  build  1
  time   18.0 s
rts on x86_64-linux (checked)
  fetch  1 (3.4 MB)`},
		{"wrapped", strings.Split(hang("rts on aarch64-darwin builds rts (18.0 s), gmp (unknown)", 30), "\n"), `
rts on aarch64-darwin builds
  rts (18.0 s), gmp (unknown)`},
	} {
		if want := strings.Split(strings.TrimPrefix(test.want, "\n"), "\n"); !slices.Equal(test.got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, strings.Join(test.got, "\n"), strings.Join(want, "\n"))
		}
	}
}
