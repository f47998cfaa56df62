package history

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// schema are the migrations, by name in their order. One that was released is
// never changed: a database is brought up by those that it has not seen.
//
//go:embed schema/*.sql
var schema embed.FS

// applicationID marks a database as a history ("flkg"), so that no other
// program's is written to.
const applicationID = 0x666c6b67

// tryWait is how long SQLite waits by itself for a lock, before [retry] looks
// whether the caller still wants it to.
const tryWait = 500 * time.Millisecond

// Wait is how long a call waits for other writers. Each of them takes
// milliseconds; twenty at once on a slow disk take a second.
const Wait = 5 * time.Second

var (
	// ErrNone says that there is no history yet.
	ErrNone = errors.New("no build is recorded yet")
	// ErrNewer says that a later flakegen made the database.
	ErrNewer = errors.New("a newer flakegen made it")
	// ErrForeign says that the file is no history.
	ErrForeign = errors.New("it is no history of flakegen's")
	// ErrDamaged says that the file is no longer what SQLite wrote.
	ErrDamaged = errors.New("it is damaged")
	// ErrBusy says that another program holds it.
	ErrBusy = errors.New("another program holds it locked")
	// ErrReadOnly says that it cannot be written.
	ErrReadOnly = errors.New("it cannot be written")
	// ErrFull says that the disk is full.
	ErrFull = errors.New("the disk is full")
)

// Error is what went wrong with the database at Path.
type Error struct {
	Op, Path string
	Err      error
}

func (e *Error) Error() string { return fmt.Sprintf("%s history %s: %s", e.Op, e.Path, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Store is the history. Its methods may be called from several goroutines; other
// processes may use the same file.
type Store struct {
	path string
	db   *sql.DB
}

// Open opens the database at path, absolute, and makes it and its folder where
// they are not there. An error is an [*Error] with one of this package's in it
// where it is known what is wrong.
func Open(ctx context.Context, path string) (*Store, error) {
	// 0700, as the base directory specification has it: logs are nobody else's.
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &Error{"open", path, fmt.Errorf("%w: %w", ErrReadOnly, err)}
	}
	// FULL: a build that ended is there after a power cut as well. In this mode of
	// the journal that is one sync a build.
	s, err := open(ctx, path, "_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(on)")
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		s.db.Close()
		return nil, s.failure("open", err)
	}
	return s, nil
}

// OpenExisting opens the database for questions. It makes none: where there is
// none the error is [ErrNone]. One that cannot be written is read all the same.
func OpenExisting(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{"open", path, ErrNone}
	}
	s, err := Open(ctx, path)
	if err == nil || !errors.Is(err, ErrReadOnly) {
		return s, err
	}
	// Without a journal beside it that could be written: as the file is.
	for _, mode := range []string{"mode=ro", "mode=ro&immutable=1"} {
		var reading *Store
		if reading, err = open(ctx, path, mode); err != nil {
			continue
		}
		if err = reading.current(ctx); err == nil {
			return reading, nil
		}
		err = reading.failure("open", err)
		reading.db.Close()
	}
	return nil, err
}

func open(ctx context.Context, path, options string) (*Store, error) {
	name := url.URL{Scheme: "file", Path: path, RawQuery: fmt.Sprintf("_busy_timeout=%d&%s", tryWait.Milliseconds(), options)}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, &Error{"open", path, err}
	}
	s := &Store{path: path, db: db}
	// Others read while one writes.
	db.SetMaxOpenConns(4)
	if err := retry(ctx, func() error { return db.PingContext(ctx) }); err != nil {
		db.Close()
		return nil, s.failure("open", err)
	}
	return s, nil
}

// Close closes the database. Without it nothing is lost.
func (s *Store) Close() error { return s.db.Close() }

// retry repeats what failed because of other processes: to turn the journal on,
// to recover and to clear it away SQLite takes locks for which it does not wait.
func retry(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, Wait)
	defer cancel()
	var busy error
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		switch err := do(); {
		case errors.Is(cause(err), ErrBusy):
			busy = err
		case err != nil && busy != nil && ctx.Err() != nil:
			return busy // what the time went to
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return busy
		case <-time.After(pause):
		}
	}
}

func (s *Store) failure(op string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	if c := cause(err); c != nil {
		err = c
	}
	return &Error{op, s.path, err}
}

// cause is the error of this package that an error of SQLite's stands for, or nil.
func cause(err error) error {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return nil
	}
	switch failed.Code() & 0xff { // the rest is detail
	case sqlitelib.SQLITE_BUSY, sqlitelib.SQLITE_LOCKED:
		return ErrBusy
	case sqlitelib.SQLITE_NOTADB, sqlitelib.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%s)", ErrDamaged, failed)
	case sqlitelib.SQLITE_READONLY, sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_PERM:
		return fmt.Errorf("%w (%s)", ErrReadOnly, failed)
	case sqlitelib.SQLITE_FULL:
		return ErrFull
	}
	return nil
}

// migrations are the texts in schema, in their order.
func migrations() ([]string, error) {
	files, err := fs.Glob(schema, "schema/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(files))
	for i, file := range files {
		text, err := schema.ReadFile(file)
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return texts, nil
}

// marks reads the two numbers in the database's head that are the application's.
func marks(ctx context.Context, db querier) (application, version int, err error) {
	err = db.QueryRowContext(ctx, "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version").Scan(&application, &version)
	return application, version, err
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// empty says of an unmarked database that nobody has made anything of it yet, or
// ErrForeign.
func empty(ctx context.Context, db querier) error {
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return ErrForeign
	}
	return nil
}

// current says whether the schema is the one that this program knows.
func (s *Store) current(ctx context.Context) error {
	all, err := migrations()
	if err != nil {
		return err
	}
	application, version, err := marks(ctx, s.db)
	switch {
	case err != nil:
		return err
	case application != applicationID && (application != 0 || version != 0):
		return ErrForeign
	case version > len(all):
		return fmt.Errorf("%w: its schema is %d, and this one knows %d", ErrNewer, version, len(all))
	case version < len(all):
		return errOlder
	}
	return nil
}

var errOlder = errors.New("its schema is older, and it cannot be brought up to date")

// migrate brings the schema up to date.
func (s *Store) migrate(ctx context.Context) error {
	// Nothing is written where nothing has to be.
	if err := retry(ctx, func() error { return s.current(ctx) }); !errors.Is(err, errOlder) {
		return err
	}
	all, err := migrations()
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		// Another process may have done it since.
		application, version, err := marks(ctx, tx)
		if err != nil {
			return err
		}
		if application == 0 {
			if err := empty(ctx, tx); err != nil {
				return err
			}
		}
		for ; version < len(all); version++ {
			if _, err := tx.ExecContext(ctx, all[version]); err != nil {
				return fmt.Errorf("migration %d: %w", version+1, err)
			}
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
		return err
	})
}

// write does something in one transaction, again where other processes were in
// the way of it.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	return retry(ctx, func() error {
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // after Commit it does nothing
		if err := do(tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// Check looks through the whole database. The error says what is wrong with it.
func (s *Store) Check(ctx context.Context) error {
	var answer string
	if err := s.db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&answer); err != nil {
		return s.failure("check", err)
	}
	if answer != "ok" {
		return &Error{"check", s.path, fmt.Errorf("%w: %s", ErrDamaged, answer)}
	}
	return nil
}
