package history

import (
	"bufio"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// killRounds is how many times TestKilledWriters kills all of its writers. Soaking
// takes more.
var killRounds = flag.Int("kill-rounds", 5, "how often the writers of the history are killed")

const (
	writers        = 20
	writerVariable = "FLAKEGEN_TEST_HISTORY_WRITER"
)

// TestMain makes this program a writer as well: a process that opens the history,
// adds a record and says so, again and again.
func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		os.Exit(keepWriting(path))
	}
	os.Exit(m.Run())
}

func keepWriting(path string) int {
	ctx := context.Background()
	for {
		s, err := Open(ctx, path)
		if err == nil {
			r := aRecord(&testing.T{})
			if err = s.Add(ctx, r); err == nil {
				fmt.Println(r.ID)
				err = s.Close()
			}
		}
		if err != nil {
			fmt.Println("error:", err)
			return 1
		}
	}
}

// TestKilledWriters kills twenty processes that write at random moments, from the
// one in which the database is made. Whatever one of them said was written is
// there, and the database is whole.
func TestKilledWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	said := map[string]bool{}
	for range *killRounds {
		for _, id := range killWriters(t, path) {
			said[id] = true
		}
		checkWhole(t, path)
	}
	s := opened(t, path)
	entries, err := s.List(context.Background(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, e := range entries {
		there[e.ID] = true
	}
	for id := range said {
		if !there[id] {
			t.Errorf("%s was written and is not there", id)
		}
	}
	if len(said) == 0 {
		t.Error("nothing was written")
	}
	for _, err := range s.Records(context.Background(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d records said to be written, %d there", len(said), len(there))
}

// killWriters runs the writers until each is killed, and gives the IDs that they
// said they had written.
func killWriters(t *testing.T, path string) (ids []string) {
	t.Helper()
	var mutex sync.Mutex
	var running sync.WaitGroup
	for range writers {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), writerVariable+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(rand.Int64N(int64(time.Second))), func() { cmd.Process.Kill() })
		running.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				mutex.Lock()
				if text := lines.Text(); len(text) == 36 {
					ids = append(ids, text)
				} else {
					t.Errorf("a writer says %q", text)
				}
				mutex.Unlock()
			}
			cmd.Wait()
		})
	}
	running.Wait()
	return ids
}

func checkWhole(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, question := range []string{"PRAGMA integrity_check", "SELECT count(*) || '' FROM pragma_foreign_key_check"} {
		var answer string
		if err := db.QueryRow(question).Scan(&answer); err != nil || answer != "ok" && answer != "0" {
			t.Errorf("%s: %s, %v", question, answer, err)
		}
	}
}

// TestTwentyAtOnce adds from twenty processes' worth of handles at once, and loses
// nothing.
func TestTwentyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	var running sync.WaitGroup
	for range writers {
		running.Go(func() {
			s, err := Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for range 5 {
				if err := s.Add(context.Background(), aRecord(t)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	entries, err := opened(t, path).List(context.Background(), Filter{})
	if err != nil || len(entries) != writers*5 {
		t.Errorf("%d records are there, %v, want %d", len(entries), err, writers*5)
	}
}
