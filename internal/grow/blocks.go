package grow

import (
	"fmt"
	"slices"
	"strings"
)

// everywhere are the symbols that every place has.
var everywhere = []Binding{
	{Name: "self.name", Shape: aText},
	{Name: "self.rev", Shape: aText},
	{Name: "self", Shape: Shape{Kind: Package}},
	{Name: "lib.version", Shape: aText},
	{Name: "lib.platforms.unix", Shape: texts},
	{Name: "lib.licenses", Shape: setOf(aText)},
	{Name: "builtins.storeDir", Shape: aText},
	{Name: "builtins.langVersion", Shape: aNumber},
}

// flakeLevel is the scope of what has no system.
func (s *Spec) flakeLevel() scope {
	in := scope{absent: map[string]bool{"each": true, "local": true, "pkgs": true, "wrap": true}}
	in.symbols = append(in.symbols, everywhere...)
	for _, name := range s.inputs {
		in.symbols = append(in.symbols, Binding{Name: "inputs." + name, Shape: Shape{Kind: Package}}, Binding{Name: "inputs." + name + ".rev", Shape: aText})
	}
	return in.and(s.locals...)
}

// perSystem is the scope of what has a system.
func (s *Spec) perSystem() scope {
	in := s.flakeLevel()
	for _, b := range Symbols {
		if root, _, _ := strings.Cut(b.Name, "."); root == "pkgs" || root == "system" {
			in.symbols = append(in.symbols, b)
		}
	}
	for _, d := range s.packages {
		for _, reference := range d.references() {
			in.symbols = append(in.symbols, Binding{Name: reference, Shape: Shape{Kind: Package}}, Binding{Name: reference + ".version", Shape: aText})
		}
	}
	for _, a := range s.aliases {
		in.symbols = append(in.symbols, Binding{Name: a.reference(), Shape: Shape{Kind: Package}})
	}
	in = in.and(s.lets...).meaning("pkgs")
	return in.wrapping(s.lets)
}

// wrapping gives the scope with wrap, where a let is called so.
func (in scope) wrapping(lets []Binding) scope {
	if slices.ContainsFunc(lets, func(b Binding) bool { return b.Name == "let.wrap" }) {
		return in.meaning("wrap")
	}
	return in
}

// blocks gives what writes each block.
func (s *Spec) blocks() []func() {
	blocks := []func(){s.flakeBlock}
	add := func(f func()) { blocks = append(blocks, f) }
	for _, name := range s.inputs {
		add(func() { s.inputBlock(name) })
	}
	for _, part := range s.parts(len(s.locals)) {
		add(func() { s.localsBlock(s.locals[part[0]:part[1]]) })
	}
	if !s.adopted {
		for i := range s.Count(0, 2) {
			add(func() { s.cacheBlock(i) })
		}
		for _, name := range some(s, []string{"default", "more", "with", "a+b"}, s.Count(0, 2)) {
			add(func() { s.overlayBlock(name) })
		}
		for _, name := range some(s, []string{"lib", "nixosModules", "templates", "hydraJobs"}, s.Count(0, 2)) {
			add(func() { s.outputBlock(name, false) })
		}
	}
	if s.bare {
		return blocks
	}
	if !s.adopted && (s.nixpkgs != "nixpkgs" || s.Chance(25)) {
		add(s.nixpkgsBlock)
	}
	lets := s.lets[len(s.takes):]
	for _, part := range s.parts(len(lets)) {
		add(func() {
			s.line("let {")
			s.letLines("  ", lets[part[0]:part[1]], s.perSystem())
			s.line("}")
		})
	}
	for _, d := range slices.Concat(s.packages, s.checks, s.shells) {
		add(func() { s.derivationBlock(d) })
	}
	for _, a := range s.aliases {
		add(func() { s.aliasBlock(a) })
	}
	for _, name := range some(s, outputNames, s.Count(0, 2)) {
		add(func() { s.appBlock(name) })
	}
	if s.Chance(30) {
		add(func() {
			s.line("formatter {")
			s.attribute("  ", "value", s.perSystem(), s.function)
			s.line("}")
		})
	}
	for _, name := range some(s, []string{"legacyPackages", "packages", "checks", "apps", "devShells", "bundlers"}, s.Count(0, 2)) {
		add(func() { s.outputBlock(name, true) })
	}
	return blocks
}

// parts cuts a row of things into one or two blocks, by their places in it.
func (s *Spec) parts(count int) [][2]int {
	if count == 0 {
		return nil
	}
	if cut := s.IntN(count); cut > 0 && s.Chance(30) {
		return [][2]int{{0, cut}, {cut, count}}
	}
	return [][2]int{{0, count}}
}

// fixed writes an attribute whose value stands.
func (s *Spec) fixed(indent, name, value string) {
	s.comments(indent)
	end := ""
	if s.Chance(8) {
		end = " #" + s.comment()
	}
	s.write(piece{text: indent + name + " = " + value + end + s.newline})
}

func (s *Spec) flakeBlock() {
	s.line("flake {")
	s.fixed("  ", "systems", quotedNames(s.systems))
	if s.Chance(50) && !s.adopted {
		s.fixed("  ", "description", s.quoted(s.Words()))
	}
	if s.Chance(20) {
		s.fixed("  ", "required_version", Pick(s.Grower, `">= 0.1"`, `">= 0.1, < 9"`))
	}
	if s.adopted {
		s.fixed("  ", "render", `"outputs"`)
		if len(s.takes) > 0 {
			s.fixed("  ", "takes", quotedNames(s.takes))
		}
	}
	s.line("}")
}

func quotedNames(list []string) string {
	quoted := make([]string, len(list))
	for i, name := range list {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func (s *Spec) inputBlock(name string) {
	s.line("input %q {", name)
	if s.Chance(10) {
		s.fixed("  ", "follows", fmt.Sprintf("%q", Pick(s.Grower, s.inputs...)+Pick(s.Grower, "", "/nixpkgs", "/a/b")))
		s.line("}")
		return
	}
	if s.Chance(80) {
		s.fixed("  ", "url", Pick(s.Grower, `"github:NixOS/nixpkgs/nixos-26.05"`, `"path:./a b"`, `"git+https://example.org/${"a"}?ref=main&rev=0"`, s.quoted(s.Words())))
	} else {
		s.fixed("  ", "type", `"github"`)
		s.fixed("  ", "owner", `"NixOS"`)
		s.fixed("  ", "repo", s.quoted(s.Words()))
	}
	if s.Chance(30) {
		s.fixed("  ", "flake", "false")
	}
	if s.Chance(10) {
		s.fixed("  ", Pick(s.Grower, "lastModified", "shallow", "dir"), Pick(s.Grower, "1", "true", `"a/b"`))
	}
	if s.Chance(30) {
		var follows []string
		for _, target := range some(s, s.inputs, s.Count(1, len(s.inputs))) {
			follows = append(follows, s.key(Pick(s.Grower, "nixpkgs", "flake-utils", "systems", "in")+target)+fmt.Sprintf(" = %q", target+Pick(s.Grower, "", "", "/systems")))
		}
		s.fixed("  ", "follows", "{ "+strings.Join(follows, ", ")+" }")
	}
	s.line("}")
}

func (s *Spec) localsBlock(locals []Binding) {
	s.line("locals {")
	for _, b := range locals {
		s.attribute("  ", strings.TrimPrefix(b.Name, "local."), scope{}, func() string {
			if s.Chance(5) {
				return s.number()
			}
			return s.Expr(b.Shape)
		})
	}
	s.line("}")
}

// letLines writes lets. One that is called wrap is called as a function.
func (s *Spec) letLines(indent string, lets []Binding, in scope) {
	for _, b := range lets {
		s.attribute(indent, strings.TrimPrefix(b.Name, "let."), in, func() string { return s.value(b.Shape) })
	}
}

func (s *Spec) cacheBlock(i int) {
	s.line(`cache "cache%d" {`, i)
	s.fixed("  ", "url", fmt.Sprintf(`"https://cache%d.example.org"`, i))
	s.fixed("  ", "public_key", s.quoted(s.Words()))
	s.line("}")
}

func (s *Spec) overlayBlock(name string) {
	s.line("overlay %q {", name)
	in := s.flakeLevel().and(
		Binding{Name: "final.hello", Shape: Shape{Kind: Package}}, Binding{Name: "final.version", Shape: aText},
		Binding{Name: "prev.hello", Shape: Shape{Kind: Package}}, Binding{Name: "prev.list", Shape: texts},
	)
	for _, attribute := range some(s, attributeNames, s.Count(0, 4)) {
		s.attribute("  ", attribute, in, func() string {
			if s.Chance(30) {
				return "prev::hello::overrideAttrs(" + s.lambda() + ")"
			}
			return s.value(s.Shape(2))
		})
	}
	s.line("}")
}

func (s *Spec) outputBlock(name string, perSystem bool) {
	s.line("output %q {", name)
	in := s.flakeLevel()
	if perSystem {
		in = s.perSystem()
		s.fixed("  ", "per_system", "true")
	} else if s.Chance(20) {
		s.fixed("  ", "per_system", "false")
	}
	s.attribute("  ", "value", in, func() string { return s.value(s.Shape(2)) })
	s.line("}")
}

func (s *Spec) nixpkgsBlock() {
	s.line("nixpkgs {")
	if s.nixpkgs != "nixpkgs" {
		s.fixed("  ", "input", fmt.Sprintf("%q", s.nixpkgs))
	}
	if s.Chance(30) {
		s.attribute("  ", "from", s.perSystem(), func() string {
			return Pick(s.Grower, `import("nix/lib.nix", `+s.Expr(Record)+")", s.function())
		})
		s.line("}")
		return
	}
	if s.Chance(60) {
		s.attribute("  ", "config", s.perSystem(), func() string { return s.value(setOf(aBoolean)) })
	}
	if s.Chance(60) {
		s.attribute("  ", "overlays", s.perSystem(), func() string { return s.value(texts) })
	}
	s.line("}")
}

func (s *Spec) appBlock(name string) {
	s.line("app %q {", name)
	if s.Chance(20) {
		selectors, _ := s.selectors(s.systems)
		s.fixed("  ", "systems", quotedNames(selectors))
	}
	s.attribute("  ", "program", s.perSystem(), func() string { return s.value(aText) })
	s.line("}")
}

func (s *Spec) aliasBlock(a alias) {
	s.line("alias %q {", a.name)
	for _, row := range a.rows {
		s.fixed("  ", row[0], row[1])
	}
	s.line("}")
}

// attributeNames are what attributes of derivations and overlays are called.
var attributeNames = []string{
	"pname", "name", "version", "src", "patches", "nativeBuildInputs", "buildInputs", "preBuild", "installPhase", "checkPhase", "doCheck", "meta", "env",
	"passthru", "allowedRequisites", "outputs", "if", "with", "inherit", "or", "é", "x-y", "a_b", "lib", "pkgs", "true", "null",
	"anAttributeWithAVeryLongNameThatBreaksLinesWhereverItStandsAndWhateverItsValueIs", "__structuredAttrs", "shared", "final",
}

func (s *Spec) derivationBlock(d derivation) {
	s.line("%s %q {", d.kind, d.name)
	in := s.perSystem().and(d.lets...).wrapping(d.lets)
	if len(d.lets) > 0 {
		s.line("  let {")
		s.letLines("    ", d.lets, in)
		s.line("  }")
	}
	if len(d.selectors) > 0 {
		s.fixed("  ", "systems", quotedNames(d.selectors))
	}
	if d.file != "" {
		s.fixed("  ", "file", fmt.Sprintf("%q", d.file))
	}
	if d.value {
		s.attribute("  ", "value", in, func() string { return s.value(s.Shape(2)) })
		s.line("}")
		return
	}
	if s.Chance(15) {
		s.attribute("  ", "builder", in, s.function)
	}
	attrs := s.Chance(15)
	if attrs {
		s.attribute("  ", "attrs", in, func() string { return s.value(setOf(aText)) })
	}
	var shared []Binding
	inside := in
	if s.Chance(30) {
		inside = in.and(Binding{Name: "final.pname", Shape: aText}, Binding{Name: "final.version", Shape: aText}, Binding{Name: "final.list", Shape: texts}, Binding{Name: "final.doCheck", Shape: aBoolean})
	}
	for _, name := range some(s, attributeNames, s.Count(0, 9)) {
		shape := s.Shape(2)
		shared = append(shared, Binding{Name: "shared." + name, Shape: shape})
		s.attribute("  ", name, inside, func() string { return s.value(shape) })
	}
	for _, v := range d.variants {
		s.variantBlock(v, inside.and(shared...))
	}
	if d.matrix != nil {
		s.testsBlock(d.matrix, in, inside.and(shared...))
	}
	s.line("}")
}

func (s *Spec) variantBlock(v variant, in scope) {
	s.comments("  ")
	s.line("  variant %q {", v.name)
	if v.tests != "" {
		s.fixed("    ", "tests", v.tests)
		if v.tests == `"shards"` {
			s.line("  }")
			return
		}
	} else if s.Chance(15) && !v.plain {
		s.fixed("    ", "role", Pick(s.Grower, `"build"`, `"checked"`))
	}
	if len(v.keys) > 0 {
		s.fixed("    ", "for_each", v.forEach(s))
		in = in.and(Binding{Name: "each.key", Shape: aText}, Binding{Name: "each.value", Shape: aText}).meaning("each")
	}
	for _, name := range some(s, attributeNames, s.Count(0, 4)) {
		if v.tests != "" && (name == "doCheck" || name == "checkPhase") {
			continue
		}
		s.attribute("    ", name, in, func() string { return s.value(s.Shape(2)) })
	}
	s.line("  }")
}

// forEach writes the keys as an object, a list or a set.
func (v variant) forEach(s *Spec) string {
	switch v.form {
	case 0:
		var entries []string
		for _, key := range v.keys {
			entries = append(entries, fmt.Sprintf("%q = ", key)+s.quoted(s.Words()))
		}
		return "{ " + strings.Join(entries, ", ") + " }"
	case 1:
		return "toset(" + quotedNames(v.keys) + ")"
	default:
		return quotedNames(v.keys)
	}
}
