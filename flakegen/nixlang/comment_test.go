package nixlang

import "testing"

var commentCases = []struct{ text, lead, trail string }{
	{"A comment.", "# A comment.", "# A comment."},
	{"", "#", ""},
	{" \t", "#", ""},
	{"  indented", "#   indented", "# indented"},
	{"trailing space \u00a0\t", "# trailing space", "# trailing space"},
	{"# twice", "# # twice", "# # twice"},
	{"x\r\n+ builtins.abort \"code\"", "# x  + builtins.abort \"code\"", "# x  + builtins.abort \"code\""},
	{"a\tb\x00c\x1b[31md\x7f\u0085e", "# a b c [31md  e", "# a b c [31md  e"},
	{"bidi \u202ereversed\u202c\u2066", "# bidi reversed", "# bidi reversed"},
	{"not UTF-8 \xff", "# not UTF-8 \uFFFD", "# not UTF-8 \uFFFD"},
	{"*/ ''${x}'' \"", "# */ ''${x}'' \"", "# */ ''${x}'' \""},
	{"\u2028é😀", "# \u2028é😀", "# \u2028é😀"},
}

func TestComments(t *testing.T) {
	var expressions []Expr
	for _, c := range commentCases {
		if got := commentLine(c.text); got != c.lead {
			t.Errorf("commentLine(%q) = %q, want %q", c.text, got, c.lead)
		}
		if got := trailComment(c.text); got != c.trail {
			t.Errorf("trailComment(%q) = %q, want %q", c.text, got, c.trail)
		}
		expressions = append(expressions, commented(c.text))
	}
	for i, got := range evaluate[int](t, expressions) {
		if got != 1 {
			t.Errorf("%s is %d, want 1", Print(expressions[i]), got)
		}
	}
}

// commented returns an expression with a comment at every place that has any. It
// is 1.
func commented(comment string) Expr {
	trivia := Trivia{Blank: true, Lead: []string{comment, comment}, Trail: comment}
	set := &AttrSet{
		Entries: []Entry{
			&Inherit{Trivia: trivia, From: Sel("builtins"), Names: []string{"null"}},
			&Binding{Trivia: trivia, Path: Names("one"), Value: Int(1)},
		},
		Inner: []string{comment},
	}
	return &Let{
		Entries: []Entry{&Binding{Trivia: trivia, Path: Names("set"), Value: set}},
		Body:    Call(Sel("builtins", "head"), &List{Items: []Item{{Trivia: trivia, Value: Sel("set", "one")}}, Inner: []string{comment}}),
	}
}

// FuzzComments has the real Nix evaluate an expression full of a comment.
func FuzzComments(f *testing.F) {
	for _, c := range commentCases {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := evaluate[int](t, []Expr{commented(text)}); got[0] != 1 {
			t.Errorf("with the comment %q the value is %d, want 1", text, got[0])
		}
	})
}
