package timing

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// determinate makes of a stream what Determinate Nix would write: a session in
// every record, a result with a payload for each build that stops, activities that
// are named by a string.
func determinate(stream []byte) []byte {
	var out bytes.Buffer
	builds := map[string]bool{}
	for l := range bytes.Lines(stream) {
		record, ok := bytes.CutPrefix(l, []byte(`@nix {`))
		if !ok {
			out.Write(l)
			continue
		}
		_, id, _ := strings.Cut(string(record), `"id":`)
		id = id[:len(id)-len(strings.TrimLeft(id, "0123456789"))]
		switch {
		case bytes.Contains(record, []byte(`"action":"start"`)) && bytes.HasSuffix(record, []byte("\"type\":105}\n")):
			builds[id] = true
			out.WriteString(`@nix {"action":"start","id":9007199254740993,"level":4,"parent":0,"sid":"018f-4a","text":"nix.something","type":10113}` + "\n")
		case bytes.Contains(record, []byte(`"action":"stop"`)) && builds[id]:
			out.WriteString(`@nix {"action":"result","id":9007199254740993,"payload":{"bodySize":12,"httpStatus":200},"sid":"018f-4a","type":10111}` + "\n")
			out.WriteString(`@nix {"action":"stop","id":9007199254740993,"sid":"018f-4a"}` + "\n")
			out.WriteString(`@nix {"action":"result","id":` + id + `,"payload":{"drvPath":"x","status":"Built","success":true},"sid":"018f-4a","type":110}` + "\n")
		}
		out.WriteString(`@nix {"sid":"018f-4a",`)
		out.Write(record)
	}
	return out.Bytes()
}

// What a vendor adds changes no verdict, disposition, phase or message. All of it
// is counted.
func TestDeterminateNix(t *testing.T) {
	for _, file := range capturedStreams(t) {
		dir := filepath.Dir(file)
		name := filepath.Base(dir)
		if !strings.HasPrefix(name, "2.34-") || strings.HasSuffix(file, ".jsonl") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			stream, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code := exitCode(dir)
			plain, counts := finished(t, stream, Ending{ExitCode: &code})
			theirs, theirCounts := finished(t, determinate(stream), Ending{ExitCode: &code})
			if got, want := withoutTimes(theirs), withoutTimes(plain); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			added := theirCounts.UnknownActivities["10113"]
			if theirCounts.Malformed != counts.Malformed || theirCounts.UnknownMembers != nil || theirCounts.UnknownResults["110"] != 0 {
				t.Errorf("counts %+v", theirCounts)
			}
			if builds := bytes.Count(stream, []byte("\"type\":105}\n")) > 0 && len(plain.Derivations) > 0 && plain.Slots > 0; builds && added == 0 {
				t.Errorf("nothing was added: %+v", theirCounts)
			}
		})
	}
}

func finished(t *testing.T, stream []byte, end Ending) (Report, nixcmd.Counts) {
	t.Helper()
	a := NewAccount(epoch)
	end.Log = follow(t, a, stream)
	return a.Finish(end), end.Log
}

// withoutTimes is what a report says beside times.
func withoutTimes(r Report) string {
	var b strings.Builder
	b.WriteString(string(r.Status))
	for _, d := range r.Derivations {
		b.WriteString("\n" + d.Derivation + " " + string(d.Disposition) + " " + d.Machine)
		for _, p := range d.Phases {
			b.WriteString(" " + p.Name)
		}
		if d.Failure != nil {
			b.WriteString(" " + d.Failure.Reason)
		}
		b.WriteString("\n" + strings.Join(d.LogTail, "\n"))
	}
	for _, f := range r.Fetched {
		b.WriteString("\n" + f.Path + " " + f.From)
	}
	for _, list := range [][]string{r.Blocked, r.Errors, r.Warnings, r.CriticalPath} {
		b.WriteString("\n" + strings.Join(list, "\n"))
	}
	return b.String()
}
