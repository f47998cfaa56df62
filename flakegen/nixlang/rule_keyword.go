package nixlang

func (n *letIn) write(w *streamWriter) {
	w.begin(plain)
	w.text("let")
	w.writeRows(n.rows, newline, newline)
	w.end()
	w.begin(plain)
	w.text("in")
	w.space(newline)
	w.writeLead(n.lead)
	n.body.write(w)
	w.end()
}

// write writes an "else if" as one more branch of the same conditional.
func (n *conditional) write(w *streamWriter) {
	w.begin(plain)
	n.writeBranch(w, line)
	var otherwise node = n.otherwise
	for {
		next, ok := otherwise.(*conditional)
		if !ok {
			break
		}
		w.space(gap)
		next.writeBranch(w, newline)
		otherwise = next.otherwise
	}
	w.space(gap)
	w.space(line)
	w.level++
	w.begin(plain)
	otherwise.write(w)
	w.end()
	w.level--
	w.end()
}

// writeBranch writes from "if" to "else".
func (n *conditional) writeBranch(w *streamWriter, between space) {
	w.begin(plain)
	w.text("if")
	w.space(line)
	w.level++
	n.cond.write(w)
	w.level--
	w.space(line)
	w.text("then")
	w.end()
	w.space(between)
	w.level++
	w.begin(plain)
	n.then.write(w)
	w.end()
	w.level--
	w.space(between)
	w.text("else")
}

func (n *withIn) write(w *streamWriter) {
	w.begin(plain)
	n.writeScope(w)
	w.end()
	w.space(line)
	n.body.write(w)
}

// writeAbsorbed begins the body on the line of the keyword.
func (n *withIn) writeAbsorbed(w *streamWriter) {
	w.begin(plain)
	w.space(cut)
	n.writeScope(w)
	w.space(gap)
	w.begin(priority)
	n.body.(absorbable).writeContents(w, true)
	w.end()
	w.end()
}

func (n *withIn) writeScope(w *streamWriter) {
	w.text("with")
	w.space(gap)
	w.level++
	w.begin(plain)
	n.scope.write(w)
	w.end()
	w.level--
	w.text(";")
}

// keyword stands for a function.
type keyword string

func (k keyword) write(w *streamWriter) { w.text(string(k)) }

// write lays the condition out as the arguments of a function "assert".
func (n *assertion) write(w *streamWriter) {
	call := &apply{fn: keyword("assert"), args: []node{n.cond}}
	if cond, ok := n.cond.(*apply); ok {
		call.args = append([]node{cond.fn}, cond.args...)
	}
	w.begin(plain)
	call.write(w)
	w.text(";")
	w.space(newline)
	n.body.write(w)
	w.end()
}
