package history

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Look says whether the database at path is a history that this program can use,
// and changes nothing: an older schema stays as it is. Where there is none the
// error is [ErrNone], and like others an [*Error].
func Look(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return &Error{"open", path, ErrNone}
	}
	// Reading alone, SQLite makes files for the journal too where there are none, and
	// leaves them behind: as root they would lock the user out.
	mode := "mode=ro"
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + suffix); err != nil {
			mode = "mode=ro&immutable=1"
		}
	}
	s, err := open(ctx, path, mode)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.failure("open", s.usable(ctx))
}

// usable says whether the schema is known, or can be brought up to date.
func (s *Store) usable(ctx context.Context) error {
	if err := s.current(ctx); !errors.Is(err, errOlder) {
		return err
	}
	application, _, err := marks(ctx, s.db)
	if err != nil || application == applicationID {
		return err
	}
	return empty(ctx, s.db)
}
