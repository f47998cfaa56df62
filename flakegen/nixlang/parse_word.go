package nixlang

import "strings"

// The functions of this file measure what a text begins with: the number of
// bytes that make a lexeme of that kind, 0 for none.

// symbols are the operators and brackets, longer ones before those that they
// begin with.
var symbols = []string{
	"...", "==", "!=", "<=", ">=", "&&", "||", "->", "//", "++", "${", "''",
	"{", "}", "[", "]", "(", ")", "=", ";", ":", ",", ".", "@", "?", "!",
	"-", "+", "*", "/", "<", ">", `"`,
}

func symbolLength(text string) int {
	for _, symbol := range symbols {
		if strings.HasPrefix(text, symbol) {
			return len(symbol)
		}
	}
	return 0
}

func span(text string, in func(c byte) bool) int {
	n := 0
	for n < len(text) && in(text[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isSpaceByte(c byte) bool { return c == ' ' }

func isIdentStart(c byte) bool { return isLetter(c) || c == '_' }

func isIdentPart(c byte) bool { return isIdentStart(c) || isDigit(c) || c == '\'' || c == '-' }

func isPathByte(c byte) bool { return isLetter(c) || isDigit(c) || strings.IndexByte("._-+", c) >= 0 }

func isURIByte(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte("%/?:@&=+$,-_.!~*'", c) >= 0
}

func identifierLength(text string) int {
	if text == "" || !isIdentStart(text[0]) {
		return 0
	}
	return span(text, isIdentPart)
}

// floatLength: in front of the point stand digits that do not begin with 0, and
// behind it any; or nothing or 0 and behind it at least one digit.
func floatLength(text string) int {
	whole := span(text, isDigit)
	if !strings.HasPrefix(text[whole:], ".") {
		return 0
	}
	n := whole + 1 + span(text[whole+1:], isDigit)
	if small := whole == 0 || text[:whole] == "0"; small && n == whole+1 || !small && text[0] == '0' {
		return 0
	}
	return n + exponentLength(text[n:])
}

func exponentLength(text string) int {
	if text == "" || text[0] != 'e' && text[0] != 'E' {
		return 0
	}
	n := 1
	if len(text) > 1 && (text[1] == '-' || text[1] == '+') {
		n++
	}
	digits := span(text[n:], isDigit)
	if digits == 0 {
		return 0
	}
	return n + digits
}

// pathRun returns the length of the run of path characters at the next lexeme.
// Where it ends is kept, as "a.b.c" is one run and five lexemes.
func (s *scanner) pathRun() int {
	if s.runEnd <= s.pos {
		s.runEnd = s.pos + span(s.rest(), isPathByte)
	}
	return s.runEnd - s.pos
}

// pathLength: names with slashes between; one may be last.
func pathLength(text string, run int) int {
	n := run
	for n+1 < len(text) && text[n] == '/' && isPathByte(text[n+1]) {
		n += 1 + span(text[n+1:], isPathByte)
	}
	if n == run {
		return 0
	}
	if strings.HasPrefix(text[n:], "/") {
		n++
	}
	return n
}

// interpolatedPathLength: with a slash in front of the interpolation one is
// enough. The interpolation counts, so that this is longer than a path.
func (s *scanner) interpolatedPathLength(run int) int {
	n := pathLength(s.rest(), run)
	if n == 0 && strings.HasPrefix(s.rest()[run:], "/") {
		n = run + 1
	}
	if n == 0 || !s.interpolates(s.pos+n) {
		return 0
	}
	return n + 1
}

func homePathLength(text string) int {
	if !strings.HasPrefix(text, "~/") {
		return 0
	}
	return 2
}

func searchPathLength(text string) int {
	if !strings.HasPrefix(text, "<") {
		return 0
	}
	n := 1
	for {
		name := span(text[n:], isPathByte)
		if name == 0 {
			return 0
		}
		n += name
		switch {
		case strings.HasPrefix(text[n:], ">"):
			return n + 1
		case strings.HasPrefix(text[n:], "/"):
			n++
		default:
			return 0
		}
	}
}

// uriLength: a scheme is part of a run of path characters, which ends at the
// colon.
func uriLength(text string, run int) int {
	if !strings.HasPrefix(text[run:], ":") || run == 0 || !isLetter(text[0]) || strings.Contains(text[:run], "_") {
		return 0
	}
	rest := span(text[run+1:], isURIByte)
	if rest == 0 {
		return 0
	}
	return run + 1 + rest
}
