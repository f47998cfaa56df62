package nixlang

import "fmt"

// The levels of precedence, from the loosest to the tightest.
const (
	openLevel = iota // functions, let, if, with, assert: as far as they reach
	impliesLevel
	orLevel
	andLevel
	equalLevel
	lessLevel
	updateLevel
	notLevel
	addLevel
	mulLevel
	concatLevel
	memberLevel
	negateLevel
	applyLevel
	termLevel
)

// grouping says which side of an operator may hold the same operator without
// parentheses.
type grouping int

const (
	neither grouping = iota
	leftward
	rightward
	// bothways is for operators where the side makes no difference to the
	// value, the order of evaluation or what is evaluated.
	bothways
)

var operators = map[Op]struct {
	level    int
	grouping grouping
}{
	Implies:      {impliesLevel, rightward},
	Or:           {orLevel, bothways},
	And:          {andLevel, bothways},
	Equal:        {equalLevel, neither},
	NotEqual:     {equalLevel, neither},
	Less:         {lessLevel, neither},
	LessEqual:    {lessLevel, neither},
	Greater:      {lessLevel, neither},
	GreaterEqual: {lessLevel, neither},
	Update:       {updateLevel, bothways},
	Add:          {addLevel, leftward},
	Sub:          {addLevel, leftward},
	Mul:          {mulLevel, leftward},
	Div:          {mulLevel, leftward},
	Concat:       {concatLevel, bothways},
}

// level returns how tightly n holds together.
func level(n node) int {
	switch n := n.(type) {
	case *chain:
		return operators[n.op].level
	case *comparison:
		return operators[n.op].level
	case *membership:
		return memberLevel
	case *prefix:
		if n.op == "!" {
			return notLevel
		}
		return negateLevel
	case *apply:
		return applyLevel
	case term:
		return termLevel
	default:
		return openLevel
	}
}

// operand returns e, in parentheses where it holds together less tightly than
// least.
func (w *lowering) operand(e Expr, least int) node {
	n := w.node(e)
	if level(n) < least {
		return &parens{inner: n}
	}
	return n
}

func (w *lowering) binary(e *Binary) node {
	op, known := operators[e.Op]
	if !known {
		panic(fmt.Sprintf("nixlang: %q is no operator with two operands", string(e.Op)))
	}
	if op.grouping == neither {
		return &comparison{op: e.Op, left: w.operand(e.Left, op.level+1), right: w.operand(e.Right, op.level+1)}
	}
	return &chain{op: e.Op, operands: w.operands(nil, e)}
}

// operands appends the operands of e and of the same operator within it, as far
// as no parentheses are needed.
func (w *lowering) operands(list []node, e *Binary) []node {
	list = w.side(list, e.Op, e.Left, leftward)
	return w.side(list, e.Op, e.Right, rightward)
}

// side appends the operands in e, which stands on that side of op.
func (w *lowering) side(list []node, op Op, e Expr, side grouping) []node {
	own := operators[op]
	same, ok := spelledOut(e).(*Binary)
	if ok && same.Op == op && (own.grouping == side || own.grouping == bothways) {
		return w.operands(list, same)
	}
	least := own.level + 1
	if own.grouping == side {
		least-- // such as the sum in a + b - c
	}
	return append(list, w.operand(e, least))
}

func beginsWithPath(n node) bool {
	switch n := n.(type) {
	case *word:
		return n.path
	case *apply:
		return beginsWithPath(n.fn)
	default:
		return false
	}
}

func (w *lowering) unary(e *Unary) node {
	switch e.Op {
	case Negate:
		x := w.operand(e.X, applyLevel)
		if beginsWithPath(x) {
			x = &parens{inner: x} // "-./x" is a path of that name.
		}
		return &prefix{op: "-", x: x}
	case Not:
		// Nix takes "!a ? b" and "!a + b" as the negation of all that follows:
		// parentheses say so.
		x := w.operand(e.X, notLevel)
		if l := level(x); l != notLevel && l < applyLevel {
			x = &parens{inner: x}
		}
		return &prefix{op: "!", x: x}
	default:
		panic(fmt.Sprintf("nixlang: %q is no operator with one operand", string(e.Op)))
	}
}
