package nixlang

import (
	"fmt"
	"strings"
)

// lexemeKind is what a lexeme is.
type lexemeKind int

const (
	// invalid is what Nix does not take, or the tree cannot hold; its text says
	// why. It is the last lexeme.
	invalid lexemeKind = iota
	endOfText
	// symbol is a keyword, an operator, a bracket or the quotes of a string.
	symbol
	identifier
	integer
	float
	path
	// literal is a stretch of a string, without escapes but for the ones between
	// double quotes, which are undone. escaped is one between single quotes.
	literal
	escaped
	splice
)

// lexeme is a lexeme with the comments in front of it. Its text is as it stands in
// the source, but for literals and escapes.
type lexeme struct {
	kind       lexemeKind
	text       string
	start, end int
	// line is where it begins, endLine where it ends, counted from 1.
	line, endLine int
	comments      []comment
}

func (t lexeme) is(text string) bool { return t.kind == symbol && t.text == text }

// length is how many bytes it has, without the line break behind the quotes of a
// string.
func (t lexeme) length() int {
	if t.kind == symbol {
		return len(t.text)
	}
	return t.end - t.start
}

func (t lexeme) describe() string {
	const most = 40
	switch text := []rune(t.text); {
	case t.kind == endOfText:
		return "the end of the text"
	case t.kind == splice:
		return "a splice"
	case t.kind == literal, t.kind == escaped:
		return "text of a string"
	case len(text) > most:
		return fmt.Sprintf("%q…", string(text[:most]))
	default:
		return fmt.Sprintf("%q", t.text)
	}
}

// scanner splits a source into lexemes, as Nix does.
type scanner struct {
	source   string
	pos      int
	line     int
	lexemes  []lexeme
	comments []comment
	// around is what the next lexeme is in, the innermost last.
	around []surrounding
	// runEnd is where the run of path characters ends that pos was last in.
	runEnd int
}

// surrounding is a string, or code in braces or in no braces at all.
type surrounding struct {
	// quote is the symbol of the string, or empty for code.
	quote string
	start int
}

// scan splits source into lexemes. The last one is endOfText or invalid.
func scan(source string) []lexeme {
	s := &scanner{source: source, line: 1, around: []surrounding{{}}}
	for {
		switch s.innermost().quote {
		case "":
			s.code()
		case `"`:
			s.quotedText()
		default:
			s.indentedText()
		}
		if last := s.lexemes[len(s.lexemes)-1].kind; last == endOfText || last == invalid {
			return s.lexemes
		}
	}
}

// rest returns what is not read yet.
func (s *scanner) rest() string { return s.source[s.pos:] }

// escapedSplice is what is wrong with a splice behind an escape of a string: to
// escape an interpolation, the text would have to hold one.
const escapedSplice = "a splice behind an escape: for the text ${ in the string, escape the splice itself as well"

// emit adds a lexeme for the next n bytes.
func (s *scanner) emit(kind lexemeKind, text string, n int) {
	t := lexeme{kind: kind, text: text, start: s.pos, end: s.pos + n, line: s.line, comments: s.comments}
	if s.inCode() && s.touches(t) {
		if before := s.lexemes[len(s.lexemes)-1]; before.is("''") {
			s.invalid(s.pos, n, escapedSplice)
			return
		}
		s.invalid(s.pos, n, "a splice touches what stands beside it: put a space between them, or both into a string")
		return
	}
	s.line += strings.Count(s.source[s.pos:s.pos+n], "\n")
	t.endLine = s.line
	s.lexemes = append(s.lexemes, t)
	s.comments = nil
	s.pos += n
}

// touches reports whether t and the lexeme before it would read as one, if the
// one of them that is a splice were text.
func (s *scanner) touches(t lexeme) bool {
	if len(s.lexemes) == 0 {
		return false
	}
	before := s.lexemes[len(s.lexemes)-1]
	return before.end == t.start && (t.kind == splice && before.isWord() || before.kind == splice && t.isWord())
}

func (t lexeme) isWord() bool {
	switch t.kind {
	case endOfText:
		return false
	case symbol:
		return t.text == `"` || t.text == "''" || isIdentStart(t.text[0])
	default:
		return true
	}
}

// invalid adds the last lexeme: n bytes at an offset, and what is wrong with them.
func (s *scanner) invalid(at, n int, format string, args ...any) {
	s.lexemes = append(s.lexemes, lexeme{kind: invalid, text: fmt.Sprintf(format, args...), start: at, end: at + n, line: s.line, endLine: s.line})
}

func (s *scanner) innermost() surrounding { return s.around[len(s.around)-1] }

func (s *scanner) inCode() bool { return s.innermost().quote == "" }

// code adds the next lexeme outside of strings.
func (s *scanner) code() {
	if !s.skipBlank() {
		return
	}
	kind, n, problem := s.longest()
	text := s.source[s.pos : s.pos+n]
	switch {
	case kind == invalid:
		s.invalid(s.pos, n, "%s", problem)
	case kind == symbol:
		s.symbol(text)
	case kind == path && strings.HasSuffix(text, "/"):
		s.invalid(s.pos, n, "path %q ends in a slash", text)
	default:
		s.emit(kind, text, n)
	}
}

// skipBlank skips white space and keeps comments. It reports false where there
// is no next lexeme.
func (s *scanner) skipBlank() bool {
	for s.pos < len(s.source) {
		switch rest := s.rest(); {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			s.line += strings.Count(rest[:1], "\n")
			s.pos++
		case rest[0] == '#':
			end := strings.IndexAny(rest, "\r\n")
			if end < 0 {
				end = len(rest)
			}
			if !s.comment(rest[1:end], end) {
				return false
			}
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				s.invalid(s.pos, len("/*"), "a comment that is not closed")
				return false
			}
			if !s.comment(rest[2:2+end], end+4) {
				return false
			}
		default:
			return true
		}
	}
	return true
}

// comment keeps a comment of n bytes.
func (s *scanner) comment(text string, n int) bool {
	if at := strings.IndexByte(text, spliceMark); at >= 0 {
		at = s.pos + strings.IndexByte(s.rest(), spliceMark)
		s.invalid(at, 1, "a splice in a comment, where it has no meaning")
		return false
	}
	c := comment{text: text, line: s.line}
	s.line += strings.Count(text, "\n")
	c.endLine = s.line
	s.comments = append(s.comments, c)
	s.pos += n
	return true
}

// longest measures the next lexeme: the longest that fits counts, and of equal
// ones the first.
func (s *scanner) longest() (kind lexemeKind, n int, problem string) {
	rest := s.rest()
	if rest == "" {
		return endOfText, 0, ""
	}
	if rest[0] == spliceMark {
		return splice, 1, ""
	}
	try := func(k lexemeKind, length int, why string) {
		if length > n {
			kind, n, problem = k, length, why
		}
	}
	run := s.pathRun()
	try(symbol, symbolLength(rest), "")
	try(identifier, identifierLength(rest), "")
	try(integer, span(rest, isDigit), "")
	try(float, floatLength(rest), "")
	try(path, pathLength(rest, run), "")
	try(invalid, s.interpolatedPathLength(run), `a path with an interpolation: write ./. + "/${x}"`)
	try(invalid, homePathLength(rest), "a path in a home folder, which differs from machine to machine: take the file into the repository")
	try(invalid, searchPathLength(rest), "a path of the search path, which differs from machine to machine: take it from an input")
	if uri := uriLength(rest, run); uri > 0 {
		try(invalid, uri, fmt.Sprintf("a URI without quotes: write %q, or a space behind the colon of a function", rest[:uri]))
	}
	if n == 0 {
		char := firstRune(rest)
		return invalid, len(char), fmt.Sprintf("%q means nothing in Nix", char)
	}
	if kind == identifier && isKeyword(rest[:n]) {
		kind = symbol
	}
	return kind, n, problem
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// symbol adds a symbol, which may begin or end a string or braces.
func (s *scanner) symbol(text string) {
	start := s.pos
	n := len(text)
	switch text {
	case "''":
		// Spaces and a line break behind the quotes belong to them.
		if spaces := span(s.rest()[2:], isSpaceByte); strings.HasPrefix(s.rest()[2+spaces:], "\n") {
			n += spaces + 1
		}
	case "}":
		s.emit(symbol, text, n)
		if len(s.around) > 1 {
			s.around = s.around[:len(s.around)-1]
		}
		return
	}
	s.emit(symbol, text, n)
	switch text {
	case `"`, "''":
		s.around = append(s.around, surrounding{quote: text, start: start})
	case "{", "${":
		s.around = append(s.around, surrounding{})
	}
}

// interpolates reports whether an interpolation or a splice stands at an offset.
func (s *scanner) interpolates(at int) bool {
	rest := s.source[at:]
	return strings.HasPrefix(rest, "${") || rest != "" && rest[0] == spliceMark
}
