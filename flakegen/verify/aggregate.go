package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
)

// strategy says how a variant runs the tests of its package here; empty for one that
// does not.
func (v *verifier) strategy(o *spec.Output) spec.Strategy {
	if o.Variant == nil {
		return ""
	}
	return o.Variant.Strategies[v.system]
}

// matrix holds what runs the tests of a package against their matrix.
func (v *verifier) matrix(p *spec.Derivation, sides []side) error {
	var only *store.Derivation
	build := buildOnly(sides)
	if build != nil {
		only = build.derivation
	}
	for _, s := range sides {
		var err error
		switch v.strategy(s.output) {
		case spec.Shards:
			err = v.aggregate(s, only)
		case spec.Inline:
			err = v.inline(s)
		}
		if err != nil {
			return err
		}
	}
	if err := v.seededCheck(p, only); err != nil {
		return err
	}
	v.tell()
	if build == nil {
		return nil
	}
	return v.testsBelow(p, *build)
}

// seededCheck holds the check of shards with the seed of the commit against the matrix.
func (v *verifier) seededCheck(p *spec.Derivation, build *store.Derivation) error {
	name := p.SeededCheck()
	if name == "" {
		return nil
	}
	output := "checks." + name
	e := v.evaluations.Checks[name]
	if e.Err != nil || e.Derivation == "" {
		v.unevaluated(output, p.Tests.Range, e.Err, v.dryRun(name))
		return nil
	}
	d, err := v.derivations.Get(e.Derivation)
	if err != nil {
		return err
	}
	err = v.shards(sharded{output: output, place: p.Tests.Range, of: p, commit: true, derivation: d, build: build})
	if why := wrongSeed(p.Tests, v.commitSeeds[p]); why != "" {
		v.report(Finding{
			Rule: RuleRuns, Output: output, Range: p.Tests.Range,
			Summary: fmt.Sprintf("%s does not have the seed of the commit", output),
			Detail:  why,
			Remedy:  "Render again.",
		})
	}
	return err
}

// wrongSeed says why seeds are not one of a commit.
func wrongSeed(t *spec.Tests, seeds []string) string {
	if len(seeds) > 1 {
		return "A commit has one, and the shards run with " + strings.Join(seeds[:min(len(seeds), shownNames)], ", ") + "."
	}
	for _, m := range t.Modules {
		if len(seeds) == 1 && m.Fixed && m.Commit && seeds[0] == fmt.Sprint(m.Seed) && *t.Fallback != m.Seed {
			return fmt.Sprintf("The shards run with %s, which is the fixed seed of %s.", seeds[0], m.Name)
		}
	}
	return ""
}

// aggregate holds a variant that runs shards against the matrix and against the
// variant whose content it has.
func (v *verifier) aggregate(s side, build *store.Derivation) error {
	err := v.shards(sharded{
		output: s.name(), place: s.output.Range(), of: s.output.Package,
		derivation: s.derivation, build: build,
	})
	if err != nil || build == nil {
		return err
	}
	v.content(s, build)
	return nil
}

// content says where an aggregate does not copy every output of the build-only variant,
// or does more.
func (v *verifier) content(s side, build *store.Derivation) {
	only := s.output.Package.Name + "-" + s.output.Package.BuildOnly().Name
	report := func(attribute, summary, detail string) {
		v.report(Finding{
			Rule: RuleAggregate, Output: s.name(), Range: s.output.Range(), Attribute: attribute,
			Summary: summary, Detail: detail,
			Remedy: fmt.Sprintf("Render again: %s has the content of %s, and nothing else.", s.name(), only),
		})
	}
	outputs := slices.Sorted(maps.Keys(build.Outputs))
	if got := slices.Sorted(maps.Keys(s.derivation.Outputs)); !slices.Equal(got, outputs) {
		report("outputs", fmt.Sprintf("%s does not have the outputs of %s", s.name(), only),
			fmt.Sprintf("It has %s, and %s has %s.", strings.Join(got, ", "), only, strings.Join(outputs, ", ")))
	}
	text, _ := value(s.derivation, "buildCommand")
	copies, other := readCopies(text)
	if other != "" {
		report("buildCommand", s.name()+" does more than copy",
			fmt.Sprintf("What it has is to be what %s has, and its script has a line that is no copy of it:\n\n%s\n", only, other))
	}
	for _, name := range outputs {
		from, path := copies[name], build.Outputs[name].Path
		if path == "" {
			continue // not known before it is built
		}
		switch {
		case from == "":
			report("buildCommand", fmt.Sprintf("%s does not copy the output %s of %s", s.name(), name, only),
				"Who asks for the checked variant gets something else than was built.")
		case from != path:
			report("buildCommand", fmt.Sprintf("The output %s of %s is not that of %s", name, s.name(), only),
				fmt.Sprintf("It is a copy of %s, and that of %s is %s.", from, only, path))
		}
	}
}

// readCopies reads lines "cp -a PATH "$OUTPUT"", by output. What stands before them may
// say something, and nothing else may stand there: the first other line is other.
func readCopies(text string) (copies map[string]string, other string) {
	copies = map[string]string{}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return copies, text
	}
	for _, stmt := range file.Stmts {
		if c, ok := stmt.Cmd.(*syntax.CallExpr); ok && !stmt.Negated && !stmt.Background && len(stmt.Redirs) == 0 && len(c.Assigns) == 0 {
			if len(c.Args) == 4 && literal(c.Args[0]) == "cp" && literal(c.Args[1]) == "-a" {
				from, to := literal(c.Args[2]), parameter(c.Args[3])
				if from != "" && to != "" && copies[to] == "" {
					copies[to] = from
					continue
				}
			}
			if len(copies) == 0 && literal(c.Args[0]) == "echo" && onlyReads(c) {
				continue
			}
		}
		return copies, text[stmt.Pos().Offset():stmt.End().Offset()]
	}
	return copies, ""
}

// onlyReads says whether all commands inside the words of another one only read.
func onlyReads(c *syntax.CallExpr) bool {
	only := true
	for _, word := range c.Args {
		syntax.Walk(word, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.CallExpr:
				only = only && len(n.Args) > 0 && slices.Contains([]string{"xargs", "cat", "wc"}, literal(n.Args[0])) &&
					(literal(n.Args[0]) != "xargs" || len(n.Args) == 2 && literal(n.Args[1]) == "cat")
			case *syntax.Redirect:
				only = only && n.Op == syntax.RdrIn
			case *syntax.ProcSubst:
				only = false
			}
			return true
		})
	}
	return only
}
