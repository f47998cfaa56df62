package history

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// What Look says is what Open says, and it leaves everything as it is.
func TestLook(t *testing.T) {
	ctx := context.Background()
	for name, test := range map[string]struct {
		statements string
		want       error
	}{
		"as it is":          {"SELECT 1", nil},
		"an older schema":   {"PRAGMA user_version = 0", nil},
		"a later schema":    {"PRAGMA user_version = 1000", ErrNewer},
		"another program's": {"PRAGMA application_id = 7", ErrForeign},
		"tables of others":  {"PRAGMA application_id = 0; PRAGMA user_version = 0", ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			s, err := Open(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			s.Close()
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(test.statements); err != nil {
				t.Fatal(err)
			}
			db.Close()
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			err = Look(ctx, path)
			var named *Error
			if !errors.Is(err, test.want) || err != nil && (!errors.As(err, &named) || named.Path != path) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			after, err := os.ReadFile(path)
			if err != nil || string(after) != string(before) {
				t.Errorf("the file has changed, %v", err)
			}
			if files, err := filepath.Glob(path + "*"); err != nil || len(files) != 1 {
				t.Errorf("left behind: %v, %v", files, err)
			}
		})
	}

	dir := t.TempDir()
	if err := Look(ctx, filepath.Join(dir, "sub", "history.db")); !errors.Is(err, ErrNone) {
		t.Errorf("got %v, want %v", err, ErrNone)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("made: %v, %v", entries, err)
	}
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("no database, and long enough to be none for certain: "+string(make([]byte, 4096))), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Look(ctx, text); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want %v", err, ErrDamaged)
	}

	// While another process writes, its journal stays.
	s := aStore(t)
	addAll(t, s, aRecord(t))
	if err := Look(ctx, s.path); err != nil {
		t.Error(err)
	}
	addAll(t, s, aRecord(t))
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}
