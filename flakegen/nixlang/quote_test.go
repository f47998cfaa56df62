package nixlang

import (
	"strings"
	"testing"
)

// quoteCases are texts with the two ways to write them. The text 0 stands for
// an interpolation.
var quoteCases = []struct{ name, text, quoted, indented string }{
	{name: "empty", text: "", quoted: `""`, indented: `""`},
	{name: "plain", text: "make -j8", quoted: `"make -j8"`, indented: `"make -j8"`},
	{name: "double quote and backslash", text: `say "a\b"`, quoted: `"say \"a\\b\""`, indented: `''say "a\b"''`},
	{name: "white space", text: "a\tb\r\nc\n", quoted: `"a\tb\r\nc\n"`, indented: "''\n  a\tb''\\r\n  c\n''"},
	{name: "unknown escape", text: `\w\$`, quoted: `"\\w\\$"`, indented: `''\w\$''`},
	{name: "control character", text: "\x1b[1m", quoted: "\"\x1b[1m\"", indented: "\"\x1b[1m\""},
	{name: "not ASCII", text: "é\u2028", quoted: "\"é\u2028\"", indented: "\"é\u2028\""},

	{name: "lines", text: "a\nb\n", quoted: `"a\nb\n"`, indented: "''\n  a\n  b\n''"},
	{name: "last line not ended", text: "a\nb", quoted: `"a\nb"`, indented: "''\n  a\n  b''"},
	{name: "empty lines", text: "\na\n\nb\n\n", quoted: `"\na\n\nb\n\n"`, indented: "''\n\n  a\n\n  b\n\n''"},
	{name: "nothing but empty lines", text: "\n\n", quoted: `"\n\n"`, indented: `"\n\n"`},
	{name: "deeper lines", text: "a\n  b\n c\n", quoted: `"a\n  b\n c\n"`, indented: "''\n  a\n    b\n   c\n''"},
	{name: "first line deeper", text: "  a\nb\n", quoted: `"  a\nb\n"`, indented: "''\n    a\n  b\n''"},
	{name: "all lines deeper", text: "  a\n\n    b\n", quoted: `"  a\n\n    b\n"`, indented: "''\n  ''\\  a\n\n      b\n''"},
	{name: "one line deeper", text: ` "a"`, quoted: `" \"a\""`, indented: `" \"a\""`},
	{name: "tab first", text: "\ta\n  b\n", quoted: `"\ta\n  b\n"`, indented: "''\n  \ta\n    b\n''"},
	{name: "line of spaces", text: "a\n   \nb\n", quoted: `"a\n   \nb\n"`, indented: "''\n  a\n     \n  b\n''"},
	{name: "first line of spaces", text: "  \nb\n", quoted: `"  \nb\n"`, indented: "''\n    \n  b\n''"},
	{name: "last line of spaces", text: "a\n  ", quoted: `"a\n  "`, indented: `"a\n  "`},
	{name: "last line a tab", text: "a\n\t", quoted: `"a\n\t"`, indented: "''\n  a\n  \t''"},
	{name: "space before the end of a line", text: "a \n", quoted: `"a \n"`, indented: "''\n  a \n''"},

	{name: "variable of the shell", text: "echo $PWD ${HOME}\n", quoted: `"echo $PWD \${HOME}\n"`, indented: "''\n  echo $PWD ''${HOME}\n''"},
	{name: "two dollars", text: "$${a}\n", quoted: `"$\${a}\n"`, indented: "''\n  $''${a}\n''"},
	{name: "three dollars", text: "$$${a}\n", quoted: `"$$\${a}\n"`, indented: "''\n  $$''${a}\n''"},
	{name: "dollar last", text: "a\n$", quoted: `"a\n$"`, indented: "''\n  a\n  $''"},
	{name: "dollar before a quote", text: "$\"\n", quoted: `"$\"\n"`, indented: "''\n  $\"\n''"},
	{name: "dollar before a brace in the next line", text: "$\n{\n", quoted: `"$\n{\n"`, indented: "''\n  $\n  {\n''"},

	{name: "single quotes", text: "'a' 'b'\n", quoted: `"'a' 'b'\n"`, indented: "''\n  'a' 'b'\n''"},
	{name: "two single quotes", text: "a=''\n", quoted: `"a=''\n"`, indented: "''\n  a='''\n''"},
	{name: "three single quotes", text: "'''a\n", quoted: `"'''a\n"`, indented: "''\n  ''''a\n''"},
	{name: "single quote last", text: "a\n'b'", quoted: `"a\n'b'"`, indented: "''\n  a\n  'b''\\'''"},
	{name: "two single quotes last", text: "a\n''", quoted: `"a\n''"`, indented: "''\n  a\n  '''''"},
	{name: "three single quotes last", text: "a\n'''", quoted: `"a\n'''"`, indented: "''\n  a\n  '''''\\'''"},
	{name: "single quote before a live dollar", text: "'${a}'\n", quoted: `"'\${a}'\n"`, indented: "''\n  ''\\'''${a}'\n''"},
	{name: "two single quotes before a live dollar", text: "''${a}\n", quoted: `"''\${a}\n"`, indented: "''\n  '''''${a}\n''"},
	{name: "single quote before a carriage return", text: "'\r\n", quoted: `"'\r\n"`, indented: "''\n  ''\\'''\\r\n''"},
	{name: "single quotes and a backslash", text: "''\\n\n", quoted: `"''\\n\n"`, indented: "''\n  '''\\n\n''"},
	{name: "dollar before a single quote", text: "$'a'\n", quoted: `"$'a'\n"`, indented: "''\n  $'a'\n''"},
	{name: "dollar between", text: "'$'${'\n", quoted: `"'$'\${'\n"`, indented: "''\n  '$''\\'''${'\n''"},

	{name: "interpolation", text: "a 0 b\n", quoted: `"a ${x} b\n"`, indented: "''\n  a ${x} b\n''"},
	{name: "interpolation on one line", text: "0/bin", quoted: `"${x}/bin"`, indented: `"${x}/bin"`},
	{name: "interpolation first", text: "0\n  a\n", quoted: `"${x}\n  a\n"`, indented: "''\n  ${x}\n    a\n''"},
	{name: "interpolation last", text: "a\n0", quoted: `"a\n${x}"`, indented: "''\n  a\n  ${x}''"},
	{name: "interpolation behind spaces last", text: "a\n 0", quoted: `"a\n ${x}"`, indented: "''\n  a\n   ${x}''"},
	{name: "interpolation behind spaces only", text: "  0\n", quoted: `"  ${x}\n"`, indented: "''\n  ''\\  ${x}\n''"},
	{name: "dollar before an interpolation", text: "$0\n", quoted: `"\$${x}\n"`, indented: "''\n  ''$${x}\n''"},
	{name: "two dollars before an interpolation", text: "$$0\n", quoted: `"$\$${x}\n"`, indented: "''\n  $''$${x}\n''"},
	{name: "single quote before an interpolation", text: "'0'\n", quoted: `"'${x}'\n"`, indented: "''\n  '${x}'\n''"},
	{name: "single quote and dollar before an interpolation", text: "'$0\n", quoted: `"'\$${x}\n"`, indented: "''\n  ''\\'''$${x}\n''"},
	{name: "two interpolations", text: "00\n", quoted: `"${x}${x}\n"`, indented: "''\n  ${x}${x}\n''"},
	{name: "brace behind an interpolation", text: "0{a}\n", quoted: `"${x}{a}\n"`, indented: "''\n  ${x}{a}\n''"},
}

// interpolated returns a string with x wherever the text has a 0.
func interpolated(text string, x Expr, indented bool) *String {
	s := &String{Indented: indented}
	for i, part := range strings.Split(text, "0") {
		if i > 0 {
			s.Parts = append(s.Parts, Part{Interpolated: x})
		}
		s.Parts = append(s.Parts, Part{Text: part})
	}
	return s
}

func TestQuote(t *testing.T) {
	for _, c := range quoteCases {
		t.Run(c.name, func(t *testing.T) {
			samePrint(t, interpolated(c.text, Ident("x"), false), c.quoted)
			samePrint(t, interpolated(c.text, Ident("x"), true), c.indented)
		})
	}
}

// TestQuoteValues has the real Nix evaluate strings that were written both ways.
func TestQuoteValues(t *testing.T) {
	var texts []string
	for _, c := range quoteCases {
		texts = append(texts, c.text)
	}
	for seed := range uint64(4000) {
		g := newGrower(seed)
		text := g.text() + g.text()
		if g.chance(50) {
			text += "0" + g.text()
		}
		texts = append(texts, text)
	}
	var expressions []Expr
	for _, text := range texts {
		expressions = append(expressions,
			interpolated(text, Str("''x$"), false),
			interpolated(text, Str("''x$"), true),
			Attrs(Bind("deep", Attrs(Bind("set", interpolated(text, Str("''x$"), true))))).selected("deep", "set"),
		)
	}
	values := evaluate[string](t, expressions)
	for i, got := range values {
		want := strings.ReplaceAll(texts[i/3], "0", "''x$")
		if got != want {
			t.Errorf("the value of %s is %q, want %q", Print(expressions[i]), got, want)
		}
	}
}

func (a *AttrSet) selected(names ...string) Expr {
	return &Select{Of: a, Path: Names(names...)}
}

// FuzzQuote has the real Nix evaluate a string of three parts, written both
// ways, and as the name of an attribute.
func FuzzQuote(f *testing.F) {
	for _, c := range quoteCases {
		f.Add(c.text, "x", c.text)
	}
	f.Fuzz(func(t *testing.T, before, between, behind string) {
		for _, text := range []string{before, between, behind} {
			if CheckText(text) != nil {
				t.Skip("no Nix string")
			}
		}
		parts := []Part{{Text: before}, {Interpolated: Str(between)}, {Text: behind}}
		want := before + between + behind
		values := evaluate[string](t, []Expr{
			&String{Parts: parts},
			&String{Parts: parts, Indented: true},
			&String{Parts: []Part{{Text: want}}, Indented: true},
			Attrs(Bind(want, Str(want))).selected(want),
			&Apply{Fn: Sel("builtins", "head"), Arg: &Apply{Fn: Sel("builtins", "attrNames"), Arg: Attrs(Bind(want, Int(1)))}},
		})
		for i, got := range values {
			if got != want {
				t.Errorf("value %d of %q, %q and %q is %q", i, before, between, behind, got)
			}
		}
	})
}

func TestCheckText(t *testing.T) {
	for _, text := range []string{"", "a\r\n\t\x01\u00a0é😀", "\uFFFD"} {
		if err := CheckText(text); err != nil {
			t.Errorf("CheckText(%q) = %v, want no error", text, err)
		}
	}
	for text, want := range map[string]string{
		"ab\x00":   "a NUL character at byte 2, which no Nix string can hold",
		"é\xff":    "byte 0xff at 2 is not valid UTF-8, which Nix files are written in",
		"\xc3(":    "byte 0xc3 at 0 is not valid UTF-8, which Nix files are written in",
		"\xed\xa0": "byte 0xed at 0 is not valid UTF-8, which Nix files are written in",
	} {
		if err := CheckText(text); err == nil || err.Error() != want {
			t.Errorf("CheckText(%q) = %v, want %q", text, err, want)
		}
	}
}
