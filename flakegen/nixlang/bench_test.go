package nixlang

import (
	"fmt"
	"testing"
)

// packageSet is a tree of the size of a rendered flake with n packages.
func packageSet(n int) *File {
	set := &AttrSet{}
	for i := range n {
		name := fmt.Sprintf("package-%d", i)
		list := ListOf(Sel("pkgs", "makeWrapper"), Sel("pkgs", "removeReferencesTo"))
		set.Entries = append(set.Entries, Bind(name, Call(
			Sel("pkgs", "stdenv", "mkDerivation"),
			&Binary{Op: Update, Left: Ident("shared"), Right: Attrs(
				Bind("name", Str(name)),
				Bind("src", Path("../"+name)),
				Bind("nativeBuildInputs", list),
				Bind("buildInputs", &Binary{Op: Concat, Left: list, Right: Call(Sel("lib", "optional"), Sel("pkgs", "stdenv", "hostPlatform", "isDarwin"), Sel("pkgs", "libiconv"))}),
				Bind("installPhase", &String{Indented: true, Parts: []Part{
					{Text: "mkdir -p $out/bin\ncp "}, {Interpolated: Sel("pkgs", "hello")}, {Text: "/bin/hello ${HOME} $out/bin\n"},
				}}),
				Bind("doCheck", Ident("true")),
			)},
		)))
	}
	return &File{Header: []string{"Generated"}, Body: &Lambda{Param: &Formals{Args: []Formal{{Name: "pkgs"}, {Name: "lib"}}}, Body: set}}
}

// nested is a tree of the given depth in which no level fits onto a line.
func nested(kind string, depth int) Expr {
	long := Ident("aNameThatIsQuiteLongSoThatNoTwoOfThemFitOntoOneLineOfAHundred")
	e := Expr(long)
	for range depth {
		switch kind {
		case "first argument":
			e = Call(long, e, long)
		case "last argument":
			e = Call(long, long, e)
		case "two arguments":
			e = Call(Ident("f"), e, Attrs(Bind("a", long), Bind("b", long)))
		case "list":
			e = ListOf(long, e)
		case "set":
			e = Attrs(Bind("a", e), Bind("b", long))
		case "function":
			e = Call(Ident("f"), &Lambda{Param: Name("x"), Body: e})
		case "operator":
			e = Call(Ident("f"), &Binary{Op: Update, Left: long, Right: e})
		case "string":
			e = &String{Parts: []Part{{Text: "a "}, {Interpolated: Call(Ident("f"), e)}}}
		case "conditional":
			e = &If{Cond: long, Then: e, Else: long}
		case "let":
			e = &Let{Entries: []Entry{Bind("a", e)}, Body: long}
		}
	}
	return e
}

var nestings = []string{
	"first argument", "last argument", "two arguments", "list", "set", "function", "operator", "string", "conditional", "let",
}

// BenchmarkPackages gives the time for each package, which must not grow with
// their number.
func BenchmarkPackages(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := packageSet(n)
			b.SetBytes(int64(len(Format(f))))
			for b.Loop() {
				Format(f)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/package")
		})
	}
}

// BenchmarkDepth gives bytes per second, as the indentation makes the text grow
// with the square of the depth.
func BenchmarkDepth(b *testing.B) {
	for _, kind := range nestings {
		for _, depth := range []int{50, 100, 200, 400} {
			b.Run(fmt.Sprintf("%s/%d", kind, depth), func(b *testing.B) {
				f := &File{Body: nested(kind, depth)}
				b.SetBytes(int64(len(Format(f))))
				for b.Loop() {
					Format(f)
				}
			})
		}
	}
}
