package grow

import "strings"

// Record is the shape of the objects among the symbols.
var Record = Shape{Kind: Object, Fields: []Field{
	{"name", aText},
	{"x-y", aNumber},
	{"on", aBoolean},
	{"odd name", Shape{Kind: Object, Fields: []Field{{"deep", aText}, {"${", aFraction}, {"list", texts}}}},
}}

// Symbols are the symbols that the environment of a case gives a value, as
// HCL writes them.
var Symbols = []Binding{
	{Name: "system", Shape: aText},
	{Name: "self.name", Shape: aText},
	{Name: "pkgs.t", Shape: aText},
	{Name: "pkgs.u", Shape: aText},
	{Name: "pkgs.key", Shape: aText}, // always "name"
	{Name: "pkgs.number", Shape: aNumber},
	{Name: "pkgs.fraction", Shape: aFraction},
	{Name: "pkgs.on", Shape: aBoolean},
	{Name: "pkgs.off", Shape: aBoolean},
	{Name: "pkgs.texts", Shape: texts},
	{Name: "pkgs.numbers", Shape: numbers},
	{Name: "pkgs.records", Shape: listOf(Record)},
	{Name: "pkgs.record", Shape: Record},
	{Name: "pkgs.set", Shape: setOf(aText)},
	{Name: "pkgs.numberSet", Shape: setOf(aNumber)},
	{Name: "pkgs.stdenv.hostPlatform.isDarwin", Shape: aBoolean},
	{Name: "pkgs.hello", Shape: Shape{Kind: Package}},
	{Name: `pkgs["odd package"]`, Shape: Shape{Kind: Package}},
	{Name: "inputs.src", Shape: Shape{Kind: Package}},
	{Name: "inputs.flake.rev", Shape: aText},
	{Name: "let.lt", Shape: aText},
	{Name: "let.lnum", Shape: aNumber},
	{Name: "let.x", Shape: texts},
	{Name: "let.name", Shape: aText},
	{Name: "let._x", Shape: aBoolean},
	{Name: "shared.list", Shape: texts},
	{Name: "shared.t", Shape: aText},
	{Name: "final.version", Shape: aText},
	{Name: "package.plain", Shape: Shape{Kind: Package}},
	{Name: "package.other.version", Shape: aText},
	{Name: "package.rts.build", Shape: Shape{Kind: Package}},
	{Name: "package.rts.checked", Shape: Shape{Kind: Package}},
	{Name: "alias.main", Shape: Shape{Kind: Package}},
	// These two are closed: HCL knows them when it renders.
	{Name: "local.texts", Shape: texts},
	{Name: "local.record", Shape: Record},
	{Name: "each.key", Shape: aText},
	{Name: "each.value", Shape: aNumber},
}

// Open gives a grower of expressions with symbols.
func Open(seed uint64) *Grower {
	g := Closed(seed)
	g.Symbols = Symbols
	return g
}

// maybe picks an attribute path and the shape that it has where it is there.
func (g *Grower) maybe() (string, Shape) {
	if g.absent != nil {
		b := Pick(g, g.Symbols...)
		step := Pick(g, "", ".nothing", `["odd name"].deep`)
		if step != "" {
			b.Shape = aText
		}
		return b.Name + step, b.Shape
	}
	path := Pick(g, "self.rev", "pkgs.records[0].name", "local.record.name", "local.record.zzz", "pkgs.missing.deep", "pkgs.record", "inputs.flake.rev", "inputs.flake.shortRev", "pkgs.set", "shared.t", "package.other", "let.lt", "final.version")
	switch path {
	case "pkgs.record":
		return path + Pick(g, ".name", `["odd name"].deep`, ".nothing"), aText
	case "pkgs.set":
		return path + Pick(g, ".a", ".zzz", `["${"a"}"]`, "[pkgs.t]"), aText
	case "package.other":
		return path + Pick(g, ".version", ".nothing"), aText
	case "let.lt":
		return "pkgs.number", aNumber
	}
	return path, aText
}

// openAnyShape makes an expression of any shape that only Nix can evaluate.
func (g *Grower) openAnyShape(s Shape) string {
	switch g.IntN(5) {
	case 0:
		path, found := g.maybe()
		for range 8 {
			if found.equals(s) {
				return "try(" + path + ", " + g.Expr(s) + ")"
			}
			path, found = g.maybe()
		}
		return g.Expr(s)
	case 1:
		argument := g.Shape(1)
		given := g.Expr(argument)
		names := []Binding{{Name: g.name(), Shape: argument}}
		return g.with(names, func() string {
			return "call(fn(" + names[0].Name + ", " + g.Expr(s) + "), " + given + ")"
		})
	case 2:
		a, b := g.Shape(0), g.Shape(1)
		first, second := g.twoNames()
		givenA, givenB := g.Expr(a), g.Expr(b)
		names := []Binding{{Name: first, Shape: a}, {Name: second, Shape: b}}
		return g.with(names, func() string {
			return "call(fn(" + first + ", " + second + ", " + g.Expr(s) + "), " + givenA + ", " + givenB + ")"
		})
	case 3:
		if g.absent["wrap"] {
			return "lib::id(" + g.Expr(s) + ")"
		}
		return "wrap::f(" + g.Expr(s) + ").value"
	default:
		if g.absent["pkgs"] {
			return "lib::const(" + g.Expr(s) + ", " + g.Expr(g.Shape(0)) + ")"
		}
		return "pkgs::tools::pair(" + g.Expr(s) + ", " + g.Expr(g.Shape(0)) + ")[0]"
	}
}

func (g *Grower) openText() string {
	form := g.IntN(9)
	if g.absent["pkgs"] && (form == 3 || form == 4 || form == 7) {
		return "lib::toUpper(" + g.Expr(aText) + ")"
	}
	switch form {
	case 0:
		return "builtins::toString(" + g.Expr(aNumber) + ")"
	case 1:
		return "builtins::concatStringsSep(" + g.Expr(aText) + ", " + g.Expr(texts) + ")"
	case 2:
		return "lib::optionalString(" + g.Expr(aBoolean) + ", " + g.Expr(aText) + ")"
	case 3:
		return Pick(g, "pkgs::twice(", "call(pkgs.twice, ") + g.Expr(aText) + ")"
	case 4:
		return "pkgs::make(" + g.Expr(Record) + ").name"
	case 5:
		return `import("nix/shift.nix", { number = ` + g.Expr(aNumber) + ", text = " + g.Expr(aText) + " }).text"
	case 6:
		return `"${` + g.interpolable() + `}"`
	case 7:
		return "pkgs.record[pkgs.key]"
	default:
		element := g.Shape(1)
		names := []Binding{{Name: g.name(), Shape: element}}
		collection := g.Expr(listOf(element))
		return `"%{ for ` + names[0].Name + " in " + collection + " }" + g.with(names, g.openTurn) + `%{ endfor }"`
	}
}

func (g *Grower) openTurn() string {
	return Pick(g, "", "a", " ") + "${" + g.interpolable() + "}"
}

func (g *Grower) openCondition() string {
	switch g.IntN(4) {
	case 0:
		path, _ := g.maybe()
		return "can(" + path + ")"
	case 1:
		return "builtins::elem(" + g.Expr(aText) + ", " + g.Expr(texts) + ")"
	case 2:
		return "builtins::hasAttr(" + g.Expr(aText) + ", " + g.Expr(setOf(g.Shape(0))) + ")"
	default:
		on := "pkgs.on"
		if g.absent["pkgs"] {
			on = "lib.on"
		}
		return "(" + g.Expr(aBoolean) + " == " + on + ")"
	}
}

func (g *Grower) openList(of Shape) string {
	switch g.IntN(6) {
	case 0:
		return "lib::optional(" + g.Expr(aBoolean) + ", " + g.Expr(of) + ")"
	case 1:
		return "lib::optionals(" + g.Expr(aBoolean) + ", " + g.Expr(listOf(of)) + ")"
	case 2:
		collection := g.Expr(listOf(of))
		names := []Binding{{Name: g.name(), Shape: of}}
		return g.with(names, func() string {
			return "builtins::filter(fn(" + names[0].Name + ", " + g.Expr(aBoolean) + "), " + collection + ")"
		})
	case 3:
		element := g.Shape(1)
		collection := g.Expr(listOf(element))
		names := []Binding{{Name: g.name(), Shape: element}}
		return g.with(names, func() string {
			return "builtins::map(fn(" + names[0].Name + ", " + g.Expr(of) + "), " + collection + ")"
		})
	case 4:
		if of.Kind == Text {
			return "builtins::attrNames(" + g.Expr(setOf(g.Shape(0))) + ")"
		}
		return "builtins::attrValues(" + g.Expr(setOf(of)) + ")"
	default:
		return "[" + strings.Join([]string{g.Expr(of), g.Expr(of)}, ", ") + "]"
	}
}
