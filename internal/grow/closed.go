package grow

import (
	"fmt"
	"strings"
)

// Any makes an expression without symbols of any shape. Now and then a place gets
// what it does not ask for: HCL converts or refuses it, and so must the compiler.
func (g *Grower) Any() string {
	if g.Chance(10) {
		return g.number()
	}
	return g.Expr(g.Shape(3))
}

// number makes a number that is near a limit of one of the two languages.
func (g *Grower) number() string {
	switch g.IntN(4) {
	case 0:
		return Pick(g, "9223372036854775807", "-9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
			"9007199254740993", "-9007199254740993", "4294967296", "1e18", "1e19", "1.5e300", "1e-300", "2.5e-324", "1e-400", "0.1", "(0.1 + 0.2)", "(1 / 3)",
			"(-1 / 3)", "(0 * -1)", "-0", "-0.0", "(7 % 3)", "(-7 % 3)", "(7.5 % 2)", "1e-7", "123456789.123456789", "100000000000000000000.5", "12345678901234567890.5")
	case 1:
		return fmt.Sprint(g.Int64() >> g.IntN(63))
	case 2:
		return fmt.Sprintf("%s%d.%d", Pick(g, "", "-"), g.Int64()>>g.IntN(63)&0x7fffffffffffffff, g.IntN(1000000))
	default:
		return fmt.Sprintf("(%s%s%s)", g.number(), Pick(g, " + ", " - ", " * ", " / ", " % "), g.number())
	}
}

// A call says which shapes a function takes and what it gives.
type call struct {
	name      string
	arguments []Shape
}

var textCalls = []call{
	{"chomp", []Shape{aText}},
	{"coalesce", []Shape{aText, aText}},
	{"element", []Shape{texts, aNumber}},
	{"format", []Shape{aText}},
	{"indent", []Shape{aNumber, aText}},
	{"join", []Shape{aText, texts}},
	{"jsonencode", []Shape{listOf(aText)}},
	{"jsonencode", []Shape{setOf(aFraction)}},
	{"lookup", []Shape{setOf(aText), aText, aText}},
	{"lower", []Shape{aText}},
	{"max", []Shape{aNumber, aFraction}},
	{"regexreplace", []Shape{aText, aText, aText}},
	{"replace", []Shape{aText, aText, aText}},
	{"strrev", []Shape{aText}},
	{"substr", []Shape{aText, aNumber, aNumber}},
	{"title", []Shape{aText}},
	{"tostring", []Shape{aNumber}},
	{"tostring", []Shape{aFraction}},
	{"tostring", []Shape{aBoolean}},
	{"trim", []Shape{aText, aText}},
	{"trimprefix", []Shape{aText, aText}},
	{"trimspace", []Shape{aText}},
	{"trimsuffix", []Shape{aText, aText}},
	{"upper", []Shape{aText}},
}

var numberCalls = []call{
	{"abs", []Shape{aFraction}},
	{"ceil", []Shape{aFraction}},
	{"floor", []Shape{aFraction}},
	{"index", []Shape{texts, aText}},
	{"length", []Shape{texts}},
	{"length", []Shape{setOf(aNumber)}},
	{"log", []Shape{aNumber, aNumber}},
	{"min", []Shape{aNumber, aFraction}},
	{"parseint", []Shape{aText, aNumber}},
	{"pow", []Shape{aNumber, aNumber}},
	{"signum", []Shape{aNumber}},
	{"strlen", []Shape{aText}},
	{"tonumber", []Shape{aText}},
}

var conditionCalls = []call{
	{"can", []Shape{aText}},
	{"can", []Shape{listOf(aNumber)}},
	{"contains", []Shape{texts, aText}},
	{"contains", []Shape{numbers, aNumber}},
	{"tobool", []Shape{aText}},
}

var textListCalls = []call{
	{"compact", []Shape{texts}},
	{"distinct", []Shape{texts}},
	{"flatten", []Shape{listOf(texts)}},
	{"formatlist", []Shape{aText, texts}},
	{"keys", []Shape{setOf(aText)}},
	{"regexall", []Shape{aText, aText}},
	{"reverse", []Shape{texts}},
	{"setintersection", []Shape{texts, texts}},
	{"setsubtract", []Shape{texts, texts}},
	{"setunion", []Shape{texts, texts}},
	{"slice", []Shape{texts, aNumber, aNumber}},
	{"sort", []Shape{texts}},
	{"split", []Shape{aText, aText}},
	{"tolist", []Shape{texts}},
	{"toset", []Shape{texts}},
	{"values", []Shape{setOf(aText)}},
}

func (g *Grower) call(c call) string {
	var arguments []string
	for _, s := range c.arguments {
		if g.Chance(2) {
			s = g.Shape(1)
		}
		arguments = append(arguments, g.Expr(s))
	}
	if c.name == "format" || c.name == "formatlist" {
		arguments[0] = Pick(g, `"%s"`, `"%q-%%"`, `"%5s|%-5s"`, `"%v"`)
		if c.name == "format" {
			arguments = append(arguments, g.Expr(g.Shape(0)), g.Expr(aText))
		}
	}
	return c.name + "(" + strings.Join(arguments, ", ") + ")"
}

func (g *Grower) closedText() string      { return g.call(Pick(g, textCalls...)) }
func (g *Grower) closedCondition() string { return g.call(Pick(g, conditionCalls...)) }

func (g *Grower) closedNumber(s Shape) string {
	if s.Kind == Fraction && g.Chance(40) {
		return g.number()
	}
	return g.call(Pick(g, numberCalls...))
}

// closedList makes a list with what has no Nix: splats, functions, sets.
func (g *Grower) closedList(of Shape) string {
	element := Shape{Kind: Object, Fields: []Field{{"a", of}, {"b-c", g.Shape(0)}}}
	switch g.IntN(6) {
	case 0:
		return "(" + g.Expr(listOf(element)) + ")" + Pick(g, "[*].a", ".*.a", `[*]["a"]`)
	case 1:
		// A splat makes a list of what is none.
		return "(" + g.Expr(of) + ")[*]"
	case 2:
		if of.Kind == Text {
			return g.call(Pick(g, textListCalls...))
		}
		return "reverse(" + g.Expr(listOf(of)) + ")"
	case 3:
		if of.Kind == Number {
			return fmt.Sprintf("range(%d)", g.IntN(6))
		}
		return "flatten([" + g.Expr(listOf(of)) + ", [" + g.Expr(listOf(of)) + "]])"
	case 4:
		if of.Kind == List {
			return Pick(g, "chunklist("+g.Expr(listOf(*of.Of))+", 2)", "setproduct("+g.Expr(of)+", "+g.Expr(of)+")")
		}
		return "values(" + g.Expr(setOf(of)) + ")"
	default:
		return "concat(" + g.Expr(listOf(of)) + ", [" + g.Expr(listOf(of)) + "]...)"
	}
}
