package nixlang

// operation reads operands and the operators between them that hold them
// together at least as tightly as least.
func (p *parsing) operation(least int) Expr {
	left := p.operand()
	levels := 0
	for {
		t := p.peek()
		if t.is("?") && memberLevel >= least {
			p.take()
			left = &HasAttr{Of: left, Path: p.attrPath()}
		} else {
			op := operators[Op(t.text)]
			if t.kind != symbol || op.level == openLevel || op.level < least {
				break
			}
			p.take()
			p.deeper(1)
			left = &Binary{Op: Op(t.text), Left: left, Right: p.operation(rightLevel(Op(t.text)))}
			p.deeper(-1)
			if next := p.peek(); op.grouping == neither && next.kind == symbol && operators[Op(next.text)].level == op.level {
				p.fail(next.start, "a second %s, whose order Nix does not define: put one of them in parentheses", next.text)
			}
		}
		p.deeper(1) // as the next operator stands above
		levels++
	}
	p.deeper(-levels)
	return left
}

// rightLevel returns how tightly the right operand of op holds together at
// least. For the printer the grouping of some makes no difference; these are the
// ones that Nix groups to the right.
func rightLevel(op Op) int {
	switch op {
	case Concat, Update, Implies:
		return operators[op].level
	default:
		return operators[op].level + 1
	}
}

// operand reads what stands beside an operator. A negation reaches as far as
// what holds together more tightly, also behind an operator that does so too:
// a ++ !b + c is a ++ !(b + c).
func (p *parsing) operand() Expr {
	switch {
	case p.skip("!"):
		p.deeper(1)
		defer p.deeper(-1)
		return &Unary{Op: Not, X: p.operation(notLevel + 1)}
	case p.skip("-"):
		p.deeper(1)
		defer p.deeper(-1)
		return &Unary{Op: Negate, X: p.operand()}
	default:
		return p.application()
	}
}
