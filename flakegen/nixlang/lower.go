package nixlang

import (
	"fmt"
	"slices"
	"strconv"
)

// lowering turns a tree into nodes. It keeps what the layout is asked about
// afterwards: the pairs that may be broken, and the rows with an origin.
type lowering struct {
	nodes  int // so far
	pairs  []*pair
	marked []markedRow
}

type markedRow struct {
	origin any
	row    *row
	line   int // once settled
}

// node returns e as it stands where any expression may stand.
func (w *lowering) node(e Expr) node {
	w.nodes++
	switch e := spelledOut(e).(type) {
	case Ident:
		mustBeIdent(string(e))
		return &word{text: string(e)}
	case Int:
		return &word{text: strconv.FormatInt(int64(e), 10)}
	case Float:
		return &word{text: floatText(e)}
	case *String:
		return w.quoted(e)
	case Path:
		if !IsPath(string(e)) {
			panic(fmt.Sprintf("nixlang: %q is no path literal", string(e)))
		}
		return &word{text: string(e), path: true}
	case *List:
		return w.list(e)
	case *AttrSet:
		n := &set{recursive: e.Rec, rows: w.entries(e.Entries, e.Inner)}
		w.pairs = append(w.pairs, &n.pair)
		return n
	case *Select:
		return w.selection(e)
	case *HasAttr:
		return &membership{of: w.operand(e.Of, applyLevel), path: w.path(e.Path)}
	case *Apply:
		return w.apply(e)
	case *Lambda:
		return w.lambda(e)
	case *Let:
		return &letIn{rows: w.entries(e.Entries, nil), body: w.node(e.Body)}
	case *If:
		return &conditional{cond: w.node(e.Cond), then: w.node(e.Then), otherwise: w.node(e.Else)}
	case *With:
		return &withIn{scope: w.node(e.Scope), body: w.node(e.Body)}
	case *Assert:
		return &assertion{cond: w.node(e.Cond), body: w.node(e.Body)}
	case *Binary:
		return w.binary(e)
	case *Unary:
		return w.unary(e)
	default:
		panic(fmt.Sprintf("nixlang: %T is no expression", e))
	}
}

func mustBeIdent(s string) {
	if !IsIdent(s) {
		panic(fmt.Sprintf("nixlang: %q is no identifier", s))
	}
}

// term returns e as it stands in a list or as an argument. Nix would also take
// a selection with a default there, but "f a.b or c d" misleads its reader.
func (w *lowering) term(e Expr) term {
	n := w.node(e)
	if s, ok := n.(*selection); ok && s.fallback != nil {
		return &parens{inner: n}
	}
	if t, ok := n.(term); ok {
		return t
	}
	return &parens{inner: n}
}

func (w *lowering) quoted(s *String) *quoted {
	parts := chunks(s)
	if s.Indented {
		if lines, ok := indentedLines(parts); ok {
			return &quoted{lines: w.pieces(lines), indented: true}
		}
	}
	return &quoted{lines: w.pieces([][]chunk{escapeLine(parts, quoteEnd, escapeQuoted)})}
}

func (w *lowering) pieces(lines [][]chunk) [][]piece {
	result := make([][]piece, len(lines))
	for i, line := range lines {
		for _, part := range line {
			p := piece{text: part.text}
			if part.interpolated != nil {
				p.interpolated = w.node(part.interpolated)
			}
			result[i] = append(result[i], p)
		}
	}
	return result
}

func (w *lowering) list(e *List) *list {
	n := &list{}
	for i, item := range e.Items {
		n.rows = append(n.rows, w.row(item.Trivia, i == 0, w.term(item.Value)))
	}
	n.rows = appendInner(n.rows, e.Inner)
	w.pairs = append(w.pairs, &n.pair)
	return n
}

func (w *lowering) entries(entries []Entry, inner []string) []*row {
	var rows []*row
	for i, entry := range entries {
		switch e := entry.(type) {
		case *Binding:
			rows = append(rows, w.row(e.Trivia, i == 0, &binding{path: w.path(e.Path), value: w.node(e.Value)}))
		case *Inherit:
			rows = append(rows, w.row(e.Trivia, i == 0, w.inherit(e)))
		default:
			panic(fmt.Sprintf("nixlang: %T is no entry", entry))
		}
	}
	return appendInner(rows, inner)
}

// row leaves out the empty line above the first row: nobody writes one.
func (w *lowering) row(t Trivia, isFirst bool, content writable) *row {
	r := &row{blank: t.Blank && !isFirst, lead: t.Lead, trail: trailComment(t.Trail), content: content}
	if t.Origin != nil {
		w.marked = append(w.marked, markedRow{origin: t.Origin, row: r})
	}
	return r
}

func appendInner(rows []*row, comments []string) []*row {
	if len(comments) == 0 {
		return rows
	}
	return append(rows, &row{lead: comments})
}

func (w *lowering) inherit(e *Inherit) *inherit {
	n := &inherit{}
	if e.From != nil {
		n.from = &parens{inner: w.node(e.From)}
	}
	for _, name := range e.Names {
		n.names = append(n.names, w.selector(AttrName{Name: name}))
	}
	w.pairs = append(w.pairs, &n.pair)
	return n
}

func (w *lowering) path(path []AttrName) []selector {
	if len(path) == 0 {
		panic("nixlang: an attribute path has at least one name")
	}
	result := make([]selector, len(path))
	for i, name := range path {
		result[i] = w.selector(name)
	}
	return result
}

func (w *lowering) selector(name AttrName) selector {
	switch dynamic := name.Dynamic.(type) {
	case nil:
		if IsIdent(name.Name) {
			return selector{name: name.Name}
		}
		return selector{quoted: w.quoted(Str(name.Name))}
	case *String: // needs no dollar and braces around it
		return selector{quoted: w.quoted(&String{Parts: dynamic.Parts})}
	default:
		return selector{dynamic: w.node(dynamic)}
	}
}

// selection joins selections of selections, and puts in parentheses what would
// run into the dot. With a default they are not joined: it stands in for any step
// of its own path, and for none of the path before that.
func (w *lowering) selection(e *Select) *selection {
	n := &selection{path: w.path(e.Path)}
	switch of := w.term(e.Of).(type) {
	case *selection:
		if e.Or != nil {
			n.of = &parens{inner: of}
			break
		}
		n.of, n.path = of.of, slices.Concat(of.path, n.path)
	case *word:
		n.of = of
		if of.path || !IsIdent(of.text) {
			n.of = &parens{inner: of}
		}
	default:
		n.of = of
	}
	if e.Or != nil {
		n.fallback = w.term(e.Or)
	}
	return n
}

func (w *lowering) apply(e *Apply) *apply {
	var args []node
	var fn Expr = e
	for {
		application, ok := fn.(*Apply)
		if !ok {
			break
		}
		args = append(args, w.term(application.Arg))
		fn = application.Fn
	}
	slices.Reverse(args)
	if p, ok := args[len(args)-1].(*parens); ok {
		if f, ok := p.inner.(*setFunction); ok {
			f.isLastArgument = true
		}
	}
	n := &apply{fn: w.term(fn), args: args}
	n.simple = len(args) <= 2 && isSimple(n.fn) && !slices.ContainsFunc(args, isComplex)
	return n
}

func isComplex(n node) bool { return !isSimple(n) }

func (w *lowering) lambda(e *Lambda) node {
	switch p := e.Param.(type) {
	case Name:
		return w.function(e)
	case *Formals:
		return w.setFunction(p, e.Body)
	default:
		panic(fmt.Sprintf("nixlang: %T is no parameter", e.Param))
	}
}

func (w *lowering) function(e *Lambda) *function {
	n := &function{}
	var body Expr = e
	for {
		inner, isLambda := body.(*Lambda)
		if !isLambda {
			break
		}
		name, isName := inner.Param.(Name)
		if !isName {
			break
		}
		mustBeIdent(string(name))
		n.names = append(n.names, string(name))
		body = inner.Body
	}
	n.body = w.node(body)
	return n
}

func (w *lowering) setFunction(p *Formals, body Expr) *setFunction {
	n := &setFunction{ellipsis: p.Ellipsis, bind: p.Bind}
	for _, arg := range p.Args {
		mustBeIdent(arg.Name)
		f := formal{name: arg.Name}
		if arg.Default != nil {
			f.fallback = w.node(arg.Default)
		}
		n.formals = append(n.formals, f)
	}
	if p.Bind != "" {
		mustBeIdent(p.Bind)
	}
	n.body = w.node(body)
	w.pairs = append(w.pairs, &n.pair, &n.below)
	return n
}
