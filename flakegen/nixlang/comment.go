package nixlang

import (
	"strings"
	"unicode"
)

// commentLine returns the comment that holds text, harmless whatever it is: a
// carriage return would end it for Nix, and what follows would run as code; a
// bidirectional override would show a reader another text than Nix sees.
func commentLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.TrimRightFunc(text, isSpace)
	if text == "" {
		return "#"
	}
	return "# " + text
}

// trailComment returns the comment behind an entry, or nothing for no text.
func trailComment(text string) string {
	comment := commentLine(text)
	text = strings.TrimFunc(comment[1:], isSpace)
	if text == "" {
		return ""
	}
	return "# " + text
}

// isSpace reports what nixfmt takes for white space: it trims comments by it
// and measures by it how far a line of a string is indented.
func isSpace(r rune) bool {
	return r == ' ' || '\t' <= r && r <= '\r' || unicode.Is(unicode.Zs, r)
}
