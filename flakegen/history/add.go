package history

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// NewID makes the ID of a new record.
func NewID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// Add adds a record in one transaction. When it returns without an error the
// record survives whatever happens to the process and the machine.
func (s *Store) Add(ctx context.Context, r Record) error {
	if err := validate(&r); err != nil {
		return s.failure("write", err)
	}
	text, err := newLine(r)
	if err != nil {
		return s.failure("write", err)
	}
	return s.failure("write", s.write(ctx, func(tx *sql.Tx) error {
		_, err := add(ctx, tx, r, text)
		return err
	}))
}

// add adds a record with its line, and says whether it was not there before.
func add(ctx context.Context, tx *sql.Tx, r Record, text []byte) (added bool, err error) {
	project, err := projectKey(ctx, tx, r.Project)
	if err != nil {
		return false, err
	}
	started := r.Report.Started.UnixMilli()
	var build int64
	err = tx.QueryRowContext(ctx, `
		INSERT INTO builds (id, command, project, commit_id, dirty, host, started, status, wall_seconds, nix_version, exit_code, built, fetched, failed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO NOTHING RETURNING build`,
		r.ID, r.Command, project, r.Commit, r.Dirty, r.Host, started, string(r.Report.Status),
		r.Report.WallSeconds, r.Report.Nix.Version, r.Report.Nix.ExitCode,
		count(r.Report, timing.DispositionBuilt), len(r.Report.Fetched), count(r.Report, timing.DispositionFailed)).Scan(&build)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	packed, err := deflate(text)
	if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO lines (build, line) VALUES (?, ?)", build, packed); err != nil {
		return false, err
	}
	became := map[string]timing.Disposition{}
	for _, d := range r.Report.Derivations {
		if d.Derivation != "" {
			became[d.Derivation] = d.Disposition
		}
	}
	for i, o := range r.Report.Outputs {
		_, err := tx.ExecContext(ctx, "INSERT INTO outputs (build, position, name, system, package, variant, role, alias, derivation, disposition, project, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			build, i, o.Name, o.System, o.Package, o.Variant, o.Role, o.Alias, o.Derivation, string(became[o.Derivation]), project, started)
		if err != nil {
			return false, err
		}
	}
	return true, addDerivations(ctx, tx, build, project, started, r.Report.Derivations)
}

func addDerivations(ctx context.Context, tx *sql.Tx, build, project, started int64, derivations []timing.Derivation) error {
	if len(derivations) == 0 {
		return nil
	}
	row, err := tx.PrepareContext(ctx, `
		INSERT INTO derivations (build, position, derivation, name, stem, project, started, system, machine, disposition, checks, seconds)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer row.Close()
	phase, err := tx.PrepareContext(ctx, "INSERT INTO phases (build, derivation, position, name, seconds) VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer phase.Close()
	for i, d := range derivations {
		if _, err := row.ExecContext(ctx, build, i, d.Derivation, d.Name, Stem(d.Name), project, started, d.System, d.Machine, string(d.Disposition), checks(d), d.Seconds); err != nil {
			return err
		}
		for j, p := range d.Phases {
			if _, err := phase.ExecContext(ctx, build, i, j, p.Name, p.Seconds); err != nil {
				return err
			}
		}
	}
	return nil
}

func projectKey(ctx context.Context, tx *sql.Tx, name string) (key int64, err error) {
	if _, err := tx.ExecContext(ctx, "INSERT INTO projects (name) VALUES (?) ON CONFLICT (name) DO NOTHING", name); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, "SELECT project FROM projects WHERE name = ?", name).Scan(&key)
	return key, err
}

func count(r timing.Report, disposition timing.Disposition) int {
	n := 0
	for _, d := range r.Derivations {
		if d.Disposition == disposition {
			n++
		}
	}
	return n
}

// checks says whether a phase of the derivation tests what was built.
func checks(d timing.Derivation) bool {
	for _, p := range d.Phases {
		if IsCheck(p.Name) {
			return true
		}
	}
	return false
}

// IsCheck says whether a phase of that name tests what was built: checkPhase and
// installCheckPhase of stdenv, and what is called like them.
func IsCheck(phase string) bool { return strings.Contains(strings.ToLower(phase), "check") }
