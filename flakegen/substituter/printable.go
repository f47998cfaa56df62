package substituter

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxText is how much is shown of what a cache said.
const maxText = 300

// printable writes what is no printable text as Go does in strings, and cuts what
// is too long.
func printable(text string) string {
	var safe strings.Builder
	for len(text) > 0 {
		if safe.Len() > maxText {
			safe.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(text)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			safe.WriteString(text[:size])
		} else {
			quoted := strconv.Quote(text[:size])
			safe.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return safe.String()
}

// printableError is an error whose text may be shown.
type printableError struct{ err error }

func (e printableError) Error() string { return printable(e.err.Error()) }
func (e printableError) Unwrap() error { return e.err }
