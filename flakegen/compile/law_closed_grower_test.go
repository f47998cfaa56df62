package compile_test

import (
	"fmt"
	"strings"
)

// any makes an expression without symbols of any shape. Now and then a place gets
// what it does not ask for: HCL converts or refuses it, and so must the compiler.
func (g *grower) any() string {
	if g.chance(10) {
		return g.number()
	}
	return g.expr(g.shape(3))
}

// number makes a number that is near a limit of one of the two languages.
func (g *grower) number() string {
	switch g.IntN(4) {
	case 0:
		return pick(g, "9223372036854775807", "-9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
			"9007199254740993", "-9007199254740993", "4294967296", "1e18", "1e19", "1.5e300", "1e-300", "2.5e-324", "1e-400", "0.1", "(0.1 + 0.2)", "(1 / 3)",
			"(-1 / 3)", "(0 * -1)", "-0", "-0.0", "(7 % 3)", "(-7 % 3)", "(7.5 % 2)", "1e-7", "123456789.123456789", "100000000000000000000.5", "12345678901234567890.5")
	case 1:
		return fmt.Sprint(g.Int64() >> g.IntN(63))
	case 2:
		return fmt.Sprintf("%s%d.%d", pick(g, "", "-"), g.Int64()>>g.IntN(63)&0x7fffffffffffffff, g.IntN(1000000))
	default:
		return fmt.Sprintf("(%s%s%s)", g.number(), pick(g, " + ", " - ", " * ", " / ", " % "), g.number())
	}
}

// A call says which shapes a function takes and what it gives.
type call struct {
	name      string
	arguments []shape
}

var (
	texts   = listOf(aText)
	numbers = listOf(aNumber)
)

var textCalls = []call{
	{"chomp", []shape{aText}},
	{"coalesce", []shape{aText, aText}},
	{"element", []shape{texts, aNumber}},
	{"format", []shape{aText}},
	{"indent", []shape{aNumber, aText}},
	{"join", []shape{aText, texts}},
	{"jsonencode", []shape{listOf(aText)}},
	{"jsonencode", []shape{setOf(aFraction)}},
	{"lookup", []shape{setOf(aText), aText, aText}},
	{"lower", []shape{aText}},
	{"max", []shape{aNumber, aFraction}},
	{"regexreplace", []shape{aText, aText, aText}},
	{"replace", []shape{aText, aText, aText}},
	{"strrev", []shape{aText}},
	{"substr", []shape{aText, aNumber, aNumber}},
	{"title", []shape{aText}},
	{"tostring", []shape{aNumber}},
	{"tostring", []shape{aFraction}},
	{"tostring", []shape{aBoolean}},
	{"trim", []shape{aText, aText}},
	{"trimprefix", []shape{aText, aText}},
	{"trimspace", []shape{aText}},
	{"trimsuffix", []shape{aText, aText}},
	{"upper", []shape{aText}},
}

var numberCalls = []call{
	{"abs", []shape{aFraction}},
	{"ceil", []shape{aFraction}},
	{"floor", []shape{aFraction}},
	{"index", []shape{texts, aText}},
	{"length", []shape{texts}},
	{"length", []shape{setOf(aNumber)}},
	{"log", []shape{aNumber, aNumber}},
	{"min", []shape{aNumber, aFraction}},
	{"parseint", []shape{aText, aNumber}},
	{"pow", []shape{aNumber, aNumber}},
	{"signum", []shape{aNumber}},
	{"strlen", []shape{aText}},
	{"tonumber", []shape{aText}},
}

var conditionCalls = []call{
	{"can", []shape{aText}},
	{"can", []shape{listOf(aNumber)}},
	{"contains", []shape{texts, aText}},
	{"contains", []shape{numbers, aNumber}},
	{"tobool", []shape{aText}},
}

var textListCalls = []call{
	{"compact", []shape{texts}},
	{"distinct", []shape{texts}},
	{"flatten", []shape{listOf(texts)}},
	{"formatlist", []shape{aText, texts}},
	{"keys", []shape{setOf(aText)}},
	{"regexall", []shape{aText, aText}},
	{"reverse", []shape{texts}},
	{"setintersection", []shape{texts, texts}},
	{"setsubtract", []shape{texts, texts}},
	{"setunion", []shape{texts, texts}},
	{"slice", []shape{texts, aNumber, aNumber}},
	{"sort", []shape{texts}},
	{"split", []shape{aText, aText}},
	{"tolist", []shape{texts}},
	{"toset", []shape{texts}},
	{"values", []shape{setOf(aText)}},
}

func (g *grower) call(c call) string {
	var arguments []string
	for _, s := range c.arguments {
		if g.chance(2) {
			s = g.shape(1)
		}
		arguments = append(arguments, g.expr(s))
	}
	if c.name == "format" || c.name == "formatlist" {
		arguments[0] = pick(g, `"%s"`, `"%q-%%"`, `"%5s|%-5s"`, `"%v"`)
		if c.name == "format" {
			arguments = append(arguments, g.expr(g.shape(0)), g.expr(aText))
		}
	}
	return c.name + "(" + strings.Join(arguments, ", ") + ")"
}

func (g *grower) closedText() string      { return g.call(pick(g, textCalls...)) }
func (g *grower) closedCondition() string { return g.call(pick(g, conditionCalls...)) }

func (g *grower) closedNumber(s shape) string {
	if s.kind == fraction && g.chance(40) {
		return g.number()
	}
	return g.call(pick(g, numberCalls...))
}

// closedList makes a list with what has no Nix: splats, functions, sets.
func (g *grower) closedList(of shape) string {
	element := shape{kind: object, fields: []field{{"a", of}, {"b-c", g.shape(0)}}}
	switch g.IntN(6) {
	case 0:
		return "(" + g.expr(listOf(element)) + ")" + pick(g, "[*].a", ".*.a", `[*]["a"]`)
	case 1:
		// A splat makes a list of what is none.
		return "(" + g.expr(of) + ")[*]"
	case 2:
		if of.kind == text {
			return g.call(pick(g, textListCalls...))
		}
		return "reverse(" + g.expr(listOf(of)) + ")"
	case 3:
		if of.kind == number {
			return fmt.Sprintf("range(%d)", g.IntN(6))
		}
		return "flatten([" + g.expr(listOf(of)) + ", [" + g.expr(listOf(of)) + "]])"
	case 4:
		if of.kind == list {
			return pick(g, "chunklist("+g.expr(listOf(*of.of))+", 2)", "setproduct("+g.expr(of)+", "+g.expr(of)+")")
		}
		return "values(" + g.expr(setOf(of)) + ")"
	default:
		return "concat(" + g.expr(listOf(of)) + ", [" + g.expr(listOf(of)) + "]...)"
	}
}
