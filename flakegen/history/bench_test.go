package history

import (
	"context"
	"path/filepath"
	"testing"
)

// BenchmarkBuild is what the history costs a build: to open the database and add a
// record, with a sync.
func BenchmarkBuild(b *testing.B) {
	path := filepath.Join(b.TempDir(), "history.db")
	opened(b, path).Close()
	for b.Loop() {
		s, err := Open(context.Background(), path)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Add(context.Background(), aRecord(b)); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
