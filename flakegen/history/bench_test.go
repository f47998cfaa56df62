package history

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// BenchmarkBuild is what the history costs a build: to open the database and add a
// record, with a sync.
func BenchmarkBuild(b *testing.B) {
	path := filepath.Join(b.TempDir(), "history.db")
	opened(b, path).Close()
	for b.Loop() {
		s, err := Open(context.Background(), path)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Add(context.Background(), aRecord(b)); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkUsual is what plan asks for each build, of a history of 500 builds of 100
// derivations with 8 phases each: of one that was built before, of one of its name
// that was, and of one that never was.
func BenchmarkUsual(b *testing.B) {
	s := opened(b, filepath.Join(b.TempDir(), "history.db"))
	const derivations = 100
	name := func(hash string, i int) string { return drv(hash, fmt.Sprintf("lib%03d-1.0", i)) }
	for range 500 {
		r := aRecord(b, func(r *Record) {
			one := r.Report.Derivations[0]
			one.Phases = nil
			for k := range 8 {
				one.Phases = append(one.Phases, timing.Phase{Name: fmt.Sprint("phase", k), StartSeconds: float64(k), Seconds: 1})
			}
			r.Report.Derivations = nil
			for i := range derivations {
				one.Derivation, one.Name = name("a", i), fmt.Sprintf("lib%03d-1.0", i)
				r.Report.Derivations = append(r.Report.Derivations, one)
			}
		})
		if err := s.Add(context.Background(), r); err != nil {
			b.Fatal(err)
		}
	}
	for hash, what := range map[string]string{"a": "built", "b": "name", "c": "never"} {
		b.Run(what, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				q := Question{Derivation: name(hash, i%derivations), Project: "example.org/acme/rts", System: "x86_64-linux", Host: "here"}
				if hash == "c" {
					q.Derivation = drv(hash, "other")
				}
				if usual, err := s.Usual(context.Background(), q); err != nil || (usual == nil) != (hash == "c") {
					b.Fatal(usual, err)
				}
			}
		})
		b.Run(what+", times of 100", func(b *testing.B) {
			var questions []Question
			for i := range derivations {
				q := Question{Derivation: name(hash, i), Project: "example.org/acme/rts", System: "x86_64-linux", Host: "here"}
				if hash == "c" {
					q.Derivation = drv(hash, "other")
				}
				questions = append(questions, q)
			}
			for b.Loop() {
				usual, err := s.UsualTimes(context.Background(), questions)
				if err != nil || (usual[99] == nil) != (hash == "c") {
					b.Fatal(err)
				}
			}
		})
	}
}
