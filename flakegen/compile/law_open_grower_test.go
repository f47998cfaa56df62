package compile_test

import "strings"

// record is the shape of the objects among the symbols.
var record = shape{kind: object, fields: []field{
	{"name", aText},
	{"x-y", aNumber},
	{"on", aBoolean},
	{"odd name", shape{kind: object, fields: []field{{"deep", aText}, {"${", aFraction}, {"list", texts}}}},
}}

// symbolShapes are the symbols that the environment of a case gives a value, as
// HCL writes them.
var symbolShapes = []binding{
	{name: "system", shape: aText},
	{name: "self.name", shape: aText},
	{name: "pkgs.t", shape: aText},
	{name: "pkgs.u", shape: aText},
	{name: "pkgs.key", shape: aText}, // always "name"
	{name: "pkgs.number", shape: aNumber},
	{name: "pkgs.fraction", shape: aFraction},
	{name: "pkgs.on", shape: aBoolean},
	{name: "pkgs.off", shape: aBoolean},
	{name: "pkgs.texts", shape: texts},
	{name: "pkgs.numbers", shape: numbers},
	{name: "pkgs.records", shape: listOf(record)},
	{name: "pkgs.record", shape: record},
	{name: "pkgs.set", shape: setOf(aText)},
	{name: "pkgs.numberSet", shape: setOf(aNumber)},
	{name: "pkgs.stdenv.hostPlatform.isDarwin", shape: aBoolean},
	{name: "pkgs.hello", shape: shape{kind: pkg}},
	{name: `pkgs["odd package"]`, shape: shape{kind: pkg}},
	{name: "inputs.src", shape: shape{kind: pkg}},
	{name: "inputs.flake.rev", shape: aText},
	{name: "let.lt", shape: aText},
	{name: "let.lnum", shape: aNumber},
	{name: "let.x", shape: texts},
	{name: "let.name", shape: aText},
	{name: "let._x", shape: aBoolean},
	{name: "shared.list", shape: texts},
	{name: "shared.t", shape: aText},
	{name: "final.version", shape: aText},
	{name: "package.plain", shape: shape{kind: pkg}},
	{name: "package.other.version", shape: aText},
	{name: "package.rts.build", shape: shape{kind: pkg}},
	{name: "package.rts.checked", shape: shape{kind: pkg}},
	{name: "alias.main", shape: shape{kind: pkg}},
	// These two are closed: HCL knows them when it renders.
	{name: "local.texts", shape: texts},
	{name: "local.record", shape: record},
	{name: "each.key", shape: aText},
	{name: "each.value", shape: aNumber},
}

func newOpenGrower(seed uint64) *grower {
	g := newGrower(seed)
	g.symbols = symbolShapes
	return g
}

// maybe picks an attribute path and the shape that it has where it is there.
func (g *grower) maybe() (string, shape) {
	path := pick(g, "self.rev", "pkgs.records[0].name", "local.record.name", "local.record.zzz", "pkgs.missing.deep", "pkgs.record", "inputs.flake.rev", "inputs.flake.shortRev", "pkgs.set", "shared.t", "package.other", "let.lt", "final.version")
	switch path {
	case "pkgs.record":
		return path + pick(g, ".name", `["odd name"].deep`, ".nothing"), aText
	case "pkgs.set":
		return path + pick(g, ".a", ".zzz", `["${"a"}"]`, "[pkgs.t]"), aText
	case "package.other":
		return path + pick(g, ".version", ".nothing"), aText
	case "let.lt":
		return "pkgs.number", aNumber
	}
	return path, aText
}

// openAnyShape makes an expression of any shape that only Nix can evaluate.
func (g *grower) openAnyShape(s shape) string {
	switch g.IntN(5) {
	case 0:
		path, found := g.maybe()
		for range 8 {
			if found.equals(s) {
				return "try(" + path + ", " + g.expr(s) + ")"
			}
			path, found = g.maybe()
		}
		return g.expr(s)
	case 1:
		argument := g.shape(1)
		given := g.expr(argument)
		names := []binding{{name: g.name(), shape: argument}}
		return g.with(names, func() string {
			return "call(fn(" + names[0].name + ", " + g.expr(s) + "), " + given + ")"
		})
	case 2:
		a, b := g.shape(0), g.shape(1)
		first, second := g.twoNames()
		givenA, givenB := g.expr(a), g.expr(b)
		names := []binding{{name: first, shape: a}, {name: second, shape: b}}
		return g.with(names, func() string {
			return "call(fn(" + first + ", " + second + ", " + g.expr(s) + "), " + givenA + ", " + givenB + ")"
		})
	case 3:
		return "wrap::f(" + g.expr(s) + ").value"
	default:
		return "pkgs::tools::pair(" + g.expr(s) + ", " + g.expr(g.shape(0)) + ")[0]"
	}
}

func (g *grower) openText() string {
	switch g.IntN(9) {
	case 0:
		return "builtins::toString(" + g.expr(aNumber) + ")"
	case 1:
		return "builtins::concatStringsSep(" + g.expr(aText) + ", " + g.expr(texts) + ")"
	case 2:
		return "lib::optionalString(" + g.expr(aBoolean) + ", " + g.expr(aText) + ")"
	case 3:
		return pick(g, "pkgs::twice(", "call(pkgs.twice, ") + g.expr(aText) + ")"
	case 4:
		return "pkgs::make(" + g.expr(record) + ").name"
	case 5:
		return `import("nix/shift.nix", { number = ` + g.expr(aNumber) + ", text = " + g.expr(aText) + " }).text"
	case 6:
		return `"${` + g.interpolable() + `}"`
	case 7:
		return "pkgs.record[pkgs.key]"
	default:
		element := g.shape(1)
		names := []binding{{name: g.name(), shape: element}}
		collection := g.expr(listOf(element))
		return `"%{ for ` + names[0].name + " in " + collection + " }" + g.with(names, g.openTurn) + `%{ endfor }"`
	}
}

func (g *grower) openTurn() string {
	return pick(g, "", "a", " ") + "${" + g.interpolable() + "}"
}

func (g *grower) openCondition() string {
	switch g.IntN(4) {
	case 0:
		path, _ := g.maybe()
		return "can(" + path + ")"
	case 1:
		return "builtins::elem(" + g.expr(aText) + ", " + g.expr(texts) + ")"
	case 2:
		return "builtins::hasAttr(" + g.expr(aText) + ", " + g.expr(setOf(g.shape(0))) + ")"
	default:
		return "(" + g.expr(aBoolean) + " == pkgs.on)"
	}
}

func (g *grower) openList(of shape) string {
	switch g.IntN(6) {
	case 0:
		return "lib::optional(" + g.expr(aBoolean) + ", " + g.expr(of) + ")"
	case 1:
		return "lib::optionals(" + g.expr(aBoolean) + ", " + g.expr(listOf(of)) + ")"
	case 2:
		collection := g.expr(listOf(of))
		names := []binding{{name: g.name(), shape: of}}
		return g.with(names, func() string {
			return "builtins::filter(fn(" + names[0].name + ", " + g.expr(aBoolean) + "), " + collection + ")"
		})
	case 3:
		element := g.shape(1)
		collection := g.expr(listOf(element))
		names := []binding{{name: g.name(), shape: element}}
		return g.with(names, func() string {
			return "builtins::map(fn(" + names[0].name + ", " + g.expr(of) + "), " + collection + ")"
		})
	case 4:
		if of.kind == text {
			return "builtins::attrNames(" + g.expr(setOf(g.shape(0))) + ")"
		}
		return "builtins::attrValues(" + g.expr(setOf(of)) + ")"
	default:
		return "[" + strings.Join([]string{g.expr(of), g.expr(of)}, ", ") + "]"
	}
}
