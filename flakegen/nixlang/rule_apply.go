package nixlang

// applied says where an application stands.
type applied int

const (
	appliedFreely applied = iota
	// appliedBehindLine begins a new line if more than the last argument does
	// not fit onto the line at hand.
	appliedBehindLine
	// appliedInParens has a line for itself if more than the last argument does
	// not fit onto the line of the parentheses.
	appliedInParens
)

func (n *apply) write(w *streamWriter) { n.writeApplication(w, appliedFreely) }

// writeApplication puts as many arguments on a line as fit, and the others on a
// line each; or, if the others fit beside it, breaks lines only in one argument,
// the last such (RFC 166, function application).
func (n *apply) writeApplication(w *streamWriter, where applied) {
	w.begin(plain)
	defer w.end()
	last := len(n.args) - 1
	if last > 0 && isList(n.args[last-1]) && isList(n.args[last]) {
		n.writeCalled(w, last-1, where)
		w.level++
		w.writeLists(n.args[last-1], n.args[last])
		w.level--
	} else {
		between := n.writeBeforeLast(w, where)
		w.space(between)
		w.writeLastArgument(n.args[last])
		if between == gap {
			return
		}
	}
	if where == appliedInParens {
		w.space(cut)
	}
}

// writeBeforeLast writes all but the last argument, and returns the spacing in
// front of that: in a simple application there is no possible line break.
func (n *apply) writeBeforeLast(w *streamWriter, where applied) space {
	write := func() { n.writeCalled(w, len(n.args)-1, where) }
	if !isSimple(n) {
		write()
		return line
	}
	if w.tryOneLine(write) {
		return gap
	}
	return line
}

// writeCalled writes the function with its first arguments.
func (n *apply) writeCalled(w *streamWriter, count int, where applied) {
	if where == appliedBehindLine {
		w.space(line)
	}
	w.begin(transparent)
	n.writeCall(w, count, where)
	w.end()
}

// writeCall writes the function with its first arguments. Each further argument
// is in a group around those before it, so that these are on one line if they
// can.
func (n *apply) writeCall(w *streamWriter, count int, where applied) {
	if count == 0 {
		n.writeFunction(w, where)
		return
	}
	arg := n.args[count-1]
	if count > 1 && isList(n.args[count-2]) && isList(arg) {
		// Two lists in a row are alike: either both are broken or neither is.
		w.begin(transparent)
		w.begin(transparent)
		n.writeCall(w, count-2, where)
		w.end()
		w.level++
		w.begin(plain)
		w.writeLists(n.args[count-2], arg)
		w.end()
		w.level--
		w.end()
		return
	}
	w.begin(transparent)
	n.writeCall(w, count-1, where)
	w.end()
	w.space(line)
	w.level++
	if isSelection(arg) {
		w.begin(plain) // alone it would be broken at its dots
	} else {
		w.begin(priority)
	}
	w.writeArgument(arg)
	w.end()
	w.level--
}

func (n *apply) writeFunction(w *streamWriter, where applied) {
	if where != appliedInParens {
		n.fn.write(w)
		return
	}
	w.level++
	w.begin(plain)
	w.space(cut)
	n.fn.write(w)
	w.end()
	w.level--
}

func isList(n node) bool {
	_, ok := n.(*list)
	return ok
}

func isSelection(n node) bool {
	_, ok := n.(*selection)
	return ok
}

func (w *streamWriter) writeLists(lists ...node) {
	for _, l := range lists {
		w.space(line)
		w.begin(plain)
		w.writeArgument(l)
		w.end()
	}
}

// writeArgument writes an argument that is not the last one. A short list of
// plain elements may be on one line there.
func (w *streamWriter) writeArgument(n node) {
	if l, ok := n.(*list); ok && l.isShort() {
		l.writeElements(w, line)
		return
	}
	n.write(w)
}

func (n *list) isShort() bool {
	rows := 0
	for _, r := range n.rows {
		if r.blank || len(r.lead) > 0 {
			rows++ // nixfmt counts them as elements
		}
		if r.content == nil {
			continue
		}
		rows++
		if element, ok := r.content.(node); !ok || !isSimple(element) || r.trail != "" {
			return false
		}
	}
	return rows <= 6
}

func (w *streamWriter) writeLastArgument(n node) {
	if a, ok := asAbsorbable(n); ok {
		w.begin(priority)
		w.level++
		a.writeContents(w, false)
		w.level--
		w.end()
		return
	}
	p, ok := n.(*parens)
	if !ok {
		w.begin(plain)
		w.level++
		n.write(w)
		w.level--
		w.end()
		return
	}
	// "f (x: {" and "f (g {" begin two things on one line.
	var beginning string
	var rest node
	switch inner := p.inner.(type) {
	case *function:
		if len(inner.names) == 1 {
			beginning, rest = inner.names[0]+":", inner.body
		}
	case *apply:
		if fn, ok := inner.fn.(*word); ok && len(inner.args) == 1 && IsIdent(fn.text) {
			beginning, rest = fn.text, inner.args[0]
		}
	}
	if a, ok := asAbsorbable(rest); ok {
		w.begin(priority)
		w.level++
		w.text("(")
		w.text(beginning)
		w.space(gap)
		a.writeContents(w, true)
		w.text(")")
		w.level--
		w.end()
		return
	}
	p.writeLastPart(w)
}
