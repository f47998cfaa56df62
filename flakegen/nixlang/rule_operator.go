package nixlang

func (n *chain) write(w *streamWriter) { n.writeOperation(w, false) }

// writeOperation begins a line with each operator, unless all fit onto one (RFC
// 166, operators). wide forces an attribute set that comes first open.
func (n *chain) writeOperation(w *streamWriter, wide bool) {
	w.begin(plain)
	if first, ok := asAbsorbable(n.operands[0]); ok && wide {
		first.writeContents(w, true)
	} else {
		n.operands[0].write(w)
	}
	for _, x := range n.operands[1:] {
		w.space(line)
		w.text(string(n.op))
		w.level++
		w.writeOperand(x)
		w.level--
	}
	w.end()
}

// writeOperand writes what stands behind an operator.
func (w *streamWriter) writeOperand(n node) {
	switch n := n.(type) {
	case *chain, *comparison:
		w.begin(plain)
		w.space(line)
		n.write(w)
		w.end()
	case *apply:
		w.begin(plain)
		w.space(gap)
		n.writeApplication(w, appliedBehindLine)
		w.end()
	default:
		w.space(gap)
		n.write(w)
	}
}

// writeValue writes a chain behind an equals sign.
func (n *chain) writeValue(w *streamWriter) {
	if n.op == Update || n.op == Concat || n.op == Add {
		if isAbsorbable(n.operands[0]) {
			// The operators are aligned with the bracket that the first ends in.
			w.level--
			w.space(gap)
			n.writeOperation(w, true)
			w.level++
			return
		}
		if len(n.operands) == 2 && isAbsorbable(n.operands[1]) {
			w.begin(plain)
			w.space(line)
			n.operands[0].write(w)
			w.space(line)
			w.begin(transparent)
			w.text(string(n.op))
			w.space(gap)
			w.begin(priority)
			n.operands[1].(absorbable).writeContents(w, true)
			w.end()
			w.end()
			w.end()
			return
		}
	}
	w.space(line)
	n.write(w)
}

func (n *comparison) write(w *streamWriter) {
	n.left.write(w)
	w.space(softLine)
	w.text(string(n.op))
	w.space(gap)
	n.right.write(w)
}

func (n *membership) write(w *streamWriter) {
	n.of.write(w)
	w.space(softLine)
	w.text("?")
	w.space(gap)
	w.writePath(n.path)
}

func (n *prefix) write(w *streamWriter) {
	w.text(n.op)
	n.x.write(w)
}
