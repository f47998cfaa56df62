package nixlang

import "strings"

func (n *word) document() *doc { return text(n.text) }

func (n *word) contents(bool) *doc { return n.document() }

func (n *list) document() *doc { return group(n.contents(false)) }

// contents puts each element on a line of its own as soon as there are two:
// their number is a better measure for a list than its width (RFC 166,
// expansion of expressions).
func (n *list) contents(bool) *doc { return n.separated(newline) }

func (n *list) separated(between func() *doc) *doc {
	open, end := text("["), text("]")
	n.first, n.last = open.place(), end.place()
	if len(n.rows) == 0 && !n.headed {
		return concat(open, emptySpace(n.broken), end)
	}
	edge := line
	if n.broken || len(n.rows) == 0 || hasOnlyComments(n.rows) {
		edge = newline
	}
	return concat(open, edge(), nest(rows(n.rows, between)), edge(), end)
}

func hasOnlyComments(rows []*row) bool {
	for _, r := range rows {
		if r.content != nil {
			return false
		}
	}
	return true
}

func emptySpace(broken bool) *doc {
	if broken {
		return newline()
	}
	return gap()
}

func (n *set) document() *doc { return n.contents(false) }

func (n *set) contents(wide bool) *doc {
	open, end := text("{"), text("}")
	n.first, n.last = open.place(), end.place()
	if n.recursive {
		open = concat(text("rec"), gap(), open)
	}
	if len(n.rows) == 0 && !n.headed {
		return concat(open, emptySpace(n.broken), end)
	}
	edge := line
	if n.broken || wide && len(n.rows) > 0 {
		edge = newline
	}
	return concat(open, edge(), nest(rows(n.rows, newline)), edge(), end)
}

func (n *selection) document() *doc {
	of := n.of.document()
	switch n.of.(type) {
	case *word:
	case *parens:
		of = concat(of, softcut())
	default:
		of = concat(of, cut())
	}
	d := concat(of, text("."), attributePath(n.path))
	if n.fallback == nil {
		return d
	}
	return concat(d, softline(), nest(text("or"), gap(), n.fallback.document()))
}

func (n *selection) contents(bool) *doc { return n.document() }

func attributePath(path []selector) *doc {
	steps := make([]*doc, 0, 2*len(path))
	for i, s := range path {
		if i > 0 {
			steps = append(steps, text("."))
		}
		steps = append(steps, s.document())
	}
	return concat(steps...)
}

func (s selector) document() *doc {
	switch {
	case s.quoted != nil:
		return s.quoted.document()
	case s.dynamic != nil:
		return piece{interpolated: s.dynamic}.document()
	default:
		return text(s.name)
	}
}

func (n *parens) document() *doc {
	return group(text("("), nest(n.inside()), text(")"))
}

func (n *parens) contents(bool) *doc { return n.document() }

// inside is also what stands between ${ and } where an interpolation has its
// line for itself.
func (n *parens) inside() *doc {
	if isAbsorbed(n.inner) {
		return group(absorbed(n.inner, false))
	}
	switch inner := n.inner.(type) {
	case *apply:
		return inner.application(appliedInParens)
	case *selection:
		// The cut in front would move what is selected from onto a line alone.
		if isAbsorbable(inner.of) {
			return concat(cut(), group(inner.document()), cut())
		}
		return concat(group(inner.document()), cut())
	default:
		return concat(cut(), group(inner.document()), cut())
	}
}

// asLastPart lays parentheses out behind a function or an equals sign: if they
// do not fit, what is in them has lines of its own.
func (n *parens) asLastPart() *doc {
	return priorityGroup(nest(text("("), cut(), group(nest(n.inner.document())), cut(), text(")")))
}

func (n *quoted) contents(bool) *doc { return n.document() }

func (n *quoted) document() *doc {
	if !n.indented {
		return group(text(`"`), linePieces(n.lines[0]), text(`"`))
	}
	parts := make([]*doc, 0, 2*len(n.lines))
	for i, l := range n.lines {
		if i > 0 {
			parts = append(parts, spacing(textBreak))
		}
		parts = append(parts, linePieces(l))
	}
	begin := none()
	if len(n.lines) > 1 {
		begin = cut()
	}
	return group(text("''"), begin, nest(parts...), text("''"))
}

// linePieces lays out one line of a string. Code in it is never indented less
// than the line.
func linePieces(pieces []piece) *doc {
	if code, spaces, ok := codeAlone(pieces); ok {
		in := &parens{inner: code}
		return concat(text(spaces), offset(width(spaces), group(text("${"), nest(in.inside()), text("}"))))
	}
	parts := make([]*doc, len(pieces))
	for i, p := range pieces {
		parts[i] = p.document()
	}
	if len(pieces) == 0 || pieces[0].interpolated != nil {
		return concat(parts...)
	}
	indented := pieces[0].text
	indented = indented[:len(indented)-len(strings.TrimLeftFunc(indented, isSpace))]
	return concat(parts[0], offset(width(indented), parts[1:]...))
}

// codeAlone reports whether an interpolation, with nothing but spaces in front,
// is all there is in a line.
func codeAlone(pieces []piece) (code node, spaces string, ok bool) {
	switch {
	case len(pieces) == 1:
		return pieces[0].interpolated, "", pieces[0].interpolated != nil
	case len(pieces) == 2 && strings.Trim(pieces[0].text, " ") == "" && pieces[1].interpolated != nil && pieces[0].interpolated == nil:
		return pieces[1].interpolated, pieces[0].text, true
	default:
		return nil, "", false
	}
}

// shortCode is how wide an interpolation may be that is kept on its line even
// if that line becomes too long.
const shortCode = 30

func (p piece) document() *doc {
	if p.interpolated == nil {
		return text(p.text)
	}
	if isAbsorbable(p.interpolated) {
		return group(text("${"), p.interpolated.(term).contents(false), text("}"))
	}
	code := p.interpolated.document()
	if isSimple(p.interpolated) {
		if short, ok := code.onOneLine(-1); ok {
			code = short
		}
		return concat(text("${"), code, text("}"))
	}
	if short, ok := group(code).onOneLine(shortCode); ok {
		return group(text("${"), short, text("}"))
	}
	return group(text("${"), cut(), nest(group(code)), cut(), text("}"))
}
