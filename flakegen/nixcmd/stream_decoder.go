package nixcmd

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Decoder reads Nix's log stream, `--log-format internal-json`, as it arrives
// on Nix's standard error: records, one a line, between ordinary lines. It
// reads json-log-path files, whose records have no "@nix " in front, as well.
//
// Nothing in a stream stops it: what it does not know it hands on and counts.
// Its memory is bounded by MaxLine, however long a line or a stream may be.
type Decoder struct {
	// MaxLine is how many bytes of one line are kept; of a longer one the middle
	// is left out. 0 means [DefaultMaxLine].
	MaxLine int

	lines  lineReader
	parser recordParser

	mu     sync.Mutex
	counts Counts
}

// DefaultMaxLine is how many bytes of one line a [Decoder] keeps: 1 MiB.
const DefaultMaxLine = 1 << 20

// NewDecoder reads r. The clock now is asked once for each read, so events that
// arrive together have the same time.
func NewDecoder(r io.Reader, now func() time.Time) *Decoder {
	return &Decoder{lines: lineReader{r: r, now: now}}
}

// Next returns the next event, or the error of the reader: io.EOF at the end of
// the stream. A last line without newline is an event like any other, and
// counted as cut.
func (d *Decoder) Next() (Event, error) {
	d.lines.max = d.MaxLine
	if d.lines.max <= 0 {
		d.lines.max = DefaultMaxLine
	}
	line, err := d.lines.next()
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts.Lines++
	if line.dropped > 0 {
		d.counts.Truncated++
		d.counts.TruncatedBytes += line.dropped
	}
	if line.cut {
		d.counts.Cut = true
	}
	return d.event(line), nil
}

// Counts says what was read until now. It may be called while another goroutine
// waits in Next.
func (d *Decoder) Counts() Counts {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counts.clone()
}

var (
	recordMark = []byte("@nix ")
	bareMark   = []byte(`{"action":`)
)

func (d *Decoder) event(l line) Event {
	text := bytes.TrimSuffix(l.text, []byte("\r"))
	if record, ok := bytes.CutPrefix(text, recordMark); ok {
		e, err := d.record(record, l.at)
		if err != nil {
			d.counts.Malformed++
			return Malformed{At: l.at, Text: validText(text), Err: err}
		}
		return e
	}
	// A program may print JSON too, so what is no record here is a line.
	if bytes.HasPrefix(text, bareMark) {
		if e, err := d.record(text, l.at); err == nil {
			return e
		}
	}
	d.counts.Plain++
	return Line{At: l.at, Text: validText(text)}
}

func (d *Decoder) record(text []byte, at time.Time) (Event, error) {
	r, err := d.parser.parse(text)
	if err != nil {
		return nil, err
	}
	switch r.action {
	case "start", "stop", "result":
		if !r.hasID {
			return nil, fmt.Errorf("record with action %q has no numeric id", r.action)
		}
	}
	d.counts.Records++
	for _, m := range r.extra {
		if !knownMembers[m.Name] {
			d.counts.UnknownMembers.add(m.Name)
		}
	}
	switch r.action {
	case "start":
		t := ActivityType(r.kind)
		d.counts.activity(t)
		return Start{
			At: at, ID: r.id, Parent: r.parent, Type: t, Level: Level(r.level),
			Text: r.text, Fields: r.fields, Extra: r.extra,
		}, nil
	case "stop":
		return Stop{At: at, ID: r.id, Extra: r.extra}, nil
	case "result":
		t := ResultType(r.kind)
		d.counts.result(t)
		return Result{At: at, ID: r.id, Type: t, Fields: r.fields, Extra: r.extra}, nil
	case "msg":
		return Message{At: at, Level: Level(r.level), Text: r.message, Raw: r.raw, Extra: r.extra}, nil
	}
	d.counts.UnknownActions.add(r.action)
	return Unknown{At: at, Action: r.action, JSON: bytes.Clone(text)}, nil
}

// knownMembers have no place in an event and are kept as they come. The first four
// say where in a Nix file an error arose, and may be null. Determinate Nix writes
// the others: sid, the session, in every record, and payload, an object, in results
// that have no fields.
var knownMembers = map[string]bool{
	"file": true, "line": true, "column": true, "trace": true,
	"sid": true, "payload": true,
}

func validText(b []byte) string {
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
