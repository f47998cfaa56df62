package compile_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/internal/grow"
)

// A derivation is what a symbol for a package stands for: for HCL its output path
// as text, for Nix a set that gives that path where it stands in text.
type derivation string

func (d derivation) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"outPath": string(d)})
}

// environment says what the symbols of one case stand for, by their roots in HCL.
type environment map[string]any

// newEnvironment makes values for all symbols.
func newEnvironment(g *grow.Grower) environment {
	e := environment{}
	for _, s := range grow.Symbols {
		names := strings.Split(strings.NewReplacer(`["`, ".", `"]`, "").Replace(s.Name), ".")
		set := map[string]any(e)
		for _, name := range names[:len(names)-1] {
			if set[name] == nil {
				set[name] = map[string]any{}
			}
			set = set[name].(map[string]any)
		}
		set[names[len(names)-1]] = value(g, s.Shape)
	}
	pkgs := e["pkgs"].(map[string]any)
	pkgs["key"] = "name"
	pkgs["records"] = append(pkgs["records"].([]any), value(g, grow.Record))
	pkgs["numbers"] = append(pkgs["numbers"].([]any), value(g, grow.Shape{Kind: grow.Number}))
	if g.Chance(50) {
		e["self"].(map[string]any)["rev"] = value(g, grow.Shape{Kind: grow.Text})
	}
	e["local"] = map[string]any{"texts": localTexts, "record": localRecord}
	return e
}

// value makes a value of a shape.
func value(g *grow.Grower, s grow.Shape) any {
	switch s.Kind {
	case grow.Text:
		return cty.NormalizeString(g.Words()) // as all text is for HCL
	case grow.Package:
		return derivation("/nix/store/" + grow.Pick(g, "a", "b") + "-rts")
	case grow.Number:
		return g.IntN(12) - 3
	case grow.Fraction:
		return float64(g.IntN(32)-8) / 4
	case grow.Boolean:
		return g.Chance(50)
	case grow.List:
		values := []any{}
		for range g.Count(0, 4) {
			values = append(values, value(g, *s.Of))
		}
		return values
	case grow.Set:
		values := map[string]any{}
		for range g.Count(0, 4) {
			values[grow.Pick(g, "a", "b", "Z", "zzz", "x y", "é", "if", "1", "", "'", "\"$")] = value(g, *s.Of)
		}
		return values
	case grow.Object:
		values := map[string]any{}
		for _, f := range s.Fields {
			values[f.Name] = value(g, f.Shape)
		}
		return values
	}
	panic(fmt.Sprintf("no value of kind %d", s.Kind))
}

// hclVariables gives the environment as HCL's evaluator takes it.
func (e environment) hclVariables() map[string]cty.Value {
	return toCty(map[string]any(e)).AsValueMap()
}

// nixNames gives the environment under the names that rendered Nix has for it.
func (e environment) nixNames() map[string]any {
	packages := map[string]any{"main": e["alias"].(map[string]any)["main"]}
	for name, value := range e["package"].(map[string]any) {
		if name != "rts" {
			packages[name] = value
			continue
		}
		for variant, value := range value.(map[string]any) {
			packages["rts-"+variant] = value
		}
	}
	names := map[string]any{
		"pkgs": e["pkgs"], "system": e["system"], "self": e["self"], "inputs": e["inputs"],
		"shared": e["shared"], "finalAttrs": e["final"], "packages": packages,
	}
	for name, value := range e["let"].(map[string]any) {
		names[name] = value
	}
	return names
}

// toCty gives a value to HCL: lists as tuples, sets as objects.
func toCty(value any) cty.Value {
	switch v := value.(type) {
	case string:
		return cty.StringVal(v)
	case derivation:
		return cty.StringVal(string(v))
	case int:
		return cty.NumberIntVal(int64(v))
	case float64:
		return cty.NumberFloatVal(v)
	case bool:
		return cty.BoolVal(v)
	case []any:
		var elements []cty.Value
		for _, element := range v {
			elements = append(elements, toCty(element))
		}
		return cty.TupleVal(elements)
	case map[string]any:
		attributes := map[string]cty.Value{}
		for name, attribute := range v {
			attributes[name] = toCty(attribute)
		}
		return cty.ObjectVal(attributes)
	case environment:
		return toCty(map[string]any(v))
	}
	panic(fmt.Sprintf("no value of HCL for %T", value))
}
