package nixlang

import "slices"

// lambda reads "name: body".
func (p *parsing) lambda() Expr {
	mark := len(p.uses)
	name := p.take().text
	p.expect(":")
	body := p.expr()
	p.bind(mark, []string{name})
	return &Lambda{Param: Name(name), Body: body}
}

// isFormals reports whether the brace that comes next begins formals and not a
// set. What stands behind the first name tells, or behind empty braces.
func (p *parsing) isFormals() bool {
	first, second := p.ahead(1), p.ahead(2)
	switch {
	case first.is("..."):
		return true
	case first.is("}"):
		return second.is(":") || second.is("@")
	case first.kind == identifier:
		return second.is(",") || second.is("?") || second.is("}")
	default:
		return false
	}
}

// setLambda reads "{ a, b ? c, ... }@bind: body" and "bind@{ … }: body".
func (p *parsing) setLambda() Expr {
	mark := len(p.uses)
	f := &Formals{}
	if p.peek().kind == identifier {
		f.Bind = p.take().text
		p.expect("@")
	}
	names := p.formals(f)
	if at := p.peek(); p.skip("@") {
		if f.Bind != "" {
			p.fail(at.start, "a second name for the argument")
		}
		f.Bind = p.formalName(names)
	} else if f.Bind != "" && slices.Contains(names, f.Bind) {
		p.fail(p.peek().start, "%q is already the name of an argument", f.Bind)
	}
	p.expect(":")
	body := p.expr()
	if f.Bind != "" {
		names = append(names, f.Bind)
	}
	p.bind(mark, names)
	return &Lambda{Param: f, Body: body}
}

// formals reads what stands in the braces and returns the names.
func (p *parsing) formals(f *Formals) []string {
	var names []string
	open := p.expect("{")
	for {
		if p.skip("...") {
			f.Ellipsis = true
			break
		}
		if p.peek().kind != identifier {
			break
		}
		arg := Formal{Name: p.formalName(names)}
		if p.skip("?") {
			arg.Default = p.expr()
		}
		f.Args = append(f.Args, arg)
		names = append(names, arg.Name)
		if !p.skip(",") {
			break
		}
	}
	p.close(open, "}")
	return names
}

// formalName reads a name that is none of the others.
func (p *parsing) formalName(others []string) string {
	t := p.peek()
	if t.kind != identifier {
		p.unexpected("a name")
	}
	if slices.Contains(others, t.text) {
		p.fail(t.start, "%q is already the name of an argument", t.text)
	}
	return p.take().text
}
