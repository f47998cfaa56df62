package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// refusals say what is wrong with what Nix would not take.
var refusals = map[substituter.Trust]string{
	substituter.Unsigned:     "not signed",
	substituter.UnknownKey:   "signed by no key that is trusted",
	substituter.BadSignature: "the signature is wrong",
	substituter.WrongPath:    "it is about another path",
}

// named are names of paths, by what is said of them.
type named map[string]map[string]bool

func (n named) add(what, path string) {
	if n[what] == nil {
		n[what] = map[string]bool{}
	}
	n[what][store.Name(path)] = true
}

// of lists the first of the names.
func (n named) of(what string) string {
	names := slices.Sorted(maps.Keys(n[what]))
	return listed(names[:min(shownBuilds, len(names))], len(names))
}

// planDoubts say what Nix would refuse, what cannot be had, and what nobody can say.
func planDoubts(rows []flakegen.PlanRow) []string {
	refused := named{} // by cache and reason
	var lines []string
	for _, r := range rows {
		fetched := fetchedPaths(r)
		for _, answer := range r.Result.Refused {
			if fetched[answer.Path] {
				continue
			}
			for _, offer := range answer.Refused {
				refused.add(fmt.Sprintf("%s (%s)", offer.Cache, refusals[offer.Trust]), answer.Path)
			}
		}
		for _, path := range r.Result.Unknown {
			lines = append(lines, fmt.Sprintf("%s cannot be had: no cache has %s, and nothing makes it", label(r), path))
		}
		if n := len(r.Result.Unclear); n > 0 {
			lines = append(lines, fmt.Sprintf("%s: whether %s present or cached cannot be said, as %s", label(r),
				count(n, "build is", "builds are"), "their output paths are not known before (content-addressed)"))
		}
		if n := len(r.Result.MaySpare); n > 0 {
			names := named{}
			for _, node := range r.Result.MaySpare {
				names.add("", node.Path)
			}
			lines = append(lines, fmt.Sprintf("%s: Nix may spare %s, by which of its downloads and builds end first: %s", label(r), count(n, "build", "builds"), names.of("")))
		}
		if len(r.NotHere) > 0 {
			lines = append(lines, fmt.Sprintf("%s cannot be built here: nothing builds for %s. flakegen doctor says what would", label(r), strings.Join(r.NotHere, ", ")))
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(refused)) {
		lines = append(lines, fmt.Sprintf("Nix would not take from %s and would build: %s", reason, refused.of(reason)))
	}
	return lines
}

func fetchedPaths(r flakegen.PlanRow) map[string]bool {
	fetched := map[string]bool{}
	for _, f := range r.Result.Fetch {
		fetched[f.Path] = true
	}
	return fetched
}

// planFailures say of which paths a cache gave no answer, a line for each cache with
// the first of its reasons, and what Nix makes of that.
func planFailures(rows []flakegen.PlanRow, fallback bool) []string {
	reasons, failed := map[string]string{}, named{} // by cache
	for _, r := range rows {
		for _, answer := range r.Result.Failed {
			for _, f := range answer.Failed {
				if reasons[f.Cache] == "" {
					reasons[f.Cache] = f.Err.Error()
				}
				failed.add(f.Cache, answer.Path)
			}
		}
	}
	var lines []string
	for _, cache := range slices.Sorted(maps.Keys(failed)) {
		line := fmt.Sprintf("%s gave no answer (%s) for %s, which counts as not there", cache, reasons[cache], failed.of(cache))
		if !fallback {
			line += "; nix build may end with an error there, unless it is called with --fallback"
		}
		lines = append(lines, line)
	}
	return lines
}
