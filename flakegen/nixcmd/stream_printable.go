package nixcmd

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Printable is text that may be shown on a terminal: without escape sequences,
// control characters and characters that reorder the text around them. Lines
// stay, a tab becomes spaces, and of a line that a carriage return overwrites
// the last state stays. What is no UTF-8 becomes U+FFFD.
func Printable(text string) string {
	if plainASCII(text) {
		return text
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	// Line by line, so that a sequence which never ends hides one line only.
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = printableLine(l)
	}
	return strings.Join(lines, "\n")
}

func printableLine(l string) string {
	l = strings.TrimRight(l, "\r")
	if i := strings.LastIndexByte(l, '\r'); i >= 0 {
		l = l[i+1:]
	}
	l = strings.ReplaceAll(ansi.Strip(l), "\t", "    ")
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) ||
			r == '\u2028' || r == '\u2029' || r == '\uFEFF' {
			return -1
		}
		return r
	}, l)
}

func plainASCII(text string) bool {
	for i := range len(text) {
		if b := text[i]; b >= 0x7f || b < 0x20 && b != '\n' {
			return false
		}
	}
	return true
}
