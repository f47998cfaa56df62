package compile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A shape is what the value of a grown expression looks like. Expressions are
// grown to a shape because a symbol has no type: its place says what it must be,
// and only expressions in which every place gets what it asks for have a value.
type shape struct {
	kind kind
	// of is the shape of the elements of a list or a set.
	of *shape
	// fields are those of an object.
	fields []field
}

type kind int

const (
	text kind = iota
	number
	fraction
	boolean
	list
	// set is an object whose keys are not known before it is computed.
	set
	object
	// pkg is what stands for a derivation: text wherever text is asked for.
	pkg
)

type field struct {
	name  string
	shape shape
}

var (
	aText     = shape{kind: text}
	aNumber   = shape{kind: number}
	aFraction = shape{kind: fraction}
	aBoolean  = shape{kind: boolean}
)

func listOf(s shape) shape { return shape{kind: list, of: &s} }
func setOf(s shape) shape  { return shape{kind: set, of: &s} }

func (s shape) equals(other shape) bool {
	if s.kind != other.kind || len(s.fields) != len(other.fields) {
		return false
	}
	for i, f := range s.fields {
		if f.name != other.fields[i].name || !f.shape.equals(other.fields[i].shape) {
			return false
		}
	}
	return s.of == nil || s.of.equals(*other.of)
}

// binding is a name of a for expression or a parameter of fn.
type binding struct {
	name  string
	shape shape
	// known says that it has a value when rendering, and so a text.
	known bool
}

// A grower makes expressions as text, the same ones for the same seed.
type grower struct {
	*rand.Rand
	// symbols are what an open expression may refer to; none for a closed one.
	symbols []binding
	// bound are the names bound around, the innermost last.
	bound []binding
	// budget is how many expressions may still have others in them.
	budget int
	// newline is what ends a line.
	newline string
	labels  int
}

func newGrower(seed uint64) *grower {
	r := rand.New(rand.NewPCG(seed, 2))
	g := &grower{Rand: r, newline: "\n", budget: 1 << r.IntN(7)}
	if g.chance(15) {
		g.newline = "\r\n"
	}
	return g
}

func (g *grower) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *grower, from ...T) T { return from[g.IntN(len(from))] }

// count returns mostly least, seldom as much as most.
func (g *grower) count(least, most int) int {
	n := least
	for n < most && g.chance(45) {
		n++
	}
	return n
}

// shape makes a shape of at most depth levels.
func (g *grower) shape(depth int) shape {
	if depth <= 0 {
		return pick(g, aText, aText, aText, aNumber, aFraction, aBoolean)
	}
	if g.symbols != nil && g.chance(10) {
		return record
	}
	switch g.IntN(6) {
	case 0:
		return listOf(g.shape(depth - 1))
	case 1:
		return setOf(g.shape(depth - 1))
	case 2:
		s := shape{kind: object}
		for i := range g.count(0, 4) {
			s.fields = append(s.fields, field{fmt.Sprintf("%s%d", pick(g, "a", "b-c", "if", "x y", "é", "", "${", "\"", "name", "a.b", "_"), i), g.shape(depth - 1)})
		}
		return s
	default:
		return g.shape(0)
	}
}

// expr makes an expression of a shape.
func (g *grower) expr(s shape) string {
	if g.budget <= 0 {
		return g.leaf(s)
	}
	g.budget--
	if g.chance(25) {
		return g.leaf(s)
	}
	if g.chance(30) {
		return g.anyShape(s)
	}
	switch s.kind {
	case text:
		return g.text()
	case number, fraction:
		return g.arithmetic(s)
	case boolean:
		return g.condition()
	case list:
		return g.list(*s.of)
	case set:
		return g.set(*s.of)
	case object:
		return g.object(s)
	}
	return g.leaf(s)
}

// leaf makes an expression without others in it, where there is one.
func (g *grower) leaf(s shape) string {
	if name, ok := g.reference(s); ok && g.chance(70) {
		return name
	}
	return g.literal(s)
}

// reference picks a name or a symbol of a shape, or a part of one.
func (g *grower) reference(s shape) (string, bool) {
	var found []string
	seen := map[string]bool{}
	for i := len(g.bound) - 1; i >= 0; i-- {
		if b := g.bound[i]; !seen[b.name] {
			seen[b.name] = true
			found = g.parts(found, b.name, b.shape, s)
		}
	}
	if len(found) == 0 || g.chance(50) {
		for _, b := range g.symbols {
			if root, _, _ := strings.Cut(b.name, "."); !seen[root] {
				found = g.parts(found, b.name, b.shape, s)
			}
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return pick(g, found...), true
}

// parts adds to found what has the shape want of an expression: itself, or what
// stands behind it.
func (g *grower) parts(found []string, expr string, s, want shape) []string {
	if s.equals(want) || s.kind == number && want.kind == fraction {
		found = append(found, expr)
	}
	for _, f := range s.fields {
		found = g.parts(found, expr+g.step(f.name), f.shape, want)
	}
	if expr == "pkgs.records" || expr == "pkgs.numbers" {
		found = g.parts(found, expr+"[0]", *s.of, want) // these are never empty
	}
	return found
}

// step writes the way to an attribute.
func (g *grower) step(name string) string {
	if isName(name) && g.chance(70) {
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
func (g *grower) literal(s shape) string {
	switch s.kind {
	case text, pkg:
		return g.quoted(g.words())
	case number:
		return pick(g, "0", "1", "2", "7", "100", "(-3)", "-1")
	case fraction:
		// Exact in two as in ten: HCL computes with more digits than Nix has.
		return pick(g, "0.5", "2", "(-0.25)", "1.0", "1e2", "7.75", "125e-3")
	case boolean:
		return pick(g, "true", "false")
	case list:
		return g.elements(*s.of)
	case set:
		return g.entries(*s.of)
	case object:
		return g.objectLiteral(s.fields)
	}
	panic(fmt.Sprintf("no literal of kind %d", s.kind))
}

// anyShape makes an expression that can have any shape.
func (g *grower) anyShape(s shape) string {
	switch g.IntN(7) {
	case 0:
		return "(" + g.expr(s) + ")"
	case 1, 2:
		return "(" + pick(g, g.expr(aBoolean), g.expr(aBoolean), `"true"`) + " ? " + g.expr(s) + " : " + g.expr(s) + ")"
	case 3:
		name := pick(g, "a", "x-y", "1", "or", "inherit", "o o", "é")
		fields := []field{{name, s}, {"other", g.shape(0)}}
		if g.chance(50) {
			fields[0], fields[1] = fields[1], fields[0]
		}
		return g.objectLiteral(fields) + g.step(name)
	case 4:
		items := []string{g.expr(s)}
		position := 0
		for range g.count(0, 2) {
			if g.chance(50) {
				items = append(items, g.expr(g.shape(0)))
				continue
			}
			items = append([]string{g.expr(g.shape(0))}, items...)
			position++
		}
		return fmt.Sprintf("[%s][%d]", strings.Join(items, ", "), position)
	case 5:
		if g.symbols != nil {
			return g.openAnyShape(s)
		}
		return "try(" + g.expr(s) + ", " + g.expr(s) + ")"
	default:
		return g.expr(s)
	}
}

// with makes what the names stand around.
func (g *grower) with(names []binding, inner func() string) string {
	before := g.bound
	g.bound = append(g.bound[:len(g.bound):len(g.bound)], names...)
	defer func() { g.bound = before }()
	return inner()
}

// name makes the name of a for expression or a parameter: few, so that they hide
// one another, and some that lets of the environment have.
func (g *grower) name() string {
	if g.chance(3) {
		return pick(g, "each", "final", "local", "pkgs", "system")
	}
	return pick(g, "x", "y", "k", "v", "name", "value", "lt", "lnum", "x-1", "_", "_x")
}

func (g *grower) twoNames() (string, string) {
	first := g.name()
	for {
		if second := g.name(); second != first {
			return first, second
		}
	}
}

// arithmetic makes a number. The factors are small, so that nothing grows beyond
// what Nix can hold.
func (g *grower) arithmetic(s shape) string {
	switch g.IntN(9) {
	case 8:
		return "(" + g.expr(s) + pick(g, " + ", " - ") + pick(g, `"3"`, `"-1"`, "(false == 1 ? 1 : 2)") + ")"
	case 0:
		return "(-" + g.expr(s) + ")"
	case 1:
		return "(" + g.expr(s) + " * " + pick(g, "2", "3", "-1") + ")"
	case 2, 3:
		return "(" + g.expr(s) + " + " + g.expr(s) + ")"
	case 4, 5:
		return "(" + g.expr(s) + " - " + g.expr(s) + ")"
	case 6:
		if g.symbols != nil {
			return "builtins::length(" + g.expr(listOf(g.shape(0))) + ")"
		}
		return g.closedNumber(s)
	default:
		return g.expr(s)
	}
}

// condition makes true or false.
func (g *grower) condition() string {
	switch g.IntN(11) {
	case 10:
		return "(" + pick(g, `"true"`, `"false"`) + pick(g, " && ", " || ") + g.expr(aBoolean) + ")"
	case 0:
		return "(!" + g.expr(aBoolean) + ")"
	case 1, 2:
		return "(" + g.expr(aBoolean) + pick(g, " && ", " || ", " == ", " != ") + g.expr(aBoolean) + ")"
	case 3, 4:
		return "(" + g.expr(aNumber) + pick(g, " < ", " <= ", " > ", " >= ", " == ", " != ") + g.expr(aNumber) + ")"
	case 5:
		return "(" + g.expr(aFraction) + pick(g, " < ", " <= ", " > ", " >= ") + g.expr(aFraction) + ")"
	case 6:
		return "(" + g.expr(aText) + pick(g, " == ", " != ") + g.expr(aText) + ")"
	case 7:
		return "(" + g.expr(g.shape(1)) + pick(g, " == ", " != ") + "null)"
	case 8:
		if g.symbols != nil {
			return g.openCondition()
		}
		return g.closedCondition()
	default:
		return g.expr(aBoolean)
	}
}

// list makes a list of elements of a shape.
func (g *grower) list(of shape) string {
	switch g.IntN(8) {
	case 0:
		var parts []string
		for range g.count(1, 3) {
			parts = append(parts, g.expr(listOf(of)))
		}
		return "concat(" + strings.Join(parts, ", ") + ")"
	case 1, 2:
		return g.forList(of)
	case 3:
		return g.forListOverSet(of)
	case 4:
		if g.symbols != nil {
			return g.openList(of)
		}
		return g.closedList(of)
	default:
		return g.elements(of)
	}
}

// elements makes a literal list.
func (g *grower) elements(of shape) string {
	var items []string
	for range g.count(0, 4) {
		items = append(items, g.expr(of))
	}
	if len(items) > 0 && g.chance(15) {
		return "[" + g.newline + "  " + strings.Join(items, ","+g.newline+"  # a comment"+g.newline+"  ") + "," + g.newline + "]"
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// forList makes a for expression over a list. It may have two names, the first for
// the position, where the list is closed or written out.
func (g *grower) forList(of shape) string {
	element := g.shape(g.IntN(2))
	names := []binding{{name: g.name(), shape: element}}
	collection := ""
	if g.chance(30) {
		k, v := g.twoNames()
		names = []binding{{k, aNumber, true}, {name: v, shape: element}}
		collection = g.elements(element)
	} else {
		collection = g.expr(listOf(element))
	}
	return g.with(names, func() string {
		return "[for " + nameList(names) + " in " + collection + " : " + g.expr(of) + g.when() + "]"
	})
}

func (g *grower) forListOverSet(of shape) string {
	element := g.shape(0)
	collection := g.expr(setOf(element))
	k, v := g.twoNames()
	names := []binding{{name: k, shape: aText}, {name: v, shape: element}}
	return g.with(names, func() string {
		return "[for " + nameList(names) + " in " + collection + " : " + g.expr(of) + g.when() + "]"
	})
}

func (g *grower) when() string {
	if g.chance(70) {
		return ""
	}
	return " if " + g.expr(aBoolean)
}

func nameList(names []binding) string {
	var list []string
	for _, b := range names {
		list = append(list, b.name)
	}
	return strings.Join(list, ", ")
}

// set makes an object with keys that are computed.
func (g *grower) set(of shape) string {
	switch g.IntN(6) {
	case 0:
		return "merge(" + g.expr(setOf(of)) + ", " + pick(g, g.expr(setOf(of)), "null") + ")"
	case 1:
		element := g.shape(0)
		collection := g.expr(setOf(element))
		k, v := g.twoNames()
		names := []binding{{name: k, shape: aText}, {name: v, shape: element}}
		return g.with(names, func() string {
			key := pick(g, k, k, k, g.quotedText(k), "("+k+")")
			return "{for " + nameList(names) + " in " + collection + " : " + key + " => " + g.expr(of) + g.when() + "}"
		})
	case 2:
		collection := g.expr(listOf(aText))
		names := []binding{{name: g.name(), shape: aText}}
		return g.with(names, func() string {
			key := pick(g, names[0].name, names[0].name, g.quotedText(names[0].name), g.expr(aText))
			return "{for " + nameList(names) + " in " + collection + " : " + key + " => " + g.expr(of) + g.when() + "}"
		})
	case 3:
		if of.kind == list {
			names := []binding{{name: g.name(), shape: aText}}
			collection := g.expr(listOf(aText))
			if g.symbols != nil {
				collection = pick(g, "local.texts", "[each.key, \"a\", each.key]")
			}
			return g.with(names, func() string {
				return "{for " + nameList(names) + " in " + collection + " : " + g.expr(aText) + " => " + g.expr(*of.of) + "...}"
			})
		}
		return g.entries(of)
	default:
		return g.entries(of)
	}
}

// quotedText makes a template around a name that stands for text.
func (g *grower) quotedText(name string) string {
	return `"` + pick(g, "", "a", "'", "$${", "-") + "${" + name + "}" + pick(g, "", "b", "é", "$") + `"`
}

// entries makes a literal object with elements of one shape.
func (g *grower) entries(of shape) string {
	var fields []field
	for i := range g.count(0, 4) {
		fields = append(fields, field{pick(g, "a", "b", "c-d", "with", "1", "x y", "é", "$${", "then'", "A") + strings.Repeat("_", i), of})
	}
	literal := g.objectLiteral(fields)
	if rest, ok := strings.CutPrefix(literal, "{"); ok && len(fields) > 0 && g.chance(20) {
		// No other key begins so: where two are the same Nix sees it, and HCL not.
		return `{("k-${` + g.expr(aText) + `}") = ` + g.expr(of) + ", " + strings.TrimLeft(rest, " \r\n")
	}
	return literal
}

// object makes an object of known fields.
func (g *grower) object(s shape) string {
	if len(s.fields) > 0 && g.chance(30) {
		cut := g.IntN(len(s.fields))
		return "merge(" + g.expr(shape{kind: object, fields: s.fields[:cut]}) + ", " + g.expr(shape{kind: object, fields: s.fields[cut:]}) + ")"
	}
	return g.objectLiteral(s.fields)
}

// objectLiteral writes out an object, in one of the ways in which keys and
// entries can be written.
func (g *grower) objectLiteral(fields []field) string {
	var items []string
	for _, f := range fields {
		items = append(items, g.key(f.name)+pick(g, " = ", " = ", " : ", "=")+g.expr(f.shape))
	}
	switch {
	case len(items) == 0:
		return "{}"
	case g.chance(20):
		return "{" + g.newline + "  " + strings.Join(items, g.newline+"  ") + g.newline + "}"
	default:
		return "{ " + strings.Join(items, ", ") + " }"
	}
}

func (g *grower) key(name string) string {
	switch {
	case isName(name) && g.chance(80):
		return name
	case name == "if" || name == "null" || name == "true" || name == "in":
		return pick(g, name, g.quoted(name))
	case name == "1" && g.chance(50):
		return "1"
	case g.chance(20):
		return "(" + g.quoted(name) + ")"
	default:
		return g.quoted(name)
	}
}
