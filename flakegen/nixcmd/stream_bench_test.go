package nixcmd

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"testing"
	"time"
)

// repeatedStream is a captured stream a hundred times over.
func repeatedStream(b *testing.B) (stream []byte, records int) {
	one, err := os.ReadFile("testdata/streams/2.34-mini-check/stream.log")
	if err != nil {
		b.Fatal(err)
	}
	stream = bytes.Repeat(one, 100)
	return stream, bytes.Count(stream, []byte("\n"))
}

// BenchmarkDecoder says how many records a second one core decodes, and how much
// longer encoding/json takes for the same records: both measured in turn.
func BenchmarkDecoder(b *testing.B) {
	stream, records := repeatedStream(b)
	var ours, standard time.Duration
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		begin := time.Now()
		decodeAll(b, stream)
		ours += time.Since(begin)

		b.StopTimer()
		begin = time.Now()
		unmarshalAll(b, stream)
		standard += time.Since(begin)
		b.StartTimer()
	}
	b.ReportMetric(float64(records)*float64(b.N)/ours.Seconds(), "records/s")
	b.ReportMetric(standard.Seconds()/ours.Seconds(), "encoding/json:ours")
}

func decodeAll(b *testing.B, stream []byte) {
	d := NewDecoder(bytes.NewReader(stream), time.Now)
	for {
		if _, err := d.Next(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func unmarshalAll(b *testing.B, stream []byte) {
	for l := range bytes.Lines(stream) {
		var r struct {
			Action, Text, Msg string
			ID, Parent        uint64
			Type, Level       int
			Fields            []json.RawMessage
		}
		if err := json.Unmarshal(l[len(recordMark):], &r); err != nil {
			b.Fatal(err)
		}
	}
}
