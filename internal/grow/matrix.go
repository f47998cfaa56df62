package grow

import "fmt"

// matrix is what others may say of a tests block.
type matrix struct {
	variants, modules []string
	seeds, seed       bool
	// build says that something is built, inline and shards which strategies there are.
	build, inline, shards bool
	systems               []string
}

func (s *Spec) matrix(systems []string) *matrix {
	m := &matrix{seeds: s.Chance(60), seed: s.Chance(50), build: s.Chance(60), systems: systems}
	m.modules = some(s, []string{"gc", "text", "all", "2nd", "a.b", "with-a-name-that-is-rather-long", "_"}, s.Count(1, 5))
	if s.Chance(70) {
		m.variants = some(s, []string{"debug", "release", "x.y", "1"}, s.Count(1, 3))
	}
	return m
}

// runners draws the variants of a package with a matrix.
func (m *matrix) runners(s *Spec) []variant {
	m.inline, m.shards = s.Chance(60), true
	checked := variant{name: "checked", tests: `"shards"`}
	if s.Chance(30) && len(m.systems) > 1 {
		checked.tests = fmt.Sprintf(`{ %s = "inline", default = "shards" }`, m.systems[0])
	}
	list := []variant{{name: "build", plain: true}, checked}
	if m.inline {
		list = append(list, variant{name: "v", tests: `"inline"`})
	}
	if s.Chance(30) {
		list = append(list, variant{name: "release", plain: true})
	}
	return list
}

// testsBlock writes a tests block. What is run may refer to each and to what in names;
// the derivation of the test binaries also to what inside does.
func (s *Spec) testsBlock(m *matrix, in, inside scope) {
	s.comments("  ")
	s.line("  tests {")
	const indent = "    "
	fields := []Binding{{Name: "each.module", Shape: aText}}
	if len(m.variants) > 0 {
		s.fixed(indent, "variants", quotedNames(m.variants))
		fields = append(fields, Binding{Name: "each.variant", Shape: aText})
	}
	building := fields
	if m.seeds {
		s.fixed(indent, "seeds", "[1, 12]")
		if s.Chance(50) {
			s.fixed(indent, "chunks", Pick(s.Grower, "3", "[[1, 2], [3, 12]]"))
		}
	}
	commit := false
	if m.seed {
		seed := Pick(s.Grower, "4711", `[4711, "commit"]`)
		commit = seed != "4711"
		s.fixed(indent, "seed", seed)
	}
	if commit {
		s.fixed(indent, "fallback", "17")
	}
	if s.Chance(50) {
		s.fixed(indent, "modules", quotedNames(m.modules))
	} else {
		table := "{"
		for i, name := range m.modules {
			table += fmt.Sprintf(" %q = %s,", name, Pick(s.Grower, "1", "0.5", fmt.Sprint(i*40+3), fmt.Sprintf("{ weight = %d, timeout = 7 }", i+1)))
		}
		s.fixed(indent, "modules", table+" }")
	}
	for _, number := range [][2]string{{"least", "4"}, {"timeout", "600"}, {"jobs", "8"}, {"memory", "2048"}} {
		if s.Chance(30) {
			s.fixed(indent, number[0], number[1])
		}
	}
	if s.Chance(30) {
		s.fixed(indent, "binary", `"bin/unit-${each.module}"`)
	}
	if s.Chance(30) {
		s.fixed(indent, "env", `{ RUST_BACKTRACE = "1", WORDS = "it's $HOME" }`)
	}
	if s.Chance(30) {
		s.attribute(indent, "nativeCheckInputs", in, func() string { return s.value(texts) })
	}
	if s.Chance(30) {
		s.line("    shard {")
		s.attribute("      ", "requiredSystemFeatures", in, func() string { return s.value(texts) })
		s.line("    }")
	}
	if m.build {
		s.line("    build {")
		s.attribute("      ", "script", in.and(building...), func() string { return s.value(aText) })
		if s.Chance(50) {
			s.attribute("      ", "buildInputs", inside.and(building...), func() string { return s.value(texts) })
		}
		s.line("    }")
	}
	s.attribute(indent, "run", in.and(fields...), func() string { return s.value(aText) })
	s.line("  }")
}
