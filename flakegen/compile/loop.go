package compile

import (
	"fmt"
	"maps"
	"slices"
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// loop compiles a for expression. Over a collection that is known or written out
// it is unrolled; over a symbol it becomes the function of Nix that does the same:
// with one name over a list, with two over a set, since a symbol has no type.
func (w *walker) loop(e *hclsyntax.ForExpr) nixlang.Expr {
	if turns, ok := w.turns(e); ok {
		return w.unroll(e, turns)
	}
	for _, name := range []string{e.KeyVar, e.ValVar} {
		if name != "" && !w.fitParameter(name, e.SrcRange) {
			return broken
		}
	}
	if e.Group {
		w.errorf(e.SrcRange, "No Nix for this grouping", "Only Nix knows what is grouped. Write builtins::groupBy(fn(x, …), list).")
		return broken
	}
	collection := w.atMost(Undemanded, e.CollExpr)
	if e.KeyVar == "" {
		return w.overList(e, collection)
	}
	return w.overSet(e, collection)
}

// turn is one round of a loop: what its names stand for.
type turn struct {
	key, value cty.Value
	// part is the Nix of the value where it has none of its own.
	part part
}

// turns lists the rounds of a loop whose collection is known or written out.
func (w *walker) turns(e *hclsyntax.ForExpr) ([]turn, bool) {
	if !w.open[e.CollExpr] {
		return w.closedTurns(e), true
	}
	switch collection := unwrap(e.CollExpr).(type) {
	case *hclsyntax.TupleConsExpr:
		var turns []turn
		for i, element := range collection.Exprs {
			turns = append(turns, w.turn(cty.NumberIntVal(int64(i)), element))
		}
		return turns, true
	case *hclsyntax.ObjectConsExpr:
		var turns []turn
		for _, item := range collection.Items {
			if w.open[item.KeyExpr] {
				return nil, false
			}
			if key, ok := w.key(item.KeyExpr); ok {
				turns = append(turns, w.turn(cty.StringVal(key.Name), item.ValueExpr))
			}
		}
		// HCL goes through an object in the order of its keys.
		sort.SliceStable(turns, func(i, j int) bool { return turns[i].key.AsString() < turns[j].key.AsString() })
		return turns, true
	}
	return nil, false
}

// turn gives the round of an element that is written out: with a value where it
// has one.
func (w *walker) turn(key cty.Value, element hclsyntax.Expression) turn {
	if w.open[element] {
		return turn{key: key, part: w.part(element)}
	}
	value, ok := w.value(element)
	if !ok {
		value = cty.DynamicVal
	}
	return turn{key: key, value: value}
}

// part compiles an element. It comes to something only where its name is used.
func (w *walker) part(expr hclsyntax.Expression) part {
	before := w.output
	demand := w.demand
	// Of an element that is a list, the loop may use some elements only.
	w.demand = min(demand, Shallow)
	compiled, uses := w.apart(expr)
	w.demand = demand
	size := w.output - before
	w.output = before
	return part{compiled, size, uses}
}

func (w *walker) closedTurns(e *hclsyntax.ForExpr) []turn {
	collection, ok := w.value(e.CollExpr)
	if !ok || !collection.IsKnown() {
		return nil
	}
	if collection.IsNull() || !collection.CanIterateElements() {
		w.errorf(e.CollExpr.Range(), "Nothing to go through", "A for expression goes through a list or an object; this is %s.", collection.Type().FriendlyName())
		return nil
	}
	var turns []turn
	for it := collection.ElementIterator(); it.Next(); {
		key, value := it.Element()
		turns = append(turns, turn{key: key, value: value})
	}
	return turns
}

// unroll compiles the body of a loop once for each round.
func (w *walker) unroll(e *hclsyntax.ForExpr, turns []turn) nixlang.Expr {
	list := &nixlang.List{}
	keyed := &keyedTurns{}
	for _, t := range turns {
		inner := w.inTurn(e, t)
		if e.CondExpr != nil && !inner.picks(e) {
			continue
		}
		demand := w.elements()
		if e.KeyExpr != nil {
			demand = Undemanded
		}
		value := inner.atMost(demand, e.ValExpr)
		if e.KeyExpr == nil {
			list.Items = append(list.Items, nixlang.Item{Value: value})
			continue
		}
		if name, ok := inner.key(e.KeyExpr); ok {
			keyed.add(w, e, name, value)
		}
	}
	if e.KeyExpr == nil {
		return list
	}
	return keyed.set(e.Group)
}

// inTurn gives the walker for the body of a loop in one round.
func (w *walker) inTurn(e *hclsyntax.ForExpr, t turn) *walker {
	inner := *w
	inner.values, inner.parts = maps.Clone(w.values), maps.Clone(w.parts)
	if inner.values == nil {
		inner.values = map[string]cty.Value{}
	}
	if inner.parts == nil {
		inner.parts = map[string]part{}
	}
	inner.parameters = slices.DeleteFunc(slices.Clone(w.parameters), func(p *parameter) bool {
		return p.name == e.KeyVar || p.name == e.ValVar
	})
	for _, name := range []string{e.KeyVar, e.ValVar} {
		delete(inner.values, name)
		delete(inner.parts, name)
	}
	if e.KeyVar != "" {
		inner.values[e.KeyVar] = t.key
	}
	if t.part.expr == nil {
		inner.values[e.ValVar] = t.value
	} else {
		inner.parts[e.ValVar] = t.part
	}
	inner.analyze(e.KeyExpr, e.ValExpr, e.CondExpr)
	return &inner
}

// analyze finds out what is open in expressions with the names that are bound
// here: which of a loop's names have a value is another matter in each round.
func (w *walker) analyze(expressions ...hclsyntax.Expression) {
	bound := w.scope.Each.bound()
	if bound == nil {
		bound = map[string]bool{}
	}
	for name := range w.values {
		bound[name] = false
	}
	for name := range w.parts {
		bound[name] = true
	}
	for _, p := range w.parameters {
		bound[p.name] = true
	}
	w.open = spec.Open{}
	for _, expr := range expressions {
		if expr != nil {
			open, _ := spec.AnalyzeIn(expr, bound)
			maps.Copy(w.open, open)
		}
	}
}

// picks evaluates the condition of a loop in one round.
func (w *walker) picks(e *hclsyntax.ForExpr) bool {
	if w.open[e.CondExpr] {
		w.errorf(e.CondExpr.Range(), "Only Nix knows this condition", "The elements are written out, so the condition must be known when rendering. Write lib::optional(condition, x) for each, joined with concat.")
		return false
	}
	value, ok := w.value(e.CondExpr)
	if !ok || !value.IsKnown() {
		return false
	}
	picked, err := convert.Convert(value, cty.Bool)
	if err != nil || picked.IsNull() {
		w.errorf(e.CondExpr.Range(), "Condition is not true or false", "Compare it with something, as in x != \"\".")
		return false
	}
	return picked.True()
}

// keyedTurns collects the entries of an unrolled object.
type keyedTurns struct {
	names   []nixlang.AttrName
	entries map[string][]nixlang.Expr
	dynamic []nixlang.Entry
}

func (k *keyedTurns) add(w *walker, e *hclsyntax.ForExpr, name nixlang.AttrName, value nixlang.Expr) {
	if name.Dynamic != nil {
		if e.Group {
			w.errorf(e.KeyExpr.Range(), "No Nix for this grouping", "Only Nix knows the key. Write builtins::groupBy(fn(x, …), list).")
		}
		k.dynamic = append(k.dynamic, Bind(name, value, nixlang.Trivia{}))
		return
	}
	if k.entries == nil {
		k.entries = map[string][]nixlang.Expr{}
	}
	before := k.entries[name.Name]
	if len(before) == 0 {
		k.names = append(k.names, name)
	} else if !e.Group {
		w.errorf(e.KeyExpr.Range(), fmt.Sprintf("Key %q twice in one object", name.Name), "Two rounds give the same key. To collect the values in a list write ... behind the value.")
	}
	k.entries[name.Name] = append(before, value)
}

// set gives the object, sorted by key as everything that is computed.
func (k *keyedTurns) set(group bool) nixlang.Expr {
	slices.SortFunc(k.names, func(a, b nixlang.AttrName) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	set := &nixlang.AttrSet{}
	for _, name := range k.names {
		values := k.entries[name.Name]
		if !group {
			set.Entries = append(set.Entries, Bind(name, values[0], nixlang.Trivia{}))
			continue
		}
		list := &nixlang.List{}
		for _, v := range values {
			list.Items = append(list.Items, nixlang.Item{Value: v})
		}
		set.Entries = append(set.Entries, Bind(name, list, nixlang.Trivia{}))
	}
	set.Entries = append(set.Entries, k.dynamic...)
	return set
}

// overList compiles a loop with one name over a symbol, which must be a list.
func (w *walker) overList(e *hclsyntax.ForExpr, collection nixlang.Expr) nixlang.Expr {
	f := func(body func() nixlang.Expr) nixlang.Expr { return w.lambda([]*parameter{{name: e.ValVar}}, body) }
	of := func(x hclsyntax.Expression) func() nixlang.Expr { return func() nixlang.Expr { return w.expr(x) } }
	if e.CondExpr != nil {
		collection = nixlang.Call(nixlang.Sel("builtins", "filter"), f(of(e.CondExpr)), collection)
	}
	if e.KeyExpr == nil {
		return mapped(f(of(e.ValExpr)), collection)
	}
	if hcl.ExprAsKeyword(spec.Unmetered(e.KeyExpr)) == e.ValVar {
		return nixlang.Call(w.lib("genAttrs"), collection, f(of(e.ValExpr)))
	}
	pair := func() nixlang.Expr { return w.nameAndValue(e) }
	return nixlang.Call(nixlang.Sel("builtins", "listToAttrs"), nixlang.Call(nixlang.Ident("map"), f(pair), collection))
}

// overSet compiles a loop with two names over a symbol, which must be a set.
func (w *walker) overSet(e *hclsyntax.ForExpr, collection nixlang.Expr) nixlang.Expr {
	f := func(body func() nixlang.Expr) nixlang.Expr {
		return w.lambda([]*parameter{{name: e.KeyVar}, {name: e.ValVar}}, body)
	}
	of := func(x hclsyntax.Expression) func() nixlang.Expr { return func() nixlang.Expr { return w.expr(x) } }
	if e.CondExpr != nil {
		collection = nixlang.Call(w.lib("filterAttrs"), f(of(e.CondExpr)), collection)
	}
	switch {
	case e.KeyExpr == nil:
		return nixlang.Call(w.lib("mapAttrsToList"), f(of(e.ValExpr)), collection)
	case hcl.ExprAsKeyword(spec.Unmetered(e.KeyExpr)) == e.KeyVar:
		return nixlang.Call(w.lib("mapAttrs"), f(of(e.ValExpr)), collection)
	}
	return nixlang.Call(w.lib("mapAttrs'"), f(func() nixlang.Expr { return w.nameAndValue(e) }), collection)
}

// nameAndValue gives the set { name = …; value = …; } that stands for an entry.
func (w *walker) nameAndValue(e *hclsyntax.ForExpr) nixlang.Expr {
	return &nixlang.AttrSet{Entries: []nixlang.Entry{
		Bind(nixlang.AttrName{Name: "name"}, w.expr(e.KeyExpr), nixlang.Trivia{}),
		Bind(nixlang.AttrName{Name: "value"}, w.expr(e.ValExpr), nixlang.Trivia{}),
	}}
}

// mapped gives map f list, or the list itself where f changes nothing.
func mapped(f, list nixlang.Expr) nixlang.Expr {
	if lambda, ok := f.(*nixlang.Lambda); ok {
		if name, ok := lambda.Param.(nixlang.Name); ok && lambda.Body == nixlang.Expr(nixlang.Ident(name)) {
			return list
		}
	}
	return nixlang.Call(nixlang.Ident("map"), f, list)
}

func (w *walker) lib(name string) nixlang.Expr {
	w.scope.Uses["lib"] = true
	return selectPath(nixlang.Ident("lib"), nixlang.AttrName{Name: name})
}
