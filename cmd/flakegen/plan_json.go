package main

import (
	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/missing"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// jsonPlan is the form of `plan --json`.
type jsonPlan struct {
	FormatVersion string            `json:"format_version"`
	Rows          []jsonPlanRow     `json:"rows"`
	Caches        []jsonPlanCache   `json:"caches"`
	Lacking       []jsonLacking     `json:"lacking"`
	Evaluation    jsonPlanEvaluated `json:"evaluation"`
}

// jsonPlanRow is one output. The seconds are null where nothing is known, and the
// least where unknown_builds is not 0.
type jsonPlanRow struct {
	Output              string          `json:"output"`
	Attribute           string          `json:"attribute"`
	System              string          `json:"system"`
	Variant             string          `json:"variant"`
	Alias               string          `json:"alias"`
	Derivation          string          `json:"derivation"`
	Present             []string        `json:"present"`
	Fetch               []jsonPlanFetch `json:"fetch"`
	DownloadBytes       uint64          `json:"download_bytes"`
	MayFetch            []jsonPlanFetch `json:"may_fetch"`
	Build               []jsonPlanBuild `json:"build"`
	ExpectedSeconds     *float64        `json:"expected_seconds"`
	ExpectedLowSeconds  *float64        `json:"expected_low_seconds"`
	ExpectedHighSeconds *float64        `json:"expected_high_seconds"`
	UnknownBuilds       int             `json:"unknown_builds"`
	Refused             []jsonPlanFetch `json:"refused"`
	Failed              []jsonPlanFail  `json:"failed"`
	Unavailable         []string        `json:"unavailable"`
	Unclear             []string        `json:"unclear"`
	NotHere             []string        `json:"not_here"`
	Alternatives        []jsonPlanRow   `json:"alternatives"`
	Error               string          `json:"error"`
	// Places are where in the spec an error comes from.
	Places []jsonFileRange `json:"places"`
}

// jsonPlanFetch is a path of a cache. Superseded ones are fetched in vain, as the
// derivation is built all the same. Those that may be spared, and builds as well, Nix
// leaves out where something else comes first.
type jsonPlanFetch struct {
	Path          string `json:"path"`
	Cache         string `json:"cache"`
	Trust         string `json:"trust"`
	DownloadBytes uint64 `json:"download_bytes"`
	Superseded    bool   `json:"superseded,omitempty"`
	MaySpare      bool   `json:"may_be_spared,omitempty"`
}

type jsonPlanFail struct {
	Path  string `json:"path"`
	Cache string `json:"cache"`
	Error string `json:"error"`
}

type jsonPlanBuild struct {
	Derivation      string   `json:"derivation"`
	Name            string   `json:"name"`
	ExpectedSeconds *float64 `json:"expected_seconds"`
	MaySpare        bool     `json:"may_be_spared,omitempty"`
}

type jsonPlanCache struct {
	URL      string `json:"url"`
	State    string `json:"state"`
	Reason   string `json:"reason"`
	Requests int    `json:"requests"`
	Failures int    `json:"failures"`
}

// jsonLacking is a cache of the spec that Nix would not use without these words.
type jsonLacking struct {
	Cache   string   `json:"cache"`
	URL     string   `json:"url"`
	Options []string `json:"options"`
}

type jsonPlanEvaluated struct {
	Processes   int     `json:"processes"`
	Seconds     float64 `json:"seconds"`
	MemoryBytes int64   `json:"memory_bytes"`
}

func planJSON(plan *flakegen.Plan, rendering *generate.Rendering) jsonPlan {
	e := plan.Evaluation
	out := jsonPlan{
		FormatVersion: formatVersion, Rows: planRowsJSON(plan.Rows, rendering), Caches: []jsonPlanCache{}, Lacking: []jsonLacking{},
		Evaluation: jsonPlanEvaluated{e.Processes, e.Seconds, e.MemoryBytes},
	}
	for _, s := range plan.Caches {
		out.Caches = append(out.Caches, jsonPlanCache{s.URI, s.State.String(), printable(s.Reason), s.Requests, s.Failures})
	}
	for _, l := range plan.Lacking {
		out.Lacking = append(out.Lacking, jsonLacking{l.Cache.Name, l.Cache.URL, l.Options})
	}
	return out
}

func planRowsJSON(rows []flakegen.PlanRow, rendering *generate.Rendering) []jsonPlanRow {
	list := make([]jsonPlanRow, len(rows))
	for i, r := range rows {
		list[i] = planRowJSON(r, rendering)
	}
	return list
}

func planRowJSON(r flakegen.PlanRow, rendering *generate.Rendering) jsonPlanRow {
	o := r.Output
	row := jsonPlanRow{
		Output: o.Name, Attribute: o.Attribute, System: o.System, Variant: o.Variant, Alias: o.Alias, Derivation: o.Derivation,
		Present: orEmpty(r.Result.Present), Fetch: fetchesJSON(r.Result.Fetch), MayFetch: fetchesJSON(r.Result.MayFetch), DownloadBytes: r.Result.DownloadBytes(), Build: []jsonPlanBuild{},
		UnknownBuilds: r.Time.Unknown, Refused: []jsonPlanFetch{}, Failed: []jsonPlanFail{}, Unavailable: orEmpty(r.Result.Unknown),
		Unclear: nodePaths(r.Result.Unclear), NotHere: orEmpty(r.NotHere), Alternatives: planRowsJSON(r.Alternatives, rendering), Error: errorText(r.Err),
		Places: []jsonFileRange{},
	}
	if r.Err == nil && (len(r.Builds) == 0 || r.Time.Known > 0) {
		row.ExpectedSeconds, row.ExpectedLowSeconds, row.ExpectedHighSeconds = &r.Time.Seconds, &r.Time.Low, &r.Time.High
	}
	if r.Err != nil {
		for _, rng := range places(rendering, o.Name, r.Err.Error()) {
			row.Places = append(row.Places, jsonFileRange{rng.Filename, rangeJSON(rng)})
		}
	}
	spared := map[*store.Node]bool{}
	for _, n := range r.Result.MaySpare {
		spared[n] = true
	}
	for _, b := range r.Builds {
		one := jsonPlanBuild{Derivation: b.Node.Path, Name: b.Node.Name, MaySpare: spared[b.Node]}
		if b.Usual != nil {
			one.ExpectedSeconds = &b.Usual.Seconds
		}
		row.Build = append(row.Build, one)
	}
	for _, answer := range r.Result.Refused {
		for _, offer := range answer.Refused {
			row.Refused = append(row.Refused, offerJSON(answer.Path, offer))
		}
	}
	for _, answer := range r.Result.Failed {
		for _, f := range answer.Failed {
			row.Failed = append(row.Failed, jsonPlanFail{answer.Path, f.Cache, errorText(f.Err)})
		}
	}
	return row
}

func fetchesJSON(fetches []missing.Fetch) []jsonPlanFetch {
	list := make([]jsonPlanFetch, len(fetches))
	for i, f := range fetches {
		list[i] = offerJSON(f.Path, f.Offer)
		list[i].Superseded, list[i].MaySpare = f.Superseded, f.MaySpare
	}
	return list
}

func offerJSON(path string, o substituter.Offer) jsonPlanFetch {
	return jsonPlanFetch{Path: path, Cache: o.Cache, Trust: o.Trust.String(), DownloadBytes: o.DownloadBytes}
}

func nodePaths(nodes []*store.Node) []string {
	paths := make([]string, len(nodes))
	for i, n := range nodes {
		paths[i] = n.Path
	}
	return paths
}

// orEmpty is a list that JSON does not write as null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
