package nixlang

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// set reads an attribute set from its brace on.
func (p *parsing) set(rec bool) Expr {
	mark := len(p.uses)
	open := p.expect("{")
	b := p.bindings()
	if !p.skip("}") {
		p.unexpected("an attribute or \"}\" for " + p.opened(open))
	}
	if rec {
		p.bind(mark, slices.Sorted(maps.Keys(b.names)))
	}
	p.uses = append(p.uses, b.outer...)
	s := &AttrSet{Rec: rec, Entries: b.entries, Inner: b.inner}
	p.names[s] = b.names
	return s
}

// let reads a let and the expression in it.
func (p *parsing) let() Expr {
	p.take()
	mark := len(p.uses)
	b := p.bindings()
	if !p.skip("in") {
		p.unexpected("a binding or \"in\"")
	}
	for _, entry := range b.entries {
		if binding, ok := entry.(*Binding); ok && binding.Path[0].Dynamic != nil {
			p.fail(b.starts[binding], "a name that is computed, which a let does not take: put a set into the let")
		}
	}
	body := p.expr()
	p.bind(mark, slices.Sorted(maps.Keys(b.names)))
	p.uses = append(p.uses, b.outer...)
	return &Let{Entries: b.entries, Body: body}
}

// bindings are the entries of a set or of a let.
type bindings struct {
	entries []Entry
	inner   []string
	names   attributes
	// outer are the variables that are inherited: what is around defines them.
	outer []use
	// starts are where the bindings begin.
	starts map[*Binding]int
}

// bindings reads entries, up to what is none.
func (p *parsing) bindings() *bindings {
	b := &bindings{names: attributes{}, starts: map[*Binding]int{}}
	for p.peek().is("inherit") || p.beginsName() {
		trivia := p.leadTrivia()
		start := p.peek().start
		if p.skip("inherit") {
			inherit := p.inherit(b)
			inherit.Trivia = trivia
			inherit.Trail = p.trailComment()
			b.entries = append(b.entries, inherit)
			continue
		}
		binding := &Binding{Trivia: trivia, Path: p.attrPath()}
		p.expect("=")
		binding.Value = p.expr()
		p.define(b.names, binding.Path, binding.Value, start)
		p.expect(";")
		binding.Trail = p.trailComment()
		b.entries = append(b.entries, binding)
		b.starts[binding] = start
	}
	b.inner = p.innerComments()
	return b
}

// inherit reads what stands behind inherit.
func (p *parsing) inherit(b *bindings) *Inherit {
	i := &Inherit{}
	if open := p.peek(); p.skip("(") {
		i.From = p.expr()
		p.close(open, ")")
	}
	for p.beginsName() {
		t := p.peek()
		name := p.attrName()
		if name.Dynamic != nil {
			p.fail(t.start, "a name that is computed, which inherit does not take")
		}
		p.define(b.names, []AttrName{name}, nil, t.start)
		if i.From == nil {
			b.outer = append(b.outer, p.newUse(name.Name, t))
		}
		i.Names = append(i.Names, name.Name)
	}
	if !p.skip(";") {
		p.unexpected("a name or \";\"")
	}
	return i
}

func (p *parsing) beginsName() bool {
	t := p.peek()
	return t.kind == identifier || t.kind == splice || t.is("or") || t.is(`"`) || t.is("${")
}

// attrPath reads names with dots between.
func (p *parsing) attrPath() []AttrName {
	path := []AttrName{p.attrName()}
	for p.skip(".") {
		path = append(path, p.attrName())
	}
	return path
}

func (p *parsing) attrName() AttrName {
	switch t := p.peek(); {
	case t.kind == identifier, t.is("or"):
		return AttrName{Name: p.take().text}
	case t.is(`"`):
		return nameOf(p.str())
	case t.is("${"):
		p.take()
		e := p.expr()
		p.close(t, "}")
		return nameOf(e)
	case t.kind == splice:
		p.take()
		parts := p.interpolated(t)
		if len(parts) == 1 && parts[0].Interpolated != nil {
			return nameOf(parts[0].Interpolated)
		}
		return nameOf(&String{Parts: parts})
	}
	p.unexpected("the name of an attribute")
	panic("unreachable")
}

// nameOf returns the name that e computes; of a string without interpolations
// Nix takes the text.
func nameOf(e Expr) AttrName {
	s, ok := e.(*String)
	if !ok {
		return AttrName{Dynamic: e}
	}
	text := ""
	for _, part := range s.Parts {
		if part.Interpolated != nil {
			return AttrName{Dynamic: e}
		}
		text += part.Text
	}
	return AttrName{Name: text}
}

// attributes are the attributes of a set by their static names.
type attributes map[string]*attribute

// attribute is where an attribute was first defined, and if by set literals
// alone, with which attributes.
type attribute struct {
	start int
	set   attributes
}

// define notes that path, which begins at start, is bound to value, nil for an
// inherited one. Nix joins sets that are written apart, as in "a.b = 1; a.c =
// 2;", and takes any other attribute only once. Newer versions join sets in
// joined sets too, which 2.8 does not.
func (p *parsing) define(names attributes, path []AttrName, value Expr, start int) {
	last := len(path) - 1
	for _, step := range path[:last] {
		if step.Dynamic != nil {
			names = attributes{}
			continue
		}
		a := names[step.Name]
		if a == nil {
			a = &attribute{start: start, set: attributes{}}
			names[step.Name] = a
		}
		if a.set == nil {
			p.duplicate(step.Name, start, a)
		}
		names = a.set
	}
	if path[last].Dynamic != nil {
		return
	}
	name := path[last].Name
	var own attributes
	if s, ok := value.(*AttrSet); ok {
		own = p.names[s]
	}
	first := names[name]
	if first == nil {
		names[name] = &attribute{start: start, set: own}
		return
	}
	if first.set == nil || own == nil {
		p.duplicate(name, start, first)
	}
	for _, inner := range slices.SortedFunc(maps.Keys(own), func(a, b string) int { return cmp.Compare(own[a].start, own[b].start) }) {
		if first.set[inner] != nil {
			p.duplicate(inner, own[inner].start, first.set[inner])
		}
		first.set[inner] = own[inner]
	}
}

func (p *parsing) duplicate(name string, start int, first *attribute) {
	line, column := p.position(first.start)
	p.fail(start, "attribute %q is already defined at line %d, column %d", name, line, column)
}

// opened says where a bracket stands.
func (p *parsing) opened(open lexeme) string {
	line, column := p.position(open.start)
	return fmt.Sprintf("the %q at line %d, column %d", open.text, line, column)
}
