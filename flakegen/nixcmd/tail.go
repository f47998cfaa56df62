package nixcmd

import (
	"bytes"
	"strings"
)

// tailSize is how many bytes of nix's stderr an error keeps: the last ones, for
// there Nix says what went wrong, behind the trace.
const tailSize = 8 << 10

// tail is a writer that keeps the end of what it is given. The zero value is
// ready for use.
type tail struct {
	kept []byte
	lost bool
}

func (t *tail) Write(p []byte) (int, error) {
	size := len(p)
	if over := len(p) - tailSize; over > 0 {
		p, t.lost = p[over:], true
	}
	if over := len(t.kept) + len(p) - tailSize; over > 0 {
		t.kept, t.lost = append(t.kept[:0], t.kept[over:]...), true
	}
	t.kept = append(t.kept, p...)
	return size, nil
}

// String is what was kept, whole lines fit for a terminal and without passwords.
func (t *tail) String() string {
	text := t.kept
	if t.lost {
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			text = text[i+1:]
		}
	}
	return strings.Trim(WithoutPasswords(Printable(string(text))), "\n")
}

func (t *tail) contains(text string) bool { return strings.Contains(t.String(), text) }
