package nixlang

import (
	"slices"
	"strings"
)

// chunk is a stretch of a string: text, or an interpolated expression.
type chunk struct {
	text         string
	interpolated Expr
}

// chunks returns the parts of s with neighbouring texts joined and empty ones
// left out. It panics on text that no Nix string can hold.
func chunks(s *String) []chunk {
	var result []chunk
	for _, part := range s.Parts {
		switch {
		case part.Interpolated != nil:
			result = append(result, chunk{interpolated: part.Interpolated})
		case part.Text == "":
		case len(result) > 0 && result[len(result)-1].interpolated == nil:
			mustBeText(part.Text)
			result[len(result)-1].text += part.Text
		default:
			mustBeText(part.Text)
			result = append(result, chunk{text: part.Text})
		}
	}
	return result
}

func mustBeText(s string) {
	if err := CheckText(s); err != nil {
		panic("nixlang: " + err.Error())
	}
}

// follower is what stands behind a text in its string.
type follower int

const (
	quoteEnd follower = iota
	lineEnd
	interpolation
)

// liveDollar reports whether the dollar at text[i] would begin an interpolation.
func liveDollar(text string, i int, next follower) bool {
	if i+1 < len(text) {
		return text[i+1] == '{'
	}
	return next == interpolation
}

// escapeQuoted returns text as it stands between double quotes. Nix knows these
// escapes and no others; all else in front of a backslash means itself.
func escapeQuoted(text string, next follower) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\' || c == '$' && liveDollar(text, i, next):
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapeIndented returns text, which has no line break, as it stands between
// pairs of single quotes.
//
// A carriage return is escaped because git and editors change bare ones. A
// single quote stays as it is unless an escape or the end follows, as the
// three quotes in a row would then be read as an escape of their own.
func escapeIndented(text string, next follower) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '$' && liveDollar(text, i, next):
			b.WriteString(`''$`)
		case c == '\r':
			b.WriteString(`''\r`)
		case c == '\'' && i+1 < len(text) && text[i+1] == '\'':
			b.WriteString(`'''`)
			i++
		case c == '\'' && escapeFollows(text, i+1, next):
			b.WriteString(`''\'`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapeFollows reports whether a pair of single quotes is written at text[i].
func escapeFollows(text string, i int, next follower) bool {
	if i == len(text) {
		return next == quoteEnd
	}
	return text[i] == '\r' || text[i] == '$' && liveDollar(text, i, next)
}

// indentedLines splits a string into the lines between pairs of single quotes,
// escaped. It reports false where the value would not survive, or where nixfmt
// would turn the quotes into double ones.
func indentedLines(parts []chunk) ([][]chunk, bool) {
	lines := splitLines(parts)
	last := lines[len(lines)-1]
	if len(last) > 0 && isBlank(last) {
		return nil, false // Nix drops a last line of spaces.
	}
	least, found := leastIndentation(lines)
	if !found {
		return nil, false // Nix takes all spaces from blank lines.
	}
	if len(lines) == 1 && (least > 0 || !needsEscape(last)) {
		return nil, false
	}
	escaped := make([][]chunk, len(lines))
	for i, line := range lines {
		end := lineEnd
		if i == len(lines)-1 {
			end = quoteEnd
		}
		escaped[i] = escapeLine(line, end, escapeIndented)
		// Nix takes away the indentation that all lines share: one escaped
		// space, in the first line that counts, keeps it.
		if least > 0 && !isBlank(line) {
			escaped[i][0].text = `''\` + escaped[i][0].text
			least = 0
		}
	}
	return escaped, true
}

// splitLines splits parts at line breaks, which it leaves out. There is at
// least one line; lines can be empty.
func splitLines(parts []chunk) [][]chunk {
	lines := [][]chunk{nil}
	for _, part := range parts {
		if part.interpolated != nil {
			lines[len(lines)-1] = append(lines[len(lines)-1], part)
			continue
		}
		for i, text := range strings.Split(part.text, "\n") {
			if i > 0 {
				lines = append(lines, nil)
			}
			if text != "" {
				lines[len(lines)-1] = append(lines[len(lines)-1], chunk{text: text})
			}
		}
	}
	return lines
}

// escapeLine escapes the texts of a line that ends in end.
func escapeLine(line []chunk, end follower, escape func(string, follower) string) []chunk {
	escaped := slices.Clone(line)
	for i, part := range line {
		next := end
		if i+1 < len(line) {
			next = interpolation
		}
		if part.interpolated == nil {
			escaped[i].text = escape(part.text, next)
		}
	}
	return escaped
}

// isBlank reports whether a line has nothing but spaces, so that Nix does not
// count its indentation.
func isBlank(line []chunk) bool {
	for _, part := range line {
		if part.interpolated != nil || strings.Trim(part.text, " ") != "" {
			return false
		}
	}
	return true
}

// leastIndentation returns the number of spaces that all lines which are not
// blank begin with; found is false where all are blank.
func leastIndentation(lines [][]chunk) (least int, found bool) {
	for _, line := range lines {
		if isBlank(line) {
			continue
		}
		spaces := 0
		if line[0].interpolated == nil {
			spaces = len(line[0].text) - len(strings.TrimLeft(line[0].text, " "))
		}
		if !found || spaces < least {
			least, found = spaces, true
		}
	}
	return least, found
}

// needsEscape reports whether a line has characters that double quotes would
// escape: nixfmt turns a single line without any into double quotes.
func needsEscape(line []chunk) bool {
	for _, part := range escapeLine(line, quoteEnd, escapeIndented) {
		if part.interpolated == nil && strings.ContainsAny(part.text, `"\`) {
			return true
		}
	}
	return false
}
