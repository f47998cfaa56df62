package compile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/internal/require"
)

// A rendering is an expression that has a value in HCL and a text in Nix.
type rendering struct {
	// seed is what the expression was grown from; 0 where it was written.
	seed uint64
	// hcl is the expression, nix its rendering as a function of what it uses.
	hcl string
	nix []byte
	// names are what the rendering may use; nil for a closed expression.
	names map[string]any
	want  cty.Value
}

func (r *rendering) String() string {
	return fmt.Sprintf("seed %d\n%s\nrenders to\n%s", r.seed, r.hcl, r.nix)
}

// asFunction gives the text of a file that is a function of the names in uses.
func asFunction(body nixlang.Expr, names []string) []byte {
	formals := &nixlang.Formals{}
	for _, name := range slices.Sorted(slices.Values(names)) {
		formals.Args = append(formals.Args, nixlang.Formal{Name: name})
	}
	return nixlang.Format(&nixlang.File{Body: &nixlang.Lambda{Param: formals, Body: body}})
}

// nixEvaluator evaluates renderings, thousands in one process.
type nixEvaluator struct {
	program string
	dir     string
	lib     string
	// exact says that this Nix writes floats in full; older ones write six digits.
	exact bool
	// processes counts what was started.
	processes int
}

func newNixEvaluator(t *testing.T) *nixEvaluator {
	n := &nixEvaluator{program: require.Program(t, "nix-instantiate"), dir: t.TempDir()}
	if err := os.CopyFS(n.dir, os.DirFS("testdata/laws")); err != nil {
		t.Fatal(err)
	}
	// A copy, as the path of this repository may hold what no path in Nix can.
	hostpkgs := filepath.Join(n.dir, "hostpkgs")
	if err := os.CopyFS(hostpkgs, os.DirFS("../../nix/hostpkgs")); err != nil {
		t.Fatal(err)
	}
	n.lib = filepath.Join(hostpkgs, "lib.nix")
	output, err := n.run("--expr", "0.12345678901")
	if err != nil {
		t.Fatal(err)
	}
	n.exact = strings.TrimSpace(string(output)) == "0.12345678901"
	return n
}

func (n *nixEvaluator) run(args ...string) ([]byte, error) {
	n.processes++
	// The dummy store keeps the evaluation away from the one of this machine.
	cmd := exec.Command(n.program, append([]string{"--store", "dummy://", "--eval", "--strict", "--json"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, stderr.String())
	}
	return output, nil
}

// evaluate gives the values of renderings as Nix has them.
func (n *nixEvaluator) evaluate(batch []*rendering) ([]any, error) {
	var cases bytes.Buffer
	cases.WriteString("[\n")
	environments := []map[string]any{}
	for _, r := range batch {
		fmt.Fprintf(&cases, "(\n%s)\n", r.nix)
		names := r.names
		if names == nil {
			names = map[string]any{"pkgs": map[string]any{}}
		}
		environments = append(environments, names)
	}
	cases.WriteString("]\n")
	bound, err := json.Marshal(environments)
	if err != nil {
		return nil, err
	}
	for name, content := range map[string][]byte{"cases.nix": cases.Bytes(), "environments.json": bound} {
		if err := os.WriteFile(filepath.Join(n.dir, name), content, 0o666); err != nil {
			return nil, err
		}
	}
	output, err := n.run(filepath.Join(n.dir, "driver.nix"),
		"--arg", "lib", "import "+n.lib,
		"--arg", "cases", filepath.Join(n.dir, "cases.nix"),
		"--arg", "environments", filepath.Join(n.dir, "environments.json"))
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(output))
	decoder.UseNumber()
	var values []any
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("%w in %.200s", err, output)
	}
	if len(values) != len(batch) {
		return nil, fmt.Errorf("%d values for %d expressions", len(values), len(batch))
	}
	return values, nil
}

// maxReports bounds the differences that are reported in one test.
const maxReports = 5

// hold holds what Nix gives for each rendering against what HCL gave.
func (n *nixEvaluator) hold(t *testing.T, batch []*rendering) {
	t.Helper()
	reported := 0
	n.holdPart(batch, func(r *rendering, format string, args ...any) bool {
		t.Helper()
		reported++
		t.Errorf("%s\n%s", r, fmt.Sprintf(format, args...))
		return reported < maxReports
	})
}

// holdPart stops when report returns false. Where Nix fails it looks for the
// rendering that made it fail.
func (n *nixEvaluator) holdPart(batch []*rendering, report func(*rendering, string, ...any) bool) bool {
	values, err := n.evaluate(batch)
	switch {
	case err == nil:
		for i, r := range batch {
			if d := n.difference("value", r.want, values[i]); d != "" && !report(r, "%s", d) {
				return false
			}
		}
		return true
	case len(batch) == 1:
		return report(batch[0], "want %s; Nix says: %v", batch[0].want.GoString(), err)
	}
	half := len(batch) / 2
	return n.holdPart(batch[:half], report) && n.holdPart(batch[half:], report)
}

// difference says where a value of Nix is not that of HCL, or "".
func (n *nixEvaluator) difference(at string, want cty.Value, got any) string {
	different := func() string { return fmt.Sprintf("%s: HCL gives %s, Nix gives %#v", at, want.GoString(), got) }
	if want.IsNull() {
		if got != nil {
			return different()
		}
		return ""
	}
	switch t := want.Type(); {
	case t == cty.String:
		if got != any(want.AsString()) {
			return different()
		}
	case t == cty.Bool:
		if got != any(want.True()) {
			return different()
		}
	case t == cty.Number:
		if number, ok := got.(json.Number); !ok || !n.sameNumber(want.AsBigFloat(), number) {
			return different()
		}
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
		list, ok := got.([]any)
		wanted := want.AsValueSlice()
		if !ok || len(list) != len(wanted) {
			return different()
		}
		for i, element := range wanted {
			if d := n.difference(fmt.Sprintf("%s[%d]", at, i), element, list[i]); d != "" {
				return d
			}
		}
	case t.IsObjectType() || t.IsMapType():
		set, ok := got.(map[string]any)
		wanted := want.AsValueMap()
		if !ok || len(set) != len(wanted) {
			return different()
		}
		for _, name := range slices.Sorted(maps.Keys(wanted)) {
			value, ok := set[name]
			if !ok {
				return different()
			}
			if d := n.difference(fmt.Sprintf("%s[%q]", at, name), wanted[name], value); d != "" {
				return d
			}
		}
	default:
		return different()
	}
	return ""
}

func (n *nixEvaluator) sameNumber(want *big.Float, got json.Number) bool {
	if i, err := got.Int64(); err == nil && want.IsInt() {
		wanted, accuracy := want.Int64()
		return accuracy == big.Exact && wanted == i
	}
	wanted, _ := want.Float64()
	found, err := got.Float64()
	if err != nil {
		return false
	}
	if n.exact {
		return found == wanted
	}
	// Six significant digits are what Nix before 2.13 writes.
	return math.Abs(found-wanted) <= 1e-5*math.Abs(wanted)
}
