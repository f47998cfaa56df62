package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/history"
)

const least = `{"format_version":"1","status":"succeeded"`

func TestReadSaysWhatIsWrong(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"not JSON", "warning: dirty\n{}", `line 1, column 1: this is no JSON`},
		{"cut", "{\n  \"format_version\": \"1\",\n  \"stat", "line 3, column 8: the JSON ends in the middle. Was the file written to its end?"},
		{"broken", "{\n  \"status\": succeeded\n}", "line 2, column 13: this is no JSON"},
		{"something else", `{"name":"x"}`, "it has no format_version"},
		{"another command", `{"format_version":"1","ok":true,"findings":[]}`, "line 1: this is no report of a build: it has no status. A build is what flakegen build --json or watch --json prints"},
		{"an array", "\n[]", "line 2: this is no report of a build but an array"},
		{"a string", `"x"`, "but a string"},
		{"a newer format", `{"format_version":"2","status":"succeeded"}`, `its format_version is "2", and this flakegen reads "1". Use a flakegen as new as the one that wrote it`},
		{"a newer record", `{"id":"x","report":{"format_version":"2","status":"succeeded"}}`, `its format_version is "2"`},
		{"another type", least + `,"derivations":[{"name":"a"},{"seconds":"long"}]}`, "/derivations/1/seconds is not what a report has there"},
		{"unknown words", least + `,"derivations":[{"disposition":"lost"}]}`, `derivations[0].disposition is "lost"`},
		{"unknown status", `{"format_version":"1","status":"\u001b[31mdone"}`, `status is "done"`},
		{"impossible times", least + `,"wall_seconds":-1,"derivations":[{"disposition":"built","seconds":1e300}]}`, "wall_seconds is -1, and no build takes that many seconds\nderivations[0].seconds is 1e+300"},
		{"many faults", least + `,"fetched":[` + strings.Repeat(`{"seconds":-1},`, 20) + `{}]}`, "and 15 more"},
		{"the second of two", least + "}\n" + least + ",\"wall_seconds\":-1}", "line 2: wall_seconds"},
	}
	for _, test := range tests {
		records, err := Read([]byte(test.data))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %d records, %v\nwant %s", test.name, len(records), err, test.want)
		}
	}
	for _, empty := range []string{"", " \n"} {
		if _, err := Read([]byte(empty)); !errors.Is(err, ErrNoBuild) {
			t.Errorf("of nothing: %v", err)
		}
	}
}

// What report --format json prints and what the history exports is read back as it
// was, and a report without what may be left out has empty lists.
func TestReadRoundTrip(t *testing.T) {
	want := past()[3]
	want.Report.Complete()
	var both bytes.Buffer
	encoder := json.NewEncoder(&both)
	for _, v := range []any{BuildOf(want), want} {
		if err := encoder.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	records, err := Read(both.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(records, []history.Record{want, want}) {
		t.Errorf("read %+v\nwant %+v", records, want)
	}
	records, err = Read([]byte(least + "}"))
	if err != nil || records[0].Report.Derivations == nil || records[0].Report.Errors == nil {
		t.Errorf("%+v, %v", records, err)
	}
}

func FuzzRead(f *testing.F) {
	// Small ones: the fuzzer tries to shorten what it finds, byte by byte.
	f.Add([]byte(least + `,"started":"2026-01-02T03:04:05Z","wall_seconds":9,"build_seconds":7,"outputs":[{"name":"a-b","variant":"b","alias":"a","system":"s","derivation":"/d"}],"derivations":[{"derivation":"/d","name":"n","disposition":"failed","machine":"ssh-ng://m","start_seconds":1,"seconds":7,"phases":[{"name":"checkPhase","start_seconds":1,"seconds":2}],"log_tail":["l"],"failure":{"kind":"hash","reason":"r","got":"g"}}],"critical_path":["/d","/e"],"blocked":["/b"],"errors":["e"],"fetched":[{"path":"/p","from":"f","seconds":1}]}`))
	f.Add([]byte(least + `,"wall_seconds":1,"derivations":[{"disposition":"built","seconds":3,"phases":[{"seconds":9}]}],"critical_path":["","a"],"fetched":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := Read(data)
		if err != nil {
			return
		}
		// Whatever can be read can be shown.
		var b bytes.Buffer
		for _, r := range records {
			if err := errors.Join(Text(&b, r.Report, Style{}), Markdown(&b, r, 0), Page(&b, r, records, nil)); err != nil {
				t.Fatal(err)
			}
			checkTrace(t, traceOf(t, r))
		}
		if err := errors.Join(OverviewText(&b, OverviewOf(records), Style{}), OverviewPage(&b, records)); err != nil {
			t.Fatal(err)
		}
	})
}
