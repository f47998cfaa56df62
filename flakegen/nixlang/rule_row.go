package nixlang

// writeRows writes the rows of a list, an attribute set or a let, a level
// deeper, with edge before the first and behind the last.
func (w *streamWriter) writeRows(rows []*row, between, edge space) {
	w.space(edge)
	w.level++
	for i, r := range rows {
		if i > 0 {
			w.space(between)
		}
		if r.blank || len(r.lead) > 0 {
			r.writeAbove(w)
			if r.content != nil {
				w.space(between)
			}
		}
		if r.content != nil {
			r.write(w)
		}
	}
	w.level--
	w.space(edge)
}

func (r *row) writeAbove(w *streamWriter) {
	w.space(newline)
	if r.blank {
		w.space(emptyLine)
	}
	w.writeLead(r.lead)
}

// writeLead writes comments, a line each.
func (w *streamWriter) writeLead(lead []string) {
	for _, text := range lead {
		w.comment(commentLine(text))
		w.space(newline)
	}
}

func (r *row) write(w *streamWriter) {
	w.begin(plain)
	w.watch(&r.at)
	r.content.write(w)
	if r.trail != "" {
		w.space(gap)
		w.comment(r.trail)
		w.space(newline)
	}
	w.end()
}

func (n *binding) write(w *streamWriter) {
	w.begin(plain)
	w.writePath(n.path)
	w.level++
	w.space(gap)
	w.text("=")
	// Behind a long path a line break gains space for the value, behind a short
	// one it does not.
	if len(n.path) > 4 || !allPlain(n.path) {
		w.space(cut)
		w.begin(priority)
		w.writeValue(n.value)
		w.end()
	} else {
		w.writeValue(n.value)
	}
	w.level--
	w.text(";")
	w.end()
}

// write puts more than three names on a line each (RFC 166, inherit).
func (n *inherit) write(w *streamWriter) {
	n.decided = len(n.names) > 3
	between, behind := line, cut
	if n.broken || n.decided {
		between, behind = newline, newline
	}
	w.begin(plain)
	w.watch(&n.first)
	w.text("inherit")
	if n.from != nil {
		w.level++
		w.begin(plain)
		w.space(line)
		n.from.write(w)
		w.end()
		w.level--
	}
	w.level++
	for _, name := range n.names {
		w.space(between)
		name.write(w)
	}
	if len(n.names) == 0 {
		w.space(between)
	}
	w.space(behind)
	w.watch(&n.last)
	w.text(";")
	w.level--
	w.end()
}

// writeValue writes what stands behind an equals sign, or behind the question
// mark of a formal: on the same line where it can go on below from there, in a
// line of its own otherwise (RFC 166, bindings).
func (w *streamWriter) writeValue(n node) {
	w.level++
	defer func() { w.level-- }()
	if isAbsorbed(n) {
		s, isSet := n.(*set)
		w.space(gap)
		w.begin(plain)
		w.writeAbsorbed(n, !isSet || !s.isOneInherit())
		w.end()
		return
	}
	switch n := n.(type) {
	case *quoted:
		w.space(gap)
		n.write(w)
	case *word:
		w.begin(plain)
		if n.path {
			w.space(gap)
		} else {
			w.space(line)
		}
		n.write(w)
		w.end()
	case term, *withIn:
		w.begin(plain)
		w.space(line)
		n.write(w)
		w.end()
	case *apply:
		n.writeApplication(w, appliedBehindLine)
	case *chain:
		n.writeValue(w)
	default:
		w.space(line)
		w.begin(plain)
		n.write(w)
		w.end()
	}
}

func (n *set) isOneInherit() bool {
	if len(n.rows) != 1 || n.rows[0].blank || len(n.rows[0].lead) > 0 {
		return false
	}
	_, ok := n.rows[0].content.(*inherit)
	return ok
}

// writeAbsorbed writes what isAbsorbed holds for; wide forces an attribute set
// open.
func (w *streamWriter) writeAbsorbed(n node, wide bool) {
	switch n := n.(type) {
	case absorbable:
		n.writeContents(w, wide)
	case *withIn:
		n.writeAbsorbed(w)
	default:
		n.write(w)
	}
}
