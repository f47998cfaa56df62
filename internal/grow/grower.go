package grow

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Grower makes expressions as text, the same ones for the same seed.
type Grower struct {
	*rand.Rand
	// Symbols are what an open expression may refer to; none for a closed one.
	Symbols []Binding
	// absent are the names that mean nothing where the expression stands, though
	// they do where the laws are tested.
	absent map[string]bool
	// much is by how many percent everything is more.
	much int
	// bound are the names bound around, the innermost last.
	bound []Binding
	// budget is how many expressions may still have others in them.
	budget int
	// newline is what ends a line.
	newline string
	labels  int
}

// Closed gives a grower of expressions without symbols.
func Closed(seed uint64) *Grower {
	r := rand.New(rand.NewPCG(seed, 2))
	g := &Grower{Rand: r, newline: "\n", budget: 1 << r.IntN(7)}
	if g.Chance(15) {
		g.newline = "\r\n"
	}
	return g
}

// Chance is true as often as percent says.
func (g *Grower) Chance(percent int) bool { return g.IntN(100) < percent }

// Pick gives one of a list.
func Pick[T any](g *Grower, from ...T) T { return from[g.IntN(len(from))] }

// Count returns mostly least, seldom as much as most; the other way round for a
// grower of much.
func (g *Grower) Count(least, most int) int {
	n := least
	for n < most && g.Chance(45+g.much) {
		n++
	}
	return n
}

// Shape makes a shape of at most depth levels.
func (g *Grower) Shape(depth int) Shape {
	if depth <= 0 {
		return Pick(g, aText, aText, aText, aNumber, aFraction, aBoolean)
	}
	if g.Symbols != nil && g.Chance(10) {
		return Record
	}
	switch g.IntN(6) {
	case 0:
		return listOf(g.Shape(depth - 1))
	case 1:
		return setOf(g.Shape(depth - 1))
	case 2:
		s := Shape{Kind: Object}
		for i := range g.Count(0, 4) {
			s.Fields = append(s.Fields, Field{fmt.Sprintf("%s%d", Pick(g, "a", "b-c", "if", "x y", "é", "", "${", "\"", "name", "a.b", "_"), i), g.Shape(depth - 1)})
		}
		return s
	default:
		return g.Shape(0)
	}
}

// Expr makes an expression of a shape.
func (g *Grower) Expr(s Shape) string {
	if g.budget <= 0 {
		return g.leaf(s)
	}
	g.budget--
	if g.Chance(25) {
		return g.leaf(s)
	}
	if g.Chance(30) {
		return g.anyShape(s)
	}
	switch s.Kind {
	case Text:
		return g.text()
	case Number, Fraction:
		return g.arithmetic(s)
	case Boolean:
		return g.condition()
	case List:
		return g.list(*s.Of)
	case Set:
		return g.set(*s.Of)
	case Object:
		return g.object(s)
	}
	return g.leaf(s)
}

// leaf makes an expression without others in it, where there is one.
func (g *Grower) leaf(s Shape) string {
	if name, ok := g.reference(s); ok && g.Chance(70) {
		return name
	}
	return g.literal(s)
}

// reference picks a name or a symbol of a shape, or a part of one.
func (g *Grower) reference(s Shape) (string, bool) {
	var found []string
	seen := map[string]bool{}
	for i := len(g.bound) - 1; i >= 0; i-- {
		if b := g.bound[i]; !seen[b.Name] {
			seen[b.Name] = true
			found = g.parts(found, b.Name, b.Shape, s)
		}
	}
	if len(found) == 0 || g.Chance(50) {
		for _, b := range g.Symbols {
			if root, _, _ := strings.Cut(b.Name, "."); !seen[root] {
				found = g.parts(found, b.Name, b.Shape, s)
			}
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return Pick(g, found...), true
}

// parts adds to found what has the shape want of an expression: itself, or what
// stands behind it.
func (g *Grower) parts(found []string, expr string, s, want Shape) []string {
	if s.equals(want) || s.Kind == Number && want.Kind == Fraction {
		found = append(found, expr)
	}
	for _, f := range s.Fields {
		found = g.parts(found, expr+g.step(f.Name), f.Shape, want)
	}
	if expr == "pkgs.records" || expr == "pkgs.numbers" {
		found = g.parts(found, expr+"[0]", *s.Of, want) // these are never empty
	}
	return found
}

// step writes the way to an attribute.
func (g *Grower) step(name string) string {
	if isName(name) && g.Chance(70) {
		return "." + name
	}
	return "[" + g.quoted(name) + "]"
}

func isName(name string) bool {
	switch name {
	case "", "if", "for", "null", "true", "false", "in":
		return false
	}
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}

// literal makes a literal of a shape.
func (g *Grower) literal(s Shape) string {
	switch s.Kind {
	case Text, Package:
		return g.quoted(g.Words())
	case Number:
		return Pick(g, "0", "1", "2", "7", "100", "(-3)", "-1")
	case Fraction:
		// Exact in two as in ten: HCL computes with more digits than Nix has.
		return Pick(g, "0.5", "2", "(-0.25)", "1.0", "1e2", "7.75", "125e-3")
	case Boolean:
		return Pick(g, "true", "false")
	case List:
		return g.elements(*s.Of)
	case Set:
		return g.entries(*s.Of)
	case Object:
		return g.objectLiteral(s.Fields)
	}
	panic(fmt.Sprintf("no literal of kind %d", s.Kind))
}

// anyShape makes an expression that can have any shape.
func (g *Grower) anyShape(s Shape) string {
	switch g.IntN(7) {
	case 0:
		return "(" + g.Expr(s) + ")"
	case 1, 2:
		return "(" + Pick(g, g.Expr(aBoolean), g.Expr(aBoolean), `"true"`) + " ? " + g.Expr(s) + " : " + g.Expr(s) + ")"
	case 3:
		name := Pick(g, "a", "x-y", "1", "or", "inherit", "o o", "é")
		fields := []Field{{name, s}, {"other", g.Shape(0)}}
		if g.Chance(50) {
			fields[0], fields[1] = fields[1], fields[0]
		}
		return g.objectLiteral(fields) + g.step(name)
	case 4:
		items := []string{g.Expr(s)}
		position := 0
		for range g.Count(0, 2) {
			if g.Chance(50) {
				items = append(items, g.Expr(g.Shape(0)))
				continue
			}
			items = append([]string{g.Expr(g.Shape(0))}, items...)
			position++
		}
		return fmt.Sprintf("[%s][%d]", strings.Join(items, ", "), position)
	case 5:
		if g.Symbols != nil {
			return g.openAnyShape(s)
		}
		return "try(" + g.Expr(s) + ", " + g.Expr(s) + ")"
	default:
		return g.Expr(s)
	}
}

// with makes what the names stand around.
func (g *Grower) with(names []Binding, inner func() string) string {
	before := g.bound
	g.bound = append(g.bound[:len(g.bound):len(g.bound)], names...)
	defer func() { g.bound = before }()
	return inner()
}

// name makes the name of a for expression or a parameter: few, so that they hide
// one another, and some that lets of the environment have.
func (g *Grower) name() string {
	if g.Chance(3) {
		return Pick(g, "each", "final", "local", "pkgs", "system")
	}
	return Pick(g, "x", "y", "k", "v", "name", "value", "lt", "lnum", "x-1", "_", "_x")
}

func (g *Grower) twoNames() (string, string) {
	first := g.name()
	for {
		if second := g.name(); second != first {
			return first, second
		}
	}
}

// arithmetic makes a number. The factors are small, so that nothing grows beyond
// what Nix can hold.
func (g *Grower) arithmetic(s Shape) string {
	switch g.IntN(9) {
	case 8:
		return "(" + g.Expr(s) + Pick(g, " + ", " - ") + Pick(g, `"3"`, `"-1"`, "(false == 1 ? 1 : 2)") + ")"
	case 0:
		return "(-" + g.Expr(s) + ")"
	case 1:
		return "(" + g.Expr(s) + " * " + Pick(g, "2", "3", "-1") + ")"
	case 2, 3:
		return "(" + g.Expr(s) + " + " + g.Expr(s) + ")"
	case 4, 5:
		return "(" + g.Expr(s) + " - " + g.Expr(s) + ")"
	case 6:
		if g.Symbols != nil {
			return "builtins::length(" + g.Expr(listOf(g.Shape(0))) + ")"
		}
		return g.closedNumber(s)
	default:
		return g.Expr(s)
	}
}

// condition makes true or false.
func (g *Grower) condition() string {
	switch g.IntN(11) {
	case 10:
		return "(" + Pick(g, `"true"`, `"false"`) + Pick(g, " && ", " || ") + g.Expr(aBoolean) + ")"
	case 0:
		return "(!" + g.Expr(aBoolean) + ")"
	case 1, 2:
		return "(" + g.Expr(aBoolean) + Pick(g, " && ", " || ", " == ", " != ") + g.Expr(aBoolean) + ")"
	case 3, 4:
		return "(" + g.Expr(aNumber) + Pick(g, " < ", " <= ", " > ", " >= ", " == ", " != ") + g.Expr(aNumber) + ")"
	case 5:
		return "(" + g.Expr(aFraction) + Pick(g, " < ", " <= ", " > ", " >= ") + g.Expr(aFraction) + ")"
	case 6:
		return "(" + g.Expr(aText) + Pick(g, " == ", " != ") + g.Expr(aText) + ")"
	case 7:
		return "(" + g.Expr(g.Shape(1)) + Pick(g, " == ", " != ") + "null)"
	case 8:
		if g.Symbols != nil {
			return g.openCondition()
		}
		return g.closedCondition()
	default:
		return g.Expr(aBoolean)
	}
}

// list makes a list of elements of a shape.
func (g *Grower) list(of Shape) string {
	switch g.IntN(8) {
	case 0:
		var parts []string
		for range g.Count(1, 3) {
			parts = append(parts, g.Expr(listOf(of)))
		}
		return "concat(" + strings.Join(parts, ", ") + ")"
	case 1, 2:
		return g.forList(of)
	case 3:
		return g.forListOverSet(of)
	case 4:
		if g.Symbols != nil {
			return g.openList(of)
		}
		return g.closedList(of)
	default:
		return g.elements(of)
	}
}

// elements makes a literal list.
func (g *Grower) elements(of Shape) string {
	var items []string
	for range g.Count(0, 4) {
		items = append(items, g.Expr(of))
	}
	if len(items) > 0 && g.Chance(15) {
		return "[" + g.newline + "  " + strings.Join(items, ","+g.newline+"  # a comment"+g.newline+"  ") + "," + g.newline + "]"
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// forList makes a for expression over a list. It may have two names, the first for
// the position, where the list is closed or written out.
func (g *Grower) forList(of Shape) string {
	element := g.Shape(g.IntN(2))
	names := []Binding{{Name: g.name(), Shape: element}}
	collection := ""
	if g.Chance(30) {
		k, v := g.twoNames()
		names = []Binding{{k, aNumber, true}, {Name: v, Shape: element}}
		collection = g.elements(element)
	} else {
		collection = g.Expr(listOf(element))
	}
	return g.with(names, func() string {
		return "[for " + nameList(names) + " in " + collection + " : " + g.Expr(of) + g.when() + "]"
	})
}

func (g *Grower) forListOverSet(of Shape) string {
	element := g.Shape(0)
	collection := g.Expr(setOf(element))
	k, v := g.twoNames()
	names := []Binding{{Name: k, Shape: aText}, {Name: v, Shape: element}}
	return g.with(names, func() string {
		return "[for " + nameList(names) + " in " + collection + " : " + g.Expr(of) + g.when() + "]"
	})
}

func (g *Grower) when() string {
	if g.Chance(70) {
		return ""
	}
	return " if " + g.Expr(aBoolean)
}

func nameList(names []Binding) string {
	var list []string
	for _, b := range names {
		list = append(list, b.Name)
	}
	return strings.Join(list, ", ")
}

// set makes an object with keys that are computed.
func (g *Grower) set(of Shape) string {
	switch g.IntN(6) {
	case 0:
		return "merge(" + g.Expr(setOf(of)) + ", " + Pick(g, g.Expr(setOf(of)), "null") + ")"
	case 1:
		element := g.Shape(0)
		collection := g.Expr(setOf(element))
		k, v := g.twoNames()
		names := []Binding{{Name: k, Shape: aText}, {Name: v, Shape: element}}
		return g.with(names, func() string {
			key := Pick(g, k, k, k, g.quotedText(k), "("+k+")")
			return "{for " + nameList(names) + " in " + collection + " : " + key + " => " + g.Expr(of) + g.when() + "}"
		})
	case 2:
		collection := g.Expr(listOf(aText))
		names := []Binding{{Name: g.name(), Shape: aText}}
		return g.with(names, func() string {
			key := Pick(g, names[0].Name, names[0].Name, g.quotedText(names[0].Name), g.Expr(aText))
			return "{for " + nameList(names) + " in " + collection + " : " + key + " => " + g.Expr(of) + g.when() + "}"
		})
	case 3:
		if of.Kind == List {
			names := []Binding{{Name: g.name(), Shape: aText}}
			collection := g.Expr(listOf(aText))
			switch {
			case g.absent["local"]:
				collection = `["a", "b", "a"]`
			case g.Symbols != nil:
				collection = Pick(g, "local.texts", "[each.key, \"a\", each.key]")
			}
			return g.with(names, func() string {
				return "{for " + nameList(names) + " in " + collection + " : " + g.Expr(aText) + " => " + g.Expr(*of.Of) + "...}"
			})
		}
		return g.entries(of)
	default:
		return g.entries(of)
	}
}

// quotedText makes a template around a name that stands for text.
func (g *Grower) quotedText(name string) string {
	return `"` + Pick(g, "", "a", "'", "$${", "-") + "${" + name + "}" + Pick(g, "", "b", "é", "$") + `"`
}

// entries makes a literal object with elements of one shape.
func (g *Grower) entries(of Shape) string {
	var fields []Field
	for i := range g.Count(0, 4) {
		fields = append(fields, Field{Pick(g, "a", "b", "c-d", "with", "1", "x y", "é", "$${", "then'", "A") + strings.Repeat("_", i), of})
	}
	literal := g.objectLiteral(fields)
	if rest, ok := strings.CutPrefix(literal, "{"); ok && len(fields) > 0 && g.Chance(20) {
		// No other key begins so: where two are the same Nix sees it, and HCL not.
		return `{("k-${` + g.Expr(aText) + `}") = ` + g.Expr(of) + ", " + strings.TrimLeft(rest, " \r\n")
	}
	return literal
}

// object makes an object of known fields.
func (g *Grower) object(s Shape) string {
	if len(s.Fields) > 0 && g.Chance(30) {
		cut := g.IntN(len(s.Fields))
		return "merge(" + g.Expr(Shape{Kind: Object, Fields: s.Fields[:cut]}) + ", " + g.Expr(Shape{Kind: Object, Fields: s.Fields[cut:]}) + ")"
	}
	return g.objectLiteral(s.Fields)
}

// objectLiteral writes out an object, in one of the ways in which keys and
// entries can be written.
func (g *Grower) objectLiteral(fields []Field) string {
	var items []string
	for _, f := range fields {
		items = append(items, g.key(f.Name)+Pick(g, " = ", " = ", " : ", "=")+g.Expr(f.Shape))
	}
	switch {
	case len(items) == 0:
		return "{}"
	case g.Chance(20):
		return "{" + g.newline + "  " + strings.Join(items, g.newline+"  ") + g.newline + "}"
	default:
		return "{ " + strings.Join(items, ", ") + " }"
	}
}

func (g *Grower) key(name string) string {
	switch {
	case isName(name) && g.Chance(80):
		return name
	case name == "if" || name == "null" || name == "true" || name == "in":
		return Pick(g, name, g.quoted(name))
	case name == "1" && g.Chance(50):
		return "1"
	case g.Chance(20):
		return "(" + g.quoted(name) + ")"
	default:
		return g.quoted(name)
	}
}
