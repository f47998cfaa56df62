package nixlang

func (n *letIn) document() *doc {
	return concat(
		group(text("let"), newline(), nest(rows(n.rows, newline))),
		newline(),
		group(text("in"), newline(), n.body.document()),
	)
}

// document lays out an "else if" as one more branch of the same conditional.
func (n *conditional) document() *doc { return group(n.branches(line)) }

func (n *conditional) branches(between func() *doc) *doc {
	d := concat(
		group(text("if"), line(), nest(n.cond.document()), line(), text("then")),
		between(), nest(group(n.then.document())), between(),
		text("else"), gap(),
	)
	if next, ok := n.otherwise.(*conditional); ok {
		return concat(d, next.branches(newline))
	}
	return concat(d, line(), nest(group(n.otherwise.document())))
}

func (n *withIn) document() *doc {
	return concat(
		group(text("with"), gap(), nest(group(n.scope.document())), text(";")),
		line(),
		n.body.document(),
	)
}

// absorbed begins the body on the line of the keyword.
func (n *withIn) absorbed() *doc {
	return group(
		cut(), text("with"), gap(), nest(group(n.scope.document())), text(";"),
		gap(), priorityGroup(n.body.(term).contents(true)),
	)
}

// keyword stands for a function.
type keyword string

func (k keyword) document() *doc { return text(string(k)) }

// document lays the condition out as the arguments of a function "assert".
func (n *assertion) document() *doc {
	call := &apply{fn: keyword("assert"), args: []node{n.cond}}
	if cond, ok := n.cond.(*apply); ok {
		call.args = append([]node{cond.fn}, cond.args...)
	}
	return group(call.document(), text(";"), newline(), n.body.document())
}
