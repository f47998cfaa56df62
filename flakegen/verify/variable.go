package verify

import (
	"maps"

	"mvdan.cc/sh/v3/syntax"
)

// variables say of those that a script has set whether they are 0, as far as that is
// known: a script may gather in one what it exits with.
type variables map[string]number

// number is what is known of the value of a variable.
type number int

const (
	unknown number = iota
	zero
	nonzero // or it may be, where all commands count
)

// either is what is known where one of several ways was gone.
func (p *phase) either(ways ...variables) variables {
	if len(ways) == 0 {
		return variables{}
	}
	all := maps.Clone(ways[0])
	for _, way := range ways[1:] {
		for name := range way {
			if _, ok := all[name]; !ok {
				all[name] = unknown
			}
		}
		for name, known := range all {
			switch other := way[name]; {
			case known == other:
			case p.only == nil && (known == nonzero || other == nonzero):
				all[name] = nonzero
			default:
				all[name] = unknown
			}
		}
	}
	return all
}

// restore gives variables the values that they had before.
func (v variables) restore(before variables) {
	for name, known := range before {
		v[name] = known
	}
}

// apart runs something whose variables are its own.
func (p *phase) apart(run func()) {
	before := maps.Clone(p.variables)
	run()
	p.variables = before
}

// perhaps runs something that may not be run.
func (p *phase) perhaps(run func() status) status {
	before := maps.Clone(p.variables)
	got := run()
	p.variables = p.either(before, p.variables)
	return got
}

// local notes what variables had that a function takes for itself.
func (p *phase) local(list []*syntax.Assign) {
	for _, a := range list {
		if a.Name == nil || p.locals == nil {
			continue
		}
		if _, again := p.locals[a.Name.Value]; !again {
			p.locals[a.Name.Value] = p.variables[a.Name.Value]
		}
	}
}

func (p *phase) assign(a *syntax.Assign) {
	if a.Name == nil || a.Naked {
		return
	}
	known := unknown
	if text, ok := "", false; a.Value != nil && !a.Append && a.Index == nil {
		if text, ok = constant(a.Value); ok {
			known = numberOf(text)
		} else if name := parameter(a.Value); name == "?" && p.attempts > 0 {
			known = nonzero
		} else if name != "" {
			known = p.variables[name]
		}
	}
	p.variables[a.Name.Value] = known
}

func numberOf(text string) number {
	for _, r := range text {
		if r < '0' || r > '9' {
			return unknown
		}
		if r != '0' {
			return nonzero
		}
	}
	if text == "" {
		return unknown
	}
	return zero
}

// parameter is the name of the variable that a word is the value of; empty for other
// words.
func parameter(w *syntax.Word) string {
	if w == nil || len(w.Parts) != 1 {
		return ""
	}
	part := w.Parts[0]
	if quoted, ok := part.(*syntax.DblQuoted); ok && len(quoted.Parts) == 1 {
		part = quoted.Parts[0]
	}
	e, ok := part.(*syntax.ParamExp)
	if !ok || e.Param == nil || e.Excl || e.Length || e.Width || e.Index != nil || e.Slice != nil || e.Repl != nil || e.Exp != nil {
		return ""
	}
	return e.Param.Value
}

// truth is what is known of a condition.
type truth int

const (
	perhaps truth = iota
	always
	never
)

// truth knows that of ((name == 0)), ((name != 0)) and ((name)), where it is known
// whether name is 0.
func (p *phase) truth(condition []*syntax.Stmt) truth {
	if len(condition) != 1 || condition[0].Negated {
		return perhaps
	}
	c, ok := condition[0].Cmd.(*syntax.ArithmCmd)
	if !ok {
		return perhaps
	}
	name, equal := "", false
	switch x := c.X.(type) {
	case *syntax.Word:
		name = literal(x)
	case *syntax.BinaryArithm:
		left, isWord := x.X.(*syntax.Word)
		right, isNumber := x.Y.(*syntax.Word)
		if !isWord || !isNumber || literal(right) != "0" || x.Op != syntax.Eql && x.Op != syntax.Neq {
			return perhaps
		}
		name, equal = literal(left), x.Op == syntax.Eql
	}
	switch known := p.variables[name]; {
	case known == zero && equal, known == nonzero && !equal && p.only != nil:
		return always
	case known == zero, known == nonzero && p.only != nil:
		return never
	}
	return perhaps
}
