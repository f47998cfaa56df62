package nixlang

import "strings"

// IsIdent reports whether s can stand as a variable and as an attribute name
// without quotes.
func IsIdent(s string) bool {
	if s == "" || isKeyword(s) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		isLetter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		isLater := '0' <= c && c <= '9' || c == '\'' || c == '-'
		if !isLetter && (i == 0 || !isLater) {
			return false
		}
	}
	return true
}

// isKeyword reports whether s cannot be a variable. Nix lets or stand as an
// attribute name, but not everywhere, so it is quoted like the rest.
func isKeyword(s string) bool {
	switch s {
	case "assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with":
		return true
	default:
		return false
	}
}

// IsPath reports whether s can stand as a [Path]. What cannot, such as a name
// with a space, is written as Binary{Add, Path("./."), Str("/odd name")}.
func IsPath(s string) bool {
	steps := strings.Split(s, "/")
	for i, step := range steps {
		// Only in front of the first slash there may be nothing.
		if step == "" && i > 0 || strings.ContainsFunc(step, isNoPathCharacter) {
			return false
		}
	}
	return len(steps) > 1
}

func isNoPathCharacter(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	default:
		return !strings.ContainsRune("._+-", r)
	}
}
