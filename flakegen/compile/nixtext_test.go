package compile_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// nixTextSpec is what the cases stand in. The expression is on line 21.
const nixTextSpec = `flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "x" }
input "crane" { url = "x" }
let {
  flags = pkgs.flags
  wide  = pkgs.wide
}
locals {
  version = "1.2"
  number  = 3
  names   = ["a", "b"]
  nothing = null
  text    = "pkgs.hello or \"x\""
}
package "rts" {
  variant "build" {}
  variant "checked" {}
}
package "case" {
  let { own = pkgs.own }
  value = %s
}
`

// compileNix compiles an expression and says what it renders to, which names it
// uses, and what is wrong with it: the marked source and the message.
func compileNix(t *testing.T, expression string, scope *compile.Scope) (nix, uses string, errors []string) {
	t.Helper()
	source := fmt.Sprintf(nixTextSpec, expression)
	files := fstest.MapFS{spec.FileName: {Data: []byte(source)}, "rts/x": {}}
	s, diags, err := spec.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if diags.HasErrors() {
		t.Fatalf("%s: %v", expression, diags)
	}
	c := &compile.Compiler{Spec: s, Exists: func(string) bool { return true }}
	if scope.File == "" {
		scope.File = "nix/case.nix"
	}
	scope.Block = s.Package("case")
	scope.Uses = compile.Uses{}
	tree := c.Expr(s.Package("case").Value.Expr, scope)
	for _, d := range c.Diagnostics {
		errors = append(errors, fmt.Sprintf("%s: %s: %s", d.Subject.SliceBytes([]byte(source)), d.Summary, d.Detail))
	}
	if errors == nil {
		nix = strings.Join(strings.Fields(nixlang.Print(tree)), " ")
		if _, err := nixlang.Parse(nixlang.Print(tree)); err != nil {
			t.Errorf("%s renders to %s: %v", expression, nix, err)
		}
	}
	var names []string
	for _, name := range []string{"final", "flags", "inputs", "lib", "own", "packages", "pkgs", "self", "system", "wide"} {
		if scope.Uses[name] {
			names = append(names, name)
		}
	}
	return nix, strings.Join(names, " "), errors
}

func TestNixText(t *testing.T) {
	for _, c := range []struct{ hcl, nix, uses string }{
		{`nix("1 + 2 * 3")`, `1 + 2 * 3`, ""},
		{`nix("with pkgs; [ a b ]")`, `with pkgs; [ a b ]`, "pkgs"},
		{`nix("import ./x.nix { inherit lib system; }")`, `import ./x.nix { inherit lib system; }`, "lib system"},
		{`nix("inputs.crane.mkLib pkgs")`, `inputs.crane.mkLib pkgs`, "inputs pkgs"},
		{`nix("self.rev or \"x\"")`, `self.rev or "x"`, "self"},
		{`nix("flags ++ own")`, `flags ++ own`, "flags own"},
		{`nix("let flags = 1; in flags")`, `let flags = 1; in flags`, ""},
		{`nix("{ pkgs }: pkgs.x")`, `{ pkgs }: pkgs.x`, ""},
		{`nix("pkgs: wide: wide + lib.x")`, `pkgs: wide: wide + lib.x`, "lib"},
		{`nix("with lib; toLower flags")`, `with lib; toLower flags`, "flags lib"},
		{`nix("builtins.map toString [ null true ]")`, `builtins.map toString [ null true ]`, ""},

		// Where it stands the printer puts parentheses.
		{`concat(nix("with pkgs; [ a ]"), [pkgs.b])`, `(with pkgs; [ a ]) ++ [ pkgs.b ]`, "pkgs"},
		{`[nix("x: x"), nix("f: f 1")]`, `[ (x: x) (f: f 1) ]`, ""},
		{`call(nix("x: x"), nix("1 + 1"))`, `(x: x) (1 + 1)`, ""},
		{`"a-${nix("pkgs.x + \"b\"")}"`, `"a-${pkgs.x + "b"}"`, "pkgs"},
		{`nix("{ a = 1; }").a`, `{ a = 1; }.a`, ""},
		{`try(nix("pkgs.a.b"), 1)`, `pkgs.a.b or 1`, "pkgs"},
		{`{ a = nix("a: a"), pkgs = nix("pkgs") }`, `{ a = a: a; inherit pkgs; }`, "pkgs"},

		// Splices are expressions, whatever is around them.
		{`nix("${let.own}")`, `own`, "own"},
		{`nix("${pkgs.a} ++ [ ${pkgs.b} ]")`, `pkgs.a ++ [ pkgs.b ]`, "pkgs"},
		{`nix("builtins.length ${concat(pkgs.a, pkgs.b)}")`, `builtins.length (pkgs.a ++ pkgs.b)`, "pkgs"},
		{`nix("2 * ${1 + pkgs.n}")`, `2 * (1 + pkgs.n)`, "pkgs"},
		{`nix("map (x: x.y) ${pkgs.list}")`, `map (x: x.y) pkgs.list`, "pkgs"},
		{`nix("${fn(old, { a = old.a })} pkgs")`, `(old: { inherit (old) a; }) pkgs`, "pkgs"},
		{`nix("${pkgs.a}.b.c or ${pkgs.d}")`, `(pkgs.a).b.c or pkgs.d`, "pkgs"},
		{`nix("${package.rts.build}.overrideAttrs ({ a, ... }: { inherit a; })")`, `packages.rts-build.overrideAttrs ({ a, ... }: { inherit a; })`, "packages"},
		{`nix("import ${path("rts/x")}")`, `import ../rts/x`, ""},
		{`nix("f: f ${local.version} ${local.number} ${local.names} ${local.nothing} ${true}")`, `f: f "1.2" 3 [ "a" "b" ] null true`, ""},
		{`nix("${nix("a: ${nix("1 + 1")}")} 2")`, `(a: 1 + 1) 2`, ""},
		{`nix("${final.version} + \"x\"")`, `finalAttrs.version + "x"`, "final"},
		{`[for n in local.names : nix("pkgs.${n} or ${n}")]`, `[ (pkgs.a or "a") (pkgs.b or "b") ]`, "pkgs"},
		{`[for x in pkgs.list : nix("${x}.name")]`, `map (x: x.name) pkgs.list`, "pkgs"},
		{`fn(old, nix("(old: ${pkgs.a} old) 1"))`, `_old: (old: pkgs.a old) 1`, "pkgs"},

		// In strings and as names of attributes they are interpolations.
		{`nix("\"a-${pkgs.b}\"")`, `"a-${pkgs.b}"`, "pkgs"},
		{`nix("\"a-${local.version}-${local.number}-${true}\"")`, `"a-1.2-3-true"`, ""},
		{`nix("\"${"x"}$${pkgs.y}\"")`, `"x${pkgs.y}"`, "pkgs"},
		{`nix("\"a\\n${"b\nc"}\"")`, `"a\nb\nc"`, ""},
		{`nix("\"${"a${pkgs.b}c"}\"")`, `"a${pkgs.b}c"`, "pkgs"},
		{`nix("''${pkgs.a}'' + ''${"'"}''")`, `"${pkgs.a}" + ''''\'''`, "pkgs"},
		{`nix("pkgs.${system}.${local.version}.x")`, `pkgs.${system}."1.2".x`, "pkgs system"},
		{`nix("{ ${pkgs.a}.${"b c"} = 1; }")`, `{ ${pkgs.a}."b c" = 1; }`, "pkgs"},
		{`nix("pkgs ? ${"a"}")`, `pkgs ? a`, "pkgs"},
		{`nix("\"${"$"}{x}\"")`, `"\${x}"`, ""},

		// Values that would be code if they were pasted.
		{`nix("f: f ${"1); in builtins.abort \"x"}")`, `f: f "1); in builtins.abort \"x"`, ""},
		{`nix("\"${"\" + builtins.abort \"x"}\"")`, `"\" + builtins.abort \"x"`, ""},
		{`nix("''${"'' + x + ''"}''")`, `"'' + x + ''"`, ""},
		{`nix("[ 1 # ]\n 2 ]")`, `[ 1 # ] 2 ]`, ""},

		{"nix(<<EOT\n''\n  ''$${HOME} $out ${pkgs.a}\n''\nEOT\n  )", "'' ''${HOME} $out ${pkgs.a} ''", "pkgs"},
		{`nix("\"\\$${HOME} ${pkgs.a}\"")`, `"\${HOME} ${pkgs.a}"`, "pkgs"},

		// Text that is computed.
		{`nix(local.text)`, `pkgs.hello or "x"`, "pkgs"},
		{`nix("[ ${local.text} ]")`, `[ "pkgs.hello or \"x\"" ]`, ""},
		{"nix(<<-EOT\n    let\n      # why\n      a = ${pkgs.a};\n    in\n    ''\n      b $${a}\n        c ${pkgs.c}\n    ''\n  EOT\n  )", "let # why a = pkgs.a; in '' b ${a} c ${pkgs.c} ''", "pkgs"},
	} {
		nix, uses, errors := compileNix(t, c.hcl, &compile.Scope{Final: "finalAttrs"})
		if nix != c.nix || uses != c.uses || errors != nil {
			t.Errorf("%s\nrenders to %s\nwant       %s\nusing %q, want %q\nerrors: %s", c.hcl, nix, c.nix, uses, c.uses, strings.Join(errors, "\n"))
		}
	}
}

// TestNixTextErrors has, for each text, the source that is marked and the message.
func TestNixTextErrors(t *testing.T) {
	for _, c := range []struct{ hcl, want string }{
		// Text that is no expression, whatever would stand around it.
		{`nix("1) (2")`, `): Error in Nix text: Line 1, column 2 of the text: expected an operator or the end of the text, found ")".`},
		{`nix("1; x = 2")`, `;: Error in Nix text: Line 1, column 2 of the text: expected an operator or the end of the text, found ";".`},
		{`nix("1 } { y = 2")`, `}: Error in Nix text: Line 1, column 3 of the text: expected an operator or the end of the text, found "}".`},
		{`nix("let x = 1; in x; y")`, `;: Error in Nix text: Line 1, column 16 of the text: expected an operator or the end of the text, found ";".`},
		{`nix("(1")`, `: Error in Nix text: Line 1, column 3 of the text: expected ")" for the "(" at line 1, column 1, found the end of the text.`},
		{`nix("1)")`, `): Error in Nix text: Line 1, column 2 of the text: expected an operator or the end of the text, found ")".`},
		{`nix("[ 1 ] ]")`, `]: Error in Nix text: Line 1, column 7 of the text: expected an operator or the end of the text, found "]".`},
		{`nix("\"a")`, `\": Error in Nix text: Line 1, column 1 of the text: a string that is not closed.`},
		{`nix("a\"")`, `\": Error in Nix text: Line 1, column 2 of the text: a string that is not closed.`},
		{`nix("''a")`, `'': Error in Nix text: Line 1, column 1 of the text: a string that is not closed.`},
		{`nix("1 /* ")`, `/*: Error in Nix text: Line 1, column 3 of the text: a comment that is not closed.`},
		{`nix("1 */ 2")`, `/: Error in Nix text: Line 1, column 4 of the text: expected an expression, found "/".`},
		{`nix("( # )")`, `: Error in Nix text: Line 1, column 6 of the text: expected an expression, found the end of the text.`},
		{`nix("")`, `: Error in Nix text: Line 1, column 1 of the text: expected an expression, found the end of the text.`},
		{`nix("# nothing")`, `: Error in Nix text: Line 1, column 10 of the text: expected an expression, found the end of the text.`},
		{`nix("1 in 2")`, `in: Error in Nix text: Line 1, column 3 of the text: expected an operator or the end of the text, found "in".`},
		{`nix("1 then 2 else 3")`, `then: Error in Nix text: Line 1, column 3 of the text: expected an operator or the end of the text, found "then".`},
		{`nix("a = 1;")`, `=: Error in Nix text: Line 1, column 3 of the text: expected an operator or the end of the text, found "=".`},
		{`nix("{ a = 1; a = 2; }")`, `a: Error in Nix text: Line 1, column 10 of the text: attribute "a" is already defined at line 1, column 3.`},
		{`nix("<nixpkgs>")`, `<nixpkgs>: Error in Nix text: Line 1, column 1 of the text: a path of the search path, which differs from machine to machine: take it from an input.`},
		{`nix("./$${x}")`, `./$: Error in Nix text: Line 1, column 1 of the text: a path with an interpolation: write ./. + "/${x}".`},
		{`nix("http://x.org")`, `http://x.org: Error in Nix text: Line 1, column 1 of the text: a URI without quotes: write "http://x.org", or a space behind the colon of a function.`},
		{`nix("` + strings.Repeat("x: ", 5000) + `1")`, "x: Error in Nix text: Line 1, column 6001 of the text: too many expressions within each other."},
		{`nix("\u0000")`, `\u0000: Error in Nix text: Line 1, column 1 of the text: a NUL character at byte 0, which no Nix string can hold.`},

		// The place within the text.
		{`nix("1 +\n\n  2 \u00e9 ; \\ x")`, `\u00e9: Error in Nix text: Line 3, column 5 of the text: "é" means nothing in Nix.`},
		{`nix("1 + \"\\\" ;\" ; 2")`, `;: Error in Nix text: Line 1, column 12 of the text: expected an operator or the end of the text, found ";".`},
		{`nix("\"$${pkgs.a}\" %%{ }")`, `%: Error in Nix text: Line 1, column 13 of the text: "%" means nothing in Nix.`},
		{"nix(<<-EOT\n      {\n        a = [ 1 + 2 ];\n      }\n  EOT\n  )", `+: Error in Nix text: Line 2, column 11 of the text: an operator between the elements of a list: put the operation in parentheses.`},
		{"nix(<<-EOT\n      {\n        a = pkgs.b\n      }\n  EOT\n  )", `}: Error in Nix text: Line 3, column 1 of the text: expected ";", found "}".`},
		{"nix(<<-EOT\n      {\n        a = \"\\n$${hello}\";\n      }\n  EOT\n  )", `hello: Unknown name "hello": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.`},
		{"nix(<<EOT\n{ a = (\nEOT\n  )", `: Error in Nix text: Line 2, column 1 of the text: expected an expression, found the end of the text.`},

		// Splices where Nix has no expression.
		{`nix("1 # ${pkgs.a}")`, `pkgs.a: Error in Nix text: Line 1, column 5 of the text: a splice in a comment, where it has no meaning.`},
		{`nix("1 /* ${pkgs.a} */")`, `pkgs.a: Error in Nix text: Line 1, column 6 of the text: a splice in a comment, where it has no meaning.`},
		{`nix("./${pkgs.a}")`, `./: Error in Nix text: Line 1, column 1 of the text: a path with an interpolation: write ./. + "/${x}".`},
		{`nix("./a${pkgs.a}")`, `./a: Error in Nix text: Line 1, column 1 of the text: a path with an interpolation: write ./. + "/${x}".`},
		{`nix("pkgs.a${pkgs.b}")`, `pkgs.b: Error in Nix text: Line 1, column 7 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("${pkgs.b}c")`, `c: Error in Nix text: Line 1, column 2 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("${pkgs.b}/bin")`, `/bin: Error in Nix text: Line 1, column 2 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("1${pkgs.b}")`, `pkgs.b: Error in Nix text: Line 1, column 2 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("${pkgs.a}${pkgs.b}")`, `pkgs.b: Error in Nix text: Line 1, column 2 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("if${pkgs.a} then 1 else 2")`, `pkgs.a: Error in Nix text: Line 1, column 3 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("\"a\"${pkgs.b}")`, `pkgs.b: Error in Nix text: Line 1, column 4 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("${pkgs.b}\"a\"")`, `\": Error in Nix text: Line 1, column 2 of the text: a splice touches what stands beside it: put a space between them, or both into a string.`},
		{`nix("${pkgs.b}: 1")`, `:: Error in Nix text: Line 1, column 2 of the text: expected an operator or the end of the text, found ":".`},
		{`nix("{ ${pkgs.b} }: 1")`, `}: Error in Nix text: Line 1, column 5 of the text: expected "=", found "}".`},
		{`nix("{ inherit ${pkgs.b}; }")`, `pkgs.b: Error in Nix text: Line 1, column 11 of the text: a name that is computed, which inherit does not take.`},
		{`nix("let ${pkgs.b} = 1; in 2")`, `pkgs.b: Error in Nix text: Line 1, column 5 of the text: a name that is computed, which a let does not take: put a set into the let.`},
		{`nix("${pkgs.a} ${pkgs.b} = 1")`, `=: Error in Nix text: Line 1, column 5 of the text: expected an operator or the end of the text, found "=".`},
		{"nix(<<EOT\n\"\\${pkgs.a}\"\nEOT\n  )", `pkgs.a: Error in Nix text: Line 1, column 3 of the text: a splice behind an escape: for the text ${ in the string, escape the splice itself as well.`},
		{"nix(<<EOT\n''\n  ''${pkgs.a}\n''\nEOT\n  )", `pkgs.a: Error in Nix text: Line 2, column 5 of the text: a splice behind an escape: for the text ${ in the string, escape the splice itself as well.`},
		{"nix(<<EOT\n''\n  ''\\${pkgs.a}\n''\nEOT\n  )", `pkgs.a: Error in Nix text: Line 2, column 6 of the text: a splice behind an escape: for the text ${ in the string, escape the splice itself as well.`},

		// Splices that would mean something else where they stand.
		{`nix("pkgs: ${pkgs.a}")`, `pkgs.a: The Nix text has another "pkgs" here: What stands in ${…} would refer to that. Give it another name in the text.`},
		{`nix("{ lib, ... }: ${lib::optional(pkgs.on, pkgs.a)}")`, `lib::optional(pkgs.on, pkgs.a): The Nix text has another "lib" here: What stands in ${…} would refer to that. Give it another name in the text.`},
		{`nix("let own = 1; in ${let.own}")`, `let.own: The Nix text has another "own" here: What stands in ${…} would refer to that. Give it another name in the text.`},
		{`nix("rec { map = 1; a = ${[for x in pkgs.list : x.y]}; }")`, `[for x in pkgs.list : x.y]: The Nix text has another "map" here: What stands in ${…} would refer to that. Give it another name in the text.`},
		{`fn(old, nix("old: ${old}"))`, `old: The Nix text has another "old" here: What stands in ${…} would refer to that. Give it another name in the text.`},
		{`nix("hello: ${nix("with pkgs; hello")}")`, `nix("with pkgs; hello"): The Nix text has another "hello" here: What stands in ${…} would refer to that. Give it another name in the text.`},
		{`nix("\"${local.names}\"")`, `local.names: No text for this value: A string, a number or a bool can stand in a string; this is tuple.`},
		{`nix("\"${local.nothing}\"")`, `local.nothing: null in a string: The value is null, which has no text.`},

		// Names.
		{`nix("hello")`, `hello: Unknown name "hello": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.`},
		{`nix("pkg.hello")`, `pkg: Unknown name "pkg": Did you mean "pkgs"?`},
		{`nix("flag ++ own")`, `flag: Unknown name "flag": Did you mean "flags"?`},
		{`nix("toStrin 1")`, `toStrin: Unknown name "toStrin": Did you mean "toString"?`},
		{"nix(<<EOT\n''\n  $${HOME}/$${out}\n''\nEOT\n  )", `HOME: Unknown name "HOME": For a variable of the shell, Nix wants its own escape in front: ''$${HOME} between pairs of single quotes.` + "\n" +
			`out: Unknown name "out": For a variable of the shell, Nix wants its own escape in front: ''$${out} between pairs of single quotes.`},
		{`nix("__head [ 1 ]")`, `__head: Unknown name "__head": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.`},
		{`nix("inputs.cran.lib")`, `inputs: Unknown input "cran": Did you mean "crane"?`},
		{`nix("shared.x")`, `shared: "shared" is a root of HCL: Write it within ${…}, as in ${shared.x}.`},
		{`nix("final.version")`, `final: "final" is a root of HCL: Write it within ${…}, as in ${final.x}.`},
		{`nix("package.rts")`, `package: "package" is a root of HCL: Write it within ${…}, as in ${package.x}.`},
		{`nix("finalAttrs.version")`, `finalAttrs: Unknown name "finalAttrs": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.`},
		{`nix("packages.rts-build")`, `packages: Unknown name "packages": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.`},
		{`nix("with pkgs; packages")`, `packages: "packages" has a meaning in the rendered file: Inside of a with that meaning counts. Write the whole path, as in pkgs.packages.`},
		{`nix("with pkgs; final.x")`, `final: "final" has a meaning in the rendered file: Inside of a with that meaning counts. Write the whole path, as in pkgs.final.`},
		{`nix("{ inherit hello; }")`, `hello: Unknown name "hello": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.`},
		{`fn(old, nix("old.x"))`, `old: "old" is a name of HCL: Write ${old}.`},
		{`[for n in local.names : nix("n")]`, `n: "n" is a name of HCL: Write ${n}.`},
		{`nix("a b c")`, "a: Unknown name \"a\": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.\nb: Unknown name \"b\": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}.\nc: Unknown name \"c\": Nix text may name inputs, lib, pkgs, self, system, a let, and what Nix has everywhere. Anything else stands within ${…}."},

		// The form of the call.
		{`nix("1", "2")`, `nix("1", "2"): Wrong number of arguments for nix: Write nix("with pkgs; [ hello ]").`},
		{`nix()`, `nix(): Wrong number of arguments for nix: Write nix("with pkgs; [ hello ]").`},
		{`nix(pkgs.text)`, `pkgs.text: Not a text: What nix takes is known when rendering. Write the Nix in quotes or as a heredoc, with ${…} for what is not.`},
		{`nix(local.names)`, `local.names: No text for this value: A string, a number or a bool can stand in a string; this is tuple.`},
		{`nix(local.nothing)`, `local.nothing: null in a string: The value is null, which has no text.`},
		{`nix("1 %{if true}+ 1%{endif}")`, `%{if true}+ 1%{endif}: A directive in Nix text: Write the condition or the loop in Nix, or within ${…}.`},
		{`nix("[ %{for n in local.names}${n} %{endfor}]")`, `%{for n in local.names}${n} %{endfor}: A directive in Nix text: Write the condition or the loop in Nix, or within ${…}.`},
		{`nix("%{for n in pkgs.names}${n} %{endfor}")`, `%{for n in pkgs.names}${n} %{endfor}: A directive in Nix text: Write the condition or the loop in Nix, or within ${…}.`},
		{`nix("%{if true}1%{endif}")`, `%{if true}1%{endif}: A directive in Nix text: Write the condition or the loop in Nix, or within ${…}.`},
		{`nix("${local.versio}")`, `.versio: Unknown local "versio": Did you mean "version"?`},
	} {
		_, _, errors := compileNix(t, c.hcl, &compile.Scope{Final: "finalAttrs"})
		if got := strings.Join(errors, "\n"); got != c.want {
			t.Errorf("{%q, %q},", c.hcl, got)
		}
	}
}

// TestNixTextScopes has texts that mean something else elsewhere.
func TestNixTextScopes(t *testing.T) {
	flakeLevel := &compile.Scope{File: "flake.nix", FlakeLevel: true}
	overlay := &compile.Scope{File: "flake.nix", FlakeLevel: true, Final: "final", Prev: "prev"}
	inFlake := &compile.Scope{File: "flake.nix"}
	each := &compile.Scope{Values: map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal("a")})}}
	for _, c := range []struct {
		scope     *compile.Scope
		hcl, want string
	}{
		{flakeLevel, `nix("lib.fix (self: inputs)")`, "lib.fix (self: inputs)"},
		{overlay, `nix("${prev.hello}.override { }")`, "prev.hello.override { }"},
		{overlay, `nix("prev // { inherit (final) hello; }")`, "prev // { inherit (final) hello; }"},
		{overlay, `nix("final: ${final.hello}")`, `final.hello: The Nix text has another "final" here: What stands in ${…} would refer to that. Give it another name in the text.`},
		{flakeLevel, `nix("pkgs.hello")`, "pkgs: pkgs where there is no system: This is a part of the flake that is the same for all systems. It may use self, inputs, lib, builtins and local. For an output of each system add: per_system = true"},
		{flakeLevel, `nix("[ system flags ]")`, "system: system where there is no system: This is a part of the flake that is the same for all systems. It may use self, inputs, lib, builtins and local. For an output of each system add: per_system = true\n" +
			"flags: let where there is no system: This is a part of the flake that is the same for all systems. It may use self, inputs, lib, builtins and local. For an output of each system add: per_system = true"},
		{inFlake, `nix("with pkgs; [ hello case ]")`, "with pkgs; [ hello case ]"},
		{inFlake, `nix("with pkgs; [ rts ]")`, `rts: "rts" has a meaning in the rendered file: Inside of a with that meaning counts. Write the whole path, as in pkgs.rts.`},
		{inFlake, `nix("with pkgs; [ systems ]")`, `systems: "systems" has a meaning in the rendered file: Inside of a with that meaning counts. Write the whole path, as in pkgs.systems.`},
		{inFlake, `nix("with pkgs; let rts = 1; in rts")`, "with pkgs; let rts = 1; in rts"},
		{&compile.Scope{}, `nix("with pkgs; [ rts systems ]")`, "with pkgs; [ rts systems ]"},
		{&compile.Scope{}, `nix("${final.version}")`, `final.version: "final" means nothing here: Only an attribute of a derivation and an overlay may refer to it.`},
		{each, `nix("pkgs.${each.key}")`, "pkgs.a"},
		{each, `nix("each.key")`, `each: "each" is a name of HCL: Write ${each}.`},
	} {
		nix, _, errors := compileNix(t, c.hcl, c.scope)
		if got := nix + strings.Join(errors, "\n"); got != c.want {
			t.Errorf("%s gives\n%s\nwant\n%s", c.hcl, got, c.want)
		}
	}
}

// FuzzNixText puts any text, with a splice in it, between two others: whatever it
// is, it stays one element of the list.
func FuzzNixText(f *testing.F) {
	for _, text := range []string{
		"", "1", "x: x", "1 ] [ 2", "1) (2", "\"", "''", "''${", "/*", "# ", "*/ 1 /*", "let x = ", "; in ", "{ a = ", "rec { x = ", " }", "with pkgs; [ ", "${", "pkgs.", "./",
		"if ", " then ", " else ", "a: ", "@", "\\", "'", "$", "\n", "\r", "\" + \"", "<", ">", "~/", "http://", "or ", "inherit ", "(", ")", "[", "]",
	} {
		f.Add(text, " 2")
		f.Add("[ ", text)
		f.Add(text, text)
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{")
	f.Fuzz(func(t *testing.T, before, behind string) {
		before, behind = quote.Replace(before), quote.Replace(behind)
		for _, expression := range []string{
			`["first", nix("` + before + `"), "last"]`,
			`["first", nix("` + before + `${pkgs.hello}` + behind + `"), "last"]`,
			`["first", nix("` + before + `${"a\nb"}` + behind + `"), "last"]`,
		} {
			nix, ok := compileFuzzed(t, expression)
			if !ok {
				continue
			}
			tree, err := nixlang.Parse(nix)
			if err != nil {
				t.Fatalf("%s renders to %s: %v", expression, nix, err)
			}
			list, ok := tree.(*nixlang.List)
			if !ok || len(list.Items) != 3 || nixlang.Print(list.Items[0].Value) != `"first"` || nixlang.Print(list.Items[2].Value) != `"last"` {
				t.Fatalf("%s renders to %s", expression, nix)
			}
		}
	})
}

// compileFuzzed gives the Nix of an expression; false where HCL or the compiler
// refuses it.
func compileFuzzed(t *testing.T, expression string) (string, bool) {
	s, diags, err := spec.Load(fstest.MapFS{spec.FileName: {Data: []byte(fmt.Sprintf(nixTextSpec, expression))}})
	if err != nil {
		t.Fatal(err)
	}
	if diags.HasErrors() || s.Package("case") == nil || s.Package("case").Value == nil {
		return "", false
	}
	c := &compile.Compiler{Spec: s, Exists: func(string) bool { return true }}
	tree := c.Expr(s.Package("case").Value.Expr, &compile.Scope{File: "nix/case.nix", Uses: compile.Uses{}})
	if c.Diagnostics.HasErrors() {
		return "", false
	}
	return nixlang.Print(tree), true
}
