package nixlang

func (n *chain) document() *doc { return n.operation(false) }

// operation begins a line with each operator, unless all fit onto one (RFC 166,
// operators). wide forces an attribute set that comes first open.
func (n *chain) operation(wide bool) *doc {
	first := n.operands[0].document()
	if wide && isAbsorbable(n.operands[0]) {
		first = n.operands[0].(term).contents(true)
	}
	parts := []*doc{first}
	for _, x := range n.operands[1:] {
		parts = append(parts, line(), text(string(n.op)), nest(operand(x)))
	}
	return group(parts...)
}

// operand lays out what stands behind an operator.
func operand(n node) *doc {
	switch n := n.(type) {
	case *chain, *comparison:
		return group(line(), n.document())
	case *apply:
		return group(gap(), n.application(appliedBehindLine))
	default:
		return concat(gap(), n.document())
	}
}

// asValue lays out a chain behind an equals sign.
func (n *chain) asValue() *doc {
	if n.op == Update || n.op == Concat || n.op == Add {
		if isAbsorbable(n.operands[0]) {
			return concat(gap(), n.operation(true))
		}
		if len(n.operands) == 2 && isAbsorbable(n.operands[1]) {
			return nest(group(
				line(), n.operands[0].document(), line(),
				transparentGroup(text(string(n.op)), gap(), priorityGroup(n.operands[1].(term).contents(true))),
			))
		}
	}
	return nest(line(), group(n.document()))
}

func (n *comparison) document() *doc {
	return concat(n.left.document(), softline(), text(string(n.op)), gap(), n.right.document())
}

func (n *membership) document() *doc {
	return concat(n.of.document(), softline(), text("?"), gap(), attributePath(n.path))
}

func (n *prefix) document() *doc { return concat(text(n.op), n.x.document()) }
