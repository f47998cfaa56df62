package nixlang

import "strings"

func (n *word) write(w *streamWriter) { w.text(n.text) }

func (n *list) write(w *streamWriter) {
	w.begin(plain)
	n.writeContents(w, false)
	w.end()
}

// writeContents puts each element on a line of its own as soon as there are
// two: their number is a better measure for a list than its width (RFC 166,
// expansion of expressions).
func (n *list) writeContents(w *streamWriter, _ bool) {
	if len(n.rows) == 0 && !n.headed {
		w.watch(&n.first)
		w.text("[")
		w.space(gap)
		w.watch(&n.last)
		w.text("]")
		return
	}
	n.writeElements(w, newline)
}

func (n *list) writeElements(w *streamWriter, between space) {
	n.decided = between == newline && len(n.rows) > 1
	edge := line
	switch {
	case n.broken || n.headed && len(n.rows) == 0 || hasOnlyComments(n.rows):
		edge = newline
	case len(n.rows) == 0:
		edge = gap
	}
	w.watch(&n.first)
	w.text("[")
	w.writeRows(n.rows, between, edge)
	w.watch(&n.last)
	w.text("]")
}

func hasOnlyComments(rows []*row) bool {
	return len(rows) == 1 && rows[0].content == nil
}

func (n *set) write(w *streamWriter) { n.writeContents(w, false) }

func (n *set) writeContents(w *streamWriter, wide bool) {
	n.decided = len(n.rows) > 1
	if n.recursive {
		w.text("rec")
		w.space(gap)
	}
	w.watch(&n.first)
	w.text("{")
	if len(n.rows) == 0 && !n.headed {
		w.space(gap)
	} else {
		edge := line
		if n.broken || wide && len(n.rows) > 0 {
			edge = newline
		}
		w.writeRows(n.rows, newline, edge)
	}
	w.watch(&n.last)
	w.text("}")
}

func (n *selection) write(w *streamWriter) {
	n.of.write(w)
	switch n.of.(type) {
	case *word:
	case *parens:
		w.space(softCut)
	default:
		w.space(cut)
	}
	w.text(".")
	w.writePath(n.path)
	if n.fallback == nil {
		return
	}
	w.space(softLine)
	w.level++
	w.text("or")
	w.space(gap)
	n.fallback.write(w)
	w.level--
}

func (w *streamWriter) writePath(path []selector) {
	for i, s := range path {
		if i > 0 {
			w.text(".")
		}
		s.write(w)
	}
}

func (s selector) write(w *streamWriter) {
	switch {
	case s.quoted != nil:
		s.quoted.write(w)
	case s.dynamic != nil:
		w.writePiece(piece{interpolated: s.dynamic})
	default:
		w.text(s.name)
	}
}

func (n *parens) write(w *streamWriter) {
	w.begin(plain)
	w.text("(")
	w.level++
	w.writeEnclosed(n.inner)
	w.level--
	w.text(")")
	w.end()
}

// writeEnclosed writes what stands between parentheses, or between ${ and }
// where an interpolation has its line for itself.
func (w *streamWriter) writeEnclosed(n node) {
	if isAbsorbed(n) {
		w.begin(plain)
		w.writeAbsorbed(n, false)
		w.end()
		return
	}
	if call, ok := n.(*apply); ok {
		call.writeApplication(w, appliedInParens)
		return
	}
	// A selection begins where it stands: it can go on below at its dots.
	if s, ok := n.(*selection); !ok || isAbsorbable(s.of) {
		w.space(cut)
	}
	w.begin(plain)
	n.write(w)
	w.end()
	w.space(cut)
}

// writeLastPart writes parentheses that are the last argument of a function: if
// they do not fit, what is in them has lines of its own.
func (n *parens) writeLastPart(w *streamWriter) {
	w.begin(priority)
	w.level++
	if f, ok := n.inner.(*setFunction); ok && f.isLastArgument {
		w.watch(&f.below.first)
	}
	w.text("(")
	w.space(cut)
	w.begin(plain)
	w.level++
	n.inner.write(w)
	w.level--
	w.end()
	w.space(cut)
	w.text(")")
	w.level--
	w.end()
}

func (n *quoted) writeContents(w *streamWriter, _ bool) { n.write(w) }

func (n *quoted) write(w *streamWriter) {
	w.begin(plain)
	if n.indented {
		n.writeIndented(w)
	} else {
		w.text(`"`)
		w.writeLine(n.lines[0])
		w.text(`"`)
	}
	w.end()
}

func (n *quoted) writeIndented(w *streamWriter) {
	w.text("''")
	if len(n.lines) > 1 {
		w.space(cut)
	}
	w.level++
	for i, l := range n.lines {
		if i > 0 {
			w.space(textBreak)
		}
		w.writeLine(l)
	}
	w.level--
	w.text("''")
}

// writeLine writes one line of a string. Code in it is never indented less than
// the line.
func (w *streamWriter) writeLine(pieces []piece) {
	if code, spaces, ok := codeAlone(pieces); ok {
		w.text(spaces)
		w.offset += int32(len(spaces))
		w.begin(plain)
		w.text("${")
		w.level++
		w.writeEnclosed(code)
		w.level--
		w.text("}")
		w.end()
		w.offset -= int32(len(spaces))
		return
	}
	var indented int32
	for i, p := range pieces {
		w.writePiece(p)
		if i == 0 {
			indented = leadingSpace(p.text)
			w.offset += indented
		}
	}
	w.offset -= indented
}

func leadingSpace(text string) (columns int32) {
	for _, r := range text {
		if !isSpace(r) {
			break
		}
		columns++
	}
	return columns
}

// codeAlone reports whether an interpolation, with nothing but spaces in front,
// is all there is in a line.
func codeAlone(pieces []piece) (code node, spaces string, ok bool) {
	if len(pieces) == 2 && pieces[0].interpolated == nil && strings.Trim(pieces[0].text, " ") == "" {
		spaces, pieces = pieces[0].text, pieces[1:]
	}
	if len(pieces) != 1 || pieces[0].interpolated == nil {
		return nil, "", false
	}
	return pieces[0].interpolated, spaces, true
}

// shortCode is how wide an interpolation may be that is kept on its line even
// if that line becomes too long.
const shortCode = 30

func (w *streamWriter) writePiece(p piece) {
	switch {
	case p.interpolated == nil:
		w.text(p.text)
	case isAbsorbable(p.interpolated):
		w.begin(plain)
		w.text("${")
		p.interpolated.(absorbable).writeContents(w, false)
		w.text("}")
		w.end()
	case isSimple(p.interpolated):
		w.text("${")
		w.tryOneLine(func() { p.interpolated.write(w) })
		w.text("}")
	default:
		w.begin(plain)
		w.text("${")
		m := w.mark()
		w.space(cut)
		w.level++
		w.begin(plain)
		p.interpolated.write(w)
		w.end()
		w.level--
		w.space(cut)
		if w.fitsOneLine(m, shortCode) {
			w.foldSince(m, 1)
		}
		w.text("}")
		w.end()
	}
}
