package history

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// fillTo makes a history of many builds: of ten projects, each with an output in
// turn for two systems, one derivation a build, and two phases. It writes
// the tables by SQL, a hundred times as fast as [Store.Add].
func fillTo(t testing.TB, s *Store, builds int) {
	t.Helper()
	text, err := newLine(aRecord(t))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := deflate(text)
	if err != nil {
		t.Fatal(err)
	}
	s.db.SetMaxOpenConns(1)
	defer s.db.SetMaxOpenConns(4)
	numbers := fmt.Sprintf("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %d) ", builds)
	for _, statement := range []string{
		"PRAGMA foreign_keys = off",
		"INSERT INTO projects (project, name) VALUES (0,'p0'),(1,'p1'),(2,'p2'),(3,'p3'),(4,'p4'),(5,'p5'),(6,'p6'),(7,'p7'),(8,'p8'),(9,'p9')",
		"INSERT INTO builds " + numbers + `SELECT n, printf('%08x-0000-7000-8000-000000000000', n), 'build', n % 10, 'c', 0, 'here', n * 60000, iif(n % 50 = 0, 'failed', 'succeeded'), 10, '2.34.0', 0, 3, 0, 0 FROM n`,
		"INSERT INTO lines SELECT build, x'" + fmt.Sprintf("%x", packed) + "' FROM builds",
		`INSERT INTO outputs SELECT build, 0, iif(build % 1000 = 7, 'rare', 'rts'), iif(build % 20 < 10, 'x86_64-linux', 'aarch64-darwin'), 'rts',
			iif(build % 40 < 20, 'checked', 'build'), iif(build % 40 < 20, 'checked', 'build'), '', printf('/nix/store/%032x-rts-1.%d.drv', build, build), 'built', project, started FROM builds`,
		`INSERT INTO derivations SELECT build, 0, printf('/nix/store/%032x-rts-1.%d.drv', build, build), printf('rts-1.%d', build), 'rts',
			project, started, iif(build % 20 < 10, 'x86_64-linux', 'aarch64-darwin'), '', 'built', 0, 10 FROM builds`,
		`INSERT INTO phases SELECT build, position, p, phase, 5 FROM derivations, (SELECT 0 AS p, 'buildPhase' AS phase UNION SELECT 1, 'checkPhase')`,
		"PRAGMA foreign_keys = on",
	} {
		if _, err := s.db.Exec(statement); err != nil {
			t.Fatalf("%v\n%.300s", err, statement)
		}
	}
	addAll(t, s, aRecord(t, func(r *Record) { r.Project = "p0" }))
}

// questions are what commands ask, each with what the answer is to show that it was
// one.
func questions(builds int) map[string]func(ctx context.Context, s *Store) (bool, error) {
	newest := fmt.Sprintf("/nix/store/%032x-rts-1.%d.drv", builds-10, builds-10)
	listing := func(f Filter) func(context.Context, *Store) (bool, error) {
		return func(ctx context.Context, s *Store) (bool, error) {
			entries, err := s.List(ctx, f)
			return len(entries) > 0, err
		}
	}
	asking := func(q Question) func(context.Context, *Store) (bool, error) {
		return func(ctx context.Context, s *Store) (bool, error) {
			u, err := s.Usual(ctx, q)
			return u != nil, err
		}
	}
	return map[string]func(context.Context, *Store) (bool, error){
		"list":           listing(Filter{Limit: 20}),
		"list a project": listing(Filter{Limit: 20, Project: "p3"}),
		"list failures":  listing(Filter{Limit: 20, Project: "p0", Status: timing.Failed}),
		"list an output": listing(Filter{Limit: 20, Project: "p0", Output: "rts", System: "x86_64-linux"}),
		"list since":     listing(Filter{Limit: 20, Since: time.UnixMilli(int64(builds-30) * 60000)}),
		"usual, exact":   asking(Question{Derivation: newest}),
		"usual, by name": asking(Question{Derivation: drv("f", "rts-9.9"), Project: "p4", System: "x86_64-linux"}),
		"last built": func(ctx context.Context, s *Store) (bool, error) {
			b, err := s.LastBuilt(ctx, "p0", "rts", "checked", "x86_64-linux")
			return b != nil, err
		},
		"last built, none": func(ctx context.Context, s *Store) (bool, error) {
			b, err := s.LastBuilt(ctx, "p0", "rts", "checked", "riscv64-linux")
			return b == nil, err
		},
		"get": func(ctx context.Context, s *Store) (bool, error) {
			_, err := s.Get(ctx, fmt.Sprintf("%08x", builds/2))
			return true, err
		},
	}
}

// TestManyBuilds asks a history of 100,000 builds what it asks one of 2,000, and
// holds that it takes no longer than the answer does: each time is the least of
// several.
func TestManyBuilds(t *testing.T) {
	const few, many = 2_000, 100_000
	small, large := aStore(t), aStore(t)
	fillTo(t, small, few)
	fillTo(t, large, many)
	least := func(s *Store, builds int, name string) time.Duration {
		ask := questions(builds)[name]
		best := time.Hour
		for range 15 {
			began := time.Now()
			answered, err := ask(context.Background(), s)
			best = min(best, time.Since(began))
			if !answered || err != nil {
				t.Fatalf("%s of %d: no answer, %v", name, builds, err)
			}
		}
		return best
	}
	for name := range questions(many) {
		a, b := least(small, few, name), least(large, many, name)
		t.Logf("%-16s %9s of %d, %9s of %d", name, a.Round(time.Microsecond), few, b.Round(time.Microsecond), many)
		// Fifty times the builds: what looks at all of them takes fifty times as long.
		if b > 5*a+2*time.Millisecond {
			t.Errorf("%s takes %s of %d builds and %s of %d", name, a, few, b, many)
		}
	}
}
