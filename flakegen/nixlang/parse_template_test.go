package nixlang

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// describeTemplate reads text in which each 0 is a splice of the variable s, and
// tells what was found: the tree, the free variables and the places of splices.
func describeTemplate(text string) string {
	texts := strings.Split(text, "0")
	splices := make([]Splice, len(texts)-1)
	for i := range splices {
		splices[i] = Splice{Expr: Ident("s")}
	}
	template, err := ParseTemplate(texts, splices)
	if err != nil {
		failure := err.(*SyntaxError)
		return fmt.Sprintf("text %d, %d+%d, %v", failure.Text, failure.Offset, failure.Length, err)
	}
	result := strings.Join(strings.Fields(Print(template.Expr)), " ")
	for _, use := range template.Free {
		result += fmt.Sprintf(" | %s at %d:%d", use.Name, use.Text, use.Offset)
		if use.Attribute != "" {
			result += " ." + use.Attribute
		}
		if use.With {
			result += " with"
		}
	}
	for i, place := range template.Places {
		if place.Interpolated || len(place.Bound) > 0 {
			result += fmt.Sprintf(" | splice %d %v %v", i, place.Interpolated, place.Bound)
		}
	}
	return result
}

func TestParseTemplate(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0", "s"},
		{"a", "a | a at 0:0"},
		{"f 0 a", "f s a | f at 0:0 | a at 1:1"},
		{"0.a or b", "s.a or b | b at 1:6"},
		{"a.b.c + d.${e}", "a.b.c + d.${e} | a at 0:0 .b | d at 0:8 | e at 0:12"},
		{"\"a0b\"", "\"a${s}b\" | splice 0 true []"},
		{"''\n  0\n''", "'' ${s} '' | splice 0 true []"},
		{"a.0", "a.${s} | a at 0:0 | splice 0 true []"},
		{"{ 0.a = 0; }", "{ ${s}.a = s; } | splice 0 true []"},

		// Names that the text binds, and where they are bound.
		{"a: a b 0", "a: a b s | b at 0:5 | splice 0 false [a]"},
		{"a: b: 0", "a: b: s | splice 0 false [b a]"},
		{"{ a, b ? a c, ... }@d: a d e", "{ a, b ? a c, ... }@d: a d e | c at 0:11 | e at 0:27"},
		{"let a = b; b = a 0; in a c", "let a = b; b = a s; in a c | c at 1:7 | splice 0 false [a b]"},
		{"let inherit a; in a", "let inherit a; in a | a at 0:12"},
		{"let inherit (a) b; a = b; in a", "let inherit (a) b; a = b; in a"},
		{"let a.b = 1; in b", "let a.b = 1; in b | b at 0:16"},
		{"{ a = b; b = a; inherit c; }", "{ a = b; b = a; inherit c; } | b at 0:6 | a at 0:13 | c at 0:24"},
		{"rec { a = b; b = 0; inherit a'; }", "rec { a = b; b = s; inherit a'; } | a' at 1:10 | splice 0 false [a a' b]"},
		{"rec { inherit (a) b; ${b} = a; }", "rec { inherit (a) b; ${b} = a; } | a at 0:15 | a at 0:28"},
		{"let { body = a; a = b; }", "rec { body = a; a = b; } .body | b at 0:20"},
		{"(a: a) a", "(a: a) a | a at 0:7"},
		{"with a; b (c: c d)", "with a; b (c: c d) | a at 0:5 | b at 0:8 with | d at 0:16 with"},
		{"(with a; b) c", "(with a; b) c | a at 0:6 | b at 0:9 with | c at 0:12"},

		// Errors in the text that they are in.
		{"(", "text 0, 1+0, line 1, column 2: expected an expression, found the end of the text"},
		{"a\n  0\n;", "text 1, 1+1, line 3, column 1: expected an operator or the end of the text, found \";\""},
		{"a # 0", "text 0, 4+1, line 1, column 5: a splice in a comment, where it has no meaning"},
		{"a0", "text 0, 1+1, line 1, column 2: a splice touches what stands beside it: put a space between them, or both into a string"},
		{"0 00", "text 2, 0+1, line 1, column 4: a splice touches what stands beside it: put a space between them, or both into a string"},
		{"é 0: a", "text 0, 0+2, line 1, column 1: \"é\" means nothing in Nix"},
		{"\"é\" 0: a", "text 1, 0+1, line 1, column 6: expected an operator or the end of the text, found \":\""},
		{"0 + 0 \xff", "text 2, 1+0, line 1, column 7: byte 0xff at 1 is not valid UTF-8, which Nix files are written in"},
	} {
		if got := describeTemplate(c.text); got != c.want {
			t.Errorf("%q:\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestParseTemplateParts: what stands in a string becomes part of it.
func TestParseTemplateParts(t *testing.T) {
	text := Splice{Expr: Int(5), Parts: []Part{{Text: "5\n"}}}
	none := Splice{Expr: Str(""), Parts: []Part{}}
	for _, c := range []struct {
		texts   []string
		splices []Splice
		want    string
	}{
		{[]string{"", " + \"a", "b\""}, []Splice{text, text}, `5 + "a5\nb"`},
		{[]string{"a.", ".", ""}, []Splice{text, none}, `a."5\n".""`},
		{[]string{"''\n  ", "  b\n''"}, []Splice{text}, "''\n  5\n    b\n''"},
		{[]string{"\"", "", "\""}, []Splice{none, none}, `""`},
	} {
		template, err := ParseTemplate(c.texts, c.splices)
		if err != nil {
			t.Errorf("%q: %v", c.texts, err)
			continue
		}
		samePrint(t, template.Expr, c.want)
	}
}

// TestFreeVariables has Nix, which refuses what is not defined, say that the free
// variables of random trees are all there are, and of some that they are needed.
func TestFreeVariables(t *testing.T) {
	var all []Expr
	for seed := range uint64(800) {
		template, err := ParseTemplate([]string{Print(newGrower(seed).file().Body)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		needed := map[string]bool{}
		for _, use := range template.Free {
			if !use.With && !IsGlobal(use.Name) {
				needed[use.Name] = true
			}
		}
		names := slices.Sorted(maps.Keys(needed))
		all = append(all, defining(names, template.Expr))
		if len(names) > 0 && seed%20 == 0 {
			without := Print(defining(names[1:], template.Expr))
			if !refuses(t, without) {
				t.Errorf("Nix does not need %q in %s", names[0], without)
			}
		}
	}
	nixInstantiate(t, []byte(Print(ListOf(all...))), "--parse")
}

// defining returns e where the names are defined.
func defining(names []string, e Expr) Expr {
	let := &Let{Body: e}
	for _, name := range names {
		let.Entries = append(let.Entries, Bind(name, Int(1)))
	}
	return let
}

// TestGlobals has Nix read the variables that it is said to have everywhere. Two of
// them depend on its version and its settings.
func TestGlobals(t *testing.T) {
	var all []Expr
	for _, name := range Globals() {
		if name != "break" && name != "fetchTree" {
			all = append(all, Ident(name))
		}
	}
	nixInstantiate(t, []byte(Print(ListOf(all...))), "--parse")
	if !slices.IsSorted(Globals()) {
		t.Error("they are not sorted")
	}
}
