package nixlang

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parse reads a Nix expression. Comments above entries and items, and behind
// them, are kept; others are lost.
//
// It takes what Nix takes and refuses what Nix refuses, duplicate attributes
// included, except for what the tree cannot hold: text that fails [CheckText],
// URIs, paths that begin with a tilde, stand in angle brackets or have
// interpolations, and the variable or.
// The error is a [*SyntaxError].
func Parse(text string) (Expr, error) {
	template, err := ParseTemplate([]string{text}, nil)
	if err != nil {
		return nil, err
	}
	return template.Expr, nil
}

// Template is what was read from text with splices.
type Template struct {
	Expr Expr
	// Free are the uses of variables that the text does not bind, in the order of
	// the text.
	Free []Use
	// Places says of each splice where it stands.
	Places []SplicePlace
}

// Use is a place where a variable is used.
type Use struct {
	Name string
	// Attribute is the first name behind it, where that is a plain name.
	Attribute string
	// With says that a with around it may define it.
	With bool
	// Text and Offset say where it stands, as in a [SyntaxError].
	Text, Offset int
}

// Splice is a tree that stands between two texts.
type Splice struct {
	// Expr stands where the text wants an expression.
	Expr Expr
	// Parts stand in a string or as an attribute name; nil for the interpolation
	// of Expr.
	Parts []Part
}

// SplicePlace is where a splice stands.
type SplicePlace struct {
	// Interpolated says that it stands where Nix itself has interpolations: in a
	// string or as an attribute name.
	Interpolated bool
	// Bound are the variables that the text binds around it.
	Bound []string
}

// SyntaxError says what is wrong with a text.
type SyntaxError struct {
	// Text is the index of the text, 0 for [Parse]. Offset counts its bytes. At the
	// end of a text that is not the last one it is the splice that is wrong.
	Text, Offset int
	// Length is how many bytes are wrong; 0 at the end of the text.
	Length int
	// Line and Column count from 1 over all texts, with a splice as one column.
	// Columns count characters.
	Line, Column int
	Message      string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// maxDepth is how many expressions may be within each other; parentheses count
// twice. Nix itself takes no more than a few thousand.
const maxDepth = 2000

// spliceMark stands for a splice in the text that is scanned. It cannot occur in
// the texts, as Nix has no NUL.
const spliceMark = 0

// ParseTemplate is [Parse] for an expression whose text has splices: one between
// each two texts. A splice is a whole expression, whatever stands around it.
// Within a string and as an attribute name, where Nix itself has interpolations,
// it is one of these. Anywhere else it is an error.
func ParseTemplate(texts []string, splices []Splice) (_ *Template, err error) {
	if len(texts) != len(splices)+1 {
		panic(fmt.Sprintf("nixlang: %d splices do not fit between %d texts", len(splices), len(texts)))
	}
	p := &parsing{
		texts:   texts,
		source:  strings.Join(texts, string(rune(spliceMark))),
		splices: splices,
		places:  make([]SplicePlace, len(splices)),
		names:   map[*AttrSet]attributes{},
	}
	defer func() {
		if r := recover(); r != nil {
			failure, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			err = failure
		}
	}()
	p.checkTexts()
	p.lexemes = scan(p.source)
	body := p.expr()
	if p.peek().kind != endOfText {
		p.unexpected("an operator or the end of the text")
	}
	return &Template{Expr: body, Free: p.free(), Places: p.places}, nil
}

// parsing reads lexemes into a tree. A syntax error is a panic with a *SyntaxError.
type parsing struct {
	texts   []string
	source  string
	splices []Splice
	places  []SplicePlace

	lexemes []lexeme
	next    int
	depth   int

	// uses are the variables and splices that nothing read so far binds; withs is
	// how many withs are around.
	uses  []use
	withs int
	// names are the attributes of the sets that were read, to find duplicates.
	names map[*AttrSet]attributes
}

// checkTexts refuses what no tree can hold, at its place.
func (p *parsing) checkTexts() {
	offset := 0
	for _, text := range p.texts {
		for i, r := range text {
			if _, size := utf8.DecodeRuneInString(text[i:]); r == 0 || r == utf8.RuneError && size == 1 {
				p.fail(offset+i, "%s", CheckText(text))
			}
		}
		offset += len(text) + 1
	}
}

func (p *parsing) peek() lexeme { return p.lexemes[p.next] }

// ahead returns the lexeme n behind the next one.
func (p *parsing) ahead(n int) lexeme { return p.lexemes[min(p.next+n, len(p.lexemes)-1)] }

func (p *parsing) take() lexeme {
	t := p.peek()
	if t.kind == invalid {
		p.fail(t.start, "%s", t.text)
	}
	if t.kind != endOfText {
		p.next++
	}
	return t
}

// skip takes the next lexeme if it is that symbol.
func (p *parsing) skip(symbol string) bool {
	if !p.peek().is(symbol) {
		return false
	}
	p.take()
	return true
}

// expect takes the next lexeme, which must be that symbol.
func (p *parsing) expect(symbol string) lexeme {
	if !p.peek().is(symbol) {
		p.unexpected(strconv.Quote(symbol))
	}
	return p.take()
}

// close is expect for the symbol that closes what open opened.
func (p *parsing) close(open lexeme, symbol string) {
	if p.peek().is(symbol) {
		p.take()
		return
	}
	p.unexpected(strconv.Quote(symbol) + " for " + p.opened(open))
}

// unexpected ends the parsing at the next lexeme.
func (p *parsing) unexpected(expected string) {
	t := p.take()
	p.fail(t.start, "expected %s, found %s", expected, t.describe())
}

func (p *parsing) fail(offset int, format string, args ...any) {
	e := &SyntaxError{Message: fmt.Sprintf(format, args...)}
	e.Line, e.Column = p.position(offset)
	e.Text, e.Offset = p.place(offset)
	if i, ok := slices.BinarySearchFunc(p.lexemes, offset, func(l lexeme, at int) int { return cmp.Compare(l.start, at) }); ok {
		e.Length = p.lexemes[i].length()
	}
	panic(e)
}

func (p *parsing) position(offset int) (line, column int) {
	before := p.source[:offset]
	line = 1 + strings.Count(before, "\n")
	column = 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	return line, column
}

// place finds the text that an offset in the source is in.
func (p *parsing) place(offset int) (text, inText int) {
	for text < len(p.texts)-1 && offset > len(p.texts[text]) {
		offset -= len(p.texts[text]) + 1
		text++
	}
	return text, offset
}

// deeper notes that the tree grows by levels; the caller takes them back.
func (p *parsing) deeper(levels int) {
	p.depth += levels
	if p.depth > maxDepth {
		p.fail(p.peek().start, "too many expressions within each other")
	}
}

// expr reads an expression, as far as it reaches.
func (p *parsing) expr() Expr {
	p.deeper(1)
	defer p.deeper(-1)
	switch t := p.peek(); {
	case t.kind == identifier && p.ahead(1).is(":"):
		return p.lambda()
	case t.kind == identifier && p.ahead(1).is("@"), t.is("{") && p.isFormals():
		return p.setLambda()
	case t.is("let") && !p.ahead(1).is("{"):
		return p.let()
	case t.is("with"):
		p.take()
		scope := p.expr()
		p.expect(";")
		p.withs++
		defer func() { p.withs-- }()
		return &With{Scope: scope, Body: p.expr()}
	case t.is("assert"):
		p.take()
		cond := p.expr()
		p.expect(";")
		return &Assert{Cond: cond, Body: p.expr()}
	case t.is("if"):
		p.take()
		cond := p.expr()
		p.expect("then")
		then := p.expr()
		p.expect("else")
		return &If{Cond: cond, Then: then, Else: p.expr()}
	default:
		return p.operation(impliesLevel)
	}
}

// application reads a function and its arguments, or a term alone.
func (p *parsing) application() Expr {
	e := p.selection()
	levels := 0
	for p.beginsTerm() {
		p.deeper(1)
		levels++
		e = &Apply{Fn: e, Arg: p.selection()}
	}
	p.deeper(-levels)
	return e
}

func (p *parsing) beginsTerm() bool {
	t := p.peek()
	switch t.kind {
	case identifier, integer, float, path, splice:
		return true
	case symbol:
		switch t.text {
		case "(", "[", "{", `"`, "''", "rec", "let":
			return true
		}
	}
	return false
}

// selection reads a term and what is selected from it.
func (p *parsing) selection() Expr {
	p.deeper(1)
	defer p.deeper(-1)
	first, used := p.peek(), len(p.uses)
	e := p.term()
	if p.peek().is("or") {
		p.fail(p.peek().start, "or stands behind an attribute path, as in a.b or c")
	}
	if !p.skip(".") {
		return e
	}
	s := &Select{Of: e, Path: p.attrPath()}
	if first.kind == identifier {
		p.uses[used].attribute = s.Path[0].Name
	}
	if p.skip("or") {
		s.Or = p.selection()
	}
	return s
}

// term reads what holds together without operators.
func (p *parsing) term() Expr {
	t := p.peek()
	switch t.kind {
	case identifier:
		p.take()
		p.uses = append(p.uses, p.newUse(t.text, t))
		return Ident(t.text)
	case integer:
		p.take()
		return p.integer(t)
	case float:
		p.take()
		return p.float(t)
	case path:
		p.take()
		return Path(t.text)
	case splice:
		p.take()
		return p.splice(t).Expr
	case symbol:
		switch t.text {
		case `"`, "''":
			return p.str()
		case "(":
			p.take()
			e := p.expr()
			p.close(t, ")")
			return e
		case "[":
			return p.list()
		case "{":
			return p.set(false)
		case "rec":
			p.take()
			return p.set(true)
		case "let":
			// The old form: let { body = …; } is the attribute body of that set.
			p.take()
			return &Select{Of: p.set(true), Path: Names("body")}
		}
	}
	p.unexpected("an expression")
	panic("unreachable")
}

func (p *parsing) list() Expr {
	open := p.take()
	l := &List{}
	for p.beginsTerm() {
		item := Item{Trivia: p.leadTrivia(), Value: p.selection()}
		item.Trail = p.trailComment()
		l.Items = append(l.Items, item)
	}
	l.Inner = p.innerComments()
	if !p.skip("]") {
		if _, isOperator := operators[Op(p.peek().text)]; isOperator {
			p.fail(p.peek().start, "an operator between the elements of a list: put the operation in parentheses")
		}
		p.unexpected("an element of the list or \"]\" for " + p.opened(open))
	}
	return l
}

// integer reads a number without a point.
func (p *parsing) integer(t lexeme) Expr {
	i, err := strconv.ParseInt(t.text, 10, 64)
	if err != nil {
		p.fail(t.start, "%s is too large: integers end at %d", t.text, int64(math.MaxInt64))
	}
	return Int(i)
}

// float reads a number with a point. Nix refuses those that lose precision by
// being near to zero.
func (p *parsing) float(t lexeme) Expr {
	f, err := strconv.ParseFloat(t.text, 64)
	digits, _, _ := strings.Cut(strings.ToLower(t.text), "e")
	isZero := strings.Trim(digits, "0.") == ""
	if err != nil || f < leastNormal && !isZero {
		p.fail(t.start, "%s is out of the range of floats", t.text)
	}
	return Float(f)
}
