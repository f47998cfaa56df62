package doctor

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/flakegen/flakegen/flakegen/history"
)

func TestHistory(t *testing.T) {
	o := options(t)
	o.History.Advice = func(error) (string, string) { return "Do this:", "that" }
	expect(t, Examine(t.Context(), o), "history", "history", OK, "none is kept")
	o.History.Path = filepath.Join(t.TempDir(), "history.db")
	expect(t, Examine(t.Context(), o), "history", "history", OK, "no build is recorded yet")

	s, err := history.Open(t.Context(), o.History.Path)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	expect(t, Examine(t.Context(), o), "history", "history", OK, o.History.Path)

	db, err := sql.Open("sqlite", o.History.Path)
	if err == nil {
		_, err = db.Exec("PRAGMA user_version = 1000")
	}
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	expect(t, Examine(t.Context(), o), "history", "history", Fault, "a newer flakegen made "+o.History.Path, "not noted", "Do this:\nthat")

	write(t, o.History.Path, "This is no database.")
	expect(t, Examine(t.Context(), o), "history", "history", Fault, "it cannot be used", "it is damaged", "that")
	o.History.Path, o.History.Err = "", errors.New("nothing says where it is")
	expect(t, Examine(t.Context(), o), "history", "history", Fault, "nothing says where it is", "that")
}
