package nixlang

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// A grower makes random trees of all kinds, the same ones for the same seed.
// What it makes is valid Nix as far as Nix looks before evaluating: no name is
// bound twice, and there are no dynamic names in a let.
type grower struct {
	*rand.Rand
	// verbose makes names long, so that lines are broken at every kind of place.
	verbose bool
	// chatty makes many comments.
	chatty bool
	// unindented leaves out strings between pairs of single quotes.
	unindented bool
	// budget is how many expressions may still have others in them.
	budget int
	names  int
}

func newGrower(seed uint64) *grower {
	r := rand.New(rand.NewPCG(seed, 166))
	return &grower{Rand: r, verbose: r.IntN(3) == 0, chatty: r.IntN(3) == 0}
}

func (g *grower) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *grower, from ...T) T { return from[g.IntN(len(from))] }

func (g *grower) file() *File {
	g.budget = 1 << g.IntN(12)
	f := &File{}
	if g.chance(10) {
		f.Body = g.tower(10 + g.IntN(40))
	} else {
		f.Body = g.expr(1 + g.IntN(16))
	}
	if g.chance(50) {
		f.Header = g.comments()
	}
	if g.chance(25) {
		f.Lead = g.comments()
		if g.chance(50) {
			f.Body = &Let{Entries: g.entries(2, false), Body: f.Body}
		}
		if g.chance(70) {
			f.Body = &Lambda{Param: pick(g, &Formals{}, &Formals{Ellipsis: true}, &Formals{Args: []Formal{{Name: g.unique()}, {Name: g.unique()}}}, &Formals{Args: []Formal{{Name: g.unique()}}, Bind: g.unique()}), Body: f.Body}
		}
	}
	return f
}

// expr makes an expression of at most depth levels.
func (g *grower) expr(depth int) Expr {
	if depth <= 0 || g.budget <= 0 {
		return g.leaf()
	}
	g.budget--
	switch g.IntN(20) {
	case 0, 1:
		return g.list(depth)
	case 2, 3, 4:
		return g.attrs(depth)
	case 5:
		return g.selection(depth)
	case 6:
		return &HasAttr{Of: g.expr(depth - 2), Path: g.path(depth, true)}
	case 7, 8, 9:
		return g.call(depth)
	case 10, 11:
		return g.lambda(depth)
	case 12:
		return &Let{Entries: g.entries(depth, false), Body: g.expr(depth - 1)}
	case 13:
		return &If{Cond: g.expr(depth - 2), Then: g.expr(depth - 1), Else: g.expr(depth - 1)}
	case 14:
		return &With{Scope: g.expr(depth - 2), Body: g.expr(depth - 1)}
	case 15:
		return &Assert{Cond: g.expr(depth - 2), Body: g.expr(depth - 1)}
	case 16, 17:
		return g.binary(depth)
	case 18:
		return &Unary{Op: pick(g, Not, Negate), X: g.expr(depth - 2)}
	default:
		return g.str(depth)
	}
}

// tower makes an expression with one very deep part.
func (g *grower) tower(height int) Expr {
	e := g.leaf()
	for range height {
		small := func() Expr { return g.expr(g.IntN(2)) }
		switch g.IntN(14) {
		case 0:
			e = ListOf(small(), e)
		case 1:
			e = Attrs(Bind(g.unique(), e))
		case 2:
			e = Attrs(Bind(g.unique(), e), Bind(g.unique(), small()))
		case 3:
			e = Call(small(), e)
		case 4:
			e = Call(small(), small(), e)
		case 5:
			e = Call(small(), e, small())
		case 6:
			e = Call(small(), e, small(), small())
		case 7:
			e = &Lambda{Param: Name(g.name()), Body: e}
		case 8:
			e = &Lambda{Param: &Formals{Args: []Formal{{Name: g.unique()}}}, Body: e}
		case 9:
			e = &Binary{Op: pick(g, Update, Concat, Add, And), Left: e, Right: small()}
		case 10:
			e = &Binary{Op: pick(g, Update, Concat, Add, And), Left: small(), Right: e}
		case 11:
			e = &String{Indented: g.chance(50) && !g.unindented, Parts: []Part{{Text: g.text()}, {Interpolated: e}, {Text: g.text()}}}
		case 12:
			e = &With{Scope: small(), Body: e}
		default:
			e = &If{Cond: small(), Then: small(), Else: e}
		}
	}
	return e
}

func (g *grower) leaf() Expr {
	switch g.IntN(12) {
	case 0:
		return pick[Expr](g, Int(0), Int(1), Int(-1), Int(g.Int64()), Int(math.MinInt64), Int(-g.Int64N(1000)))
	case 1:
		return pick[Expr](g, Float(0.5), Float(-1), Float(1e300), Float(g.NormFloat64()), Float(1e-320))
	case 2:
		return Path(pick(g, "./.", "../rts", "./a/b-c_d+e.f", "/x", "../.", "./"+strings.Repeat("long", g.IntN(12)+1)))
	case 3:
		return &AttrSet{Rec: g.chance(20)}
	case 4:
		return &List{}
	case 5:
		return g.str(0)
	case 6, 7:
		return Sel(g.name(), g.name())
	default:
		return Ident(g.name())
	}
}

func (g *grower) name() string {
	if g.verbose && g.chance(30) {
		return pick(g, "a", "the", "stdenv") + strings.Repeat("VeryLong", g.IntN(6)) + strings.Repeat("x", g.IntN(9))
	}
	if g.verbose && g.chance(30) {
		return strings.Repeat("n", 1+g.IntN(90)) // to end just before or behind the limit
	}
	return pick(g, "a", "b", "x'", "pkgs", "lib", "true", "null", "stdenv", "mkDerivation", "native-build_inputs", "hostPlatform")
}

// unique makes a name that no other binding has.
func (g *grower) unique() string {
	g.names++
	return fmt.Sprintf("%s%d", g.name(), g.names)
}

// attrName makes a name that often needs quotes.
func (g *grower) attrName() string {
	if g.chance(85) {
		return g.unique()
	}
	return g.unique() + pick(g, "", " ", "if", ".", "${x}", "\"", "1", "é\t", "''")
}

func (g *grower) path(depth int, dynamic bool) []AttrName {
	var path []AttrName
	for range g.count(1, 5) {
		switch {
		case dynamic && g.chance(8):
			path = append(path, AttrName{Dynamic: g.expr(depth - 2)})
		case g.chance(4):
			path = append(path, AttrName{Name: pick(g, "or", "if", "", "1", "a b")})
		default:
			path = append(path, AttrName{Name: g.attrName()})
		}
	}
	if path[0].Dynamic == nil { // the first name is the one that must not repeat
		path[0].Name += g.unique()
	}
	return path
}

// count returns mostly least, seldom as much as most.
func (g *grower) count(least, most int) int {
	n := least
	for n < most && g.chance(45) {
		n++
	}
	return n
}

func (g *grower) comments() []string {
	var lines []string
	for range g.count(1, 3) {
		lines = append(lines, g.comment())
	}
	return lines
}

func (g *grower) comment() string {
	return pick(g, "a comment", "", "  indented", "# twice", "ends in space \t", "'' ${x} */", "\r\nx = 1;", "é\u00a0",
		strings.Repeat("a long comment ", 8), "nixfmt:disable", "\x1b[31m")
}

func (g *grower) trivia() Trivia {
	percent := 3
	if g.chatty {
		percent = 20
	}
	var t Trivia
	t.Blank = g.chance(percent * 2)
	if g.chance(percent) {
		t.Lead = g.comments()
	}
	if g.chance(percent) {
		t.Trail = g.comment()
	}
	return t
}

func (g *grower) inner() []string {
	if g.chance(3) || g.chatty && g.chance(15) {
		return g.comments()
	}
	return nil
}

func (g *grower) list(depth int) *List {
	l := &List{Inner: g.inner()}
	for range g.count(0, 9) {
		l.Items = append(l.Items, Item{Trivia: g.trivia(), Value: g.expr(depth - 1 - g.IntN(3))})
	}
	return l
}

func (g *grower) attrs(depth int) *AttrSet {
	return &AttrSet{Rec: g.chance(10), Entries: g.entries(depth, true), Inner: g.inner()}
}

func (g *grower) entries(depth int, dynamic bool) []Entry {
	var entries []Entry
	for range g.count(0, 6) {
		if g.chance(15) {
			inherit := &Inherit{Trivia: g.trivia()}
			if g.chance(50) {
				inherit.From = g.expr(depth - 2)
			}
			for range g.count(0, 7) {
				inherit.Names = append(inherit.Names, g.attrName())
			}
			entries = append(entries, inherit)
			continue
		}
		entries = append(entries, &Binding{Trivia: g.trivia(), Path: g.path(depth, dynamic), Value: g.expr(depth - 1)})
	}
	return entries
}

func (g *grower) selection(depth int) *Select {
	s := &Select{Of: g.expr(depth - 1), Path: g.path(depth, true)}
	if g.chance(40) {
		s.Or = g.expr(depth - 1)
	}
	return s
}

func (g *grower) call(depth int) Expr {
	fn := g.expr(depth - 3)
	if g.chance(70) {
		fn = Sel(g.name(), g.name())
	}
	for range g.count(1, 7) {
		fn = &Apply{Fn: fn, Arg: g.expr(depth - 1)}
	}
	return fn
}

func (g *grower) lambda(depth int) *Lambda {
	if g.chance(50) {
		return &Lambda{Param: Name(g.name()), Body: g.expr(depth - 1)}
	}
	formals := &Formals{Ellipsis: g.chance(40)}
	for range g.count(0, 5) {
		arg := Formal{Name: g.unique()}
		if g.chance(20) {
			arg.Default = g.expr(depth - 2)
		}
		formals.Args = append(formals.Args, arg)
	}
	if g.chance(20) {
		formals.Bind = g.unique()
	}
	return &Lambda{Param: formals, Body: g.expr(depth - 1)}
}

func (g *grower) binary(depth int) Expr {
	op := pick(g, Concat, Mul, Div, Add, Add, Sub, Update, Update, Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual, And, Or, Implies, Concat)
	e := &Binary{Op: op, Left: g.expr(depth - 1), Right: g.expr(depth - 1)}
	for g.chance(30) {
		if g.chance(30) {
			op = pick(g, Add, Sub, Update, And, Or, Implies)
		}
		if g.chance(50) {
			e = &Binary{Op: op, Left: e, Right: g.expr(depth - 1)}
		} else {
			e = &Binary{Op: op, Left: g.expr(depth - 1), Right: e}
		}
	}
	return e
}

func (g *grower) str(depth int) *String {
	s := &String{Indented: g.chance(60) && !g.unindented}
	for range g.count(1, 6) {
		if g.chance(30) {
			s.Parts = append(s.Parts, Part{Interpolated: g.expr(depth - 1)})
			continue
		}
		s.Parts = append(s.Parts, Part{Text: g.text()})
	}
	if g.chance(50) {
		s.Parts = append(s.Parts, Part{Text: "\n"})
	}
	return s
}

// text makes text out of all that strings must escape.
func (g *grower) text() string {
	var b strings.Builder
	for range g.count(0, 12) {
		b.WriteString(pick(g, "a", "word ", "some more words", " ", "  ", "\n", "\n", "\n  ", "\t", "\r", "\r\n", "'", "''", "$", "$$", "${", "${x}",
			"{", "}", `"`, `\`, `\n`, "#", "é", "\u00a0", "\u2028", "\x01", "''\\", "export A=$out\n", strings.Repeat("long ", g.IntN(20))))
	}
	return b.String()
}
