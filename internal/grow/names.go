package grow

import (
	"fmt"
	"slices"
	"strings"
)

// names are those that a spec defines, drawn before anything is written, so that
// every expression can refer to all of them.
type names struct {
	systems []string
	adopted bool
	// bare says that nothing in the spec has a system.
	bare     bool
	inputs   []string
	nixpkgs  string
	takes    []string
	locals   []Binding
	lets     []Binding
	packages []derivation
	checks   []derivation
	shells   []derivation
	aliases  []alias
	taken    map[string]bool
}

// derivation is what others may say of a derivation block.
type derivation struct {
	kind     string
	name     string
	value    bool
	variants []variant
	// selectors are those of systems, on the systems that they pick.
	selectors []string
	on        []string
	file      string
	lets      []Binding
	matrix    *matrix
}

// variant is a variant, with keys where for_each makes it more than one.
type variant struct {
	name string
	// tests says how it runs the tests of its package, as the spec says it; empty where
	// it does not.
	tests string
	// plain says that it must have no role.
	plain bool
	keys  []string
	// form says how for_each is written.
	form int
}

// references are the outputs of a package, as the spec refers to them.
func (d derivation) references() []string {
	if len(d.variants) == 0 {
		return []string{"package" + nameStep(d.name)}
	}
	var list []string
	for _, v := range d.variants {
		for _, key := range v.suffixes() {
			list = append(list, "package"+nameStep(d.name)+nameStep(v.name+key))
		}
	}
	return list
}

func (v variant) suffixes() []string {
	if len(v.keys) == 0 {
		return []string{""}
	}
	var list []string
	for _, key := range v.keys {
		list = append(list, "-"+key)
	}
	return list
}

// alias is an alias with its lines: selectors and what they select.
type alias struct {
	name string
	rows [][2]string
}

func (a alias) reference() string { return "alias" + nameStep(a.name) }

// nameStep writes the way to a name of the spec.
func nameStep(name string) string {
	if isName(name) {
		return "." + name
	}
	return fmt.Sprintf("[%q]", name)
}

var (
	systemNames  = []string{"x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin", "riscv64-linux", "x86_64-freebsd", "armv7l-linux"}
	outputNames  = []string{"rts", "tool", "a", "b", "docs", "default", "c++", "if", "2048", "with", "lib", "self", "systems", "aliases", "packages", "_x", "G-1_a", "perSystem", "finalAttrs", "a-name-that-is-much-longer-than-others-are-and-so-breaks-lines"}
	variantNames = []string{"build", "checked", "v", "release", "w+x", "in", "1", "the-variant-with-a-name-that-breaks-lines"}
	letNames     = []string{"llvmEnv", "mk", "x", "lt", "common-args", "a_b", "name", "wrap", "rts", "docs", "_y", "cargoArtifacts", "aBindingWithAVeryLongNameThatBreaksLinesWhereverItStands"}
	inputNames   = []string{"src", "flake", "crane", "flake-utils", "rust-overlay", "_in", "anInputWithAVeryLongNameThatBreaksLines"}
	localNames   = []string{"wasms", "version", "flags", "a-b", "x", "long"}
)

// draw draws the names of a spec.
func (s *Spec) draw() names {
	n := names{taken: map[string]bool{}, adopted: s.Chance(15), bare: s.Chance(4)}
	n.bare = n.bare && !n.adopted
	n.nixpkgs = "nixpkgs"
	if !n.bare {
		n.nixpkgs = Pick(s.Grower, "nixpkgs", "nixpkgs", "nixpkgs-unstable", "stable")
	}
	n.systems = some(s, systemNames, s.Count(1, 5))
	if !n.adopted {
		n.inputs = append(n.inputs, n.nixpkgs)
	}
	if !n.adopted {
		n.inputs = append(n.inputs, some(s, inputNames, s.Count(0, 4))...)
		s.Shuffle(len(n.inputs), func(i, j int) { n.inputs[i], n.inputs[j] = n.inputs[j], n.inputs[i] })
	}
	for _, name := range some(s, localNames, s.Count(0, 4)) {
		n.locals = append(n.locals, Binding{Name: "local." + name, Shape: s.Shape(2)})
	}
	if n.bare {
		return n
	}
	free := some(s, letNames, len(letNames))
	if n.adopted {
		n.takes, free = free[:s.Count(0, 3)], free[3:]
	}
	count := s.Count(0, 4)
	for _, name := range append(slices.Clone(n.takes), free[:count]...) {
		n.lets = append(n.lets, Binding{Name: "let." + name, Shape: s.Shape(1)})
	}
	own := free[count:]

	blocks := some(s, outputNames, len(outputNames))
	for _, name := range blocks[:s.Count(1, 5)] {
		n.packages = append(n.packages, s.derivation(&n, "package", name, own))
	}
	more := blocks[5:]
	for _, name := range more[:s.Count(0, 2)] {
		n.checks = append(n.checks, s.derivation(&n, "check", name, own))
	}
	for _, name := range more[2:][:s.Count(0, 2)] {
		n.shells = append(n.shells, s.derivation(&n, "shell", name, own))
	}
	for range s.Count(0, 4) {
		name := Pick(s.Grower, outputNames...)
		if n.take("package", name) {
			n.aliases = append(n.aliases, alias{name, s.aliasRows(&n)})
		}
	}
	return n
}

// some picks different ones of a list.
func some(s *Spec, list []string, count int) []string {
	list = slices.Clone(list)
	s.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:count]
}

// take says that a name among a kind of outputs is free, and takes it.
func (n *names) take(kind, name string) bool {
	key := kind + " " + name
	if n.taken[key] {
		return false
	}
	n.taken[key] = true
	return true
}

func (s *Spec) derivation(n *names, kind, name string, lets []string) derivation {
	d := derivation{kind: kind, name: name, value: s.Chance(12), on: n.systems}
	switch {
	case d.value:
	case kind == "package" && s.Chance(25):
		d.matrix = s.matrix(n.systems)
		d.variants = d.matrix.runners(s)
		if n.taken["check "+name+"-seeded"] {
			return s.derivation(n, kind, name+"_", lets)
		}
		n.take("check", name+"-seeded")
	case s.Chance(50):
		for _, v := range some(s, variantNames, s.Count(1, 3)) {
			made := variant{name: v, form: s.IntN(3)}
			if s.Chance(20) {
				made.keys = some(s, []string{"size", "speed", "O2", "x+y", "build"}, s.Count(1, 3))
			}
			d.variants = append(d.variants, made)
		}
	}
	if len(d.variants) == 0 {
		if !n.take(kind, name) {
			return s.derivation(n, kind, name+"_", lets)
		}
	}
	// The variants of a matrix need each other.
	if d.matrix != nil && slices.ContainsFunc(d.variants, func(v variant) bool { return n.taken[kind+" "+name+"-"+v.name] }) {
		return s.derivation(n, kind, name+"_", lets)
	}
	d.variants = slices.DeleteFunc(d.variants, func(v variant) bool {
		for _, suffix := range v.suffixes() {
			if !n.take(kind, name+"-"+v.name+suffix) {
				return true
			}
		}
		return false
	})
	if s.Chance(20) && d.matrix == nil {
		d.selectors, d.on = s.selectors(n.systems)
	}
	if kind == "package" && s.Chance(12) || kind != "package" && s.Chance(25) {
		d.file = fmt.Sprintf("%s%s-%s.nix", Pick(s.Grower, "", "nix/", "pkgs/by-name/"), kind, strings.ReplaceAll(name, "_", "u"))
	}
	for _, let := range some(s, lets, min(len(lets), s.Count(0, 3))) {
		d.lets = append(d.lets, Binding{Name: "let." + let, Shape: s.Shape(1)})
	}
	return d
}

// selectors picks systems, some of them by their kernel.
func (s *Spec) selectors(systems []string) (selectors, on []string) {
	picked := some(s, systems, s.Count(1, len(systems)))
	for _, system := range picked {
		selector := system
		if s.Chance(50) {
			selector = kernel(system)
		}
		if !slices.Contains(selectors, selector) {
			selectors = append(selectors, selector)
		}
	}
	for _, system := range systems {
		if slices.Contains(selectors, system) || slices.Contains(selectors, kernel(system)) {
			on = append(on, system)
		}
	}
	return selectors, on
}

func kernel(system string) string { return system[strings.LastIndex(system, "-")+1:] }

// aliasRows gives the lines of an alias: a system, a kernel or default, and what
// is there on all systems that the line can be for.
func (s *Spec) aliasRows(n *names) [][2]string {
	target := func(systems []string) string {
		choice := []string{"null"}
		for _, d := range n.packages {
			everywhere := !slices.ContainsFunc(systems, func(system string) bool { return !slices.Contains(d.on, system) })
			if everywhere {
				choice = append(choice, d.references()...)
			}
		}
		for _, a := range n.aliases {
			choice = append(choice, a.reference())
		}
		if len(choice) > 1 && s.Chance(85) {
			choice = choice[1:]
		}
		return Pick(s.Grower, choice...)
	}
	var rows [][2]string
	left := slices.Clone(n.systems)
	for len(left) > 0 {
		system := left[0]
		switch s.IntN(3) {
		case 0:
			rows = append(rows, [2]string{"default", target(left)})
			return rows
		case 1:
			alike := func(other string) bool { return kernel(other) == kernel(system) }
			var of []string
			for _, other := range left {
				if alike(other) {
					of = append(of, other)
				}
			}
			rows = append(rows, [2]string{kernel(system), target(of)})
			left = slices.DeleteFunc(left, alike)
		default:
			rows = append(rows, [2]string{system, target([]string{system})})
			left = left[1:]
		}
	}
	return rows
}
