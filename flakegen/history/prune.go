package history

import (
	"context"
	"database/sql"
)

// Prune removes the records that are meant, except for the newest keep of each
// project, and says how many. With dryRun it only counts.
func (s *Store) Prune(ctx context.Context, f Filter, keep int, dryRun bool) (removed int, err error) {
	where, args := f.where()
	meant := `SELECT build FROM (
		SELECT b.build, b.id, row_number() OVER (PARTITION BY b.project ORDER BY b.id DESC) AS age
		FROM builds b WHERE ` + where + `) WHERE age > ?`
	args = append(args, keep)
	if dryRun {
		err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM ("+meant+")", args...).Scan(&removed)
		return removed, s.failure("read", err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM builds WHERE build IN ("+meant+")", args...)
		if err != nil {
			return err
		}
		count, err := result.RowsAffected()
		removed = int(count)
		return err
	})
	if err != nil {
		return 0, s.failure("write", err)
	}
	if removed > 0 {
		// The room goes back to the disk if nobody is in the way of it; if not, the
		// next builds fill it.
		_, _ = s.db.ExecContext(ctx, "VACUUM")
	}
	return removed, nil
}
