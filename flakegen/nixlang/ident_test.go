package nixlang

import "testing"

func TestIsIdent(t *testing.T) {
	for _, s := range []string{"a", "_", "A1", "a-b", "a'", "null", "iff", "inherits"} {
		if !IsIdent(s) {
			t.Errorf("IsIdent(%q) = false, want true", s)
		}
	}
	for _, s := range []string{"", "1", "-a", "'", "a.b", "a b", "é", "a\n", "if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"} {
		if IsIdent(s) {
			t.Errorf("IsIdent(%q) = true, want false", s)
		}
	}
}

func TestIsPath(t *testing.T) {
	for _, s := range []string{"./.", "../.", "../rts", "./a/b-c_d+e.f", "/a", "a/b", "./..."} {
		if !IsPath(s) {
			t.Errorf("IsPath(%q) = false, want true", s)
		}
	}
	for _, s := range []string{"", ".", "..", "a", "/", "./", "a/", "./a/", "//a", "./a//b", "./a b", "./é", "~/a", "./a\n", "<a/b>", "./${a}"} {
		if IsPath(s) {
			t.Errorf("IsPath(%q) = true, want false", s)
		}
	}
	// Nix must read what the function lets through as a path.
	var expressions []Expr
	for _, s := range []string{"./.", "../.", "../rts", "./a/b-c_d+e.f", "/a", "a/b", "./..."} {
		expressions = append(expressions, Call(Sel("builtins", "isPath"), Path(s)))
	}
	for i, isPath := range evaluate[bool](t, expressions) {
		if !isPath {
			t.Errorf("Nix does not read a path in %s", Print(expressions[i]))
		}
	}
}
