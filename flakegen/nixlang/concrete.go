package nixlang

// node is an expression as it is written: parentheses, quotes and escapes are
// decided, and chains of one operator, of one function and its arguments, and
// of names before a colon are flat.
type node interface {
	// write writes the node as it is where it stands freely.
	write(w *streamWriter)
}

// term is a node that needs no parentheses as the element of a list.
type term interface {
	node
	isTerm()
}

// absorbable is a term that may begin on the line of what it belongs to and go
// on below, as in "a = {": if it spans several lines.
type absorbable interface {
	term
	spansLines() bool
	// writeContents writes the term without a group of its own, so that the
	// group around it decides for it. wide forces an attribute set open.
	writeContents(w *streamWriter, wide bool)
}

// pair is two tokens that nixfmt leaves on different lines where it finds them
// so: that is broken. decided says that they are on different lines either way.
type pair struct {
	broken, decided bool
	first, last     place
}

// word is a variable, a number or a path.
type word struct {
	text string
	path bool
}

// quoted is a string: escaped lines, of which there is one between double quotes.
type quoted struct {
	lines    [][]piece
	indented bool
}

// piece is a stretch of a line: escaped text, or an interpolated expression.
type piece struct {
	text         string
	interpolated node
}

// list is a list. headed says that a comment stands in front of its bracket.
type list struct {
	pair
	rows   []*row
	headed bool
}

// set is an attribute set. headed says that a comment stands in front of its
// brace.
type set struct {
	pair
	recursive bool
	rows      []*row
	headed    bool
}

// row is a line of a list, of an attribute set or of a let: its comments and
// what they belong to, which is nil for comments behind the last one.
type row struct {
	blank   bool
	lead    []string
	trail   string
	content writable
	at      place
}

// writable is what can be written: a node, or an entry.
type writable interface{ write(w *streamWriter) }

// binding is "path = value;".
type binding struct {
	path  []selector
	value node
}

// inherit is "inherit (from) names;"; from may be nil.
type inherit struct {
	pair
	from  node
	names []selector
}

// selector is a step of an attribute path: a plain name, a quoted one or an
// expression.
type selector struct {
	name    string
	quoted  *quoted
	dynamic node
}

// selection is "of.path" or "of.path or fallback"; fallback may be nil.
type selection struct {
	of       term
	path     []selector
	fallback term
}

// parens is a node in parentheses.
type parens struct{ inner node }

// apply is a function with all its arguments. simple is what isSimple needs to
// know of these; headed says that a comment stands in front of the function.
type apply struct {
	fn             node
	args           []node
	simple, headed bool
}

// chain is operands with one operator between them.
type chain struct {
	op       Op
	operands []node
}

// comparison is an operation that does not chain, such as "a == b".
type comparison struct {
	op          Op
	left, right node
}

// prefix is "!x" or "-x".
type prefix struct {
	op string
	x  node
}

// membership is "of ? path".
type membership struct {
	of   node
	path []selector
}

// function is "a: b: body".
type function struct {
	names []string
	body  node
}

// setFunction is "{ a, b ? c, ... }@bind: body". below is the colon and the
// first token behind it; where the function is the last argument of another it
// is the parenthesis in front and that token, so that the body never begins on
// the line of the formals when these already have a line of their own.
type setFunction struct {
	pair
	formals        []formal
	ellipsis       bool
	bind           string
	below          pair
	isLastArgument bool
	lead           []string // above the body
	body           node
}

// formal is "name" or "name ? fallback"; fallback may be nil.
type formal struct {
	name     string
	fallback node
}

// letIn is "let … in body"; lead stands above the body.
type letIn struct {
	rows []*row
	lead []string
	body node
}

// conditional is "if … then … else …".
type conditional struct{ cond, then, otherwise node }

// withIn is "with scope; body".
type withIn struct{ scope, body node }

// assertion is "assert cond; body".
type assertion struct{ cond, body node }

// isSimple reports whether a node is so plain that nixfmt breaks no line within
// it: words, strings, selections by plain names, and applications of these to
// at most two of these.
func isSimple(n node) bool {
	switch n := n.(type) {
	case *word, *quoted:
		return true
	case *selection:
		return n.fallback == nil && isSimple(n.of) && allPlain(n.path)
	case *parens:
		return isSimple(n.inner)
	case *apply:
		return n.simple && !n.headed
	default:
		return false
	}
}

func allPlain(path []selector) bool {
	for _, s := range path {
		if s.name == "" {
			return false
		}
	}
	return true
}

// asAbsorbable returns n if it may begin on the line of what it belongs to.
func asAbsorbable(n node) (_ absorbable, ok bool) {
	a, ok := n.(absorbable)
	if !ok || !a.spansLines() {
		return nil, false
	}
	return a, true
}

func isAbsorbable(n node) bool {
	_, ok := asAbsorbable(n)
	return ok
}

// isAbsorbed is isAbsorbable for values and parenthesized expressions, where
// also "with x; [" and "a: {" may begin on that line.
func isAbsorbed(n node) bool {
	switch n := n.(type) {
	case *withIn:
		return isAbsorbable(n.body)
	case *function:
		if body, ok := n.body.(*setFunction); ok {
			return isAbsorbed(body)
		}
		return isAbsorbable(n.body)
	case *setFunction:
		return n.isFlat() && n.bind == "" && !n.below.broken && isAbsorbed(n.body)
	default:
		return isAbsorbable(n)
	}
}

// isFlat reports whether the braces of the formals may stand on one line: at
// most two names, without defaults.
func (n *setFunction) isFlat() bool {
	if n.broken || len(n.formals) > 2 {
		return false
	}
	for _, f := range n.formals {
		if f.fallback != nil {
			return false
		}
	}
	return true
}

func (n *quoted) spansLines() bool { return n.indented && len(n.lines) > 1 }

// spansLines holds for lists with anything in them, however short.
func (n *list) spansLines() bool { return len(n.rows) > 0 || n.headed }

func (n *set) spansLines() bool { return len(n.rows) > 0 || n.headed }

func (*word) isTerm()      {}
func (*quoted) isTerm()    {}
func (*list) isTerm()      {}
func (*set) isTerm()       {}
func (*selection) isTerm() {}
func (*parens) isTerm()    {}
