package nixcmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// stopped is a clock that stands still.
func stopped() time.Time { return epoch }

func decode(t *testing.T, d *Decoder) []Event {
	t.Helper()
	var events []Event
	for {
		e, err := d.Next()
		if err == io.EOF {
			return events
		}
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
}

func TestEvents(t *testing.T) {
	tests := []struct {
		name, line string
		want       Event
	}{
		{
			"start",
			`@nix {"action":"start","fields":["/nix/store/x-a.drv","",1,1],"id":93187905421319,"level":3,"parent":7,"text":"building","type":105}`,
			Start{
				At: epoch, ID: 93187905421319, Parent: 7, Type: ActivityBuild, Level: LevelInfo, Text: "building",
				Fields: Fields{{Text: "/nix/store/x-a.drv"}, {}, {Kind: FieldNumber, Number: 1}, {Kind: FieldNumber, Number: 1}},
			},
		},
		{
			"start of Nix 2.8, without parent and fields",
			`@nix {"action":"start","id":1,"level":4,"text":"copying '/src'","type":0}`,
			Start{At: epoch, ID: 1, Level: LevelTalkative, Text: "copying '/src'"},
		},
		{"stop", `@nix {"action":"stop","id":2}`, Stop{At: epoch, ID: 2}},
		{
			"result",
			`@nix {"action":"result","fields":["a \"b\" \u001b[31mé\ud83d\ude00"],"id":3,"type":101}`,
			Result{At: epoch, ID: 3, Type: ResultLogLine, Fields: Fields{{Text: "a \"b\" \x1b[31mé😀"}}},
		},
		{
			"message with the place of an error",
			`@nix {"action":"msg","column":null,"file":"x.nix","level":0,"line":4,"msg":"error: no","raw_msg":"no"}`,
			Message{
				At: epoch, Text: "error: no", Raw: "no",
				Extra: []Member{{"column", []byte("null")}, {"file", []byte(`"x.nix"`)}, {"line", []byte("4")}},
			},
		},
		{
			"record of a json-log-path file",
			`{"action":"stop","id":2}`,
			Stop{At: epoch, ID: 2},
		},
		{
			"members of Determinate Nix",
			`@nix {"action":"result","id":5,"payload":{"a":[1,{}]},"sid":"018f","type":110}`,
			Result{At: epoch, ID: 5, Type: 110, Extra: []Member{{"payload", []byte(`{"a":[1,{}]}`)}, {"sid", []byte(`"018f"`)}}},
		},
		{
			"activity of a Nix to come",
			`@nix {"action":"start","fields":["x",-1,1.5,null,true,[2],{"k":3}],"id":6,"level":3,"parent":0,"text":"t","type":999}`,
			Start{
				At: epoch, ID: 6, Type: 999, Level: LevelInfo, Text: "t",
				Fields: Fields{
					{Text: "x"}, {Kind: FieldOther, Text: "-1"}, {Kind: FieldOther, Text: "1.5"}, {Kind: FieldOther, Text: "null"},
					{Kind: FieldOther, Text: "true"}, {Kind: FieldOther, Text: "[2]"}, {Kind: FieldOther, Text: `{"k":3}`},
				},
			},
		},
		{
			"action of a Nix to come",
			`@nix {"action":"pause","id":6}`,
			Unknown{At: epoch, Action: "pause", JSON: []byte(`{"action":"pause","id":6}`)},
		},
		{
			"greatest id",
			`@nix {"action":"stop","id":18446744073709551615}`,
			Stop{At: epoch, ID: 18446744073709551615},
		},
		{
			"id that no float64 holds",
			`@nix {"action":"stop","id":9007199254740993}`,
			Stop{At: epoch, ID: 9007199254740993},
		},
		{
			"members of unexpected types",
			`@nix {"action":"start","id":1,"level":"high","parent":null,"text":7,"type":-3}`,
			Start{At: epoch, ID: 1, Extra: []Member{{"level", []byte(`"high"`)}, {"text", []byte("7")}, {"type", []byte("-3")}}},
		},
		{
			"bytes that are no UTF-8",
			"@nix {\"action\":\"msg\",\"level\":3,\"msg\":\"a\xff\xc3b\"}",
			Message{At: epoch, Level: LevelInfo, Text: "a\uFFFD\uFFFDb"},
		},
		{
			"half a surrogate pair",
			`@nix {"action":"msg","level":3,"msg":"a\ud83db"}`,
			Message{At: epoch, Level: LevelInfo, Text: "a\uFFFDb"},
		},
		{"line", "warning: dirty", Line{At: epoch, Text: "warning: dirty"}},
		{"empty line", "", Line{At: epoch}},
		{"line that is no UTF-8", "a\xffb", Line{At: epoch, Text: "a\uFFFDb"}},
		{"line with carriage return", "a\r", Line{At: epoch, Text: "a"}},
		{"JSON of another program", `{"action":"deploy"`, Line{At: epoch, Text: `{"action":"deploy"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := decode(t, NewDecoder(strings.NewReader(test.line+"\n"), stopped))
			if len(got) != 1 || !reflect.DeepEqual(got[0], test.want) {
				t.Errorf("got  %#v\nwant %#v", got, test.want)
			}
		})
	}
}

func TestMalformedRecords(t *testing.T) {
	for _, text := range []string{
		`@nix `, `@nix {`, `@nix []`, `@nix null`, `@nix {"action":"stop","id":1} x`, `@nix {"action":"stop","id":1}{}`,
		`@nix {"action":"stop"}`, `@nix {"action":"stop","id":"1"}`, `@nix {"action":"stop","id":-1}`,
		`@nix {"action":"stop","id":1.5}`, `@nix {"action":"stop","id":18446744073709551616}`,
		`@nix {"action":"start","id":null}`, `@nix {"action":"result","fields":["a`, "@nix {\"action\":\"msg\",\"msg\":\"a\tb\"}",
		`@nix ` + strings.Repeat("[", 100_000),
	} {
		d := NewDecoder(strings.NewReader(text+"\n"+`@nix {"action":"stop","id":9}`+"\n"), stopped)
		got := decode(t, d)
		m, ok := got[0].(Malformed)
		if !ok || m.Text != text || m.Err == nil {
			t.Errorf("%.60s: got %#v, want it malformed", text, got[0])
		}
		if !reflect.DeepEqual(got[1], Stop{At: epoch, ID: 9}) {
			t.Errorf("%.60s: next event is %#v", text, got[1])
		}
		if c := d.Counts(); c.Malformed != 1 || c.Records != 1 {
			t.Errorf("%.60s: counts %+v", text, c)
		}
	}
}

func TestCounts(t *testing.T) {
	stream := strings.Join([]string{
		`@nix {"action":"start","id":1,"sid":"s","type":999}`,
		`@nix {"action":"start","id":1,"sid":"s","type":105}`,
		`@nix {"action":"result","id":1,"type":110,"payload":1}`,
		`@nix {"action":"result","id":1,"type":10111,"payload":{"httpStatus":200},"traced":true}`,
		`@nix {"action":"pause"}`,
		`@nix {"action":"msg","column":null,"file":null,"level":0,"line":null,"msg":"m"}`,
		`@nix {`,
		`text`,
		`cut`,
	}, "\n")
	d := NewDecoder(strings.NewReader(stream), stopped)
	decode(t, d)
	want := Counts{
		Lines: 9, Records: 6, Plain: 2, Malformed: 1, Cut: true,
		UnknownActions:    Tally{"pause": 1},
		UnknownActivities: Tally{"999": 1},
		UnknownResults:    Tally{"10111": 1},
		UnknownMembers:    Tally{"traced": 1},
	}
	if got := d.Counts(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestTallyIsBounded(t *testing.T) {
	var stream strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&stream, `@nix {"action":"action-%d"}`+"\n", i)
	}
	d := NewDecoder(strings.NewReader(stream.String()), stopped)
	decode(t, d)
	got := d.Counts().UnknownActions
	if len(got) != tallyNames+1 || got[TallyRest] != 1000-tallyNames {
		t.Errorf("%d names, %d in the rest", len(got), got[TallyRest])
	}
}

// A record longer than MaxLine keeps its id and its type, which stand behind
// the text, wherever the cut falls between escapes and runes.
func TestLongRecords(t *testing.T) {
	for _, unit := range []string{"x", `\\`, `\"`, `\u00e9`, `\ud83d\ude00`, "é", "😀", `\n\\\"`, `ab\tc`} {
		for pad := range 16 {
			text := strings.Repeat("p", pad) + strings.Repeat(unit, 1000)
			record := `@nix {"action":"result","fields":["` + text + `"],"id":42,"type":101}` + "\n"
			d := NewDecoder(iotest.HalfReader(strings.NewReader(record)), stopped)
			d.MaxLine = 512
			got := decode(t, d)
			r, ok := got[0].(Result)
			if len(got) != 1 || !ok || r.ID != 42 || r.Type != ResultLogLine {
				t.Fatalf("unit %s, pad %d: %#v", unit, pad, got)
			}
			if s := r.Fields.Text(0); !strings.Contains(s, ellipsis) || len(s) > 512 {
				t.Errorf("unit %s, pad %d: text %q", unit, pad, s)
			}
			c := d.Counts()
			if c.Truncated != 1 || c.TruncatedBytes != int64(len(record)-1-512*3/4) {
				t.Errorf("unit %s, pad %d: %d bytes of %d counted as dropped", unit, pad, c.TruncatedBytes, len(record))
			}
		}
	}
}

func TestLongLines(t *testing.T) {
	d := NewDecoder(strings.NewReader(strings.Repeat("a", 5000)+strings.Repeat("z", 5000)+"\nnext"), stopped)
	d.MaxLine = 100
	got := decode(t, d)
	want := []Event{
		Line{At: epoch, Text: strings.Repeat("a", 50) + ellipsis + strings.Repeat("z", 25)},
		Line{At: epoch, Text: "next"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

// What is kept of the beginning of a line is shortened so that no escape is split.
// Nothing is left of it where all of it is backslashes.
func TestLongLineOfBackslashes(t *testing.T) {
	d := NewDecoder(strings.NewReader(strings.Repeat(`\`, 2*DefaultMaxLine)+"z\nnext"), stopped)
	got := decode(t, d)
	if len(got) != 2 {
		t.Fatalf("got %d events", len(got))
	}
	if l, ok := got[0].(Line); !ok || !strings.HasPrefix(l.Text, ellipsis) || !strings.HasSuffix(l.Text, "z") {
		t.Errorf("got %.40q", l.Text)
	}
}

// endless gives a line of n bytes without holding it.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	e.left -= n
	for i := range n {
		p[i] = 'x'
	}
	return n, nil
}

func TestMemoryIsBounded(t *testing.T) {
	d := NewDecoder(&endless{left: 256 << 20}, stopped)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := decode(t, d)
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 8<<20 {
		t.Errorf("a line of 256 MiB allocated %d MiB in all", allocated>>20)
	}
	if l, ok := got[0].(Line); len(got) != 1 || !ok || len(l.Text) > DefaultMaxLine {
		t.Errorf("got %d events", len(got))
	}
}

func TestStampsAreOfArrival(t *testing.T) {
	pieces := []string{"one\ntwo\nth", "ree\n", "", "four"}
	tick := epoch
	r := io.MultiReader(strings.NewReader(pieces[0]), strings.NewReader(pieces[1]), strings.NewReader(pieces[3]))
	d := NewDecoder(r, func() time.Time { tick = tick.Add(time.Second); return tick })
	got := decode(t, d)
	want := []Event{
		Line{At: epoch.Add(1 * time.Second), Text: "one"},
		Line{At: epoch.Add(1 * time.Second), Text: "two"},
		Line{At: epoch.Add(2 * time.Second), Text: "three"},
		Line{At: epoch.Add(3 * time.Second), Text: "four"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestReaderErrors(t *testing.T) {
	broken := errors.New("broken pipe")
	d := NewDecoder(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), stopped)
	for _, want := range []string{"a", "b"} {
		if e, err := d.Next(); err != nil || e.(Line).Text != want {
			t.Fatalf("got %v, %v, want line %s", e, err, want)
		}
	}
	if _, err := d.Next(); err != broken {
		t.Errorf("got error %v", err)
	}

	d = NewDecoder(idle{}, stopped)
	if _, err := d.Next(); err != io.ErrNoProgress {
		t.Errorf("a reader that gives nothing: error %v", err)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// Every record of every captured stream is understood, and says the same as
// encoding/json.
func TestCapturedStreams(t *testing.T) {
	files, err := filepath.Glob("testdata/streams/*/stream.*")
	if err != nil || len(files) < 75 {
		t.Fatalf("%d streams, %v", len(files), err)
	}
	for _, file := range files {
		stream, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d := NewDecoder(bytes.NewReader(stream), stopped)
		events := decode(t, d)
		if c := d.Counts(); c.Malformed > 0 || c.UnknownActions != nil || c.UnknownActivities != nil || c.UnknownResults != nil || c.UnknownMembers != nil {
			t.Errorf("%s: %+v", file, c)
		}
		lines := strings.Split(strings.TrimSuffix(string(stream), "\n"), "\n")
		if len(lines) != len(events) {
			t.Fatalf("%s: %d lines, %d events", file, len(lines), len(events))
		}
		for i, l := range lines {
			if !strings.HasPrefix(l, "@nix ") && !strings.HasPrefix(l, "{") {
				// What ssh says, between the records.
				if got, ok := events[i].(Line); !ok || got.Text != strings.TrimSuffix(l, "\r") {
					t.Errorf("%s: %q is %#v", file, l, events[i])
				}
				continue
			}
			checkRecord(t, strings.TrimPrefix(l, "@nix "), events[i])
		}
	}
}

// checkRecord holds an event against what encoding/json makes of its record.
func checkRecord(t *testing.T, text string, e Event) {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	want := func(name string, got any) {
		t.Helper()
		p := reflect.New(reflect.TypeOf(got))
		if raw, ok := m[name]; ok && json.Unmarshal(raw, p.Interface()) != nil {
			return // of another type, so kept as extra member
		}
		if !reflect.DeepEqual(p.Elem().Interface(), got) {
			t.Errorf("%s: %s is %#v", text, name, got)
		}
	}
	switch e := e.(type) {
	case Start:
		want("action", "start")
		want("id", e.ID)
		want("parent", e.Parent)
		want("text", e.Text)
	case Stop:
		want("action", "stop")
		want("id", e.ID)
	case Result:
		want("action", "result")
		want("id", e.ID)
	case Message:
		want("action", "msg")
		want("msg", e.Text)
		want("raw_msg", e.Raw)
	}
}

// FuzzDecoder feeds any bytes, whole and byte by byte: each line is one event,
// the same either way; texts are valid UTF-8; what encoding/json takes for a
// record of a known action with an id is that record.
func FuzzDecoder(f *testing.F) {
	// Small streams: the fuzzer spends its time on making large ones smaller.
	for _, file := range []string{"2.8-evalerr", "2.8-dryrun", "2.34-dryrun"} {
		stream, err := os.ReadFile("testdata/streams/" + file + "/stream.log")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(stream, 0)
		f.Add(stream, 60)
	}
	f.Add([]byte(`@nix {"action":"stop","id":1,"id":2}`+"\n"+`@nix {"action":"msg","msg":"\ud83d\u00e9\\"}`+"\r\n"), 8)
	f.Fuzz(func(t *testing.T, stream []byte, maxLine int) {
		if maxLine < 0 || maxLine > 1<<12 {
			maxLine = 0
		}
		whole := NewDecoder(bytes.NewReader(stream), stopped)
		whole.MaxLine = maxLine
		events := decode(t, whole)
		single := NewDecoder(iotest.OneByteReader(bytes.NewReader(stream)), stopped)
		single.MaxLine = maxLine
		if again := decode(t, single); !equalEvents(events, again) {
			t.Errorf("whole %#v\nbyte by byte %#v", events, again)
		}

		lines := bytes.Split(stream, []byte("\n"))
		if len(lines[len(lines)-1]) == 0 {
			lines = lines[:len(lines)-1]
		}
		if len(lines) != len(events) {
			t.Fatalf("%d lines, %d events", len(lines), len(events))
		}
		for i, e := range events {
			for _, s := range texts(e) {
				if !utf8.ValidString(s) {
					t.Errorf("%#v holds invalid UTF-8", e)
				}
			}
			text, isRecord := strings.CutPrefix(strings.TrimSuffix(string(lines[i]), "\r"), "@nix ")
			if !isRecord || maxLine > 0 {
				continue
			}
			if _, bad := e.(Malformed); !bad {
				checkRecord(t, text, e)
			} else if json.Valid([]byte(text)) && goodRecord(text) {
				t.Errorf("%s: malformed: %v", text, e)
			}
		}
	})
}

// equalEvents leaves out the texts of errors, which say at which byte.
func equalEvents(a, b []Event) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if m, ok := a[i].(Malformed); ok {
			n, ok := b[i].(Malformed)
			if !ok || m.Text != n.Text {
				return false
			}
			continue
		}
		if !reflect.DeepEqual(a[i], b[i]) {
			return false
		}
	}
	return true
}

func texts(e Event) []string {
	switch e := e.(type) {
	case Start:
		s := []string{e.Text}
		for _, f := range e.Fields {
			s = append(s, f.Text)
		}
		return s
	case Result:
		var s []string
		for _, f := range e.Fields {
			s = append(s, f.Text)
		}
		return s
	case Message:
		return []string{e.Text, e.Raw}
	case Line:
		return []string{e.Text}
	case Malformed:
		return []string{e.Text}
	case Unknown:
		return []string{e.Action}
	}
	return nil
}

// goodRecord says whether text is an object whose last id is an unsigned
// integer, by encoding/json.
func goodRecord(text string) bool {
	var m map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &m) != nil || m == nil {
		return false
	}
	var id uint64
	return m["id"] != nil && string(m["id"]) != "null" && json.Unmarshal(m["id"], &id) == nil
}

func TestPrintable(t *testing.T) {
	tests := []struct{ text, want string }{
		{"plain text, as it is", "plain text, as it is"},
		{"\x1b[31;1merror:\x1b[0m no", "error: no"},
		{"a\x1b]0;title\x07b", "ab"},
		{"a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", "alinkb"},
		{"a\x1bPq#0\x1b\\b", "ab"},
		{"hidden\x1b]0;never ends\nnext", "hidden\nnext"},
		{"bell\x07 back\x08 del\x7f nul\x00", "bell back del nul"},
		{"c1 \u009b31m \u0085", "c1 31m "},
		{"raw c1 \x9b31m", "raw c1 \uFFFD31m"},
		{"tab\there", "tab    here"},
		{"progress 1%\rprogress 2%\rdone", "done"},
		{"dos\r\nline\r", "dos\nline"},
		{"bidi \u202egnp.exe \u2066x\u2069\u200f\ufeff", "bidi gnp.exe x"},
		{"utf8 é 日本 😀", "utf8 é 日本 😀"},
		{"bad \xff\xfe", "bad \uFFFD"},
	}
	for _, test := range tests {
		if got := Printable(test.text); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("a\x1b[31m\u009b\x9b\r\n\t\x1b]x")
	f.Fuzz(func(t *testing.T, text string) {
		got := Printable(text)
		for _, r := range got {
			if r != '\n' && (r < 0x20 || r >= 0x7f && r < 0xa0) {
				t.Fatalf("%q leaves %q", text, got)
			}
		}
		if !utf8.ValidString(got) {
			t.Errorf("%q leaves invalid UTF-8 %q", text, got)
		}
		if again := Printable(got); again != got {
			t.Errorf("%q: %q, and again %q", text, got, again)
		}
	})
}
