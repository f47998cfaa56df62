package grow

import (
	"fmt"
	"strings"
)

// value makes what an attribute of a spec is: an expression of a shape, or one of
// the forms that specs are mostly made of, whatever their shape.
func (s *Spec) value(of Shape) string {
	switch s.IntN(12) {
	case 0, 1, 2, 3:
		return s.Expr(of)
	case 4:
		return s.script()
	default:
		return s.idiom(3)
	}
}

// idiom makes an expression as specs have it, of at most depth levels.
func (s *Spec) idiom(depth int) string {
	if depth <= 0 || s.budget <= 0 {
		return s.small()
	}
	s.budget--
	inner := func() string { return s.idiom(depth - 1) }
	switch s.IntN(16) {
	case 0, 1:
		return s.packageList(s.Count(0, 12))
	case 2:
		var parts []string
		for range s.Count(2, 5) {
			parts = append(parts, Pick(s.Grower, s.packageList(s.Count(0, 4)), "lib::optional("+s.flag()+", "+inner()+")", "lib::optionals("+s.flag()+", "+s.packageList(2)+")", inner()))
		}
		return "concat(" + s.row(parts) + ")"
	case 3, 4, 5:
		return s.attributeSet(s.Count(0, 6), inner)
	case 6:
		return Pick(s.Grower, s.path(), `import("nix/lib.nix")`, `import("nix/lib.nix", `+s.attributeSet(s.Count(0, 4), s.small)+")")
	case 7:
		return s.function() // a value as any other
	case 8:
		return s.applied(inner)
	case 9:
		return s.flag() + " ? " + inner() + " : " + inner()
	case 10:
		parts := []string{s.attributeSet(s.Count(0, 3), inner)}
		for range s.Count(1, 3) {
			parts = append(parts, Pick(s.Grower, s.attributeSet(s.Count(0, 3), inner), s.symbol(), "lib::optionalAttrs("+s.flag()+", "+s.attributeSet(1, inner)+")"))
		}
		return "merge(" + s.row(parts) + ")"
	case 11:
		return s.nixText()
	case 12:
		return s.loop(inner)
	case 13:
		return s.operation()
	case 14:
		return Pick(s.Grower, "try(", "try(") + s.symbol() + Pick(s.Grower, "", ".rev", `["x y"]`) + ", " + inner() + ")"
	default:
		return s.Expr(s.Shape(2))
	}
}

// small makes what has nothing in it.
func (s *Spec) small() string {
	switch s.IntN(8) {
	case 0:
		return Pick(s.Grower, "null", "true", "false", "[]", "{}", "0", "-1", "1.5", `""`)
	case 1:
		return s.quoted(s.Words())
	case 2:
		return s.quoted(s.sentence())
	case 3:
		return s.path()
	default:
		return s.symbol()
	}
}

// symbol makes a reference, at times to something behind it.
func (s *Spec) symbol() string {
	name := Pick(s.Grower, s.Symbols...).Name
	if s.Chance(70) {
		return name
	}
	return name + Pick(s.Grower, ".dev", ".passthru.tests.all", `["x y"]`, "[0]", `["if"].or`, "."+s.long())
}

// long makes a name that may end just before or behind the limit of a line.
func (s *Spec) long() string {
	return Pick(s.Grower, "a", "the", "stdenv") + strings.Repeat("VeryLong", s.IntN(8)) + strings.Repeat("x", s.IntN(12))
}

// sentence makes text of words only, up to some lines long.
func (s *Spec) sentence() string {
	return strings.TrimSpace(strings.Repeat("word ", s.IntN(24)) + strings.Repeat("x", s.IntN(30)))
}

func (s *Spec) flag() string {
	if s.Chance(50) {
		return s.Expr(aBoolean)
	}
	return Pick(s.Grower, s.symbol(), s.symbol()+" == null", "!"+s.symbol(), s.symbol()+" && "+s.symbol(), s.symbol()+" != "+s.small(), "can("+s.symbol()+".x)")
}

// function makes a function.
func (s *Spec) function() string {
	return Pick(s.Grower, s.symbol(), s.symbol()+"."+s.long(), s.lambda(), `import("nix/lib.nix")`, "lib::flip("+s.symbol()+", "+s.small()+")", "call("+s.symbol()+", "+s.small()+")")
}

// lambda makes a function as overrides take it.
func (s *Spec) lambda() string {
	names := []Binding{{Name: Pick(s.Grower, "old", "oldAttrs", "final", "x"), Shape: setOf(texts)}}
	if s.Chance(40) {
		names = append(names, Binding{Name: Pick(s.Grower, "prev", "y", "previousAttrs"), Shape: setOf(texts)})
	}
	body := s.with(names, func() string {
		own := s.Symbols
		defer func() { s.Symbols = own }()
		s.Symbols = own[:len(own):len(own)]
		for _, b := range names {
			s.Symbols = append(s.Symbols, b, Binding{Name: b.Name + ".patches", Shape: texts})
		}
		return Pick(s.Grower, s.attributeSet(s.Count(0, 4), func() string { return s.idiom(1) }), s.idiom(1))
	})
	return "fn(" + nameList(names) + ", " + body + ")"
}

// applied makes calls with arguments of all kinds.
func (s *Spec) applied(inner func() string) string {
	arguments := func(least, most int) string {
		var list []string
		for range s.Count(least, most) {
			list = append(list, Pick(s.Grower, s.small(), inner(), s.attributeSet(s.Count(0, 3), s.small), s.lambda(), s.packageList(s.Count(0, 3)), s.heredocArgument()))
		}
		return s.row(list)
	}
	root := "lib"
	if !s.absent["pkgs"] {
		root = "pkgs"
	}
	switch s.IntN(4) {
	case 0:
		return root + "::hello::overrideAttrs(" + s.lambda() + ")"
	case 1:
		return "call(" + root + "::hello::override(" + s.attributeSet(s.Count(0, 2), s.small) + ").overrideAttrs, " + s.lambda() + ")"
	case 2:
		return "call(" + s.symbol() + ", " + arguments(1, 4) + ")" + Pick(s.Grower, "", ".a", `["x y"].b`)
	default:
		return root + Pick(s.Grower, "::f", "::stdenv::mkDerivation", "::"+s.long()) + "(" + arguments(1, 4) + ")"
	}
}

// packageList makes a list of references, with a comment here and there.
func (s *Spec) packageList(count int) string {
	var items []string
	for range count {
		switch s.IntN(10) {
		case 0:
			items = append(items, s.idiom(1))
		case 1:
			items = append(items, s.symbol()+"."+s.long())
		default:
			items = append(items, s.symbol())
		}
	}
	if len(items) == 0 && s.Chance(20) {
		return "[" + s.newline + "#" + s.comment() + s.newline + "]"
	}
	return "[" + s.row(items) + "]"
}

// row writes elements behind one another, or below one another with comments.
func (s *Spec) row(items []string) string {
	if len(items) == 0 || s.Chance(60) {
		return strings.Join(items, ", ")
	}
	var b strings.Builder
	b.WriteString(s.newline)
	for _, item := range items {
		b.WriteString(s.lead())
		b.WriteString("    " + item + "," + s.trail() + s.newline)
	}
	return b.String()
}

func (s *Spec) lead() string {
	switch s.IntN(8) {
	case 0:
		return "    #" + s.comment() + s.newline
	case 1:
		return s.newline
	}
	return ""
}

func (s *Spec) trail() string {
	if s.Chance(12) {
		return " #" + s.comment()
	}
	return ""
}

// attributeSet makes a literal object.
func (s *Spec) attributeSet(count int, inner func() string) string {
	names := some(s, append([]string{"a", "b", "hash", "url", "x y", "description", "license", "NIX_CFLAGS_COMPILE", "rev", "", "${", "é", "1", "system"}, attributeNames...), count)
	var entries []string
	for _, name := range names {
		switch {
		case s.Chance(4) && s.Symbols != nil:
			entries = append(entries, "("+s.symbol()+") = "+inner())
		case s.Chance(12):
			// What inherit is for.
			plain := strings.NewReplacer("${", "d", " ", "", "é", "e").Replace("x" + name)
			entries = append(entries, plain+" = "+Pick(s.Grower, s.symbol(), "lib.x")+"."+plain)
		default:
			entries = append(entries, s.key(name)+" = "+inner())
		}
	}
	if len(entries) == 0 && s.Chance(20) {
		return "{" + s.newline + "    #" + s.comment() + s.newline + "  }"
	}
	if len(entries) == 0 || s.Chance(40) {
		return "{ " + strings.Join(entries, ", ") + " }"
	}
	var b strings.Builder
	b.WriteString("{" + s.newline)
	for _, entry := range entries {
		b.WriteString(s.lead() + "    " + entry + s.trail() + s.newline)
	}
	b.WriteString("  }")
	return b.String()
}

// path makes a path of the repository.
func (s *Spec) path() string {
	return fmt.Sprintf("path(%q)", Pick(s.Grower, append([]string{"."}, repository...)...))
}

// script makes a heredoc for the shell, as the value of an attribute.
func (s *Spec) script() string {
	intro, indent, strip := "<<-", "    ", "~"
	if s.Chance(20) {
		intro, indent = "<<", Pick(s.Grower, "", "  ")
	} else {
		strip = ""
	}
	var b strings.Builder
	b.WriteString(intro + "EOT" + s.newline)
	for range s.Count(0, 7) {
		if s.Chance(95) {
			b.WriteString(indent)
		}
		b.WriteString(Pick(s.Grower, "", "  ", "\t") + s.shellLine(strip) + s.newline)
	}
	b.WriteString("  EOT")
	return b.String()
}

func (s *Spec) shellLine(strip string) string {
	return Pick(s.Grower, "", "make install prefix=$out", `echo "in $PWD and $${HOME}"`, "cp -r '${"+strip+s.symbol()+"}'/* $out", "${"+s.interpolable()+"}", "x=$(cat < y) # ${"+s.symbol()+"}",
		"''", "'''${"+s.symbol()+"}'", "curl -w %%{http_code} -- $$ $", "export A=${"+s.interpolable()+"}:${"+s.symbol()+"}\t", "\\n \\ \\${"+s.symbol()+"}",
		"%{ if "+s.flag()+" }yes%{ else }no%{ endif }", "sed -e 's/^\\s*//' ${"+s.symbol()+"."+s.long()+"}", "é “quoted” \u00a0", s.sentence())
}

// heredocArgument makes a heredoc that stands in parentheses.
func (s *Spec) heredocArgument() string {
	return "(" + s.newline + s.script() + s.newline + ")"
}

// nixText makes Nix that stands in the spec as text.
func (s *Spec) nixText() string {
	names := Pick(s.Grower, "lib", "self")
	return `nix("` + Pick(s.Grower,
		"with "+names+"; [ a b.c ]",
		"{ a, b ? 1, ... }@args: args // { inherit a b; c = ${"+s.symbol()+"}; }",
		"x: y: { z = x + y; }",
		"let a = ${"+s.symbol()+"}; in a ++ [ "+names+".x ]",
		"rec { a = 1; b = a; \\\"c d\\\" = ''text $${"+names+".version}''; }",
		"if "+names+".on then ./. else assert true; null",
		"a: with a; [ b ] ++ c # lost",
		"_: map (x: x.y or ${"+s.symbol()+"}) ${"+s.symbol()+"}",
		"{ }", "[ ]", "builtins.foldl' (a: b: a // b) { } ${"+s.packageList(s.Count(0, 3))+"}",
	) + `")`
}

// loop makes a for expression, over what is known and what is not.
func (s *Spec) loop(inner func() string) string {
	collection := Pick(s.Grower, s.symbol(), s.packageList(s.Count(0, 3)), `["a", "b"]`)
	k, v := s.twoNames()
	names := []Binding{{Name: v, Shape: setOf(aText)}}
	item := func() string {
		return s.with(names, func() string {
			return Pick(s.Grower, v, v+".x", "{ a = "+v+" }", "["+v+", "+inner()+"]", `"${`+v+`}-x"`)
		})
	}
	switch s.IntN(4) {
	case 0:
		return "[for " + v + " in " + collection + " : " + item() + "]"
	case 1:
		return "[for " + v + " in " + collection + " : " + item() + " if " + v + " != null]"
	case 2:
		return "{for " + k + ", " + v + " in " + s.symbol() + " : " + Pick(s.Grower, k, `"x-${`+k+`}"`) + " => " + item() + "}"
	default:
		return "[for " + k + ", " + v + " in " + s.symbol() + " : " + item() + "]"
	}
}

// operation makes a chain of operators.
func (s *Spec) operation() string {
	operator := Pick(s.Grower, " + ", " && ", " || ", " - ", " * ")
	var operands []string
	for range s.Count(2, 7) {
		operands = append(operands, Pick(s.Grower, s.symbol(), s.symbol()+"."+s.long(), "("+s.symbol()+Pick(s.Grower, " == ", " < ", " + ", " && ")+s.symbol()+")"))
	}
	return strings.Join(operands, operator)
}
