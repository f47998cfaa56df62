package main

import (
	"math"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// jsonBench is the form of `bench --json`. Seconds are wall time, from the start of
// the first build of a run to the end of the last.
type jsonBench struct {
	FormatVersion string        `json:"format_version"`
	Status        timing.Status `json:"status"`
	// Answer is the sentence that people get.
	Answer   string `json:"answer"`
	System   string `json:"system"`
	Runs     int    `json:"runs"`
	Warmup   int    `json:"warmup"`
	Seed     uint64 `json:"seed"`
	Measured string `json:"measured"`

	A          jsonBenchSide       `json:"a"`
	B          jsonBenchSide       `json:"b"`
	Comparison jsonBenchComparison `json:"comparison"`
	Phases     []jsonBenchPart     `json:"phases"`
	// Order is every run, warm-ups too, as they were made.
	Order    []jsonBenchRun `json:"order"`
	Leftover []string       `json:"leftover"`
	Nix      timing.Nix     `json:"nix"`
}

// jsonBenchSide is one side. Low and high are null where there are too few runs for
// an interval; noise is the median absolute deviation by the median.
type jsonBenchSide struct {
	timing.Output
	Revision string    `json:"revision"`
	Commit   string    `json:"commit"`
	Differs  []string  `json:"differs"`
	Samples  []float64 `json:"samples"`
	Median   *float64  `json:"median_seconds"`
	Low      *float64  `json:"low_seconds"`
	High     *float64  `json:"high_seconds"`
	Noise    *float64  `json:"noise"`
}

// jsonBenchComparison compares A with B: the ratio is A's time by B's. Verdict is
// a-faster, b-faster, no-difference or too-few-runs. Detectable is the part of the
// time by which a difference has to be as large for four of five such benches to
// show it.
type jsonBenchComparison struct {
	Verdict    string   `json:"verdict"`
	Ratio      *float64 `json:"ratio"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Confidence float64  `json:"confidence"`
	P          float64  `json:"p"`
	Test       string   `json:"test"`
	Detectable *float64 `json:"detectable"`
}

// jsonBenchPart is the median of a phase on each side, null where a side has no such
// phase; with an empty phase the whole build.
type jsonBenchPart struct {
	Name  string   `json:"name"`
	Phase string   `json:"phase"`
	A     *float64 `json:"a_seconds"`
	B     *float64 `json:"b_seconds"`
}

type jsonBenchRun struct {
	Side    string  `json:"side"`
	Warmup  bool    `json:"warmup"`
	Seconds float64 `json:"seconds"`
}

var verdictNames = map[abtest.Verdict]string{
	abtest.AFaster:      "a-faster",
	abtest.BFaster:      "b-faster",
	abtest.NoDifference: "no-difference",
	abtest.TooFew:       "too-few-runs",
}

func benchJSON(r abtest.Result, answer, measured string) jsonBench {
	c := r.Compare()
	out := jsonBench{
		FormatVersion: formatVersion, Status: r.Status, Answer: answer, System: r.System, Runs: r.Runs, Warmup: r.Warmup, Seed: r.Seed,
		Measured: measured, A: benchSideJSON(r, abtest.A), B: benchSideJSON(r, abtest.B),
		Comparison: jsonBenchComparison{
			Verdict: verdictNames[c.Verdict()], Confidence: abtest.Confidence, P: c.P, Test: "Mann-Whitney U", Detectable: finite(c.Detectable()),
		},
		Phases: []jsonBenchPart{}, Order: []jsonBenchRun{}, Leftover: append([]string{}, r.Leftover...), Nix: timing.Nix{Version: r.NixVersion},
	}
	if c.Verdict() != abtest.TooFew {
		out.Comparison.Ratio, out.Comparison.Low, out.Comparison.High = finite(c.Ratio), finite(c.Low), finite(c.High)
	}
	for _, part := range r.Parts() {
		row := jsonBenchPart{Name: part.Name, Phase: part.Phase}
		for side, place := range []**float64{&row.A, &row.B} {
			if part.In[side] {
				*place = finite(part.Median[side])
			}
		}
		out.Phases = append(out.Phases, row)
	}
	for _, step := range r.Steps {
		out.Order = append(out.Order, jsonBenchRun{Side: step.Side.String(), Warmup: step.Warmup, Seconds: step.Seconds})
	}
	return out
}

func benchSideJSON(r abtest.Result, side abtest.Side) jsonBenchSide {
	target, sample := r.Targets[side], r.Sample(side)
	out := jsonBenchSide{
		Output: target.Output, Revision: target.Revision, Commit: target.Commit,
		Differs: append([]string{}, target.Differs...), Samples: append([]float64{}, sample.Values...),
		Low: finite(sample.Low), High: finite(sample.High),
	}
	if len(sample.Values) > 0 {
		out.Median, out.Noise = finite(sample.Median), finite(sample.Noise)
	}
	return out
}

// finite is a number as JSON can hold it, rounded to a microsecond or a millionth.
func finite(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	rounded := math.Round(x*1e6) / 1e6
	return &rounded
}
