package spec

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// habits are what can stand at a place for someone who writes Nix or shell. Those
// that ask for less of what is around them come later.
var habits = []func(cursor) *habit{
	shellVariable, shellDirective,
	nixString, singleQuotes, nixWith, nixLet, nixIf, nixAssert, nixRec, nixInherit,
	nixConcat, nixImplication, nixPath, nixSearchPath, nixFormals, nixLambda, nixDynamic, nixQuotedName, nixNestedName,
	mixedName, functionOfNoCall, dottedCall, nixHasAttr, nixOr, notANumber, wordOperator, bareFor,
	sideBySide, semicolon, endlessString,
}

// shellExpansion is a use of a variable in the shell that is no expression of HCL.
var shellExpansion = regexp.MustCompile(`^\$\{[#!]?[A-Za-z_0-9]*([-:%#/^,@+=?*$!\[][^{}\n]*)?\}`)

const shellSummary = "A variable of the shell in a string"

func shellVariable(c cursor) *habit {
	if !c.are(hclsyntax.TokenTemplateInterp) {
		return nil
	}
	text := shellExpansion.Find(c.source.Bytes[c.token(0).Range.Start.Byte:])
	if start := c.token(0).Range.Start.Byte; text == nil || c.stumble < start || c.stumble >= start+len(text) {
		return nil
	}
	h := c.habit(1, shellSummary, "HCL takes ${ for its own. For the shell write $%s.", text)
	h.rng.End = h.rng.Start
	h.rng.End.Byte += len(text)
	h.rng.End.Column += len(text)
	h.until = h.rng.End.Byte
	return h
}

// sureExpansion is one that no expression of HCL begins like.
var sureExpansion = regexp.MustCompile(`^\$\{([#!][A-Za-z_]|[A-Za-z_][A-Za-z0-9_]*(:[-+=?]|%%|%[^A-Za-z0-9 (]|##?|\^|,|\[@|//))`)

// moreShell finds the variables of the shell behind the byte after, in the block of
// a line: HCL gives up at the first one.
func (r *syntaxReader) moreShell(line, after int) []*habit {
	var found []*habit
	for i, t := range r.tokens {
		start := t.Range.Start.Byte
		if start < after || r.block[t.Range.Start.Line] != r.block[line] || !sureExpansion.Match(r.source.Bytes[start:]) {
			continue
		}
		if h := shellVariable(cursor{r, i, start}); h != nil {
			found = append(found, h)
		}
	}
	return found
}

func shellDirective(c cursor) *habit {
	if !c.are(hclsyntax.TokenTemplateControl, hclsyntax.TokenIdent) {
		return nil
	}
	switch string(c.token(1).Bytes) {
	case "if", "else", "endif", "for", "endfor":
		return nil
	}
	text := directiveText.Find(c.source.Bytes[c.token(0).Range.Start.Byte:])
	return c.habit(2, "\"%{\" begins a directive of HCL", "A directive is if, else, endif, for or endfor. For the text write %%%s.", text)
}

var directiveText = regexp.MustCompile(`^%\{[^}\n]*\}?`)

// nixString finds a string between pairs of single quotes.
func nixString(c cursor) *habit {
	if !c.are(hclsyntax.TokenApostrophe, hclsyntax.TokenApostrophe) || !c.touch(2) {
		return nil
	}
	h := c.habit(2, "A string of Nix", "HCL has no strings between ''. Write a heredoc: <<-EOT, then the lines, then EOT on a line of its own.")
	h.until = h.rng.End.Byte
	if end := nixStringRest.FindIndex(c.source.Bytes[h.until:]); end != nil {
		h.until += end[1]
	}
	return h
}

// nixStringRest matches the rest of such a string: two quotes in front of another,
// a dollar or a backslash do not end it.
var nixStringRest = regexp.MustCompile(`^([^']|'[^']|''[$'\\])*''`)

func singleQuotes(c cursor) *habit {
	if !c.are(hclsyntax.TokenApostrophe) {
		return nil
	}
	return c.habit(1, "Single quotes", "A string stands between double quotes.")
}

func nixWith(c cursor) *habit {
	if !c.isWord("with") || !c.beginsExpression() || !c.canBeginValue(1) {
		return nil
	}
	return c.habit(1, "\"with\" is Nix", "HCL has no with. Write the whole names, as in [pkgs.wabt, pkgs.hello].")
}

func nixLet(c cursor) *habit {
	if !c.isWord("let") || !c.beginsExpression() {
		return nil
	}
	if next := c.token(1).Type; next != hclsyntax.TokenIdent && next != hclsyntax.TokenNewline {
		return nil
	}
	return c.habit(1, "\"let … in\" is Nix", "Put the bindings into a let block, and refer to them as let.NAME.")
}

func nixIf(c cursor) *habit {
	if !c.isWord("if") || !c.beginsExpression() || !c.canBeginValue(1) && !c.move(1).are(hclsyntax.TokenBang) {
		return nil
	}
	return c.habit(1, "\"if … then … else\" is Nix", "Write condition ? a : b.")
}

func nixAssert(c cursor) *habit {
	if !c.isWord("assert") || !c.beginsExpression() || !c.canBeginValue(1) {
		return nil
	}
	return c.habit(1, "\"assert\" is Nix", "Write lib::throwIfNot(condition, \"what is wrong\", value).")
}

func nixRec(c cursor) *habit {
	if !c.isWord("rec") || !c.beginsExpression() || c.token(1).Type != hclsyntax.TokenOBrace {
		return nil
	}
	return c.habit(1, "\"rec\" is Nix", "An object of HCL does not refer to itself. Put what is used twice into a let block.")
}

func nixInherit(c cursor) *habit {
	if !c.isWord("inherit") || !c.beginsEntry() {
		return nil
	}
	switch c.token(1).Type {
	case hclsyntax.TokenIdent, hclsyntax.TokenOParen:
		return c.habit(1, "\"inherit\" is Nix", "Write name = pkgs.name for each. Where the names agree, inherit is rendered.")
	}
	return nil
}

func nixConcat(c cursor) *habit {
	if !c.are(hclsyntax.TokenPlus, hclsyntax.TokenPlus) || !c.touch(2) {
		return nil
	}
	return c.habit(2, "\"++\" is Nix", "To put lists together write concat(a, b).")
}

func nixImplication(c cursor) *habit {
	if !c.are(hclsyntax.TokenMinus, hclsyntax.TokenGreaterThan) || !c.touch(2) {
		return nil
	}
	return c.habit(2, "\"->\" is Nix", "Write !a || b.")
}

var nixPathText = regexp.MustCompile(`^\.{1,2}(/[A-Za-z0-9._+-]+)+`)

func nixPath(c cursor) *habit {
	if !c.are(hclsyntax.TokenDot) || c.move(-1).touch(2) && c.canEndValue(-1) {
		return nil
	}
	text := nixPathText.Find(c.source.Bytes[c.token(0).Range.Start.Byte:])
	if text == nil {
		return nil
	}
	h := c.habit(1, "A path of Nix", "Write path(%q), relative to the root of the repository.", strings.TrimLeft(string(text), "./"))
	h.rng.End = h.rng.Start
	h.rng.End.Byte += len(text)
	h.rng.End.Column += len(text)
	return h
}

func nixSearchPath(c cursor) *habit {
	if !c.beginsExpression() || !c.are(hclsyntax.TokenLessThan, hclsyntax.TokenIdent, hclsyntax.TokenGreaterThan) || !c.touch(3) {
		return nil
	}
	name := c.token(1).Bytes
	return c.habit(3, "A search path of Nix", "What it stands for depends on the machine. Declare an input %q, and write inputs.%s.", name, name)
}

// nixFormals finds a function of a set: { a, b }: body.
func nixFormals(c cursor) *habit {
	if !c.are(hclsyntax.TokenOBrace, hclsyntax.TokenIdent) || !c.beginsExpression() {
		return nil
	}
	switch c.token(2).Type {
	case hclsyntax.TokenComma, hclsyntax.TokenCBrace, hclsyntax.TokenQuestion:
		return c.habit(2, "A function of Nix", "Write fn(args, …), and args.%s for what it is given.", c.token(1).Bytes)
	}
	return nil
}

// nixLambda finds x: body where no entry of an object can stand.
func nixLambda(c cursor) *habit {
	if !c.are(hclsyntax.TokenIdent, hclsyntax.TokenColon) {
		return nil
	}
	switch c.token(-1).Type {
	case hclsyntax.TokenEqual, hclsyntax.TokenOParen, hclsyntax.TokenOBrack:
		return c.habit(2, "A function of Nix", "Write fn(%s, …).", c.token(0).Bytes)
	}
	return nil
}

func nixDynamic(c cursor) *habit {
	if !c.are(hclsyntax.TokenDot, hclsyntax.TokenInvalid) || string(c.token(1).Bytes) != "$" {
		return nil
	}
	return c.habit(2, "An attribute that is computed", "Write it in brackets, as in inputs.x.packages[system].")
}

func nixQuotedName(c cursor) *habit {
	if !c.are(hclsyntax.TokenDot, hclsyntax.TokenOQuote) {
		return nil
	}
	return c.habit(2, "An attribute in quotes", "Write it in brackets, as in pkgs[\"a b\"].")
}

// nixNestedName finds a.b = value.
func nixNestedName(c cursor) *habit {
	if !c.beginsEntry() || !c.are(hclsyntax.TokenIdent, hclsyntax.TokenDot, hclsyntax.TokenIdent) {
		return nil
	}
	n := 3
	for c.token(n).Type == hclsyntax.TokenDot && c.token(n+1).Type == hclsyntax.TokenIdent {
		n += 2
	}
	if c.token(n).Type != hclsyntax.TokenEqual {
		return nil
	}
	inner := strings.TrimPrefix(c.text(n), string(c.token(0).Bytes)+".")
	return c.habit(n, "A name with dots", "The name of an attribute is one word. Write %s = { %s = … }.", c.token(0).Bytes, inner)
}

// path gives the number of tokens of a dotted name from here on, at least 1.
func (c cursor) path() int {
	n := 1
	for {
		if next := c.token(n).Type; next != hclsyntax.TokenDot && next != hclsyntax.TokenDoubleColon || c.token(n+1).Type != hclsyntax.TokenIdent {
			return n
		}
		n += 2
	}
}

// beginsName says whether a dotted name begins here.
func (c cursor) beginsName() bool {
	previous := c.token(-1).Type
	return c.are(hclsyntax.TokenIdent) && previous != hclsyntax.TokenDot && previous != hclsyntax.TokenDoubleColon
}

// mixedName finds a.b::f(x).
func mixedName(c cursor) *habit {
	if !c.beginsName() {
		return nil
	}
	n := c.path()
	name := c.text(n)
	if !strings.Contains(name, ".") || !strings.Contains(name, "::") {
		return nil
	}
	return c.habit(n, "A name with dots and ::", "In the name of a function all names are separated by ::, as in %s(…).", withColons(name))
}

func withColons(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == ':' }), "::")
}

// functionOfNoCall finds a::f without parentheses.
func functionOfNoCall(c cursor) *habit {
	if !c.beginsName() {
		return nil
	}
	n := c.path()
	name := c.text(n)
	if !strings.Contains(name, "::") || c.token(n).Type == hclsyntax.TokenOParen {
		return nil
	}
	if c.canBeginValue(n) {
		return c.habit(n, "A call without parentheses", "Write %s(…).", name)
	}
	return c.habit(n, "A function that is not called", "Names are separated by :: in a call only. For the function itself write %s.", strings.ReplaceAll(name, "::", "."))
}

// dottedCall finds lib.optional(x) and lib.optional (x).
func dottedCall(c cursor) *habit {
	if !c.beginsName() {
		return nil
	}
	n := c.path()
	name := c.text(n)
	if !strings.Contains(name, ".") || c.token(n).Type != hclsyntax.TokenOParen {
		return nil
	}
	return c.habit(n, "A call of a name with dots", "In the name of a function write :: between the names: %s(…).", withColons(name))
}

// nixHasAttr finds a ? b.
func nixHasAttr(c cursor) *habit {
	if !c.are(hclsyntax.TokenQuestion) {
		return nil
	}
	for n := 1; ; n++ {
		switch c.token(n).Type {
		case hclsyntax.TokenColon:
			return nil
		case hclsyntax.TokenNewline, hclsyntax.TokenComment, hclsyntax.TokenEOF, hclsyntax.TokenComma, hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenTemplateSeqEnd:
			return c.habit(1, "\"?\" without \":\"", "A condition is written c ? a : b. To ask whether an attribute is there write can(a.b).")
		}
	}
}

func nixOr(c cursor) *habit {
	if !c.isWord("or") || !c.canEndValue(-1) || !c.canBeginValue(1) {
		return nil
	}
	return c.habit(1, "\"or\" is Nix", "For an attribute that may be missing write try(a.b, default); for conditions a || b.")
}

func notANumber(c cursor) *habit {
	if !c.are(hclsyntax.TokenNumberLit, hclsyntax.TokenIdent) || !c.touch(2) {
		return nil
	}
	return c.habit(2, "Not a number", "A number has decimal digits only, as in 1000 or 1.5. Write anything else in quotes.")
}

func wordOperator(c cursor) *habit {
	if !c.isWord("and") || !c.canEndValue(-1) || !c.canBeginValue(1) {
		return nil
	}
	return c.habit(1, "\"and\" is no operator", "Write a && b.")
}

// bareFor finds a for expression without brackets.
func bareFor(c cursor) *habit {
	if !c.isWord("for") || c.token(-1).Type != hclsyntax.TokenEqual || c.token(1).Type != hclsyntax.TokenIdent {
		return nil
	}
	return c.habit(1, "A for expression without brackets", "Write [for x in list : …] for a list, { for k, v in set : k => … } for an object.")
}

// sideBySide finds f x, where HCL stumbles over x.
func sideBySide(c cursor) *habit {
	if !c.stumbles() || !c.canBeginValue(0) || !c.canEndValue(-1) || c.token(-1).Range.End.Line != c.token(0).Range.Start.Line {
		return nil
	}
	if c.innermost() == hclsyntax.TokenOBrack {
		return c.habit(1, "Two values side by side", "Elements of a list are separated by commas. A function is called as in pkgs::f(x).")
	}
	n := 1
	for c.token(-n).Type == hclsyntax.TokenIdent && c.token(-n-1).Type == hclsyntax.TokenDot {
		n += 2
	}
	if n == 1 {
		return c.habit(1, "Two values side by side", "A function is called as in pkgs::f(x), or call(f, x).")
	}
	return c.move(-n).habit(n, "A call without parentheses", "Write %s(…), with commas between the arguments.", withColons(c.move(-n).text(n)))
}

// innermost gives the bracket that is open here, or no type.
func (c cursor) innermost() hclsyntax.TokenType {
	depth := 0
	for i := c.i - 1; i >= 0; i-- {
		switch t := c.tokens[i].Type; t {
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenTemplateSeqEnd:
			depth++
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			if depth == 0 {
				return t
			}
			depth--
		}
	}
	return hclsyntax.TokenNil
}

func semicolon(c cursor) *habit {
	if !c.are(hclsyntax.TokenSemicolon) {
		return nil
	}
	h := c.habit(1, "\";\" is Nix", "An attribute ends with its line. On one line entries of an object are separated by commas. Take out every semicolon.")
	h.once = true
	return h
}

// endlessString finds a quoted string that does not end on its line. All that
// follows is read inside out.
func endlessString(c cursor) *habit {
	if !c.are(hclsyntax.TokenOQuote) {
		return nil
	}
	for n := 1; ; n++ {
		switch c.token(n).Type {
		case hclsyntax.TokenCQuote:
			return nil
		case hclsyntax.TokenQuotedNewline, hclsyntax.TokenEOF:
			h := c.habit(n, "A string without end", "A string between quotes ends on its line. Close it, or write a heredoc for several lines.")
			h.until = len(c.source.Bytes)
			return h
		}
	}
}
