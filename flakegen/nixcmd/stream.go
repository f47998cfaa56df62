package nixcmd

import (
	"encoding/json"
	"time"
)

// Event is one thing that Nix said on its log stream: a [Start], [Stop],
// [Result], [Message], [Line], [Unknown] or [Malformed].
type Event interface {
	// Arrived is when the last byte of it was read. Nix logs carry no time.
	Arrived() time.Time
	isEvent()
}

// Start opens an activity.
type Start struct {
	At time.Time
	// ID is unique within one run of Nix: the process id times 2^32 and a count,
	// so it can pass 2^53.
	ID uint64
	// Parent is the activity that this one is part of, 0 for none. Nix before
	// 2.18 never says it.
	Parent uint64
	Type   ActivityType
	Level  Level
	// Text is what Nix would show of it, as it came: escape sequences included.
	Text   string
	Fields Fields
	Extra  []Member
}

// Stop closes an activity. It carries no verdict.
type Stop struct {
	At    time.Time
	ID    uint64
	Extra []Member
}

// Result is news of an open activity: a log line, a phase, a count.
type Result struct {
	At     time.Time
	ID     uint64
	Type   ResultType
	Fields Fields
	Extra  []Member
}

// Message is a message to the user: an error, a warning, a notice.
type Message struct {
	At    time.Time
	Level Level
	// Text is the whole message, colours included.
	Text string
	// Raw is an error without "error:" in front and without its trace; empty
	// for all else, and for what a daemon passes on.
	Raw   string
	Extra []Member
}

// Line is a line that is no record.
type Line struct {
	At   time.Time
	Text string
}

// Unknown is a record whose action is none of those known here.
type Unknown struct {
	At     time.Time
	Action string
	// JSON is the whole record.
	JSON json.RawMessage
}

// Malformed is a line that says it is a record and is none: broken JSON, an
// identifier that is no number, a record cut at the end of the stream.
type Malformed struct {
	At   time.Time
	Text string
	Err  error
}

func (e Start) Arrived() time.Time     { return e.At }
func (e Stop) Arrived() time.Time      { return e.At }
func (e Result) Arrived() time.Time    { return e.At }
func (e Message) Arrived() time.Time   { return e.At }
func (e Line) Arrived() time.Time      { return e.At }
func (e Unknown) Arrived() time.Time   { return e.At }
func (e Malformed) Arrived() time.Time { return e.At }

func (Start) isEvent()     {}
func (Stop) isEvent()      {}
func (Result) isEvent()    {}
func (Message) isEvent()   {}
func (Line) isEvent()      {}
func (Unknown) isEvent()   {}
func (Malformed) isEvent() {}

// Member is a member of a record that has no place in its event, kept as it
// came: one that no Nix known here writes, or one of an unexpected type.
type Member struct {
	Name string
	JSON json.RawMessage
}

// Fields are the positional values of an activity or result.
type Fields []Field

// Text is field i where it is a string, otherwise "".
func (f Fields) Text(i int) string {
	if i >= len(f) || f[i].Kind != FieldText {
		return ""
	}
	return f[i].Text
}

// Number is field i where it is an unsigned integer, otherwise 0.
func (f Fields) Number(i int) uint64 {
	if i >= len(f) || f[i].Kind != FieldNumber {
		return 0
	}
	return f[i].Number
}

// Field is one of [Fields].
type Field struct {
	Kind FieldKind
	// Text is the string, or the JSON of a value of another kind.
	Text   string
	Number uint64
}

// FieldKind says where a [Field] holds its value.
type FieldKind uint8

const (
	FieldText   FieldKind = iota // Text
	FieldNumber                  // Number
	FieldOther                   // Text, as JSON
)
