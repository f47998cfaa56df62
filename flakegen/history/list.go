package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// Filter says which records are meant. The zero value means all.
type Filter struct {
	// Project is the name of a project; empty means every one.
	Project string
	// Output and System are those of one of its outputs. Output is the name that
	// was asked for, or that of the variant that an alias stood for.
	Output, System string
	// Status is how it ended.
	Status timing.Status
	// Command is the command that saw it.
	Command string
	// Since and Before bound when it started; Before is not in the range. The zero
	// time is no bound.
	Since, Before time.Time
	// Limit is how many at most, the newest; 0 means no limit.
	Limit int
}

// where is the filter as a condition on builds b, with its arguments.
func (f Filter) where() (string, []any) {
	conditions, args := []string{"TRUE"}, []any{}
	and := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	if f.Project != "" {
		and("b.project = (SELECT project FROM projects WHERE name = ?)", f.Project)
	}
	if f.Output != "" || f.System != "" {
		and(`EXISTS (SELECT 1 FROM outputs o WHERE o.build = b.build
			AND (? = '' OR o.name = ? OR o.package || '-' || o.variant = ?) AND (? = '' OR o.system = ?))`,
			f.Output, f.Output, f.Output, f.System, f.System)
	}
	if f.Status != "" {
		and("b.status = ?", string(f.Status))
	}
	if f.Command != "" {
		and("b.command = ?", f.Command)
	}
	if !f.Since.IsZero() {
		and("b.started >= ?", f.Since.UnixMilli())
	}
	if !f.Before.IsZero() {
		and("b.started < ?", f.Before.UnixMilli())
	}
	return strings.Join(conditions, " AND "), args
}

// Entry is what a list shows of a record.
type Entry struct {
	ID          string        `json:"id"`
	Command     string        `json:"command"`
	Project     string        `json:"project"`
	Commit      string        `json:"commit"`
	Dirty       bool          `json:"dirty"`
	Host        string        `json:"host"`
	Started     time.Time     `json:"started"`
	Status      timing.Status `json:"status"`
	WallSeconds float64       `json:"wall_seconds"`
	NixVersion  string        `json:"nix_version"`
	ExitCode    *int          `json:"exit_code"`
	Outputs     []EntryOutput `json:"outputs"`
	// Built, Fetched and Failed count derivations built and failed, and paths
	// fetched.
	Built   int `json:"built"`
	Fetched int `json:"fetched"`
	Failed  int `json:"failed"`

	build int64
}

// EntryOutput is what a list shows of an output.
type EntryOutput struct {
	Name       string `json:"name"`
	System     string `json:"system"`
	Package    string `json:"package"`
	Variant    string `json:"variant"`
	Role       string `json:"role"`
	Alias      string `json:"alias"`
	Derivation string `json:"derivation"`
}

// List gives the records that are meant, newest first.
func (s *Store) List(ctx context.Context, f Filter) ([]Entry, error) {
	entries, err := s.list(ctx, f)
	return entries, s.failure("read", err)
}

func (s *Store) list(ctx context.Context, f Filter) ([]Entry, error) {
	where, args := f.where()
	rows, err := s.db.QueryContext(ctx, `
		SELECT b.build, b.id, b.command, p.name, b.commit_id, b.dirty, b.host, b.started, b.status, b.wall_seconds,
			b.nix_version, b.exit_code, b.built, b.fetched, b.failed
		FROM builds b JOIN projects p USING (project)
		WHERE `+where+` ORDER BY b.id DESC LIMIT ?`, append(args, limit(f))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	entries := []Entry{}
	for rows.Next() {
		var e Entry
		var started int64
		if err := rows.Scan(&e.build, &e.ID, &e.Command, &e.Project, &e.Commit, &e.Dirty, &e.Host, &started, &e.Status, &e.WallSeconds,
			&e.NixVersion, &e.ExitCode, &e.Built, &e.Fetched, &e.Failed); err != nil {
			return nil, err
		}
		e.Started = time.UnixMilli(started).UTC()
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return entries, s.addOutputs(ctx, entries)
}

// limit is the filter's limit as SQL has it.
func limit(f Filter) int {
	if f.Limit <= 0 {
		return -1
	}
	return f.Limit
}

func (s *Store) addOutputs(ctx context.Context, entries []Entry) error {
	query, err := s.db.PrepareContext(ctx, "SELECT name, system, package, variant, role, alias, derivation FROM outputs WHERE build = ? ORDER BY position")
	if err != nil {
		return err
	}
	defer query.Close()
	for i := range entries {
		outputs, err := outputsOf(ctx, query, entries[i].build)
		if err != nil {
			return err
		}
		entries[i].Outputs = outputs
	}
	return nil
}

func outputsOf(ctx context.Context, query *sql.Stmt, build int64) ([]EntryOutput, error) {
	rows, err := query.QueryContext(ctx, build)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	outputs := []EntryOutput{}
	for rows.Next() {
		var o EntryOutput
		if err := rows.Scan(&o.Name, &o.System, &o.Package, &o.Variant, &o.Role, &o.Alias, &o.Derivation); err != nil {
			return nil, err
		}
		outputs = append(outputs, o)
	}
	return outputs, rows.Err()
}

// ErrNoRecord says that no record has such an ID.
var ErrNoRecord = errors.New("no build has this id")

// AmbiguousError says that several records have an ID that begins so.
type AmbiguousError struct {
	Prefix string
	// IDs are the first few.
	IDs []string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("several builds have an id that begins with %s: %s", e.Prefix, strings.Join(e.IDs, ", "))
}

// Get gives the record whose ID begins so. The error is [ErrNoRecord], an
// [*AmbiguousError], or an [*Error].
func (s *Store) Get(ctx context.Context, prefix string) (Record, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id FROM builds WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT 4", strings.ToLower(prefix))
	if err != nil {
		return Record{}, s.failure("read", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return Record{}, s.failure("read", err)
		}
		ids = append(ids, id)
	}
	switch err := rows.Err(); {
	case err != nil:
		return Record{}, s.failure("read", err)
	case len(ids) == 0:
		return Record{}, fmt.Errorf("%w: %s", ErrNoRecord, prefix)
	case len(ids) > 1:
		return Record{}, &AmbiguousError{prefix, ids}
	}
	for r, err := range s.records(ctx, "b.id = ?", []any{ids[0]}, 1) {
		return r, err
	}
	return Record{}, fmt.Errorf("%w: %s", ErrNoRecord, prefix) // removed since
}

// Records gives the whole records that are meant, newest first, one at a time. It
// ends with the first error.
func (s *Store) Records(ctx context.Context, f Filter) iter.Seq2[Record, error] {
	where, args := f.where()
	return s.records(ctx, where, args, limit(f))
}

func (s *Store) records(ctx context.Context, where string, args []any, limit int) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for text, err := range s.lines(ctx, where, args, "DESC", limit) {
			var r Record
			if err == nil {
				r, err = parseLine(text)
			}
			if !yield(r, s.failure("read", err)) || err != nil {
				return
			}
		}
	}
}

// lines gives lines, by ID in the order given.
func (s *Store) lines(ctx context.Context, where string, args []any, order string, limit int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		rows, err := s.db.QueryContext(ctx, "SELECT l.line FROM builds b JOIN lines l USING (build) WHERE "+where+" ORDER BY b.id "+order+" LIMIT ?", append(args, limit)...)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var packed sql.RawBytes
			err := rows.Scan(&packed)
			var text []byte
			if err == nil {
				text, err = inflate(packed)
			}
			if !yield(text, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}
