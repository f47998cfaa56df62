package nixlang

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	dump      = flag.String("dump", "", "write the files of TestDump into this `folder`")
	dumpFiles = flag.Int("dump-files", 1000, "how many random files TestDump writes")
	dumpSeed  = flag.Uint64("dump-seed", 1, "the seed of the first random file of TestDump")
)

// TestDump writes random files, and all the tables of these tests, for a
// comparison with the real nixfmt 1.4, which must leave them as they are:
//
//	go test ./flakegen/nixlang -run TestDump -dump /tmp/trees -dump-files 20000
//	find /tmp/trees -name '*.nix' | xargs nixfmt --check
func TestDump(t *testing.T) {
	if *dump == "" {
		t.Skip("without -dump there is nothing to write")
	}
	write := func(name string, f *File) {
		if err := os.WriteFile(filepath.Join(*dump, name+".nix"), Format(f), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for seed := *dumpSeed; seed < *dumpSeed+uint64(*dumpFiles); seed++ {
		write(fmt.Sprintf("random-%06d", seed), newGrower(seed).file())
	}
	for i, c := range oneLineCases {
		write(fmt.Sprintf("line-%03d", i), &File{Body: c.tree})
	}
	for i, c := range layoutCases {
		write(fmt.Sprintf("layout-%03d", i), &File{Body: c.tree})
	}
	for i, c := range fileCases {
		write(fmt.Sprintf("file-%03d", i), c.file)
	}
	for i, c := range quoteCases {
		write(fmt.Sprintf("quoted-%03d", i), &File{Body: bound(interpolated(c.text, x, false))})
		write(fmt.Sprintf("indented-%03d", i), &File{Body: bound(interpolated(c.text, x, true))})
	}
}

// samePrint checks the text of an expression. A line break at the beginning of
// want is left out, so that it can begin on a line of its own.
func samePrint(t *testing.T, e Expr, want string) {
	t.Helper()
	if got := Print(e); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.TrimPrefix(want, "\n"))
	}
}

var fileCases = []struct {
	name string
	file *File
	want string
}{
	{"set", &File{Header: []string{"Generated.", ""}, Body: one}, `
# Generated.
#
{
  a = 1;
}
`},
	{"no header", &File{Body: Attrs()}, `
{ }
`},
	{"function of one line", &File{Body: setLambda(formals("pkgs"), Sel("pkgs", "hello"))}, `
{ pkgs }: pkgs.hello
`},
	{"function of a call", &File{Body: setLambda(formals("pkgs"), Call(f, one))}, `
{ pkgs }: f { a = 1; }
`},
	{"function", &File{Header: []string{"Generated."}, Body: setLambda(formals("pkgs"), one)}, `
# Generated.
{ pkgs }:
{
  a = 1;
}
`},
	{"functions", &File{Body: setLambda(formals("pkgs"), setLambda(formals("lib"), lambda("x", one)))}, `
{ pkgs }:
{ lib }:
x: {
  a = 1;
}
`},
	{"let", &File{Body: setLambda(formals("pkgs"), &Let{Entries: one.Entries, Body: one})}, `
{ pkgs }:
let
  a = 1;
in
{
  a = 1;
}
`},
	{"with", &File{Body: &With{a, &Assert{b, one}}}, `
with a;
assert b;
{
  a = 1;
}
`},
	{"comment below the formals", &File{Lead: []string{"Why."}, Body: setLambda(formals("pkgs"), Sel("pkgs", "hello"))}, `
{ pkgs }:
# Why.
pkgs.hello
`},
	{"comment below a let", &File{Header: []string{"Generated."}, Lead: []string{"Why.", "Then."}, Body: setLambda(formals("pkgs"), &Let{Entries: one.Entries, Body: Attrs()})}, `
# Generated.
{ pkgs }:
let
  a = 1;
in
# Why.
# Then.
{
}
`},
	{"comment without either", &File{Header: []string{"Generated."}, Lead: []string{"Why."}, Body: a}, `
# Generated.
# Why.
a
`},
	{"overlay", &File{Body: lambda("final", lambda("prev", one))}, `
final: prev: {
  a = 1;
}
`},
	// A comment in front makes nixfmt treat these in another way.
	{"empty list below a header", &File{Header: []string{"Generated."}, Body: ListOf()}, `
# Generated.
[
]
`},
	{"empty set below a header", &File{Header: []string{"Generated."}, Body: Attrs()}, `
# Generated.
{ }
`},
	{"empty set of an operation below a header", &File{Header: []string{"Generated."}, Body: binary(Attrs(), Update, two)}, `
# Generated.
{
}
// {
  a = 1;
  b = 2;
}
`},
	{"call below a header", &File{Header: []string{"Generated."}, Body: Call(long(60), &Select{Of: Call(f, x), Path: Names(string(long(40)))})}, `
# Generated.
nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
  (f x).nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
`},
	{"call without a header", &File{Body: Call(long(60), &Select{Of: Call(f, x), Path: Names(string(long(40)))})}, `
nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn (f x)
  .nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
`},
}

func TestFormat(t *testing.T) {
	for _, c := range fileCases {
		t.Run(c.name, func(t *testing.T) {
			if got, want := string(Format(c.file)), strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestFormatLeavesTheTree formats the same tree twice, in which parts occur
// more than once.
func TestFormatLeavesTheTree(t *testing.T) {
	for seed := range uint64(200) {
		part := newGrower(seed).attrs(4)
		whole := &File{Body: Attrs(Bind("a", Call(f, part, part)), Bind("b", part))}
		first := string(Format(whole))
		if second := string(Format(whole)); first != second {
			t.Fatalf("seed %d: first\n%s\nthen\n%s", seed, first, second)
		}
	}
}

func TestFormatMarked(t *testing.T) {
	binding := func(origin any, name string, value Expr) *Binding {
		entry := Bind(name, value)
		entry.Origin = origin
		return entry
	}
	commented := binding("commented", "b", two)
	commented.Blank, commented.Lead = true, []string{"Two", "lines."}
	file := &File{
		Header: []string{"Generated.", "Second line."},
		Body: setLambda(formals("pkgs"), &Let{
			Entries: []Entry{binding("let", "a", indented("1\n2\n"))},
			Body: Attrs(
				commented,
				&Inherit{Trivia: Trivia{Origin: "inherit"}, Names: []string{"a", "b", "c", "f"}},
				binding(42, "list", &List{Items: []Item{{Value: a}, {Trivia: Trivia{Origin: "item"}, Value: one}}}),
				binding("call", "d", Call(f, Attrs(binding("inner", "e", x)))),
			),
		}),
	}
	text, marks := FormatMarked(file)
	begins := map[any]string{
		"let": "a = ''", "commented": "b = {", "inherit": "inherit", 42: "list = [", "item": "{ a = 1; }",
		"call": "d = f { e = x; };", "inner": "d = f { e = x; };",
	}
	lines := strings.Split(string(text), "\n")
	for i, mark := range marks {
		if got := strings.TrimSpace(lines[mark.Line-1]); got != begins[mark.Origin] {
			t.Errorf("%v is at line %d, which is %q, want %q", mark.Origin, mark.Line, got, begins[mark.Origin])
		}
		if i > 0 && marks[i-1].Line > mark.Line {
			t.Errorf("%v at line %d comes after %v at line %d", mark.Origin, mark.Line, marks[i-1].Origin, marks[i-1].Line)
		}
	}
	if len(marks) != len(begins) {
		t.Errorf("got %d marks, want %d", len(marks), len(begins))
	}
	if plain := Format(file); string(plain) != string(text) {
		t.Errorf("Format and FormatMarked differ:\n%s\n%s", plain, text)
	}
}

// TestMembers holds the tables against the sealed interfaces: a type that is
// added to one of these has to be printed, and tested.
func TestMembers(t *testing.T) {
	want := map[string]bool{}
	for _, method := range []string{"expr", "entry", "param"} {
		for _, name := range membersOf(t, method) {
			want[name] = true
		}
	}
	got := map[string]bool{}
	for _, c := range oneLineCases {
		collectTypes(reflect.ValueOf(c.tree), got)
	}
	for _, c := range layoutCases {
		collectTypes(reflect.ValueOf(c.tree), got)
	}
	for name := range want {
		if !got[name] {
			t.Errorf("no table has a tree with the type %s", name)
		}
	}
	for _, op := range append(slices.Collect(maps.Keys(operators)), Negate, Not) {
		if !got[string(op)] {
			t.Errorf("no table has a tree with the operator %s", op)
		}
	}
	if len(want) < 20 {
		t.Errorf("found only the types %v in the source", want)
	}
}

func TestFormatPanics(t *testing.T) {
	for want, tree := range map[string]Expr{
		`nixlang: <nil> is no expression`:                                            nil,
		`nixlang: "a b" is no identifier`:                                            Ident("a b"),
		`nixlang: "or" is no identifier`:                                             Ident("or"),
		`nixlang: "if" is no identifier`:                                             lambda("if", x),
		`nixlang: "in" is no identifier`:                                             setLambda(formals("in"), x),
		`nixlang: "then" is no identifier`:                                           setLambda(Formals{Bind: "then"}, x),
		`nixlang: "x" is no path literal`:                                            Path("x"),
		`nixlang: +Inf is no Nix float`:                                              Float(math.Inf(1)),
		`nixlang: NaN is no Nix float`:                                               Float(math.NaN()),
		`nixlang: "!" is no operator with two operands`:                              binary(a, Not, b),
		`nixlang: "+" is no operator with one operand`:                               &Unary{Op: Add, X: a},
		`nixlang: <nil> is no entry`:                                                 Attrs(nil),
		`nixlang: <nil> is no parameter`:                                             &Lambda{Body: x},
		`nixlang: an attribute path has at least one name`:                           &Select{Of: a},
		`nixlang: a NUL character at byte 1, which no Nix string can hold`:           Str("a\x00"),
		`nixlang: byte 0xff at 0 is not valid UTF-8, which Nix files are written in`: Sel("a", "\xff"),
		`nixlang: byte 0xfe at 1 is not valid UTF-8, which Nix files are written in`: indented("\n\xfe"),
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %q", got, want)
				}
			}()
			Format(&File{Body: tree})
		})
	}
}

// TestDepth lays out trees in which no level fits onto a line. The layout of a
// level is tried in several ways; if each way tried those of the levels below
// again, this would not end.
func TestDepth(t *testing.T) {
	for _, kind := range nestings {
		start := time.Now()
		text := Format(&File{Body: nested(kind, 200)})
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s, 200 levels: %d bytes took %v", kind, len(text), took)
		}
	}
}
