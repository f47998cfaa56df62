package nixlang

import (
	"math"
	"strings"
	"testing"
)

// Names for the tables of this file.
var (
	a, b, c, f, x = Ident("a"), Ident("b"), Ident("c"), Ident("f"), Ident("x")

	// wide takes up more than half a line, so that two of them never share one.
	wide = Ident("aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred")
	one  = Attrs(Bind("a", Int(1)))
	two  = Attrs(Bind("a", Int(1)), Bind("b", Int(2)))
)

func binary(left Expr, op Op, right Expr) *Binary { return &Binary{Op: op, Left: left, Right: right} }

func lambda(name Name, body Expr) *Lambda { return &Lambda{Param: name, Body: body} }

func setLambda(formals Formals, body Expr) *Lambda { return &Lambda{Param: &formals, Body: body} }

func formals(names ...string) Formals {
	var result Formals
	for _, name := range names {
		result.Args = append(result.Args, Formal{Name: name})
	}
	return result
}

func bound(value Expr) Expr { return Attrs(Bind("value", value), Bind("z", Int(0))) }

// long returns a variable of a width in columns.
func long(columns int) Ident { return Ident(strings.Repeat("n", columns)) }

func indented(text string) *String {
	return &String{Indented: true, Parts: []Part{{Text: text}}}
}

// oneLineCases are trees that take one line.
var oneLineCases = []struct {
	want string
	tree Expr
}{
	// Literals.
	{`true`, Ident("true")},
	{`0`, Int(0)},
	{`-1`, Int(-1)},
	{`9223372036854775807`, Int(math.MaxInt64)},
	{`-9223372036854775807 - 1`, Int(math.MinInt64)},
	{`1.0`, Float(1)},
	{`0.5`, Float(0.5)},
	{`-0.1`, Float(-0.1)},
	{`1.0e21`, Float(1e21)},
	{`1.0e-7`, Float(1e-7)},
	{`123456789.25`, Float(123456789.25)},
	{`1.7976931348623157e308`, Float(math.MaxFloat64)},
	{`2.2250738585072014e-308`, Float(0x1p-1022)},
	{`6.26302612502804e-294 * 7.888609052210118e-31`, Float(math.SmallestNonzeroFloat64)},
	{`0.00001`, Float(1e-5)},
	{`100000000000000000000.0`, Float(1e20)},
	{`0.0 * -1`, Float(math.Copysign(0, -1))},
	{`./.`, Path("./.")},
	{`../rts`, Path("../rts")},
	{`[ ]`, ListOf()},
	{`[ a ]`, ListOf(a)},
	{`{ }`, Attrs()},
	{`rec { a = 1; }`, &AttrSet{Rec: true, Entries: []Entry{Bind("a", Int(1))}}},
	{`{ inherit a b c; }`, Attrs(&Inherit{Names: []string{"a", "b", "c"}})},
	{`{ inherit (x.a) b "a b"; }`, Attrs(&Inherit{From: Sel("x", "a"), Names: []string{"b", "a b"}})},
	{`{ inherit ({ a = 1; }) a; }`, Attrs(&Inherit{From: one, Names: []string{"a"}})},

	// Names.
	{`a.b.c`, Sel("a", "b", "c")},
	{`a."if"."or"."".b'-1."1"."a b"."\${x}"`, Sel("a", "if", "or", "", "b'-1", "1", "a b", "${x}")},
	{`a.${b}."${c}-x".${f x}."y"`, &Select{Of: a, Path: []AttrName{
		{Dynamic: b},
		{Dynamic: &String{Parts: []Part{{Interpolated: c}, {Text: "-x"}}}},
		{Dynamic: Call(f, x)},
		{Dynamic: indented("y")},
	}}},
	{`a.b or c`, &Select{Of: a, Path: Names("b"), Or: c}},
	{`a.b or (a.c or null)`, &Select{Of: a, Path: Names("b"), Or: &Select{Of: a, Path: Names("c"), Or: Ident("null")}}},
	{`(a.b or c).d`, &Select{Of: &Select{Of: a, Path: Names("b"), Or: c}, Path: Names("d")}},
	{`a.b.c`, &Select{Of: &Select{Of: a, Path: Names("b")}, Path: Names("c")}},
	{`(f x).a`, &Select{Of: Call(f, x), Path: Names("a")}},
	{`(./x).a`, &Select{Of: Path("./x"), Path: Names("a")}},
	{`(1).a`, &Select{Of: Int(1), Path: Names("a")}},
	{`"s".a`, &Select{Of: Str("s"), Path: Names("a")}},
	{`{ a = 1; }.a`, one.selected("a")},
	{`a ? b.c`, &HasAttr{Of: a, Path: Names("b", "c")}},
	{`(a ? b) ? "c d"`, &HasAttr{Of: &HasAttr{Of: a, Path: Names("b")}, Path: Names("c d")}},
	{`f x ? a`, &HasAttr{Of: Call(f, x), Path: Names("a")}},

	// Parentheses around operands.
	{`a + b - c`, binary(binary(a, Add, b), Sub, c)},
	{`a + (b - c)`, binary(a, Add, binary(b, Sub, c))},
	{`a - (b + c)`, binary(a, Sub, binary(b, Add, c))},
	{`a + b + c`, binary(binary(a, Add, b), Add, c)},
	{`a + (b + c)`, binary(a, Add, binary(b, Add, c))},
	{`a * b + c / x`, binary(binary(a, Mul, b), Add, binary(c, Div, x))},
	{`(a + b) * c`, binary(binary(a, Add, b), Mul, c)},
	{`a / (b / c)`, binary(a, Div, binary(b, Div, c))},
	{`a ++ b ++ c`, binary(binary(a, Concat, b), Concat, c)},
	{`a ++ b ++ c`, binary(a, Concat, binary(b, Concat, c))},
	{`a // b // c`, binary(binary(a, Update, b), Update, c)},
	{`a && b && c`, binary(a, And, binary(b, And, c))},
	{`a || b || c`, binary(binary(a, Or, b), Or, c)},
	{`a && b || c`, binary(binary(a, And, b), Or, c)},
	{`a && (b || c)`, binary(a, And, binary(b, Or, c))},
	{`a -> b -> c`, binary(a, Implies, binary(b, Implies, c))},
	{`(a -> b) -> c`, binary(binary(a, Implies, b), Implies, c)},
	{`(a < b) < c`, binary(binary(a, Less, b), Less, c)},
	{`a < (b <= c)`, binary(a, Less, binary(b, LessEqual, c))},
	{`a > b == c >= x`, binary(binary(a, Greater, b), Equal, binary(c, GreaterEqual, x))},
	{`(a == b) != c`, binary(binary(a, Equal, b), NotEqual, c)},
	{`!a`, &Unary{Op: Not, X: a}},
	{`!!a`, &Unary{Op: Not, X: &Unary{Op: Not, X: a}}},
	{`!f x`, &Unary{Op: Not, X: Call(f, x)}},
	{`!(a ? b)`, &Unary{Op: Not, X: &HasAttr{Of: a, Path: Names("b")}}},
	{`!(a && b)`, &Unary{Op: Not, X: binary(a, And, b)}},
	{`!(a == b)`, &Unary{Op: Not, X: binary(a, Equal, b)}},
	{`!(-a)`, &Unary{Op: Not, X: &Unary{Op: Negate, X: a}}},
	{`!a && !b`, binary(&Unary{Op: Not, X: a}, And, &Unary{Op: Not, X: b})},
	{`(!a) + b`, binary(&Unary{Op: Not, X: a}, Add, b)},
	{`-a`, &Unary{Op: Negate, X: a}},
	{`-(-1)`, &Unary{Op: Negate, X: Int(-1)}},
	{`-f x`, &Unary{Op: Negate, X: Call(f, x)}},
	{`-(a + b)`, &Unary{Op: Negate, X: binary(a, Add, b)}},
	{`-(!a)`, &Unary{Op: Negate, X: &Unary{Op: Not, X: a}}},
	{`-(./x)`, &Unary{Op: Negate, X: Path("./x")}},
	{`-(./x a)`, &Unary{Op: Negate, X: Call(Path("./x"), a)}},
	{`(-a) ? b`, &HasAttr{Of: &Unary{Op: Negate, X: a}, Path: Names("b")}},
	{`a - -1`, binary(a, Sub, Int(-1))},
	{`a * (-9223372036854775807 - 1)`, binary(a, Mul, Int(math.MinInt64))},
	{`a + (x: x)`, binary(a, Add, lambda("x", x))},
	{`(if a then b else c) + x`, binary(&If{a, b, c}, Add, x)},
	{`(with a; b) ++ c`, binary(&With{a, b}, Concat, c)},

	// Parentheses around functions, arguments and elements.
	{`f a b c`, Call(f, a, b, c)},
	{`f (a b) (-1) (a + b) (a ? b) (a.b or c) a.b { } [ ]`, Call(f, Call(a, b), Int(-1), binary(a, Add, b),
		&HasAttr{Of: a, Path: Names("b")}, &Select{Of: a, Path: Names("b"), Or: c}, Sel("a", "b"), Attrs(), ListOf())},
	{`(x: x) a`, Call(lambda("x", x), a)},
	{`(a.b or c) x`, Call(&Select{Of: a, Path: Names("b"), Or: c}, x)},
	{`[ (f x) ]`, ListOf(Call(f, x))},
	{`[ (-1) ]`, ListOf(Int(-1))},
	{`[ (a.b or c) ]`, ListOf(&Select{Of: a, Path: Names("b"), Or: c})},
	{`[ a.b ]`, ListOf(Sel("a", "b"))},
	{`"${f x} and ${-1}"`, &String{Parts: []Part{{Interpolated: Call(f, x)}, {Text: " and "}, {Interpolated: Int(-1)}}}},

	// What reaches as far as it can.
	{`x: x`, lambda("x", x)},
	{`a: b: a`, lambda("a", lambda("b", a))},
	{`{ }: x`, setLambda(Formals{}, x)},
	{`{ ... }: x`, setLambda(Formals{Ellipsis: true}, x)},
	{`{ a, b, ... }: x`, setLambda(Formals{Args: formals("a", "b").Args, Ellipsis: true}, x)},
	{`{ a, ... }@args: x`, setLambda(Formals{Args: formals("a").Args, Ellipsis: true, Bind: "args"}, x)},
	{`x: { a = 1; }`, lambda("x", one)},
	{`{ a }: { a = 1; }`, setLambda(formals("a"), one)},
	{`if a then b else c`, &If{a, b, c}},
	{`with a; b`, &With{a, b}},
}

// layoutCases are trees that take several lines, or just one.
var layoutCases = []struct {
	name string
	tree Expr
	want string
}{
	{"list", ListOf(a, Call(f, x), ListOf(b), ListOf(a, b), one, two), `
[
  a
  (f x)
  [ b ]
  [
    a
    b
  ]
  { a = 1; }
  {
    a = 1;
    b = 2;
  }
]`},
	{"list as value", bound(ListOf(a)), `
{
  value = [ a ];
  z = 0;
}`},
	{"list as argument", Call(f, ListOf(a, b, c), x), `
f [ a b c ] x`},
	{"list of seven as argument", Call(f, ListOf(a, b, c, a, b, c, a), x), `
f [
  a
  b
  c
  a
  b
  c
  a
] x`},
	{"list of calls as argument", Call(f, ListOf(a, Call(f, x), Call(f, Call(f, a, b, c))), x), `
f [
  a
  (f x)
  (f (f a b c))
] x`},
	{"lists as arguments", Call(f, ListOf(a, b), ListOf(wide, wide), ListOf(c), x), `
f [ a b ]
  [
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
  ]
  [ c ]
  x`},
	{"set", Attrs(Bind("a", one), Bind("b", Attrs()), &Binding{Path: Names("c", "d"), Value: two}), `
{
  a = {
    a = 1;
  };
  b = { };
  c.d = {
    a = 1;
    b = 2;
  };
}`},
	{"recursive set", bound(&AttrSet{Rec: true, Entries: one.Entries}), `
{
  value = rec {
    a = 1;
  };
  z = 0;
}`},
	{"set of one inherit", bound(Attrs(&Inherit{Names: []string{"a"}})), `
{
  value = { inherit a; };
  z = 0;
}`},
	{"inherit", Attrs(&Inherit{Names: []string{"a", "b", "c", "f"}}, &Inherit{From: x, Names: []string{"a", "b", "c", "f"}}, &Inherit{From: Call(wide, wide, two), Names: []string{"a"}}), `
{
  inherit
    a
    b
    c
    f
    ;
  inherit (x)
    a
    b
    c
    f
    ;
  inherit
    (aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
      aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
      {
        a = 1;
        b = 2;
      }
    )
    a
    ;
}`},
	{"inherit nothing", Attrs(&Inherit{}, &Inherit{From: x}), `
{
  inherit ;
  inherit (x) ;
}`},

	{"value of 100 columns", Attrs(Bind("name", long(92)), Bind("n", Int(0))), `
{
  name = nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn;
  n = 0;
}`},
	{"value of 101 columns", Attrs(Bind("name", long(93)), Bind("n", Int(0))), `
{
  name =
    nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn;
  n = 0;
}`},
	{"long string", bound(Str(strings.Repeat("word ", 25))), `
{
  value = "word word word word word word word word word word word word word word word word word word word word word word word word word ";
  z = 0;
}`},
	{"long path", bound(Path("./" + strings.Repeat("long/", 25) + "x")), `
{
  value = ./long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/long/x;
  z = 0;
}`},
	{"long name", Attrs(&Binding{Path: Names("a", "b", "c", "d", "e"), Value: Call(f, wide, wide)}, &Binding{Path: []AttrName{{Dynamic: wide}}, Value: Call(f, wide)}), `
{
  a.b.c.d.e =
    f aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
  ${aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred} =
    f aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
}`},
	{"long name and parentheses", Attrs(&Binding{Path: []AttrName{{Dynamic: wide}}, Value: Call(f, wide)}, &Binding{Path: Names("a", "b", "c", "d", "e"), Value: binary(binary(wide, Add, a), Mul, wide)}), `
{
  ${aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred} =
    f aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
  a.b.c.d.e =
    (aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred + a)
    * aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
}`},

	{"call", bound(Call(f, wide, wide, a)), `
{
  value =
    f aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
      aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
      a;
  z = 0;
}`},
	{"call with a set last", bound(Call(f, a, two)), `
{
  value = f a {
    a = 1;
    b = 2;
  };
  z = 0;
}`},
	{"call with a set of one", bound(Call(f, one)), `
{
  value = f { a = 1; };
  z = 0;
}`},
	{"call with a set first", bound(Call(f, two, a)), `
{
  value = f {
    a = 1;
    b = 2;
  } a;
  z = 0;
}`},
	{"call with two sets", bound(Call(f, two, two)), `
{
  value =
    f
      {
        a = 1;
        b = 2;
      }
      {
        a = 1;
        b = 2;
      };
  z = 0;
}`},
	{"call with a string last", bound(Call(f, a, indented("a\nb\n"))), `
{
  value = f a ''
    a
    b
  '';
  z = 0;
}`},
	{"call with a function last", bound(Call(f, a, lambda("x", two))), `
{
  value = f a (x: {
    a = 1;
    b = 2;
  });
  z = 0;
}`},
	{"call with a function of two last", bound(Call(f, a, lambda("x", lambda("a", two)))), `
{
  value = f a (
    x: a: {
      a = 1;
      b = 2;
    }
  );
  z = 0;
}`},
	{"call with a function of a set last", bound(Call(f, setLambda(formals("a"), two))), `
{
  value = f (
    { a }:
    {
      a = 1;
      b = 2;
    }
  );
  z = 0;
}`},
	{"call with a call last", bound(Call(f, Call(f, two))), `
{
  value = f (f {
    a = 1;
    b = 2;
  });
  z = 0;
}`},
	{"call with an operation last", bound(Call(f, binary(Ident("shared"), Update, one))), `
{
  value = f (shared // { a = 1; });
  z = 0;
}`},
	{"call with a long operation last", bound(Call(f, binary(Ident("shared"), Update, two))), `
{
  value = f (
    shared
    // {
      a = 1;
      b = 2;
    }
  );
  z = 0;
}`},
	{"call with a let last", bound(Call(f, lambda("x", &Let{Entries: one.Entries, Body: two}))), `
{
  value = f (
    x:
    let
      a = 1;
    in
    {
      a = 1;
      b = 2;
    }
  );
  z = 0;
}`},
	{"call in the middle", Call(f, Call(Ident("g"), two), a), `
f (g {
  a = 1;
  b = 2;
}) a`},
	{"rest of a call that just fits", Call(Ident("null"), Call(Sel("f", "a"), Float(-1)), long(97)), `
null (f.a (
  -1.0
)) nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn`},
	{"call of numbers", Call(f, Call(wide, Int(math.MinInt64)), two), `
f (aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred (-9223372036854775807 - 1)) {
  a = 1;
  b = 2;
}`},

	{"operation", bound(binary(wide, Add, wide)), `
{
  value =
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
    + aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
  z = 0;
}`},
	{"operation with a list first", bound(binary(binary(ListOf(a), Concat, ListOf(b, c)), Concat, Call(f, x, ListOf(a, b)))), `
{
  value = [
    a
  ]
  ++ [
    b
    c
  ]
  ++ f x [
    a
    b
  ];
  z = 0;
}`},
	{"operation with a set last", bound(binary(a, Update, two)), `
{
  value = a // {
    a = 1;
    b = 2;
  };
  z = 0;
}`},
	{"operation with a set in the middle", bound(binary(binary(a, Update, two), Update, b)), `
{
  value =
    a
    // {
      a = 1;
      b = 2;
    }
    // b;
  z = 0;
}`},
	{"operation with a string first", bound(binary(indented("a\nb\n"), Add, Call(f, x, indented("c\nd\n")))), `
{
  value = ''
    a
    b
  ''
  + f x ''
    c
    d
  '';
  z = 0;
}`},
	{"operation of the least integer", binary(Int(math.MinInt64), Sub, wide), `
-9223372036854775807 - 1 - aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred`},
	{"operations of several kinds", bound(binary(binary(wide, And, binary(wide, Equal, Str("x"))), Or, &Unary{Op: Not, X: wide})), `
{
  value =
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
    && aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred == "x"
    || !aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
  z = 0;
}`},
	{"comparison", bound(binary(Call(wide, a), Equal, Call(wide, b))), `
{
  value =
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred a
    == aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred b;
  z = 0;
}`},
	{"question", bound(&HasAttr{Of: Call(wide, a), Path: Names(string(wide))}), `
{
  value =
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred a
    ? aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
  z = 0;
}`},
	{"default", bound(&Select{Of: wide, Path: Names("a"), Or: Call(wide, two)}), `
{
  value =
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred.a
      or (aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred {
        a = 1;
        b = 2;
      });
  z = 0;
}`},
	{"selection of a call", bound(&Select{Of: Call(wide, wide), Path: Names("a")}), `
{
  value =
    (aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred)
    .a;
  z = 0;
}`},
	{"selection of a set", &Select{Of: two, Path: Names("a")}, `
{
  a = 1;
  b = 2;
}
.a`},

	{"function", bound(lambda("x", two)), `
{
  value = x: {
    a = 1;
    b = 2;
  };
  z = 0;
}`},
	{"function of three", bound(lambda("a", lambda("b", lambda("c", Call(f, x))))), `
{
  value =
    a: b: c:
    f x;
  z = 0;
}`},
	{"function with a long body", bound(lambda("a", lambda("b", binary(wide, Add, wide)))), `
{
  value =
    a: b:
    aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
    + aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
  z = 0;
}`},
	{"function of a set", bound(setLambda(formals("a", "b"), two)), `
{
  value = { a, b }: {
    a = 1;
    b = 2;
  };
  z = 0;
}`},
	{"function of three formals", bound(setLambda(formals("a", "b", "c"), two)), `
{
  value =
    {
      a,
      b,
      c,
    }:
    {
      a = 1;
      b = 2;
    };
  z = 0;
}`},
	{"function with a default", setLambda(Formals{Args: []Formal{{Name: "a", Default: Int(1)}, {Name: "b", Default: two}}, Ellipsis: true}, a), `
{
  a ? 1,
  b ? {
    a = 1;
    b = 2;
  },
  ...
}:
a`},
	{"function with a name for all", bound(setLambda(Formals{Args: formals("a").Args, Ellipsis: true, Bind: "args"}, two)), `
{
  value =
    { a, ... }@args:
    {
      a = 1;
      b = 2;
    };
  z = 0;
}`},
	{"function that is not short", setLambda(formals("a"), Call(f, wide, wide)), `
{ a }:
f aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred`},

	{"let", &Let{Entries: two.Entries, Body: &Let{Body: a}}, `
let
  a = 1;
  b = 2;
in
let
in
a`},
	{"let as value", bound(&Let{Entries: one.Entries, Body: Call(f, x)}), `
{
  value =
    let
      a = 1;
    in
    f x;
  z = 0;
}`},
	{"conditional", bound(&If{wide, Call(f, x), two}), `
{
  value =
    if aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred then
      f x
    else
      {
        a = 1;
        b = 2;
      };
  z = 0;
}`},
	{"conditional in a row", &If{a, b, &If{b, c, &If{c, x, a}}}, `
if a then
  b
else if b then
  c
else if c then
  x
else
  a`},
	{"conditional of a long condition", &If{binary(wide, And, wide), a, b}, `
if
  aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
  && aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
then
  a
else
  b`},
	{"with as value", bound(&With{a, ListOf(b, c)}), `
{
  value = with a; [
    b
    c
  ];
  z = 0;
}`},
	{"with in a row", bound(&With{a, &With{b, ListOf(b, c)}}), `
{
  value =
    with a;
    with b;
    [
      b
      c
    ];
  z = 0;
}`},
	{"assert", &Assert{binary(a, Equal, b), &Assert{Call(wide, wide, wide), two}}, `
assert a == b;
assert aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
  aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred
  aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred;
{
  a = 1;
  b = 2;
}`},

	{"string", bound(indented("a\n  b\n")), `
{
  value = ''
    a
      b
  '';
  z = 0;
}`},
	{"string with code", indentedCode("a ", Call(f, x), " b\n"), `
''
  a ${f x} b
''`},
	{"string with long code", indentedCode("  a ", Call(wide, wide), " b\nc\n"), `
''
    a ${aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred} b
  c
''`},
	{"string with long code alone", indentedCode("a\n  ", Call(Sel("lib", "optionalString"), a, indented("b\nc\n")), "\n"), `
''
  a
    ${lib.optionalString a ''
      b
      c
    ''}
''`},
	{"string with a set", indentedCode("a", two, ""), `
"a${{
  a = 1;
  b = 2;
}}"`},
	{"string with a short function", indentedCode("a", setLambda(formals("a"), Str(string(wide))), ""), `
"a${{ a }: "aNameThatIsSoLongThatNoTwoOfThemFitIntoOneLineOfAHundred"}"`},

	{"comments", &AttrSet{
		Entries: []Entry{
			&Binding{Trivia: Trivia{Blank: true, Lead: []string{"First.", "", "  More."}}, Path: Names("a"), Value: Int(1)},
			&Binding{Trivia: Trivia{Trail: "Behind."}, Path: Names("b"), Value: two},
			&Binding{Trivia: Trivia{Blank: true}, Path: Names("c"), Value: Int(1)},
			&Inherit{Trivia: Trivia{Blank: true, Lead: []string{"Above."}, Trail: "Behind."}, Names: []string{"x"}},
		},
		Inner: []string{"Last."},
	}, `
{
  # First.
  #
  #   More.
  a = 1;
  b = {
    a = 1;
    b = 2;
  }; # Behind.

  c = 1;

  # Above.
  inherit x; # Behind.
  # Last.
}`},
	{"comments in a list", &List{
		Items: []Item{
			{Trivia: Trivia{Lead: []string{"First."}}, Value: a},
			{Trivia: Trivia{Blank: true, Trail: "Behind."}, Value: Call(f, x)},
		},
		Inner: []string{"Last."},
	}, `
[
  # First.
  a

  (f x) # Behind.
  # Last.
]`},
	{"comment alone", ListOf(&AttrSet{Inner: []string{"None."}}, &List{Inner: []string{"None."}}), `
[
  {
    # None.
  }
  [
    # None.
  ]
]`},
	{"comment in an argument", Call(f, &List{Items: []Item{{Trivia: Trivia{Trail: "Behind."}, Value: a}}}, x), `
f [
  a # Behind.
] x`},
	{"comment in a let", &Let{Entries: []Entry{&Binding{Trivia: Trivia{Lead: []string{"Above."}, Trail: "Behind."}, Path: Names("a"), Value: Int(1)}}, Body: a}, `
let
  # Above.
  a = 1; # Behind.
in
a`},
	{"comment in an operation", bound(binary(&List{Items: []Item{{Trivia: Trivia{Lead: []string{"Above."}}, Value: a}}}, Concat, b)), `
{
  value = [
    # Above.
    a
  ]
  ++ b;
  z = 0;
}`},
}

func indentedCode(before string, code Expr, behind string) *String {
	return &String{Indented: true, Parts: []Part{{Text: before}, {Interpolated: code}, {Text: behind}}}
}

func TestOneLine(t *testing.T) {
	for _, c := range oneLineCases {
		samePrint(t, c.tree, c.want)
	}
}

func TestLayout(t *testing.T) {
	for _, c := range layoutCases {
		t.Run(c.name, func(t *testing.T) { samePrint(t, c.tree, c.want) })
	}
}
