package nixlang

// rows lays out the lines of a list, an attribute set or a let.
func rows(list []*row, between func() *doc) *doc {
	var parts []*doc
	for i, r := range list {
		if i > 0 {
			parts = append(parts, between())
		}
		if r.blank || len(r.lead) > 0 {
			parts = append(parts, r.above())
			if r.content != nil {
				parts = append(parts, between())
			}
		}
		if r.content != nil {
			parts = append(parts, r.document())
		}
	}
	return concat(parts...)
}

func (r *row) above() *doc {
	parts := []*doc{newline()}
	if r.blank {
		parts = append(parts, spacing(blankLine))
	}
	for _, lead := range r.lead {
		parts = append(parts, comment(commentLine(lead)), newline())
	}
	return concat(parts...)
}

func (r *row) document() *doc {
	d := r.content.document()
	r.at = d.first().place()
	if r.trail == "" {
		return group(d)
	}
	return group(d, gap(), comment(r.trail), newline())
}

func (n *binding) document() *doc {
	value := value(n.value)
	// Behind a long path a line break gains space for the value, behind a short
	// one it does not.
	if len(n.path) > 4 || !allPlain(n.path) {
		value = concat(cut(), priorityGroup(value))
	}
	return group(attributePath(n.path), nest(gap(), text("="), value), text(";"))
}

// document puts more than three names on a line each (RFC 166, inherit).
func (n *inherit) document() *doc {
	keyword, end := text("inherit"), text(";")
	n.first, n.last = keyword.place(), end.place()
	between, behind := line, cut
	if n.broken || len(n.names) > 3 {
		between, behind = newline, newline
	}
	var names []*doc
	for i, name := range n.names {
		if i > 0 {
			names = append(names, between())
		}
		names = append(names, name.document())
	}
	list := concat(concat(names...), behind(), end)
	if n.from == nil {
		return group(keyword, between(), nest(list))
	}
	from := (&parens{inner: n.from}).document()
	return group(keyword, nest(group(line(), from), between(), list))
}

// value lays out what stands behind an equals sign, or behind the question mark
// of a formal: on the same line where it can go on below from there, in a line
// of its own otherwise (RFC 166, bindings).
func value(n node) *doc {
	if s, ok := n.(*set); ok && s.isOneInherit() {
		return nest(gap(), group(absorbed(n, false)))
	}
	if isAbsorbed(n) {
		return nest(gap(), group(absorbed(n, true)))
	}
	switch n := n.(type) {
	case *parens:
		return nest(gap(), n.asLastPart())
	case *quoted:
		return nest(gap(), group(n.document()))
	case *word:
		if n.path {
			return nest(gap(), group(n.document()))
		}
		return nest(group(line(), n.document()))
	case term, *withIn:
		return nest(group(line(), n.document()))
	case *apply:
		return nest(n.application(appliedBehindLine))
	case *chain:
		return n.asValue()
	default:
		return nest(line(), group(n.document()))
	}
}

func (n *set) isOneInherit() bool {
	if len(n.rows) != 1 || n.rows[0].blank || len(n.rows[0].lead) > 0 {
		return false
	}
	_, ok := n.rows[0].content.(*inherit)
	return ok
}

// absorbed lays out what isAbsorbed holds for; wide forces an attribute set
// open.
func absorbed(n node, wide bool) *doc {
	switch n := n.(type) {
	case term:
		return n.contents(wide)
	case *withIn:
		return n.absorbed()
	default:
		return n.document()
	}
}
