package main

import (
	"strings"
	"unicode"
)

// printable makes text harmless for a terminal: what could move the cursor or
// change its state becomes a question mark. Lines and tabs stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '?'
		}
		return r
	}, s)
}
