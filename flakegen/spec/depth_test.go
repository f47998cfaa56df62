package spec_test

import (
	"fmt"
	"strings"
	"testing"
)

// Nesting that would end the program is an error, whatever it is made of.
func TestDeepNesting(t *testing.T) {
	const n = 100000
	around := func(left, middle, right string) string {
		return strings.Repeat(left, n) + middle + strings.Repeat(right, n)
	}
	tests := map[string]string{
		"parentheses":          around("(", "1", ")"),
		"lists":                around("[", "1", "]"),
		"objects":              around("{a=", "1", "}"),
		"calls":                around("abs(", "1", ")"),
		"templates":            around(`"${`, "1", `}"`),
		"for expressions":      around("[for x in [1] : ", "1", "]"),
		"negations":            strings.Repeat("-", n) + "1",
		"nots":                 strings.Repeat("!", n) + "true",
		"sums":                 "1" + strings.Repeat(" + 1", n),
		"sums in lines":        "(1" + strings.Repeat(" +\n1", n) + ")",
		"conditionals":         strings.Repeat("true ? 1 : ", n) + "1",
		"conditionals, lines":  "(" + strings.Repeat("true ? 1 :\n", n) + "1)",
		"else of else":         around("true ? ", "1", " : 1"),
		"indexes":              "local.y" + strings.Repeat("[local.z]", n),
		"splats":               "local.y" + strings.Repeat("[*]", n),
		"splats of attributes": "local.y" + strings.Repeat(".*.a", n),
		"directives":           `"` + around("%{ if true }", "x", "%{ endif }") + `"`,
		"directives, lines":    "<<EOT\n" + around("%{ if true }\n", "x\n", "%{ endif }\n") + "EOT\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			diags := render(t, "locals {\n  x = "+text+"\n}\n")
			if len(diags) != 1 || diags[0].Summary != "Too deeply nested" {
				t.Errorf("got %.300s", diags.Error())
			}
		})
	}
	t.Run("blocks", func(t *testing.T) {
		diags := render(t, around("package \"a\" {\n", "", "}\n"))
		if len(diags) != 1 || diags[0].Summary != "Too deeply nested" {
			t.Errorf("got %.300s", diags.Error())
		}
	})
}

// What stands beside each other is not deep, however much it is.
func TestWideSpecs(t *testing.T) {
	const n = 3000
	tests := map[string]string{
		"a list":                  "[" + strings.Repeat("-1 + (2), ", n) + "]",
		"a list of lists":         "[" + strings.Repeat("[[1], [2]],\n", n) + "]",
		"an object":               "{\n" + numbered("a%d = !true || false\n", n) + "}",
		"an object on one line":   "{" + numbered("a%d = !true, ", n) + "}",
		"a template":              `"` + strings.Repeat("${1 + 2}-", n) + `"`,
		"a heredoc":               "<<EOT\n" + strings.Repeat("a - b ( ${1 + 2} { \n", n) + "EOT",
		"a heredoc of directives": "<<EOT\n" + strings.Repeat("%{ if true }a%{ else }b%{ endif }%{ for x in [1] }${x}%{ endfor }\n", n) + "EOT",
		"a long text":             `"` + strings.Repeat("---((([[[{{{", n) + `"`,
		"arguments":               "concat(" + strings.Repeat("[-1],", n) + "[])",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if diags := render(t, "locals {\n  x = "+text+"\n}\n"); diags.HasErrors() {
				t.Errorf("got %.300s", diags.Error())
			}
		})
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// The deepest nesting that is allowed is rendered in good time.
func TestDeepestNesting(t *testing.T) {
	const n = 450
	around := func(left, middle, right string) string {
		return strings.Repeat(left, n) + middle + strings.Repeat(right, n)
	}
	tests := map[string]string{
		"lists":           around("[", "pkgs.a", "]"),
		"objects":         around("{ a = ", "pkgs.a", "}"),
		"calls":           around("pkgs::f(", "1", ")"),
		"curried calls":   around("call(", "pkgs.f", ", 1)"),
		"templates":       around(`"a${`, "pkgs.a", `}"`),
		"functions":       around("fn(x, ", "x", ")"),
		"for expressions": around("[for x in pkgs.a : ", "x", "]"),
		"sums":            "pkgs.a" + strings.Repeat(" + pkgs.a", n),
		"conditionals":    strings.Repeat("pkgs.a ? pkgs.b : ", n) + "1",
		"concatenations":  "concat(" + strings.Repeat("pkgs.a, ", n) + "[])",
		"updates":         around("merge(", "pkgs.a", ", pkgs.b)"),
		"selections":      "pkgs" + strings.Repeat(".a", n),
		"directives":      `"` + around("%{ if pkgs.a }", "x", "%{ endif }") + `"`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if diags := render(t, "package \"p\" {\n  x = "+text+"\n}\n"); diags.HasErrors() {
				t.Errorf("got %.300s", diags.Error())
			}
		})
	}
}
