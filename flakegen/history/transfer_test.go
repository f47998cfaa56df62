package history

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/timing"
)

func TestExportAndImport(t *testing.T) {
	ctx := context.Background()
	from, to := aStore(t), aStore(t)
	for i := range 450 { // more than one batch
		addAll(t, from, aRecord(t, func(r *Record) { r.Commit = fmt.Sprint(i) }))
	}
	var lines bytes.Buffer
	if n, err := from.Export(ctx, &lines, Filter{}); n != 450 || err != nil {
		t.Fatalf("exported %d, %v", n, err)
	}
	for i, want := range []Imported{{Added: 450}, {Known: 450}} {
		done, err := to.Import(ctx, bytes.NewReader(lines.Bytes()))
		if err != nil || done.Added != want.Added || done.Known != want.Known || done.Refused != 0 {
			t.Errorf("import %d: %+v, %v", i+1, done, err)
		}
	}
	var again bytes.Buffer
	if _, err := to.Export(ctx, &again, Filter{}); err != nil || !bytes.Equal(again.Bytes(), lines.Bytes()) {
		t.Errorf("what comes back is not what went: %v", err)
	}
}

func TestImportKeepsWhatItDoesNotKnow(t *testing.T) {
	ctx := context.Background()
	s := aStore(t)
	text := withField(t, aRecord(t), `"later":{"a":[1,2]}`)
	if done, err := s.Import(ctx, strings.NewReader(text)); err != nil || done.Added != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	var out bytes.Buffer
	if _, err := s.Export(ctx, &out, Filter{}); err != nil || out.String() != text+"\n" {
		t.Errorf("got %s, %v\nwant %s", out.String(), err, text)
	}
}

// withField is a line with something in front.
func withField(t testing.TB, r Record, field string) string {
	t.Helper()
	text, err := newLine(r)
	if err != nil {
		t.Fatal(err)
	}
	return "{" + field + "," + string(text[1:])
}

func TestHostileLines(t *testing.T) {
	good, err := newLine(aRecord(t))
	if err != nil {
		t.Fatal(err)
	}
	change := func(do func(*Record)) string {
		text, err := json.Marshal(line{LineVersion, aRecord(t, do)})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := []struct{ name, text, want string }{
		{"no JSON", "hello", "no JSON object"},
		{"half a line", string(good[:len(good)/2]), "no JSON object"},
		{"an array", "[1]", "no JSON object"},
		{"no version", "{}", "no format_version"},
		{"a later version", `{"format_version":"2"}`, `format_version is "2"`},
		{"a number for the version", `{"format_version":1}`, "no JSON object"},
		{"NUL bytes", "\x00\x00\x00", "no JSON object"},
		{"no record", `{"format_version":"1"}`, "no UUID"},
		{"an id that is none", change(func(r *Record) { r.ID = "'; DROP TABLE builds; --" }), "no UUID"},
		{"an id in capitals", change(func(r *Record) { r.ID = strings.ToUpper(r.ID) }), "no UUID"},
		{"an id in braces", change(func(r *Record) { r.ID = "{" + r.ID + "}" }), "no UUID"},
		{"a later report", change(func(r *Record) { r.Report.FormatVersion = "9" }), "format_version of its report"},
		{"a status that is none", change(func(r *Record) { r.Report.Status = "\x1b[2J" }), `status is "`},
		{"a disposition that is none", change(func(r *Record) { r.Report.Derivations[0].Disposition = "\x1b[2J" }), `derivations[0].disposition is "`},
		{"no start", change(func(r *Record) { r.Report.Started = r.Report.Started.AddDate(-1000, 0, 0) }), "no time at which it started"},
		{"a time before time", change(func(r *Record) { r.Report.WallSeconds = -1 }), "wall_seconds is -1, and no build takes that many seconds"},
		{"a phase of ages", change(func(r *Record) { r.Report.Derivations[0].Phases[0].Seconds = 1e300 }), "derivations[0].phases[0].seconds is 1e+300"},
		{"a number that is none", `{"format_version":"1","report":{"wall_seconds":1e999}}`, "wall_seconds"},
		{"deep nesting", `{"format_version":"1","x":` + strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20) + `}`, "depth"},
		{"a million objects", `{"format_version":"1","report":{"derivations":[` + strings.Repeat("{},", 1<<20) + `{}]}}`, "too large"},
		{"a long line", `{"format_version":"1","x":"` + strings.Repeat("x", maxLine) + `"}`, "longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := aStore(t)
			input := "\n" + test.text + "\r\n\n" + string(good)
			done, err := s.Import(context.Background(), strings.NewReader(input))
			if err != nil {
				t.Fatal(err)
			}
			if done.Added != 1 || done.Refused != 1 || done.Refusals[0].Line != 2 {
				t.Fatalf("got %+v, want the good line added and line 2 refused", done)
			}
			if got := done.Refusals[0].Err.Error(); !strings.Contains(got, test.want) || len(got) > 1000 {
				t.Errorf("it says %.1000q, want %q in it", got, test.want)
			}
			if _, err := s.Export(context.Background(), io.Discard, Filter{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// endless is input without an end of line.
type endless struct{ left int }

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(b), e.left)
	for i := range b[:n] {
		b[i] = 'x'
	}
	e.left -= n
	return n, nil
}

func TestImportInBoundedMemory(t *testing.T) {
	s := aStore(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	done, err := s.Import(context.Background(), &endless{left: 1 << 30})
	runtime.ReadMemStats(&after)
	if err != nil || done.Refused != 1 {
		t.Errorf("got %+v, %v", done, err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 8*maxLine {
		t.Errorf("a gigabyte without an end of line took %d MB", got>>20)
	}
}

func TestManyRefusalsAreTold(t *testing.T) {
	done, err := aStore(t).Import(context.Background(), strings.NewReader(strings.Repeat("x\n", 1000)))
	if err != nil || done.Refused != 1000 || len(done.Refusals) != maxRefusals {
		t.Errorf("got %d refused, %d told, %v", done.Refused, len(done.Refusals), err)
	}
}

func TestExportSaysWhereItCannotWrite(t *testing.T) {
	s := aStore(t)
	addAll(t, s, aRecord(t))
	broken := errors.New("broken")
	if _, err := s.Export(context.Background(), writeError{broken}, Filter{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type writeError struct{ error }

func (w writeError) Write([]byte) (int, error) { return 0, w.error }

func TestLogTailsAreBounded(t *testing.T) {
	r := aRecord(t, func(r *Record) {
		d := r.Report.Derivations[0]
		d.LogTail = nil
		for range 25 {
			d.LogTail = append(d.LogTail, strings.Repeat("x", 1000))
		}
		r.Report.Derivations = nil
		for i := range 100 {
			d.Disposition = timing.DispositionBuilt
			if i >= 95 {
				d.Disposition = timing.DispositionFailed
			}
			r.Report.Derivations = append(r.Report.Derivations, d)
		}
	})
	text, err := newLine(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := parseLine(text)
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for i, d := range back.Report.Derivations {
		if i >= 95 && len(d.LogTail) != 25 {
			t.Errorf("the log of failure %d is lost", i)
		}
		if len(d.LogTail) > 0 {
			kept++
		}
	}
	if kept != maxTails/25_000 {
		t.Errorf("%d logs are kept, want %d", kept, maxTails/25_000)
	}
	if len(r.Report.Derivations[0].LogTail) != 25 {
		t.Error("the caller's report has changed")
	}
}

func FuzzLine(f *testing.F) {
	good, err := newLine(aRecord(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format_version":"1","report":{"derivations":[null,{"phases":[{}]}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parseLine(text)
		if err != nil {
			return
		}
		// What is taken comes back as it was taken, but for logs that are too long.
		again, err := newLine(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseLine(again)
		if err != nil {
			t.Fatal(err)
		}
		r.Report.Derivations = boundTails(r.Report.Derivations)
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(back); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s\nbecame\n%s, %v", want, got, err)
		}
	})
}
