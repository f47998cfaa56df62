package timing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// heard keeps what an account tells as it happens, but for lines that are passed on
// as they are.
type heard struct{ text strings.Builder }

func (h *heard) Observe(c Change) {
	switch c := c.(type) {
	case LogLine:
	case Note:
		if c.Level != nixcmd.LevelInfo {
			fmt.Fprintf(&h.text, "%+v\n", c)
		}
	default:
		fmt.Fprintf(&h.text, "%+v\n", c)
	}
}

// Whoever has a password in the URI of a cache or of a builder does not find it in
// a report, nor on the screen: each captured stream, with one in all URIs.
func TestNoPasswordIsKept(t *testing.T) {
	secrets := strings.NewReplacer("http://", "http://me:secret@", "https://", "https://me:secret@", "ssh-ng://root@", "ssh-ng://root:secret@", "ssh://root@", "ssh://root:secret@")
	streams, hidden := 0, 0
	for _, file := range capturedStreams(t) {
		stream, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := secrets.Replace(string(stream))
		if changed == string(stream) {
			continue
		}
		streams++
		a, h := NewAccount(epoch), &heard{}
		a.Observer = h
		d := nixcmd.NewDecoder(bytes.NewReader([]byte(changed)), func() time.Time { return epoch })
		for {
			event, err := d.Next()
			if err != nil {
				break
			}
			if _, plain := event.(nixcmd.Line); !plain {
				a.Add(event)
			}
		}
		report, err := json.Marshal(a.Finish(Ending{At: epoch, Log: d.Counts()}))
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"the report": string(report), "what is shown": h.text.String()} {
			if at := strings.Index(text, "secret"); at >= 0 {
				t.Errorf("%s: in %s: …%s…", file, name, text[max(0, at-100):at+20])
			}
			hidden += strings.Count(text, "…@")
		}
	}
	if streams < 10 || hidden == 0 {
		t.Errorf("%d streams with %d hidden passwords", streams, hidden)
	}
}
