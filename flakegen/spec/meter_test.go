package spec_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// render renders a spec of one file, after the lines that each needs.
func render(t testing.TB, text string) hcl.Diagnostics {
	t.Helper()
	const prelude = "flake { systems = [\"x86_64-linux\"] }\ninput \"nixpkgs\" { url = \"x\" }\n"
	rendering, err := generate.Tree(fstest.MapFS{spec.FileName: {Data: []byte(prelude + text)}})
	if err != nil {
		t.Fatal(err)
	}
	return rendering.Diagnostics
}

// doubling gives locals of which each holds the one before it twice.
func doubling(first, twice string, times int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "locals {\n  l0 = %s\n", first)
	for i := range times {
		fmt.Fprintf(&b, "  l%d = %s\n", i+1, strings.ReplaceAll(twice, "X", fmt.Sprintf("local.l%d", i)))
	}
	return b.String() + "}\n"
}

// nested gives a for expression of that many levels.
func nested(levels int, body string) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "[for x%d in range(1000) : ", i)
	}
	return b.String() + body + strings.Repeat("]", levels)
}

// What a spec computes is bounded: each of these would take the memory of any
// machine, or days.
func TestEndlessSpecs(t *testing.T) {
	const tooMuch, outOfRange = "The spec computes too much", "Number out of range"
	local := func(expr string) string { return "locals { x = " + expr + " }\n" }
	big := `join("", [for i in range(1000) : "0123456789012345678901234567890123456789"])`
	tests := []struct{ name, text, want string }{
		{"a text that doubles", doubling(`"x"`, `"${X}${X}"`, 60), tooMuch},
		{"a list that doubles", doubling(`["x"]`, `concat(X, X)`, 60), tooMuch},
		{"a list of lists that doubles", doubling(`["x"]`, `[X, X]`, 60), tooMuch},
		{"an object that doubles", doubling(`{}`, `{ a = X, b = X }`, 60), tooMuch},
		{"joins that double", doubling(`"x"`, `join(X, [X, X, X])`, 60), tooMuch},
		{"directives that double", doubling(`"x"`, `"%{ for i in [1, 2] }${X}%{ endfor }"`, 60), tooMuch},
		{"a comparison of what doubles", doubling(`["x"]`, `[X == X, X, X]`, 60), tooMuch},
		{"a deep list", doubling(`[]`, `[[[[[[[[[[X]]]]]]]]]]`, 110), "Too deeply nested"},
		{"for in for", local(nested(6, "1")), tooMuch},
		{"for in for in a template", local(`"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }x%{ endfor }%{ endfor }%{ endfor }"`), tooMuch},
		{"for over what doubles", local("[for a in [[1, 1]] : " + strings.Repeat("[for a in [[a, a]] : ", 100) + "a" + strings.Repeat("]", 101)), tooMuch},
		{"keys that grow", local(`{ for a in range(1000) : "${a}${` + big + `}" => [for b in range(1000) : b] }`), tooMuch},
		{"a wide format", local(`format("%999999999d", 1)`), tooMuch},
		{"a wide format by argument", local(`format("%[1]999999999s", "x")`), tooMuch},
		{"a precise format", local(`format("%.999999999f", 1)`), tooMuch},
		{"many wide formats", local(`formatlist("%99999s", range(1000))`), tooMuch},
		{"a format that repeats", local(`format(replace(` + big + `, "0", "%[1]s"), ` + big + `)`), tooMuch},
		{"an indentation", local(`indent(999999999, "a\nb")`), tooMuch},
		{"a long separator", local(`join(` + big + `, flatten([for i in range(100) : [for j in range(100) : "x"]]))`), tooMuch},
		{"a replacement", local(`replace(` + big + `, "", ` + big + `)`), tooMuch},
		{"a replacement of a pattern", local(`regexreplace(` + big + `, ".", ` + big + `)`), tooMuch},
		{"a product of sets", local(`setproduct(range(1000), range(1000), range(1000), range(1000))`), tooMuch},
		{"an exponent", local(`"${1e99999999}"`), outOfRange},
		{"an exponent below zero", local(`"${1e-99999999}"`), outOfRange},
		{"an exponent as text", local(`"${tonumber("1e99999999")}"`), outOfRange},
		{"an exponent that is converted", local(`"${"1e99999999" * 1}"`), outOfRange},
		{"an exponent that is negated", local(`upper(-"1e99999999")`), outOfRange},
		{"an exponent as a key", local(`{ (1e99999999) = 1 }`), outOfRange},
		{"an exponent that is unified", local(`true ? 1e99999999 : "x"`), outOfRange},
		{"an exponent in JSON", local(`"${jsondecode("[1e99999999]")[0]}"`), outOfRange},
		{"a floor", local(`floor(1e99999999)`), outOfRange},
		{"a quotient", local(`"${1 / 0}"`), outOfRange},
		{"squares", doubling("10", "X * X", 60), outOfRange},
		{"powers", local(`pow(10, 100000)`), outOfRange},
		{"a rendering that doubles", "package \"p\" {\n  x = [for a in [[pkgs.a, pkgs.a]] : " + strings.Repeat("[for a in [[a, a]] : ", 100) + "a" + strings.Repeat("]", 101) + "\n}\n", tooMuch},
		{"a rendering of for in for", "package \"p\" {\n  x = " + nested(5, "pkgs.a") + "\n}\n", tooMuch},
		{"a template of for in for", "package \"p\" {\n  x = \"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }${pkgs.a}%{ endfor }%{ endfor }%{ endfor }\"\n}\n", tooMuch},
		{"one text in many places", local(`[for i in range(100) : `+big+`]`) + "package \"p\" {\n  x = [" + strings.Repeat("local.x, ", 100) + "pkgs.a]\n}\n", tooMuch},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			diags := render(t, test.text)
			runtime.ReadMemStats(&after)
			if len(diags) != 1 || diags[0].Summary != test.want {
				t.Errorf("got %v, want one error: %s", diags, test.want)
			}
			// What it takes over time; most of it is free again at once.
			if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 4000 {
				t.Errorf("took %d MiB", taken)
			}
		})
	}
}

// What a great flake computes is well within the limits.
func TestGreatSpecs(t *testing.T) {
	tests := []struct{ name, text string }{
		{"a table of three hundred lines", "locals {\n  t = { for i in range(300) : \"k${i}\" => { name = \"n${i}\", value = i } }\n  u = [for k, v in local.t : \"${k}=${v.name}\"]\n  v = [for k in keys(local.t) : lookup(local.t, k, {}).value]\n}\n"},
		{"a long script", "locals {\n  s = <<EOT\n" + strings.Repeat("echo 0123456789 0123456789 0123456789\n", 3000) + "EOT\n  t = \"${local.s}x\"\n}\npackage \"p\" {\n  s = local.t\n}\n"},
		{"a thousand lines of a let", "package \"p\" {\n  x = [for i in range(1000) : \"${pkgs.a}/${i}\"]\n}\n"},
		{"a long format", "locals { x = format(\"%s-20240101123456 %80s 100%%\", \"a\", \"b\") }\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diags := render(t, test.text); diags.HasErrors() {
				t.Error(diags)
			}
		})
	}
}
