package report

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func openTemporary(t *testing.T) func() (Spool, error) {
	return func() (Spool, error) {
		f, err := os.CreateTemp(t.TempDir(), "spool")
		if err == nil {
			t.Cleanup(func() { f.Close() })
		}
		return f, err
	}
}

// lines are what is left of a log.
func (l *logs) all(t *testing.T, b *buildLog) []string {
	t.Helper()
	var lines []string
	if err := l.each(b, func(line string) { lines = append(lines, line) }); err != nil {
		t.Fatal(err)
	}
	return lines
}

// Logs that are written all at the same time, and end and begin at random, come
// back whole, in a file as long as what ran at the same time.
func TestLogsComeBackWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	l := &logs{open: openTemporary(t)}
	open := make([]*buildLog, 8)
	want := make([][]string, len(open))
	ended, most := 0, 0
	for range 60_000 {
		i := random.IntN(len(open))
		if open[i] == nil {
			open[i], want[i] = &buildLog{}, nil
		}
		if random.IntN(3000) == 0 {
			if got := l.all(t, open[i]); strings.Join(got, "\n") != strings.Join(want[i], "\n") || open[i].lines != len(want[i]) {
				t.Fatalf("%d lines came back of %d", len(got), len(want[i]))
			}
			l.release(open[i])
			open[i] = nil
			ended++
			continue
		}
		size := random.IntN(200)
		if random.IntN(2000) == 0 {
			size = 3 * logBlock
		}
		line := fmt.Sprint(i, strings.Repeat("x", size))
		l.add(open[i], line)
		want[i] = append(want[i], line)
		blocks := 0
		for _, b := range open {
			if b != nil {
				blocks += len(b.blocks)
			}
		}
		most = max(most, blocks)
	}
	if ended < 5 || most == 0 || l.next != int64(most) {
		t.Errorf("%d logs ended, %d blocks in the file, %d at a time", ended, l.next, most)
	}
}

// Of a log that is longer than is kept the end is there, in whole lines.
func TestLongLogLosesItsBeginning(t *testing.T) {
	l := &logs{open: openTemporary(t)}
	b := &buildLog{}
	const size = 1 << 10
	total := (maxLogBlocks + 10) * logBlock / size
	for i := range total {
		l.add(b, fmt.Sprintf("%*d", size-1-i%2, i))
	}
	got := l.all(t, b)
	if len(got)+b.lost != total {
		t.Errorf("%d lines came back and %d are said to be lost, of %d", len(got), b.lost, total)
	}
	for i, line := range got {
		if want := fmt.Sprint(total - len(got) + i); strings.TrimSpace(line) != want {
			t.Fatalf("line %d is %q, want %s", i, strings.TrimSpace(line), want)
		}
	}
	if l.next > maxLogBlocks {
		t.Errorf("%d blocks", l.next)
	}
}

type fullDisk struct{ io.ReaderAt }

func (fullDisk) WriteAt([]byte, int64) (int, error) { return 0, errors.New("no space left") }

func TestLogsWithoutSpool(t *testing.T) {
	for name, open := range map[string]func() (Spool, error){
		"none":    nil,
		"refused": func() (Spool, error) { return nil, errors.New("read-only") },
		"full":    func() (Spool, error) { return fullDisk{strings.NewReader("")}, nil },
	} {
		l := &logs{open: open}
		b := &buildLog{}
		for i := range 10_000 {
			l.add(b, fmt.Sprint("line ", i))
		}
		got := l.all(t, b)
		if len(got) < 100 || len(got)+b.lost != 10_000 || got[len(got)-1] != "line 9999" || l.err == nil {
			t.Errorf("%s: %d lines, %d lost, %v", name, len(got), b.lost, l.err)
		}
	}
}
