package history

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// Question asks what a derivation usually takes.
type Question struct {
	// Derivation is the path of its .drv file.
	Derivation string
	// Project, System and Checks are for the builds of derivations that differ
	// from it, but not in these: Checks says whether it runs tests of its own, as
	// one variant does and another does not that has the same name. Nil means that
	// it is not known.
	Project, System string
	Checks          *bool
	// Host is preferred among the machines that have built it.
	Host string
}

// Usual is what a derivation took on its last builds, in seconds.
type Usual struct {
	// Seconds is the median, Low and High are the quartiles around it.
	Seconds, Low, High float64
	// Count is how many builds they rest on.
	Count int
	// Exact says that it was this derivation, and not one of the same project, name
	// and system.
	Exact bool
	// Phases are those of the last one, each with the median of its times.
	Phases []UsualPhase
}

// UsualPhase is what a phase took.
type UsualPhase struct {
	Name    string
	Seconds float64
}

const (
	// usualBuilds is how many builds make up what is usual: fewer follow chance,
	// more follow what has long changed.
	usualBuilds = 10
	// looked is how many are looked at to find as many on this machine.
	looked = 100
)

// Usual answers from the last builds of exactly this derivation, or else of those
// of the same project, store name without version, and system. The answer is nil
// where there were none.
func (s *Store) Usual(ctx context.Context, q Question) (*Usual, error) {
	usual, err := s.usual(ctx, []Question{q}, true)
	if err != nil {
		return nil, s.failure("read", err)
	}
	return usual[0], nil
}

// UsualTimes answers many questions, in their order, as Usual does but without phases,
// of which each would take ten queries more.
func (s *Store) UsualTimes(ctx context.Context, questions []Question) ([]*Usual, error) {
	usual, err := s.usual(ctx, questions, false)
	return usual, s.failure("read", err)
}

func (s *Store) usual(ctx context.Context, questions []Question, phases bool) ([]*Usual, error) {
	queries, err := s.prepareBuilt(ctx)
	if err != nil {
		return nil, err
	}
	defer queries.close()
	answers := make([]*Usual, len(questions))
	for i, q := range questions {
		found, exact, err := queries.find(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			continue
		}
		if answers[i] = summary(found, exact); phases {
			if answers[i].Phases, err = s.usualPhases(ctx, found); err != nil {
				return nil, err
			}
		}
	}
	return answers, nil
}

// builtQueries look for the last ones that were built, newest first: of exactly one
// derivation, and of one of the same name in a project.
type builtQueries struct{ exact, alike *sql.Stmt }

func (s *Store) prepareBuilt(ctx context.Context) (*builtQueries, error) {
	prepare := func(where string) (*sql.Stmt, error) {
		return s.db.PrepareContext(ctx, `
			SELECT d.build, d.position, d.seconds, d.checks, b.host
			FROM derivations d JOIN builds b USING (build)
			WHERE d.disposition = 'built' AND `+where+` ORDER BY d.started DESC LIMIT ?`)
	}
	exact, err := prepare("d.derivation = ?")
	if err != nil {
		return nil, err
	}
	alike, err := prepare("d.project = (SELECT project FROM projects WHERE name = ?) AND d.stem = ? AND d.system = ?")
	if err != nil {
		exact.Close()
		return nil, err
	}
	return &builtQueries{exact, alike}, nil
}

func (b *builtQueries) close() {
	b.exact.Close()
	b.alike.Close()
}

// find gives the builds that make up what is usual.
func (b *builtQueries) find(ctx context.Context, q Question) (found []builtBefore, exact bool, err error) {
	if found, err = readBuilt(ctx, b.exact, q.Derivation, looked); err != nil {
		return nil, false, err
	}
	exact = len(found) > 0
	if !exact {
		if found, err = readBuilt(ctx, b.alike, q.Project, Stem(timing.Name(q.Derivation)), q.System, looked); err != nil {
			return nil, false, err
		}
		if q.Checks != nil {
			found = slices.DeleteFunc(found, func(b builtBefore) bool { return b.checks != *q.Checks })
		}
	}
	here := slices.DeleteFunc(slices.Clone(found), func(b builtBefore) bool { return b.host != q.Host })
	if len(here) > 0 {
		found = here
	}
	return found[:min(len(found), usualBuilds)], exact, nil
}

// builtBefore is a derivation of a past build.
type builtBefore struct {
	build    int64
	position int
	seconds  float64
	checks   bool
	host     string
}

func readBuilt(ctx context.Context, query *sql.Stmt, args ...any) ([]builtBefore, error) {
	rows, err := query.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []builtBefore
	for rows.Next() {
		var b builtBefore
		if err := rows.Scan(&b.build, &b.position, &b.seconds, &b.checks, &b.host); err != nil {
			return nil, err
		}
		found = append(found, b)
	}
	return found, rows.Err()
}

func summary(found []builtBefore, exact bool) *Usual {
	times := make([]float64, len(found))
	for i, b := range found {
		times[i] = b.seconds
	}
	return &Usual{Seconds: quantile(times, 0.5), Low: quantile(times, 0.25), High: quantile(times, 0.75), Count: len(found), Exact: exact}
}

// usualPhases are the phases of the first build, each with the median of all.
func (s *Store) usualPhases(ctx context.Context, found []builtBefore) ([]UsualPhase, error) {
	phases := map[string][]float64{}
	var order []string
	query, err := s.db.PrepareContext(ctx, "SELECT name, seconds FROM phases WHERE build = ? AND derivation = ? ORDER BY position")
	if err != nil {
		return nil, err
	}
	defer query.Close()
	for i, b := range found {
		list, err := phasesOf(ctx, query, b)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if i == 0 {
				order = append(order, p.Name)
			}
			phases[p.Name] = append(phases[p.Name], p.Seconds)
		}
	}
	var usual []UsualPhase
	for _, name := range order {
		usual = append(usual, UsualPhase{name, quantile(phases[name], 0.5)})
	}
	return usual, nil
}

func phasesOf(ctx context.Context, query *sql.Stmt, b builtBefore) ([]UsualPhase, error) {
	rows, err := query.QueryContext(ctx, b.build, b.position)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []UsualPhase
	for rows.Next() {
		var p UsualPhase
		if err := rows.Scan(&p.Name, &p.Seconds); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// quantile lies between two values where none is at its place.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// Built is an output that was built, and its derivation.
type Built struct {
	ID         string
	Started    time.Time
	Output     timing.Output
	Derivation timing.Derivation
}

// LastBuilt gives the last record in which an output of a package was built whose
// variant has the role, on the system; an empty system means any. The answer is
// nil where there is none.
func (s *Store) LastBuilt(ctx context.Context, project, pkg, role, system string) (*Built, error) {
	built, err := s.lastBuilt(ctx, project, pkg, role, system)
	return built, s.failure("read", err)
}

func (s *Store) lastBuilt(ctx context.Context, project, pkg, role, system string) (*Built, error) {
	var id, derivation string
	var output int
	where := ""
	args := []any{project, pkg, role}
	if system != "" {
		where, args = "AND o.system = ?", append(args, system)
	}
	err := s.db.QueryRowContext(ctx, `
		SELECT b.id, o.position, o.derivation
		FROM outputs o JOIN builds b USING (build)
		WHERE o.project = (SELECT project FROM projects WHERE name = ?) AND o.package = ? AND o.role = ? `+where+` AND o.disposition = 'built'
		ORDER BY o.started DESC LIMIT 1`, args...).Scan(&id, &output, &derivation)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for r, err := range s.records(ctx, "b.id = ?", []any{id}, 1) {
		if err != nil {
			return nil, err
		}
		for _, d := range r.Report.Derivations {
			if d.Derivation == derivation {
				return &Built{id, r.Report.Started, r.Report.Outputs[output], d}, nil
			}
		}
	}
	return nil, nil
}
