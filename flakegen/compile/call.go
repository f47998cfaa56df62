package compile

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// nixCalls are the plain names that have a Nix form; init breaks the cycle
// through the walker's methods.
var nixCalls map[string]func(*walker, *hclsyntax.FunctionCallExpr) nixlang.Expr

func init() {
	nixCalls = map[string]func(*walker, *hclsyntax.FunctionCallExpr) nixlang.Expr{
		"call":   (*walker).callCall,
		"can":    (*walker).canCall,
		"concat": func(w *walker, e *hclsyntax.FunctionCallExpr) nixlang.Expr { return w.chain(e, nixlang.Concat) },
		"fn":     (*walker).fnCall,
		"import": (*walker).importCall,
		"join":   (*walker).joinCall,
		"merge":  func(w *walker, e *hclsyntax.FunctionCallExpr) nixlang.Expr { return w.chain(e, nixlang.Update) },
		"nix":    (*walker).nixCall,
		"path":   (*walker).pathCall,
		"try":    (*walker).tryCall,
	}
}

// call compiles a function call that refers to Nix.
func (w *walker) call(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if e.ExpandFinal {
		remedy := "Write them one by one."
		if whole, ok := ofLists[e.Name]; ok {
			remedy = "Write them one by one, or " + whole + "."
		}
		w.errorf(e.Args[len(e.Args)-1].Range(), "No Nix for \"...\"", "The number of arguments must be known when rendering. %s", remedy)
		return broken
	}
	if strings.Contains(e.Name, "::") {
		f := w.functionName(e)
		if len(e.Args) == 0 {
			w.errorf(e.Range(), "A call without arguments", "A function in Nix takes at least one. For the value itself write %s.", strings.ReplaceAll(e.Name, "::", "."))
		}
		return nixlang.Call(f, w.lazy(e.Args)...)
	}
	if compile, ok := nixCalls[e.Name]; ok {
		return compile(w, e)
	}
	if !slices.Contains(spec.FunctionNames(), e.Name) {
		w.errorf(e.NameRange, fmt.Sprintf("Unknown function %q", e.Name), "%s",
			didYouMean(e.Name, spec.FunctionNames(), "A function of Nix is called by its whole name, as in lib::optional(c, x) or builtins::toJSON(x)."))
		return broken
	}
	w.errorf(e.NameRange, fmt.Sprintf("%s cannot take what only Nix knows", e.Name), "%s", wayOut(e.Name))
	return broken
}

// ofLists name, for functions of any number of arguments, what takes a list of them.
var ofLists = map[string]string{
	"concat": "builtins::concatLists(lists)",
	"merge":  "lib::mergeAttrsList(sets)",
}

// waysOut name, for functions that have a value only when rendering, what to
// write for a value that only Nix knows.
var waysOut = map[string]string{
	"compact":     "builtins::filter(fn(x, x != \"\"), list)",
	"contains":    "builtins::elem(x, list)",
	"distinct":    "lib::unique(list)",
	"element":     "builtins::elemAt(list, n)",
	"flatten":     "lib::flatten(list)",
	"jsondecode":  "builtins::fromJSON(text)",
	"jsonencode":  "builtins::toJSON(x)",
	"keys":        "builtins::attrNames(set)",
	"length":      "builtins::length(list) or builtins::stringLength(text)",
	"lookup":      "try(set.name, default)",
	"lower":       "lib::toLower(text)",
	"replace":     "builtins::replaceStrings([\"old\"], [\"new\"], text)",
	"reverse":     "lib::reverseList(list)",
	"sort":        "builtins::sort(fn(a, b, a < b), list)",
	"split":       "lib::splitString(\",\", text)",
	"substr":      "builtins::substring(start, length, text)",
	"tonumber":    "lib::toInt(text)",
	"tostring":    "builtins::toString(x)",
	"trimprefix":  "lib::removePrefix(prefix, text)",
	"trimsuffix":  "lib::removeSuffix(suffix, text)",
	"upper":       "lib::toUpper(text)",
	"values":      "builtins::attrValues(set)",
	"setproduct":  "lib::cartesianProduct(set)",
	"format":      "a template, as in \"${a}-${b}\"",
	"zipmap":      "lib::listToAttrs(list)",
	"slice":       "lib::sublist(start, count, list)",
	"trimspace":   "lib::trim(text)",
	"regex":       "builtins::match(regex, text)",
	"min":         "lib::min(a, b)",
	"max":         "lib::max(a, b)",
	"range":       "lib::range(first, last)",
	"setunion":    "lib::unique(concat(a, b))",
	"indent":      "lib::replaceStrings([\"\\n\"], [\"\\n  \"], text)",
	"setsubtract": "lib::subtractLists(b, a)",
}

func wayOut(name string) string {
	if out, ok := waysOut[name]; ok {
		return "Write " + out + "."
	}
	return "It is computed when rendering. Call a function of Nix by its whole name, as in builtins::toJSON(x)."
}

// arity refuses a call with another number of arguments; most < 0 is no limit.
func (w *walker) arity(e *hclsyntax.FunctionCallExpr, least, most int, form string) bool {
	if n := len(e.Args); n >= least && (most < 0 || n <= most) {
		return true
	}
	w.errorf(e.Range(), fmt.Sprintf("Wrong number of arguments for %s", e.Name), "Write %s.", form)
	return false
}

// chain compiles concat and merge to the operator between their arguments.
func (w *walker) chain(e *hclsyntax.FunctionCallExpr, op nixlang.Op) nixlang.Expr {
	if !w.arity(e, 1, maxChain, e.Name+"(a, b)") {
		return broken
	}
	var sum nixlang.Expr
	for _, arg := range e.Args {
		x := w.expr(arg)
		if x == null && op == nixlang.Update {
			continue // HCL merges null as nothing.
		}
		if sum == nil {
			sum = x
			continue
		}
		sum = &nixlang.Binary{Op: op, Left: sum, Right: x}
	}
	return sum
}

// maxChain bounds the number of operators in a row: each of them is a level of
// nesting for whoever reads the Nix.
const maxChain = 1000

// joinCall compiles join("", [a, b]) to a + b, which alone keeps its meaning for
// paths and strings alike.
func (w *walker) joinCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	const way = "join of what only Nix knows takes \"\" and a literal list, as in join(\"\", [a, b]). Otherwise write builtins::concatStringsSep(\", \", list)."
	if !w.arity(e, 2, 2, "join(\"\", [a, b])") {
		return broken
	}
	list, ok := unwrap(e.Args[1]).(*hclsyntax.TupleConsExpr)
	if !ok || len(list.Exprs) == 0 || len(list.Exprs) > maxChain || w.open[e.Args[0]] {
		w.errorf(e.Range(), "No Nix for this join", way)
		return broken
	}
	separator, ok := w.value(e.Args[0])
	if !ok || !separator.IsKnown() {
		return broken
	}
	if separator.IsNull() || separator.Type() != cty.String || separator.AsString() != "" {
		w.errorf(e.Args[0].Range(), "No Nix for this join", way)
		return broken
	}
	sum := w.operandOfJoin(list.Exprs[0])
	if len(list.Exprs) == 1 {
		// The text of it, as join gives text.
		return &nixlang.String{Parts: []nixlang.Part{{Interpolated: sum}}}
	}
	for _, element := range list.Exprs[1:] {
		sum = &nixlang.Binary{Op: nixlang.Add, Left: sum, Right: w.operandOfJoin(element)}
	}
	return sum
}

// operandOfJoin compiles an element of a list to join. What is known of it is
// converted to text as HCL does: Nix adds numbers.
func (w *walker) operandOfJoin(element hclsyntax.Expression) nixlang.Expr {
	if w.open[element] {
		return w.atMost(Shallow, element)
	}
	text, ok := w.partText(element)
	if !ok {
		return broken
	}
	return w.text(text, false, element.Range())
}

func unwrap(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		e = spec.Unmetered(e)
		p, ok := e.(*hclsyntax.ParenthesesExpr)
		if !ok {
			return e
		}
		e = p.Expression
	}
}

// tryCall compiles try(a.b, x) to a.b or x. Nix catches a missing attribute and
// nothing else, so all but the last argument must be attribute paths. What is
// closed is tried when rendering.
func (w *walker) tryCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if !w.arity(e, 2, -1, "try(self.rev, \"unknown\")") {
		return broken
	}
	var paths []*nixlang.Select
	last := len(e.Args) - 1
	result := nixlang.Expr(broken)
	for i, arg := range e.Args {
		if i == last {
			result = w.atMost(Undemanded, arg)
			break
		}
		if w.open[arg] {
			path, ok := w.attributePath(arg)
			if !ok {
				return broken
			}
			paths = append(paths, path)
			continue
		}
		if value, diags := w.Spec.EvalClosed(arg, w.values); !diags.HasErrors() {
			result = w.Value(value, arg.Range())
			break
		}
	}
	for _, path := range slices.Backward(paths) {
		result = &nixlang.Select{Of: path.Of, Path: path.Path, Or: result}
	}
	return result
}

// canCall compiles can(a.b) to a ? b.
func (w *walker) canCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if !w.arity(e, 1, 1, "can(self.rev)") {
		return broken
	}
	path, ok := w.attributePath(e.Args[0])
	if !ok {
		return broken
	}
	return &nixlang.HasAttr{Of: path.Of, Path: path.Path}
}

// attributePath compiles an expression that must be a selection.
func (w *walker) attributePath(expr hclsyntax.Expression) (*nixlang.Select, bool) {
	compiled := w.atMost(Undemanded, expr)
	path, ok := compiled.(*nixlang.Select)
	if ok && path.Or == nil && !hasPosition(path.Of) {
		return path, true
	}
	if compiled != nixlang.Expr(broken) {
		w.errorf(expr.Range(), "Not an attribute path", "Nix can ask only whether an attribute is there, as in try(self.rev, \"unknown\") or can(self.rev).")
	}
	return nil, false
}

// hasPosition says whether an expression takes an element of a list. Nix does not
// catch that there is none.
func hasPosition(e nixlang.Expr) bool {
	switch e := e.(type) {
	case *nixlang.Select:
		return hasPosition(e.Of)
	case *nixlang.Apply:
		return e.Fn == elemAt || hasPosition(e.Fn)
	}
	return false
}

// callCall compiles call(f, x, …), for functions that are no dotted name.
func (w *walker) callCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if !w.arity(e, 2, -1, "call(f, x)") {
		return broken
	}
	return nixlang.Call(w.atMost(Shallow, e.Args[0]), w.lazy(e.Args[1:])...)
}

// fnCall compiles fn(a, b, body) to a: b: body.
func (w *walker) fnCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if !w.arity(e, 2, -1, "fn(old, { doCheck = false })") {
		return broken
	}
	last := len(e.Args) - 1
	parameters := make([]*parameter, last)
	for i, arg := range e.Args[:last] {
		name := hcl.ExprAsKeyword(arg)
		if !nixlang.IsIdent(name) {
			w.errorf(arg.Range(), "Not a parameter", "All arguments of fn but the last are names.")
			return broken
		}
		if !w.fitParameter(name, arg.Range()) {
			return broken
		}
		parameters[i] = &parameter{name: name}
	}
	return w.lambda(parameters, func() nixlang.Expr { return w.expr(e.Args[last]) })
}

// fitParameter refuses a name that would hide what rendered text rests on. The
// names final and prev are what the functions of overlays call their parameters.
func (w *walker) fitParameter(name string, rng hcl.Range) bool {
	why := spec.UnfitName(name)
	if why == "" || name == "final" || name == "prev" {
		return true
	}
	w.errorf(rng, fmt.Sprintf("A parameter cannot be called %q", name), "%s Choose another name.", why)
	return false
}

// lambda compiles a function of the parameters around a body.
func (w *walker) lambda(parameters []*parameter, body func() nixlang.Expr) nixlang.Expr {
	outer := *w
	w.values, w.parts = maps.Clone(w.values), maps.Clone(w.parts)
	w.parameters = slices.Clip(w.parameters)
	for _, p := range parameters {
		delete(w.values, p.name)
		delete(w.parts, p.name)
		p.nix = w.freshName(p.name)
		w.parameters = append(w.parameters, p)
	}
	demand := w.demand
	w.demand = Undemanded
	result := body()
	w.demand = demand
	for _, p := range slices.Backward(parameters) {
		if !p.used && !strings.HasPrefix(p.name, "_") {
			// The sign for a parameter that is not used.
			p.nix = w.freshName("_" + p.name)
		}
		result = &nixlang.Lambda{Param: nixlang.Name(p.nix), Body: result}
	}
	w.parameters, w.values, w.parts = outer.parameters, outer.values, outer.parts
	return result
}

// freshName makes the name of a parameter in Nix: its own, unless that would hide
// what the body of the function may refer to. In HCL a let cannot be hidden, as
// it is always let.x.
func (w *walker) freshName(name string) string {
	for w.isTaken(name) {
		name += "'"
	}
	return name
}

func (w *walker) isTaken(name string) bool {
	if name == w.scope.Final || name == w.scope.Prev {
		return true
	}
	if slices.ContainsFunc(w.parameters, func(p *parameter) bool { return p.nix == name }) {
		return true
	}
	return w.isLet(name)
}

// importCall compiles import("nix/x.nix", { … }).
func (w *walker) importCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if !w.arity(e, 1, -1, "import(\"nix/x.nix\", { pkgs = pkgs })") {
		return broken
	}
	file := w.atMost(Shallow, e.Args[0])
	if !w.open[e.Args[0]] {
		file = w.repositoryPath(e.Args[0])
	}
	return nixlang.Call(nixlang.Ident("import"), append([]nixlang.Expr{file}, w.lazy(e.Args[1:])...)...)
}

// pathCall compiles path("rts/x") to a path literal.
func (w *walker) pathCall(e *hclsyntax.FunctionCallExpr) nixlang.Expr {
	if !w.arity(e, 1, 1, "path(\"rts\")") {
		return broken
	}
	if w.open[e.Args[0]] {
		if w.scope.Each != nil && len(spec.Symbols(e.Args[0])) == 0 {
			return w.eachPath(e.Args[0])
		}
		w.errorf(e.Args[0].Range(), "No path literal for what only Nix knows", "Write the part that is known in path(…), and join(\"\", [path(\"rts\"), …]) for the rest.")
		return broken
	}
	return w.repositoryPath(e.Args[0])
}

// repositoryPath compiles a closed expression that names a file or folder of the
// repository to a path relative to the file that it is rendered in.
func (w *walker) repositoryPath(expr hclsyntax.Expression) nixlang.Expr {
	value, ok := w.value(expr)
	if !ok || !value.IsKnown() {
		return broken
	}
	if value.IsNull() || value.Type() != cty.String {
		w.errorf(expr.Range(), "A path is a string", "Write it in quotes, relative to the root of the repository, as in path(\"rts\").")
		return broken
	}
	name := path.Clean(value.AsString())
	switch {
	case value.AsString() == "" || path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../"):
		w.errorf(expr.Range(), fmt.Sprintf("Path %q is outside of the repository", value.AsString()), "Write it relative to the root of the repository, as in path(\"rts\").")
		return broken
	case !w.checkText(name, expr.Range()):
		return broken
	case !w.Exists(name):
		w.errorf(expr.Range(), fmt.Sprintf("No file or folder %q", name), "A path is relative to the root of the repository and must exist there.")
		return broken
	}
	return RelativePath(w.scope.File, name)
}

// RelativePath gives the literal of a path of the repository, for use in the Nix
// file of that name; both are clean and relative to the root.
func RelativePath(file, target string) nixlang.Expr {
	relative := relative(path.Dir(file), target)
	if relative != ".." && !strings.HasPrefix(relative, "../") {
		relative = "./" + relative
	}
	if relative == "./." || strings.HasSuffix(relative, "..") {
		relative = strings.TrimSuffix(relative, "/.") + "/."
	}
	if nixlang.IsPath(relative) {
		return nixlang.Path(relative)
	}
	// A path literal holds few characters; the rest is added as a string, to the
	// root of the repository, which needs none.
	root := strings.Repeat("../", strings.Count(file, "/")) + "."
	if root == "." {
		root = "./."
	}
	return &nixlang.Binary{Op: nixlang.Add, Left: nixlang.Path(root), Right: nixlang.Str("/" + target)}
}

// relative gives the way from one folder of the repository to a path in it.
func relative(from, to string) string {
	split := func(p string) []string {
		if p == "." {
			return nil
		}
		return strings.Split(p, "/")
	}
	a, b := split(from), split(to)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	way := strings.Repeat("../", len(a)) + strings.Join(b, "/")
	if way == "" {
		return "."
	}
	return strings.TrimSuffix(way, "/")
}
