package history

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

var epoch = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// aRecord is a record of one output that was built, with one derivation of two
// phases.
func aRecord(t testing.TB, change ...func(*Record)) Record {
	t.Helper()
	id, err := NewID()
	if err != nil {
		t.Fatal(err)
	}
	exitCode := 0
	r := Record{
		ID: id, Command: "build", Project: "example.org/acme/rts", Commit: strings.Repeat("c", 40), Host: "here",
		Report: timing.Report{
			FormatVersion: timing.FormatVersion, Status: timing.Succeeded, Started: epoch, WallSeconds: 12.5, BuildSeconds: 12.5,
			Outputs: []timing.Output{{Name: "rts", Attribute: "packages.x86_64-linux.rts", System: "x86_64-linux", Package: "rts", Variant: "checked", Role: "checked", Alias: "rts", Derivation: drv("a", "rts-1.0"), Paths: []string{"/nix/store/o-rts"}}},
			Derivations: []timing.Derivation{{
				Derivation: drv("a", "rts-1.0"), Name: "rts-1.0", System: "x86_64-linux", Disposition: timing.DispositionBuilt, Seconds: 12,
				Phases: []timing.Phase{{Name: "buildPhase", Seconds: 4}, {Name: "checkPhase", StartSeconds: 4, Seconds: 8}}, LogTail: []string{"done"},
			}},
			Nix: timing.Nix{Version: "2.34.0", ExitCode: &exitCode},
		},
	}
	r.Report.Complete()
	for _, c := range change {
		c(&r)
	}
	return r
}

func drv(hash, name string) string {
	return "/nix/store/" + strings.Repeat(hash, 32) + "-" + name + ".drv"
}

func opened(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func aStore(t testing.TB) *Store {
	t.Helper()
	return opened(t, filepath.Join(t.TempDir(), "state", "flakegen", "history.db"))
}

func addAll(t testing.TB, s *Store, records ...Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Add(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARecordComesBackWhole(t *testing.T) {
	s := aStore(t)
	want := aRecord(t, func(r *Record) {
		r.Dirty = true
		r.Report.Status = timing.Failed
		d := &r.Report.Derivations[0]
		d.Disposition = timing.DispositionFailed
		d.Machine = "ssh-ng://mac"
		d.Failure = &timing.Failure{Kind: timing.FailureHash, Reason: "hash mismatch", Specified: "a", Got: "b"}
		d.Remote = &timing.Remote{SendSeconds: 1, BuildSeconds: 2, ReceiveSeconds: 3}
		r.Report.Fetched = []timing.Fetch{{Path: "/nix/store/x", From: "https://cache.example.org", StartSeconds: 1, Seconds: 2}}
		r.Report.Errors = []string{"no\nway"}
		r.Report.LeftOut = []timing.LeftOut{{Output: "rts-build", Phases: []timing.Phase{}}}
	})
	addAll(t, s, want)
	got, err := s.Get(context.Background(), want.ID[:20])
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestGetByPrefix(t *testing.T) {
	s := aStore(t)
	ctx := context.Background()
	addAll(t, s,
		aRecord(t, func(r *Record) { r.ID = "01900000-0000-7000-8000-000000000001" }),
		aRecord(t, func(r *Record) { r.ID = "01900000-0000-7000-8000-000000000002" }))
	if r, err := s.Get(ctx, "01900000-0000-7000-8000-000000000002"); err != nil || r.ID[35] != '2' {
		t.Errorf("the whole id gives %s, %v", r.ID, err)
	}
	var ambiguous *AmbiguousError
	if _, err := s.Get(ctx, "019"); !errors.As(err, &ambiguous) || len(ambiguous.IDs) != 2 {
		t.Errorf("a prefix of two gives %v", err)
	}
	for _, prefix := range []string{"018", "%", "'", "019\x1b", strings.Repeat("0", 1000)} {
		if _, err := s.Get(ctx, prefix); !errors.Is(err, ErrNoRecord) {
			t.Errorf("%q gives %v", prefix, err)
		}
	}
}

func TestFilters(t *testing.T) {
	s := aStore(t)
	addAll(t, s,
		aRecord(t, func(r *Record) { r.Commit = "1" }),
		aRecord(t, func(r *Record) { r.Commit = "2"; r.Project = "other"; r.Report.Started = epoch.Add(time.Hour) }),
		aRecord(t, func(r *Record) {
			r.Commit = "3"
			r.Report.Status, r.Report.Started = timing.Failed, epoch.Add(2*time.Hour)
			r.Report.Outputs[0] = timing.Output{Name: "rts-build", System: "aarch64-darwin", Package: "rts", Variant: "build"}
		}),
		aRecord(t, func(r *Record) { r.Commit = "4"; r.Command = "watch"; r.Project = ""; r.Report.Outputs = nil }),
	)
	tests := []struct {
		name   string
		filter Filter
		want   string
	}{
		{"all, newest first", Filter{}, "4 3 2 1"},
		{"limit", Filter{Limit: 2}, "4 3"},
		{"project", Filter{Project: "example.org/acme/rts"}, "3 1"},
		{"no such project", Filter{Project: "example.org"}, ""},
		{"output", Filter{Output: "rts"}, "2 1"},
		{"the output behind an alias", Filter{Output: "rts-checked"}, "2 1"},
		{"output and system", Filter{Output: "rts-build", System: "aarch64-darwin"}, "3"},
		{"system", Filter{System: "x86_64-linux"}, "2 1"},
		{"status", Filter{Status: timing.Failed}, "3"},
		{"command", Filter{Command: "watch"}, "4"},
		{"since", Filter{Since: epoch.Add(time.Hour)}, "3 2"},
		{"before", Filter{Before: epoch.Add(time.Hour)}, "4 1"},
		{"all of them", Filter{Project: "other", Output: "rts", System: "x86_64-linux", Status: timing.Succeeded, Command: "build", Since: epoch, Before: epoch.Add(2 * time.Hour)}, "2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, err := s.List(context.Background(), test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var listed, whole []string
			for _, e := range entries {
				listed = append(listed, e.Commit)
			}
			for r, err := range s.Records(context.Background(), test.filter) {
				if err != nil {
					t.Fatal(err)
				}
				whole = append(whole, r.Commit)
			}
			if got := strings.Join(listed, " "); got != test.want {
				t.Errorf("listed %q, want %q", got, test.want)
			}
			if got := strings.Join(whole, " "); got != test.want {
				t.Errorf("whole records %q, want %q", got, test.want)
			}
		})
	}
}

func TestPrune(t *testing.T) {
	s := aStore(t)
	ctx := context.Background()
	for i := range 5 {
		for _, project := range []string{"one", "two"} {
			addAll(t, s, aRecord(t, func(r *Record) { r.Project, r.Report.Started = project, epoch.AddDate(0, 0, i) }))
		}
	}
	removed := func(f Filter, keep int, want int) {
		t.Helper()
		dry, err := s.Prune(ctx, f, keep, true)
		if err != nil || dry != want {
			t.Errorf("the dry run counts %d, %v, want %d", dry, err, want)
		}
		got, err := s.Prune(ctx, f, keep, false)
		if err != nil || got != want {
			t.Errorf("removed %d, %v, want %d", got, err, want)
		}
	}
	removed(Filter{Project: "one", Before: epoch.AddDate(0, 0, 2)}, 0, 2)
	removed(Filter{}, 2, 4) // one of "one", three of "two"
	removed(Filter{Before: epoch}, 0, 0)
	var rows int
	if err := s.db.QueryRow(`SELECT (SELECT count(*) FROM builds) + (SELECT count(*) FROM lines) + (SELECT count(*) FROM outputs)
		+ (SELECT count(*) FROM derivations) + (SELECT count(DISTINCT build) FROM phases)`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if rows != 5*4 {
		t.Errorf("%d rows are left of 4 builds, want %d", rows, 5*4)
	}
}

func TestTroubleHasAName(t *testing.T) {
	ctx := context.Background()
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw := func(t *testing.T, path, statements string) {
		t.Helper()
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statements); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want error
	}{
		{"text", func(t *testing.T, path string) { write(t, path, strings.Repeat("no database\n", 500)) }, ErrDamaged},
		{"a damaged page", func(t *testing.T, path string) {
			s := opened(t, path)
			addAll(t, s, aRecord(t))
			s.Close()
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 100; i < len(content); i++ {
				content[i] ^= 0x5a
			}
			write(t, path, string(content))
		}, ErrDamaged},
		{"a later schema", func(t *testing.T, path string) {
			opened(t, path).Close()
			raw(t, path, "PRAGMA user_version = 1000")
		}, ErrNewer},
		{"another program's", func(t *testing.T, path string) { raw(t, path, "CREATE TABLE bookmarks (url)") }, ErrForeign},
		{"another program's, marked", func(t *testing.T, path string) {
			raw(t, path, "PRAGMA application_id = 7; PRAGMA user_version = 1")
		}, ErrForeign},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}, ErrReadOnly},
		{"below a file", func(t *testing.T, path string) {
			if err := os.Remove(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Dir(path), "")
		}, ErrReadOnly},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sub", "history.db")
			if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			test.make(t, path)
			s, err := Open(ctx, path)
			if err == nil {
				err = s.Add(ctx, aRecord(t))
				s.Close()
			}
			var named *Error
			if !errors.Is(err, test.want) || !errors.As(err, &named) || named.Path != path {
				t.Errorf("got %v, want %v with the path", err, test.want)
			}
		})
	}
}

func TestFullDisk(t *testing.T) {
	s := aStore(t)
	addAll(t, s, aRecord(t))
	// SQLite gives the same error for a database that may not grow.
	s.db.SetMaxOpenConns(1)
	if _, err := s.db.Exec("PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	big := aRecord(t, func(r *Record) {
		for range 2000 {
			r.Report.Derivations = append(r.Report.Derivations, r.Report.Derivations[0])
		}
	})
	if err := s.Add(context.Background(), big); !errors.Is(err, ErrFull) {
		t.Errorf("got %v", err)
	}
	if entries, err := s.List(context.Background(), Filter{}); err != nil || len(entries) != 1 {
		t.Errorf("afterwards it holds %d builds, %v", len(entries), err)
	}
}

func TestLockedByAnother(t *testing.T) {
	s := aStore(t)
	other, err := sql.Open("sqlite", s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	// Who does not want to wait that long does not have to.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	began := time.Now()
	if err := s.Add(ctx, aRecord(t)); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > Wait {
		t.Errorf("it waited %s", took)
	}
	if _, err := s.List(context.Background(), Filter{}); err != nil {
		t.Errorf("reading: %v", err)
	}
	time.AfterFunc(100*time.Millisecond, func() { other.Exec("ROLLBACK") })
	if err := s.Add(context.Background(), aRecord(t)); err != nil {
		t.Errorf("once it is free: %v", err)
	}
}

func TestNoHistoryYet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "history.db")
	if _, err := OpenExisting(context.Background(), path); !errors.Is(err, ErrNone) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("it made the folder")
	}
}

// TestOldestSchema opens the first database that there was, as a text that is never
// written anew.
func TestOldestSchema(t *testing.T) {
	text, err := os.ReadFile("testdata/schema-1.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(text)); err != nil {
		t.Fatal(err)
	}
	db.Close()
	s := opened(t, path)
	entries, err := s.List(context.Background(), Filter{Project: "example.org/acme/rts", Output: "rts-checked"})
	if err != nil || len(entries) != 1 || entries[0].Outputs[0].Variant != "checked" {
		t.Fatalf("got %+v, %v", entries, err)
	}
	record, err := s.Get(context.Background(), entries[0].ID)
	if err != nil || record.Report.Derivations[0].Phases[1].Name != "checkPhase" {
		t.Errorf("got %+v, %v", record, err)
	}
	addAll(t, s, aRecord(t))
	usual, err := s.Usual(context.Background(), Question{Derivation: drv("a", "rts-1.0")})
	if err != nil || usual == nil || usual.Count != 2 {
		t.Errorf("usual is %+v, %v", usual, err)
	}
}
