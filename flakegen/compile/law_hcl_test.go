package compile_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// A lambda is what a function of Nix is for HCL, which has no functions among its
// values: a function of one argument in a capsule.
type lambda func(cty.Value) (cty.Value, error)

var lambdaType = cty.Capsule("lambda", reflect.TypeFor[lambda]())

func lambdaVal(f lambda) cty.Value { return cty.CapsuleVal(lambdaType, &f) }

// apply gives f x y … .
func apply(f cty.Value, arguments ...cty.Value) (cty.Value, error) {
	for _, x := range arguments {
		if !f.Type().Equals(lambdaType) {
			return cty.NilVal, errors.New("not a function")
		}
		var err error
		if f, err = (*f.EncapsulatedValue().(*lambda))(x); err != nil {
			return cty.NilVal, err
		}
	}
	return f, nil
}

// twice, make and pair are those of functions.nix.
func twice(x cty.Value) (cty.Value, error) {
	return cty.StringVal(x.AsString() + x.AsString()), nil
}

func makeSet(x cty.Value) (cty.Value, error) {
	attributes := maps.Clone(x.AsValueMap())
	attributes["made"] = cty.True
	return cty.ObjectVal(attributes), nil
}

// nixFunctions are the functions of Nix and of this language that an open
// expression may call, as HCL sees them.
func nixFunctions() map[string]function.Function {
	variadic := func(f func(arguments []cty.Value) (cty.Value, error)) function.Function {
		return function.New(&function.Spec{
			VarParam: &function.Parameter{Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true},
			Type:     function.StaticReturnType(cty.DynamicPseudoType),
			Impl:     func(arguments []cty.Value, _ cty.Type) (cty.Value, error) { return f(arguments) },
		})
	}
	elements := func(v cty.Value) []cty.Value { return v.AsValueSlice() }
	when := func(then, otherwise func(cty.Value) cty.Value) function.Function {
		return variadic(func(a []cty.Value) (cty.Value, error) {
			if a[0].True() {
				return then(a[1]), nil
			}
			return otherwise(a[1]), nil
		})
	}
	same := func(v cty.Value) cty.Value { return v }
	nothing := func(cty.Value) cty.Value { return cty.EmptyTupleVal }

	return map[string]function.Function{
		"call":        variadic(func(a []cty.Value) (cty.Value, error) { return apply(a[0], a[1:]...) }),
		"fn":          fnFunction,
		"import":      variadic(func(a []cty.Value) (cty.Value, error) { return shift(a[1]) }),
		"pkgs::twice": variadic(func(a []cty.Value) (cty.Value, error) { return twice(a[0]) }),
		"pkgs::make":  variadic(func(a []cty.Value) (cty.Value, error) { return makeSet(a[0]) }),
		"pkgs::tools::pair": variadic(func(a []cty.Value) (cty.Value, error) {
			return cty.TupleVal(a), nil
		}),
		"wrap::f": variadic(func(a []cty.Value) (cty.Value, error) {
			return cty.ObjectVal(map[string]cty.Value{"value": a[0]}), nil
		}),
		"lib::optional":       when(func(v cty.Value) cty.Value { return cty.TupleVal([]cty.Value{v}) }, nothing),
		"lib::optionals":      when(same, nothing),
		"lib::optionalString": when(same, func(cty.Value) cty.Value { return cty.StringVal("") }),
		"builtins::toString": variadic(func(a []cty.Value) (cty.Value, error) {
			n, _ := a[0].AsBigFloat().Int64() // Nix has no negative zero
			return cty.StringVal(strconv.FormatInt(n, 10)), nil
		}),
		"builtins::length": variadic(func(a []cty.Value) (cty.Value, error) {
			return cty.NumberIntVal(int64(a[0].LengthInt())), nil
		}),
		"builtins::elem": variadic(func(a []cty.Value) (cty.Value, error) {
			return cty.BoolVal(slices.ContainsFunc(elements(a[1]), a[0].RawEquals)), nil
		}),
		"builtins::hasAttr": variadic(func(a []cty.Value) (cty.Value, error) {
			_, found := a[1].AsValueMap()[a[0].AsString()]
			return cty.BoolVal(found), nil
		}),
		"builtins::attrNames": variadic(func(a []cty.Value) (cty.Value, error) {
			names := []cty.Value{}
			for _, name := range slices.Sorted(maps.Keys(a[0].AsValueMap())) {
				names = append(names, cty.StringVal(name))
			}
			return cty.TupleVal(names), nil
		}),
		"builtins::attrValues": variadic(func(a []cty.Value) (cty.Value, error) {
			set := a[0].AsValueMap()
			values := []cty.Value{}
			for _, name := range slices.Sorted(maps.Keys(set)) {
				values = append(values, set[name])
			}
			return cty.TupleVal(values), nil
		}),
		"builtins::concatStringsSep": variadic(func(a []cty.Value) (cty.Value, error) {
			var parts []string
			for _, v := range elements(a[1]) {
				parts = append(parts, v.AsString())
			}
			return cty.StringVal(strings.Join(parts, a[0].AsString())), nil
		}),
		"builtins::map": variadic(func(a []cty.Value) (cty.Value, error) {
			values := []cty.Value{}
			for _, v := range elements(a[1]) {
				result, err := apply(a[0], v)
				if err != nil {
					return cty.NilVal, err
				}
				values = append(values, result)
			}
			return cty.TupleVal(values), nil
		}),
		"builtins::filter": variadic(func(a []cty.Value) (cty.Value, error) {
			values := []cty.Value{}
			for _, v := range elements(a[1]) {
				result, err := apply(a[0], v)
				if err != nil {
					return cty.NilVal, err
				}
				if result.True() {
					values = append(values, v)
				}
			}
			return cty.TupleVal(values), nil
		}),
	}
}

// shift is what nix/shift.nix gives.
func shift(set cty.Value) (cty.Value, error) {
	arguments := set.AsValueMap()
	return cty.ObjectVal(map[string]cty.Value{
		"text":   cty.StringVal(arguments["text"].AsString() + "!"),
		"number": arguments["number"].Add(cty.NumberIntVal(1)),
	}), nil
}

// fnFunction is fn: it takes its arguments unevaluated, names and then a body.
var fnFunction = function.New(&function.Spec{
	VarParam: &function.Parameter{Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(lambdaType),
	Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		var names []string
		last := len(arguments) - 1
		for _, argument := range arguments[:last] {
			names = append(names, hcl.ExprAsKeyword(customdecode.ExpressionClosureFromVal(argument).Expression))
		}
		body := customdecode.ExpressionClosureFromVal(arguments[last])
		return abstract(names, body.Expression, body.EvalContext), nil
	},
})

// abstract gives the function of the names, one after the other, to the body.
func abstract(names []string, body hcl.Expression, context *hcl.EvalContext) cty.Value {
	return lambdaVal(func(x cty.Value) (cty.Value, error) {
		inner := context.NewChild()
		inner.Variables = map[string]cty.Value{names[0]: x}
		if len(names) > 1 {
			return abstract(names[1:], body, inner), nil
		}
		value, diags := body.Value(inner)
		if diags.HasErrors() {
			return cty.NilVal, fmt.Errorf("body of a function: %w", diags)
		}
		return value, nil
	})
}
