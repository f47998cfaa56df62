package report

import (
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// recorded is a build of real Nix: the example with and without its tests, two
// hundred derivations on two cores, and one that fails.
func recorded(t testing.TB, name string) history.Record {
	t.Helper()
	data, err := os.ReadFile("testdata/builds/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	records, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return records[0]
}

// series are the ten builds that docs/reports.md shows.
func series(t testing.TB) []history.Record {
	t.Helper()
	data, err := os.ReadFile("../../docs/reports/builds.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	records, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// evil is text that means something wherever it is not escaped.
var evil = []string{
	`<script>hit("script")</script>`,
	`"><img src=x onerror=hit("img")>`,
	`'><svg onload=hit("svg")>`,
	"</title></style></script><script>hit('end')</script>",
	`</pre></details><iframe srcdoc="<script>parent.hit('frame')</script>">`,
	"`` ``` ````\n```\n<b>bold</b>\n~~~\n</details>",
	"x` | y \\| z \\\\| <img src=x> @octocat #1",
	"[a](javascript:hit('link')) ![b](https://example.org/pixel.png) https://example.org",
	"\x1b]0;title\x07\x1b[31mred\x1b[0m \u202egnp.exe\u2028",
	"{{.Style}} ${hit('template')} `+hit('tick')+`",
	"| a | b |\n|---|---|\n# heading\n- item\n> quote",
}

// hostile is a report in which every text means harm.
func hostile() history.Record {
	n := -1
	text := func() string { n++; return evil[n%len(evil)] }
	var r timing.Report
	r.FormatVersion, r.Status, r.WallSeconds, r.BuildSeconds = timing.FormatVersion, timing.Failed, 30, 29
	for i := range 2 * len(evil) {
		path := fmt.Sprintf("/nix/store/%032d-%s.drv", i, text())
		d := timing.Derivation{
			Derivation: path, Name: text(), System: text(), Disposition: timing.DispositionFailed,
			Machine: "ssh-ng://" + text(), StartSeconds: float64(i), Seconds: 1.5,
			Phases:  []timing.Phase{{Name: text(), StartSeconds: float64(i), Seconds: 1}, {Name: text() + "check", StartSeconds: float64(i) + 1, Seconds: 0.5}},
			LogTail: evil, FailedTests: evil, Failure: &timing.Failure{Kind: timing.FailureHash, Reason: text(), Specified: text(), Got: text()},
		}
		if i%3 == 1 {
			d.Disposition, d.Failure = timing.DispositionBuilt, nil
		}
		r.Derivations = append(r.Derivations, d)
		r.CriticalPath = append(r.CriticalPath, path)
		r.Outputs = append(r.Outputs, timing.Output{Name: text(), Variant: text(), Alias: text(), System: text(), Derivation: path, Paths: []string{text()}})
		r.Fetched = append(r.Fetched, timing.Fetch{Path: "/nix/store/" + text(), From: text(), StartSeconds: float64(i), Seconds: 1})
		r.Blocked = append(r.Blocked, "/nix/store/"+text())
		r.Errors = append(r.Errors, text())
		r.Warnings = append(r.Warnings, text())
	}
	r.Nix.Version = text()
	return history.Record{ID: text(), Project: text(), Commit: text(), Dirty: true, Host: text(), Command: text(), Report: r}
}

// large is a run of n derivations on a number of machines, each with phases, and
// as many fetches.
func large(n int) history.Record {
	random := rand.New(rand.NewPCG(1, 2))
	r := timing.Report{FormatVersion: timing.FormatVersion, Status: timing.Succeeded, Started: epoch}
	at := 0.0
	for i := range n {
		at += random.Float64() / 10
		took := random.ExpFloat64()
		d := timing.Derivation{
			Derivation: fmt.Sprintf("/nix/store/%032d-package-%d.drv", i, i), Name: fmt.Sprintf("package-%d", i), System: "x86_64-linux",
			Disposition: timing.DispositionBuilt, StartSeconds: at, Seconds: took,
			Phases: []timing.Phase{
				{Name: "unpackPhase", StartSeconds: at, Seconds: took / 10},
				{Name: "buildPhase", StartSeconds: at + took/10, Seconds: took / 2},
				{Name: "checkPhase", StartSeconds: at + took*6/10, Seconds: took * 4 / 10},
			},
			LogTail: []string{"done"},
		}
		if i%4 == 0 {
			d.Machine = fmt.Sprintf("ssh-ng://builder-%d", i%3)
		}
		if i%20 == 0 {
			r.CriticalPath = append(r.CriticalPath, d.Derivation)
		}
		r.Derivations = append(r.Derivations, d)
		r.Fetched = append(r.Fetched, timing.Fetch{Path: fmt.Sprintf("/nix/store/%032d-source-%d", i, i), From: "https://cache.example.org", StartSeconds: at / 2, Seconds: took / 5})
	}
	r.WallSeconds, r.BuildSeconds = at+20, at+10
	last := &r.Derivations[n-1]
	r.Outputs = []timing.Output{{Name: "all", System: "x86_64-linux", Derivation: last.Derivation}}
	return history.Record{Report: r}
}

// past is a history: two months of an output on two systems, with a variant each.
func past() []history.Record {
	random := rand.New(rand.NewPCG(3, 4))
	var list []history.Record
	for i := range 46 {
		started := epoch.Add(time.Duration(i) * 31 * time.Hour)
		for _, system := range []string{"x86_64-linux", "aarch64-darwin"} {
			variant, build, check := "checked", 95+10*random.Float64(), 190+30*random.Float64()
			if i > 30 {
				build *= 0.72
			}
			if system == "aarch64-darwin" {
				variant, check = "build", 0
				build *= 0.8
			}
			d := timing.Derivation{
				Derivation: fmt.Sprintf("/nix/store/%032d-moc-rts.drv", 2*i+len(variant)), Name: "moc-rts", System: system,
				Disposition: timing.DispositionBuilt, StartSeconds: 2, Seconds: build + check + 3,
				Phases: []timing.Phase{{Name: "unpackPhase", StartSeconds: 2, Seconds: 1}, {Name: "buildPhase", StartSeconds: 3, Seconds: build}},
			}
			if check > 0 {
				d.Phases = append(d.Phases, timing.Phase{Name: "checkPhase", StartSeconds: 3 + build, Seconds: check})
			}
			d.Phases = append(d.Phases, timing.Phase{Name: "installPhase", StartSeconds: 3 + build + check, Seconds: 2})
			r := timing.Report{
				FormatVersion: timing.FormatVersion, Status: timing.Succeeded, Started: started, WallSeconds: d.Seconds + 4, BuildSeconds: d.Seconds, EvalSeconds: 2,
				Outputs:     []timing.Output{{Name: "rts", Alias: "rts", Variant: variant, System: system, Derivation: d.Derivation}},
				Derivations: []timing.Derivation{d},
			}
			switch {
			case i%17 == 9:
				r.Status = timing.Failed
				r.Derivations[0].Disposition = timing.DispositionFailed
				r.Derivations[0].Seconds /= 2
			case i%7 == 3:
				r.Derivations[0].Disposition, r.Derivations[0].Phases = timing.DispositionPresent, nil
				r.Derivations[0].Seconds, r.BuildSeconds, r.WallSeconds = 0, 0, 2.1
			}
			list = append(list, history.Record{
				ID: fmt.Sprintf("%03d-%s", i, system), Command: "build", Project: "https://github.com/example/motoko",
				Commit: fmt.Sprintf("%x", sha1.Sum([]byte{byte(i)})), Dirty: i%11 == 5, Host: "ci-" + system, Report: r,
			})
		}
	}
	return list
}

// emptyReport is of a run in which nothing happened.
func emptyReport() timing.Report {
	return timing.Report{FormatVersion: timing.FormatVersion, Status: timing.Interrupted}
}
