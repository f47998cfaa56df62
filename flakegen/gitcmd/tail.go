package gitcmd

import (
	"strings"
	"unicode"
)

// tailSize is how many bytes of a process's stderr are kept: the last ones, for
// there git says what went wrong.
const tailSize = 2048

// tail is a writer that keeps the end of what it is given. The zero value is
// ready for use.
type tail struct {
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-tailSize):]...)
	t.kept = t.kept[max(0, len(t.kept)-tailSize):]
	return len(p), nil
}

// String returns what was kept as one line, without control characters: it may
// quote names from the repository.
func (t *tail) String() string {
	lines := strings.FieldsFunc(strings.ToValidUTF8(string(t.kept), "\uFFFD"), func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, strings.Join(lines, "; "))
}
