package timing

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// BenchmarkAccount says how many records a second one core decodes and folds,
// and what part of that time decoding alone takes: both measured in turn.
func BenchmarkAccount(b *testing.B) {
	one, err := os.ReadFile(streams + "/2.34-mini-check/stream.log")
	if err != nil {
		b.Fatal(err)
	}
	stream := bytes.Repeat(one, 100)
	records := bytes.Count(stream, []byte("\n"))
	var both, decoding time.Duration
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		begin := time.Now()
		a := NewAccount(begin)
		decode(b, stream, a.Add)
		a.Finish(Ending{})
		both += time.Since(begin)

		b.StopTimer()
		begin = time.Now()
		decode(b, stream, func(nixcmd.Event) {})
		decoding += time.Since(begin)
		b.StartTimer()
	}
	b.ReportMetric(float64(records)*float64(b.N)/both.Seconds(), "records/s")
	b.ReportMetric(decoding.Seconds()/both.Seconds(), "decoding:all")
}

func decode(b *testing.B, stream []byte, add func(nixcmd.Event)) {
	d := nixcmd.NewDecoder(bytes.NewReader(stream), time.Now)
	for {
		e, err := d.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		add(e)
	}
}
