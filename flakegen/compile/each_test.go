package compile_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/internal/require"
)

// Over each, Nix gives the text that HCL gives where it is bound to the same values.
func TestNixEachLaw(t *testing.T) {
	program := require.Program(t, "nix-instantiate")
	values := []map[string]any{
		{"variant": "debug", "module": "gc", "chunk": 1, "first": 1, "last": 10, "seed": 4711},
		{"variant": "release", "module": "a.b", "chunk": 12, "first": 91, "last": 100, "seed": 0},
	}
	texts := []string{
		`"${each.module}"`, `"--seeds ${each.first}-${each.last}"`, `"${each.first}"`,
		`"n${each.last - each.first + 1}"`, `"${-each.first}"`, `"${(each.seed)}x"`,
		`"${each.module == "gc" ? each.first : each.last}"`, `"${each.module == "gc" ? "heavy" : "light"}"`,
		`"%{ if each.chunk > 1 }later%{ else }first%{ endif } ${each.chunk}"`,
		`join("-", [each.module, each.variant])`, `"${each.first % 2 == 1 && each.last >= 10}" == "true" ? "a" : "b"`,
		"<<-EOT\n  for s in $(seq ${each.first} ${each.last}); do\n    x $${s} '${each.module}'\n  done\nEOT\n",
		`"${join("", [each.module, "/", each.variant])}"`, `"${[each.module, each.variant][1]}"`,
		`"%{ for m in ["x", "y"] }${m}${each.first}%{ endfor }"`, `{ n = "${each.chunk}" }.n`,
		`"x${each.first > 1 ? 1 : -2}"`, `"x${each.first > 1 ? each.last : 7}"`,
		`"%{ for each in ["x", "y"] }${each}%{ endfor }"`, `"%{ for each in [{ first = "x" }] }${each.first}%{ endfor }${each.first}"`,
	}
	for _, text := range texts {
		s, expr, err := load(text)
		if err != nil {
			t.Fatal(err)
		}
		compiler := &compile.Compiler{Spec: s, Exists: func(string) bool { return false }}
		scope := &compile.Scope{File: "cases.nix", Uses: compile.Uses{}, Each: &compile.Each{
			Fields: []string{"variant", "module", "chunk", "first", "last", "seed"}, Numbers: []string{"chunk", "first", "last", "seed"},
		}}
		body := compiler.Expr(expr, scope)
		if compiler.Diagnostics.HasErrors() {
			// What has no Nix of the same meaning is refused, not guessed.
			if !strings.HasPrefix(text, `join("-"`) && !strings.Contains(text, "&&") {
				t.Errorf("%s: %v", text, compiler.Diagnostics)
			}
			continue
		}
		nix := nixlang.Print(&nixlang.Lambda{Param: nixlang.Name("each"), Body: body})
		for _, each := range values {
			_, again, err := load(text)
			if err != nil {
				t.Fatal(err)
			}
			want, diags := again.Value(&hcl.EvalContext{Variables: map[string]cty.Value{"each": toCty(each)}, Functions: joinOnly})
			if diags.HasErrors() {
				t.Fatalf("%s: %v", text, diags)
			}
			// HCL takes "${x}" for x itself, which in its place is a text.
			if want, err = convert.Convert(want, cty.String); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			argument, err := json.Marshal(each)
			if err != nil {
				t.Fatal(err)
			}
			call := fmt.Sprintf("let lib.concatStrings = builtins.concatStringsSep \"\"; in (%s) (builtins.fromJSON ''%s'')", nix, argument)
			out, err := exec.Command(program, "--store", "dummy://", "--eval", "--strict", "--json", "-E", call).Output()
			if err != nil {
				t.Errorf("%s as %s: %v", text, nix, err)
				continue
			}
			var got string
			if err := json.Unmarshal(out, &got); err != nil || got != want.AsString() {
				t.Errorf("%s as %s gives %s, not %q", text, nix, out, want.AsString())
			}
		}
	}
}

var joinOnly = map[string]function.Function{"join": stdlib.JoinFunc}
