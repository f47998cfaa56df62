package nixlang

func (n *function) document() *doc {
	parts := []*doc{cut()}
	for i, name := range n.names {
		if i > 0 {
			parts = append(parts, gap())
		}
		parts = append(parts, text(name), text(":"))
	}
	if isAbsorbed(n.body) {
		return group(append(parts, gap(), priorityGroup(absorbed(n.body, false)))...)
	}
	between := newline
	if len(n.names) <= 2 {
		between = line
	}
	return group(append(parts, between(), n.body.document())...)
}

func (n *setFunction) document() *doc {
	var between, body *doc
	switch {
	case n.bind == "" && n.below.broken:
		between, body = newline(), n.body.document()
	case isAbsorbed(n):
		between, body = gap(), priorityGroup(n.body.document())
	case isAbsorbable(n.body):
		between, body = line(), group(n.body.(term).contents(true))
	default:
		between, body = line(), n.body.document()
	}
	colon := text(":")
	n.below.first, n.below.last = colon.place(), body.first().place()
	return concat(n.parameter(), colon, between, body)
}

// parameter lays out the formals. More than two names, or one with a default,
// are on a line each, with a comma behind the last one too (RFC 166, function
// declaration).
func (n *setFunction) parameter() *doc {
	open, end := text("{"), text("}")
	n.first, n.last = open.place(), end.place()
	braces := group(open, emptySpace(n.broken), end)
	if len(n.formals) > 0 || n.ellipsis {
		edge := newline
		if n.isFlat() {
			edge = line
		}
		var parts []*doc
		for i, f := range n.formals {
			comma := text(",")
			if i == len(n.formals)-1 && !n.ellipsis {
				comma = trailingComma()
			}
			parts = append(parts, edge(), f.document(comma))
		}
		if n.ellipsis {
			parts = append(parts, edge(), text("..."))
		}
		braces = group(open, nest(parts...), edge(), end)
	}
	if n.bind == "" {
		return braces
	}
	return concat(braces, text("@"), text(n.bind))
}

func (f formal) document(comma *doc) *doc {
	if f.fallback == nil {
		return concat(text(f.name), comma)
	}
	name, fallback := text(f.name), nest(text("?"), value(f.fallback))
	if comma.kind == commaDoc {
		return concat(group(name, gap(), fallback), comma)
	}
	return group(name, gap(), fallback, comma)
}
