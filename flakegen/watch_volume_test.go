package flakegen

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// volume is how much of each log is read. make soak reads a gigabyte.
var volume = flag.Int64("volume", 8<<20, "the `bytes` of each log that is watched for its memory")

// many makes a log of that many bytes, and the rest of its last record.
type many struct {
	record func(w io.Writer, i int)
	bytes  int64
	i      int
	buffer bytes.Buffer
}

func (m *many) Read(b []byte) (int, error) {
	for m.buffer.Len() < len(b) && m.bytes > 0 {
		before := m.buffer.Len()
		m.record(&m.buffer, m.i)
		m.i++
		m.bytes -= int64(m.buffer.Len() - before)
	}
	return m.buffer.Read(b)
}

// peak watches the heap while a log is read through it.
type peak struct {
	io.Reader
	read, looked int64
	most         uint64
}

func (p *peak) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.read += int64(n)
	if p.read-p.looked >= 2<<20 {
		p.looked = p.read
		p.look()
	}
	return n, err
}

func (p *peak) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.most = max(p.most, m.HeapAlloc)
}

const oneBuild = `@nix {"action":"start","id":1,"level":0,"parent":0,"text":"","type":102}
@nix {"action":"start","id":2,"level":0,"parent":0,"text":"","type":104}
@nix {"action":"result","fields":[0,1,1,0],"id":2,"type":105}
@nix {"action":"start","fields":["/nix/store/00000000000000000000000000000000-x.drv","",1,1],"id":3,"level":3,"parent":0,"text":"","type":105}
`

const oneBuildDone = `
@nix {"action":"result","fields":[1,1,0,0],"id":2,"type":105}
@nix {"action":"stop","id":3}
@nix {"action":"stop","id":2}
@nix {"action":"stop","id":1}
`

// A log of any size, honest or not, is watched in bounded memory. What Nix writes
// in such an amount, lines of one build, is also judged right at its end.
func TestWatchVolume(t *testing.T) {
	derivation := func(i int) string { return fmt.Sprintf("/nix/store/%032d-x%d.drv", i, i) }
	long := strings.Repeat("long ", 180)
	tests := []struct {
		name   string
		honest bool
		limit  uint64 // MiB
		record func(w io.Writer, i int)
	}{
		{"log lines", true, 64, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"result","fields":["cc -c %d.c \u001b[31mwarning\u001b[0m"],"id":3,"type":101}`+"\n", i)
		}},
		{"lines of megabytes", true, 64, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"result","fields":["%s"],"id":3,"type":101}`+"\n", strings.Repeat("x", 3<<20))
		}},
		{"one line", true, 64, func(w io.Writer, i int) { io.WriteString(w, long) }},
		{"no records", true, 64, func(w io.Writer, i int) { fmt.Fprintf(w, "line \x1b[1m\xff %d\n", i) }},
		{"phases", true, 64, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"result","fields":["phase %d"],"id":3,"type":104}`+"\n", i)
		}},
		{"warnings", true, 64, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"msg","level":1,"msg":"warning: %d %s"}`+"\n", i, long)
		}},
		{"bad records", true, 64, func(w io.Writer, i int) { fmt.Fprintf(w, "@nix {\"action\": %d\n", i) }},
		{"unknown records", true, 64, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"x%[1]d","m%[1]d":1}`+"\n"+`@nix {"action":"start","id":1%[1]d,"type":9%[1]d}`+"\n"+`@nix {"action":"stop","id":1%[1]d}`+"\n", i)
		}},
		{"activities that never end", false, 256, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"start","id":%d,"level":3,"parent":0,"text":"evaluating","type":0}`+"\n", i+10)
		}},
		{"builds that never end", false, 512, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"start","fields":["%s","",1,1],"id":%d,"type":105}`+"\n", derivation(i+10), i+10)
		}},
		{"builds with long logs", false, 512, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"start","fields":["%s","",1,1],"id":%d,"type":105}`+"\n", derivation(i+10), i+10)
			for range timing.DefaultLogTail {
				fmt.Fprintf(w, `@nix {"action":"result","fields":["%s"],"id":%d,"type":101}`+"\n", long, i+10)
			}
			fmt.Fprintf(w, `@nix {"action":"stop","id":%d}`+"\n", i+10)
		}},
		{"fetches", false, 512, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"start","fields":["/nix/store/%032[1]d-p","https://cache"],"id":1%[1]d,"type":108}`+"\n"+`@nix {"action":"stop","id":1%[1]d}`+"\n", i)
		}},
		{"realisations", false, 256, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"start","id":1%[1]d,"parent":0,"type":102}`+"\n"+`@nix {"action":"stop","id":1%[1]d}`+"\n", i)
		}},
		{"failures", false, 256, func(w io.Writer, i int) {
			fmt.Fprintf(w, `@nix {"action":"msg","level":0,"msg":"error: x","raw_msg":"builder for '%s' failed with exit code 1"}`+"\n", derivation(i))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			runtime.GC()
			log := &peak{Reader: io.MultiReader(
				strings.NewReader(oneBuild),
				&many{record: test.record, bytes: *volume},
				strings.NewReader(oneBuildDone),
			)}
			began := time.Now()
			r, err := Watch(t.Context(), WatchOptions{Log: log, Now: time.Now})
			log.look()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d MiB, %.0f records and %.0f lines a second, %d MiB of heap", log.read>>20,
				float64(r.Log.Records)/time.Since(began).Seconds(), float64(r.Log.Lines)/time.Since(began).Seconds(), log.most>>20)
			if log.most>>20 > test.limit {
				t.Errorf("%d MiB of heap, want %d at most", log.most>>20, test.limit)
			}
			if test.honest && (r.Status != "succeeded" || len(r.Derivations) != 1) {
				t.Errorf("%s, %d derivations", r.Status, len(r.Derivations))
			}
		})
	}
}
