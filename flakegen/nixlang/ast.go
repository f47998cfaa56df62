package nixlang

// Expr is a Nix expression. The interface is sealed: its members are the types
// of this file, and a test lists them.
type Expr interface{ expr() }

// Ident is a variable, and also null, true and false, which Nix defines as
// variables. Its text must be a valid identifier; [Format] panics otherwise, as
// text from outside must have been checked by [IsIdent] before.
type Ident string

// Int is an integer literal. Negative values print as a negation; -2^63 has no
// Nix literal and prints as the subtraction that yields it.
type Int int64

// Float is a floating point literal, printed as the shortest decimal that reads
// back as the same float64. It must be finite. A negative zero and numbers too
// small for a Nix literal print as the product that yields them.
type Float float64

// String is a string with interpolations.
//
// Indented asks for the form between pairs of single quotes. The printer uses
// it where the value survives and where nixfmt would keep it, and the form
// between double quotes otherwise.
type String struct {
	Parts    []Part
	Indented bool
}

// Part is a piece of a [String]: literal text or an interpolated expression.
// Interpolated is nil for text. Text is the value itself, unescaped.
type Part struct {
	Text         string
	Interpolated Expr
}

// Path is a path literal such as ../rts or ./. and must be one, see [IsPath]:
// characters A-Z a-z 0-9 . _ + - and at least one slash, no trailing slash.
type Path string

// List is a list.
type List struct {
	Items []Item
	// Inner holds the comments behind the last item.
	Inner []string
}

// Item is an element of a [List] with its comments.
type Item struct {
	Trivia
	Value Expr
}

// AttrSet is an attribute set; Rec makes it recursive.
type AttrSet struct {
	Rec     bool
	Entries []Entry
	// Inner holds the comments behind the last entry.
	Inner []string
}

// Entry is a [Binding] or an [Inherit].
type Entry interface{ entry() }

// Binding is "a.b = value;".
type Binding struct {
	Trivia
	Path  []AttrName
	Value Expr
}

// Inherit is "inherit a b;" or, with From, "inherit (from) a b;". The printer
// adds the parentheses.
type Inherit struct {
	Trivia
	From  Expr
	Names []string
}

// Trivia is the comments of an entry or an item, without the number sign. Each
// element is one line; the printer makes them harmless whatever they hold (no
// control character survives).
type Trivia struct {
	// Blank asks for an empty line above. The first entry or item has none.
	Blank bool
	// Lead stands above, one line each.
	Lead []string
	// Trail stands behind on the same line; empty for none.
	Trail string
	// Origin is whatever the caller wants back from [FormatMarked] with the line
	// at which the entry or item begins; nil for nothing.
	Origin any
}

// AttrName is one step of an attribute path: a static Name, quoted by the
// printer where it has to be, or a Dynamic expression, ${…}. A Dynamic [String]
// prints as a quoted name with its interpolations.
type AttrName struct {
	Name    string
	Dynamic Expr
}

// Select is "of.path" or "of.path or default"; Or may be nil.
type Select struct {
	Of   Expr
	Path []AttrName
	Or   Expr
}

// HasAttr is "of ? path".
type HasAttr struct {
	Of   Expr
	Path []AttrName
}

// Apply is the application of a function to one argument.
type Apply struct{ Fn, Arg Expr }

// Lambda is "param: body".
type Lambda struct {
	Param Param
	Body  Expr
}

// Param is what stands before the colon of a [Lambda]: a name, or formals.
type Param interface{ param() }

// Name is a parameter that takes any value.
type Name string

// Formals is "{ a, b ? default, ... }@bind".
type Formals struct {
	Args     []Formal
	Ellipsis bool
	// Bind is the name behind @, or empty.
	Bind string
}

// Formal is one name of [Formals]; Default may be nil.
type Formal struct {
	Name    string
	Default Expr
}

// Let is "let … in body".
type Let struct {
	Entries []Entry
	Body    Expr
}

// If is "if cond then … else …".
type If struct{ Cond, Then, Else Expr }

// With is "with scope; body".
type With struct{ Scope, Body Expr }

// Assert is "assert cond; body".
type Assert struct{ Cond, Body Expr }

// Binary is an operation with two operands. Parentheses keep the order of
// operations, except where it makes no difference: a chain of //, ++, && or ||
// is printed as one, whichever way it is nested.
type Binary struct {
	Op          Op
	Left, Right Expr
}

// Unary is "!x" or "-x".
type Unary struct {
	Op Op
	X  Expr
}

// Op is an operator as Nix writes it.
type Op string

// The operators of Nix, from the tightest to the loosest.
const (
	Negate       Op = "neg" // printed as -
	Concat       Op = "++"
	Mul          Op = "*"
	Div          Op = "/"
	Add          Op = "+"
	Sub          Op = "-"
	Not          Op = "!"
	Update       Op = "//"
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
	Equal        Op = "=="
	NotEqual     Op = "!="
	And          Op = "&&"
	Or           Op = "||"
	Implies      Op = "->"
)

func (Ident) expr()    {}
func (Int) expr()      {}
func (Float) expr()    {}
func (*String) expr()  {}
func (Path) expr()     {}
func (*List) expr()    {}
func (*AttrSet) expr() {}
func (*Select) expr()  {}
func (*HasAttr) expr() {}
func (*Apply) expr()   {}
func (*Lambda) expr()  {}
func (*Let) expr()     {}
func (*If) expr()      {}
func (*With) expr()    {}
func (*Assert) expr()  {}
func (*Binary) expr()  {}
func (*Unary) expr()   {}

func (*Binding) entry() {}
func (*Inherit) entry() {}

func (Name) param()     {}
func (*Formals) param() {}

// File is a whole Nix file.
type File struct {
	// Header holds the comment lines at the top, without the number sign.
	Header []string
	// Lead holds the comment lines above what the file comes to, below the formals
	// and the let that Body may begin with.
	Lead []string
	Body Expr
}
