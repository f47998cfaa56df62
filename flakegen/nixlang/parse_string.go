package nixlang

import (
	"math"
	"strings"
)

// quotedText adds what comes next in a string between double quotes.
func (s *scanner) quotedText() {
	rest := s.rest()
	var text strings.Builder
	for i := 0; ; {
		if i == len(rest) || rest[i] == '\\' && i+1 == len(rest) {
			s.unclosed()
			return
		}
		if rest[i] == '"' || s.interpolates(s.pos+i) {
			s.endText(literal, text.String(), i)
			return
		}
		switch c := rest[i]; {
		case c == '\\' && rest[i+1] == spliceMark:
			s.invalid(s.pos+i+1, 1, escapedSplice)
			return
		case c == '\\':
			text.WriteByte(unescaped(rest[i+1]))
			i += 2
		case c == '$' && strings.HasPrefix(rest[i+1:], "$"):
			// Of two dollars none begins an interpolation.
			text.WriteString("$$")
			i += 2
		case c == '\r':
			// Nix takes all ends of lines for a line feed.
			text.WriteByte('\n')
			i++
			if strings.HasPrefix(rest[i:], "\n") {
				i++
			}
		default:
			text.WriteByte(c)
			i++
		}
	}
}

func unescaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}

// endText adds a text of n bytes, if there is one, and what stands behind it: an
// interpolation, a splice or the quotes that end the string.
func (s *scanner) endText(kind lexemeKind, text string, n int) {
	if n > 0 {
		s.emit(kind, text, n)
		return
	}
	switch rest := s.rest(); {
	case rest[0] == spliceMark:
		s.emit(splice, "", 1)
	case rest[0] == '$':
		s.symbol("${")
	default:
		s.emit(symbol, s.innermost().quote, len(s.innermost().quote))
		s.around = s.around[:len(s.around)-1]
	}
}

func (s *scanner) unclosed() {
	s.invalid(s.innermost().start, len(s.innermost().quote), "a string that is not closed")
}

// indentedText adds what comes next in a string between pairs of single quotes.
// Where Nix splits it matters: a literal counts for the indentation, an escape
// does not, and of the last one a line of spaces is dropped.
func (s *scanner) indentedText() {
	rest := s.rest()
	switch {
	case rest == "" || rest == `''\`:
		s.unclosed()
	case strings.HasPrefix(rest, `''\`):
		if rest[3] == spliceMark {
			s.invalid(s.pos+3, 1, escapedSplice)
			return
		}
		s.emit(escaped, string([]byte{unescaped(rest[3])}), len(`''\`)+1)
	case strings.HasPrefix(rest, "''$"):
		s.emit(escaped, "$", 3)
	case strings.HasPrefix(rest, "'''"):
		s.emit(escaped, "''", 3)
	case strings.HasPrefix(rest, "''"), s.interpolates(s.pos):
		s.endText(literal, "", 0)
	default:
		if n := indentedRun(rest); n > 0 {
			s.emit(literal, rest[:n], n)
			return
		}
		s.emit(escaped, rest[:1], 1) // a dollar or a quote by itself
	}
}

// indentedRun measures the text that Nix reads as one literal: a dollar goes
// with what follows unless that is a brace or a quote, and a quote unless that
// is another or a dollar.
func indentedRun(text string) int {
	n := 0
	for n < len(text) && text[n] != spliceMark {
		var alone string
		switch text[n] {
		case '$':
			alone = "{'\x00"
		case '\'':
			alone = "'$\x00"
		default:
			n++
			continue
		}
		if n+1 == len(text) || strings.IndexByte(alone, text[n+1]) >= 0 {
			break
		}
		n += 2
	}
	return n
}

// fragment is a stretch of a string: a literal, an escape, or with the kind
// symbol what is interpolated.
type fragment struct {
	kind  lexemeKind
	text  string
	parts []Part
}

// str reads a string.
func (p *parsing) str() *String {
	open := p.take()
	var fragments []fragment
	for !p.skip(open.text) {
		switch t := p.take(); {
		case t.kind == literal, t.kind == escaped:
			fragments = append(fragments, fragment{kind: t.kind, text: t.text})
		case t.kind == splice:
			fragments = append(fragments, fragment{kind: symbol, parts: p.interpolated(t)})
		case t.is("${"):
			e := p.expr()
			p.close(t, "}")
			fragments = append(fragments, fragment{kind: symbol, parts: []Part{{Interpolated: e}}})
		}
	}
	indented := open.is("''")
	if indented {
		stripIndentation(fragments)
	}
	return &String{Parts: joined(fragments), Indented: indented}
}

// interpolated returns a splice as it stands in a string.
func (p *parsing) interpolated(t lexeme) []Part {
	s := p.splice(t)
	i, _ := p.place(t.start)
	p.places[i].Interpolated = true
	if s.Parts != nil {
		return s.Parts
	}
	return []Part{{Interpolated: s.Expr}}
}

// joined returns the parts of a string, with texts beside each other as one.
func joined(fragments []fragment) []Part {
	var parts []Part
	for _, f := range fragments {
		list := f.parts
		if f.kind != symbol {
			list = []Part{{Text: f.text}}
		}
		for _, part := range list {
			last := len(parts) - 1
			switch {
			case part == Part{}:
			case last >= 0 && part.Interpolated == nil && parts[last].Interpolated == nil:
				parts[last].Text += part.Text
			default:
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// stripIndentation takes from each line the spaces that all lines begin with.
// Lines of nothing but spaces do not count, and of the last line these are
// dropped. Escapes and interpolations count as text; but a line feed that is
// escaped begins a line that loses its spaces all the same.
func stripIndentation(fragments []fragment) {
	least := leastSpaces(fragments)
	dropped, atStart := 0, true
	for i, f := range fragments {
		if f.kind == symbol {
			atStart = false
			dropped = 0
			continue
		}
		var text strings.Builder
		for j := range len(f.text) {
			switch c := f.text[j]; {
			case !atStart:
				text.WriteByte(c)
				atStart = c == '\n'
			case c == ' ':
				if dropped >= least {
					text.WriteByte(c)
				}
				dropped++
			default:
				text.WriteByte(c)
				dropped = 0
				atStart = c == '\n'
			}
		}
		fragments[i].text = text.String()
	}
	if n := len(fragments); n > 0 && fragments[n-1].kind != symbol {
		last := &fragments[n-1]
		line := strings.LastIndexByte(last.text, '\n') + 1
		if line > 0 && strings.Trim(last.text[line:], " ") == "" {
			last.text = last.text[:line]
		}
	}
}

// leastSpaces returns how many spaces all lines with text begin with.
func leastSpaces(fragments []fragment) int {
	least, spaces, atStart := math.MaxInt, 0, true
	text := func() {
		if atStart {
			atStart = false
			least = min(least, spaces)
		}
	}
	for _, f := range fragments {
		if f.kind != literal {
			text()
			continue
		}
		for j := range len(f.text) {
			switch c := f.text[j]; {
			case c == '\n':
				atStart, spaces = true, 0
			case c == ' ' && atStart:
				spaces++
			default:
				text()
			}
		}
	}
	return least
}
