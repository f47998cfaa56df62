package nixlang

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckText returns an error where s cannot be written as a Nix string: Nix has
// no NUL in its strings, and its source is UTF-8. Text from outside is checked
// with it before it becomes a [Part] or a name; [Format] panics on what fails.
func CheckText(s string) error {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return fmt.Errorf("a NUL character at byte %d, which no Nix string can hold", i)
	}
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			return fmt.Errorf("byte %#x at %d is not valid UTF-8, which Nix files are written in", s[i], i)
		}
	}
	return nil
}
