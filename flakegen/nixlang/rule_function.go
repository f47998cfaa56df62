package nixlang

func (n *function) write(w *streamWriter) {
	w.begin(plain)
	w.space(cut)
	for i, name := range n.names {
		if i > 0 {
			w.space(gap)
		}
		w.text(name)
		w.text(":")
	}
	switch {
	case isAbsorbed(n.body):
		w.space(gap)
		w.begin(priority)
		w.writeAbsorbed(n.body, false)
		w.end()
	case len(n.names) <= 2:
		w.space(line)
		n.body.write(w)
	default:
		w.space(newline)
		n.body.write(w)
	}
	w.end()
}

func (n *setFunction) write(w *streamWriter) {
	n.writeParameter(w)
	if !n.isLastArgument {
		w.watch(&n.below.first)
	}
	w.text(":")
	switch {
	case n.bind == "" && n.below.broken, len(n.lead) > 0:
		w.space(newline)
		w.writeLead(n.lead)
		w.watch(&n.below.last)
		n.body.write(w)
	case isAbsorbed(n):
		w.space(gap)
		w.begin(priority)
		w.watch(&n.below.last)
		n.body.write(w)
		w.end()
	case isAbsorbable(n.body):
		w.space(line)
		w.begin(plain)
		w.watch(&n.below.last)
		n.body.(absorbable).writeContents(w, true)
		w.end()
	default:
		w.space(line)
		w.watch(&n.below.last)
		n.body.write(w)
	}
}

// writeParameter writes the formals. More than two names, or one with a default,
// are on a line each, with a comma behind the last one too (RFC 166, function
// declaration).
func (n *setFunction) writeParameter(w *streamWriter) {
	w.begin(plain)
	w.watch(&n.first)
	w.text("{")
	if len(n.formals) == 0 && !n.ellipsis {
		w.space(gap)
	} else {
		n.writeFormals(w)
	}
	w.watch(&n.last)
	w.text("}")
	w.end()
	if n.bind != "" {
		w.text("@")
		w.text(n.bind)
	}
}

func (n *setFunction) writeFormals(w *streamWriter) {
	edge := line
	if n.decided = !n.isFlat(); n.decided {
		edge = newline
	}
	w.level++
	for i, f := range n.formals {
		w.space(edge)
		last := i == len(n.formals)-1 && !n.ellipsis
		f.write(w, !last)
		if last {
			w.add(commaToken, ",")
		}
	}
	if n.ellipsis {
		w.space(edge)
		w.text("...")
	}
	w.level--
	w.space(edge)
}

func (f formal) write(w *streamWriter, comma bool) {
	if f.fallback == nil {
		w.text(f.name)
		if comma {
			w.text(",")
		}
		return
	}
	w.begin(plain)
	w.text(f.name)
	w.space(gap)
	w.level++
	w.text("?")
	w.writeValue(f.fallback)
	w.level--
	if comma {
		w.text(",")
	}
	w.end()
}
