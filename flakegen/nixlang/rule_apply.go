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

func (n *apply) document() *doc { return n.application(appliedFreely) }

// application puts as many arguments on a line as fit, and the others on a line
// each; or, if the others fit beside it, breaks lines only in one argument, the
// last such (RFC 166, function application).
func (n *apply) application(where applied) *doc {
	before, behind := none(), none()
	switch where {
	case appliedBehindLine:
		before = line()
	case appliedInParens:
		behind = cut()
	}
	last := len(n.args) - 1
	if last > 0 && isList(n.args[last-1]) && isList(n.args[last]) {
		return group(
			before, transparentGroup(n.call(last-1, where)),
			line(), nest(group(argument(n.args[last-1]))),
			line(), nest(group(argument(n.args[last]))),
			behind,
		)
	}
	called := concat(before, transparentGroup(n.call(last, where)))
	if isSimple(n) {
		if short, ok := called.onOneLine(-1); ok {
			return group(short, gap(), lastArgument(n.args[last]))
		}
	}
	return group(called, line(), lastArgument(n.args[last]), behind)
}

// call lays out the function with its first arguments. Each further argument is
// in a group around those before it, so that these are on one line if they can.
func (n *apply) call(count int, where applied) *doc {
	if count == 0 {
		if where == appliedInParens {
			return nest(group(cut(), n.fn.document()))
		}
		return n.fn.document()
	}
	arg := n.args[count-1]
	switch {
	case isSelection(arg):
		// Alone it would be broken at its dots.
		return concat(transparentGroup(n.call(count-1, where)), line(), nest(group(argument(arg))))
	case count > 1 && isList(n.args[count-2]) && isList(arg):
		// Two lists in a row are alike: either both are broken or neither is.
		return transparentGroup(
			transparentGroup(n.call(count-2, where)),
			nest(group(line(), group(argument(n.args[count-2])), line(), group(argument(arg)))),
		)
	default:
		return concat(transparentGroup(n.call(count-1, where)), line(), nest(priorityGroup(argument(arg))))
	}
}

func isList(n node) bool {
	_, ok := n.(*list)
	return ok
}

func isSelection(n node) bool {
	_, ok := n.(*selection)
	return ok
}

// argument lays out an argument that is not the last one. A short list of plain
// elements may be on one line there.
func argument(n node) *doc {
	if l, ok := n.(*list); ok && l.isShort() {
		return l.separated(line)
	}
	return n.document()
}

func (n *list) isShort() bool {
	lines := 0
	for _, r := range n.rows {
		if r.blank || len(r.lead) > 0 {
			lines++
		}
		if r.content == nil {
			continue
		}
		lines++
		if element, ok := r.content.(node); !ok || !isSimple(element) || r.trail != "" {
			return false
		}
	}
	return lines <= 6
}

func lastArgument(n node) *doc {
	if t, ok := n.(term); ok && t.absorbable() {
		return priorityGroup(nest(t.contents(false)))
	}
	p, ok := n.(*parens)
	if !ok {
		return group(nest(n.document()))
	}
	// "f (x: {" and "f (g {" begin two things on one line.
	var beginning *doc
	var rest node
	switch inner := p.inner.(type) {
	case *function:
		if len(inner.names) == 1 {
			beginning, rest = concat(text(inner.names[0]), text(":")), inner.body
		}
	case *apply:
		if fn, ok := inner.fn.(*word); ok && len(inner.args) == 1 && IsIdent(fn.text) {
			beginning, rest = text(fn.text), inner.args[0]
		}
	}
	if t, ok := rest.(term); ok && t.absorbable() {
		return priorityGroup(nest(text("("), beginning, gap(), t.contents(true), text(")")))
	}
	return p.asLastPart()
}
