package verify

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"mvdan.cc/sh/v3/syntax"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
)

// runs says whether a side runs the tests of its package in this way. As shards they
// are derivations of their own: then it has no check phase, and its attributes are
// not those of its variants.
func (v *verifier) runs(s side, how spec.Strategy) bool {
	return s.output.Variant != nil && s.output.Variant.Strategies[v.system] == how
}

// aggregate holds a variant that runs shards to what it stands for: every shard of
// the matrix has passed, and what it has is what the build-only variant made.
func (v *verifier) aggregate(s side, sides []side) error {
	p := s.output.Package
	for _, b := range sides {
		if b.role() == spec.RoleBuild && s.derivation.Inputs[b.derivation.Path] == nil {
			v.report(Finding{
				Rule: RuleShards, Output: s.name(), Range: s.output.Range(),
				Summary: fmt.Sprintf("%s is not made of %s", s.name(), b.name()),
				Detail:  "A variant that runs shards has the content of the one that only builds, and the derivation of that is not among its inputs.",
				Remedy:  "Look for what else makes an output of that name: an edited file.",
			})
		}
	}
	return v.shards(s.name(), s.output.Range(), s.derivation, p, p.Tests.FixedShards())
}

// seeded does so for the check that runs what has the seed of the commit.
func (v *verifier) seeded(p *spec.Derivation) error {
	check := p.SeededCheck()
	if check == "" {
		return nil
	}
	name := "checks." + check
	e := v.evaluations.Checks[check]
	if e.Err != nil || e.Derivation == "" {
		v.unevaluated(name, p.Tests.Range, e.Err, v.buildCheck(check))
		return nil
	}
	d, err := v.derivations.Get(e.Derivation)
	if err != nil {
		return err
	}
	return v.shards(name, p.Tests.Range, d, p, p.Tests.CommitShards())
}

// shards holds the inputs of an aggregate against the shards of the matrix.
func (v *verifier) shards(name string, at hcl.Range, d *store.Derivation, p *spec.Derivation, matrix []spec.TestShard) error {
	byName := map[string]string{}
	for _, file := range d.Needs() {
		byName[storeName(file)] = file
	}
	var missing, vain []string
	var why vacuity
	names := shardNames(p, matrix)
	for _, shard := range names {
		file := byName[shard]
		if file == "" {
			missing = append(missing, shard)
			continue
		}
		made, err := v.derivations.Get(file)
		if err != nil {
			return err
		}
		text, ok := value(made, "buildCommand")
		if reason := judgeRuns(text); ok && reason != canFail {
			vain, why = append(vain, shard), reason
		}
	}
	if len(missing) > 0 {
		v.report(Finding{
			Rule: RuleShards, Output: name, Range: at,
			Summary: fmt.Sprintf("%s does not run all of its tests", name),
			Detail:  fmt.Sprintf("The matrix makes %d derivations, and these are not among its inputs: %s.", len(names), someOf(missing)),
			Remedy:  "Render the files again, as they were edited: flakegen render",
		})
	}
	if len(vain) > 0 {
		v.vainRuns(name, at, p, fmt.Sprintf("%s, in %s", why, someOf(vain)))
	}
	return nil
}

func (v *verifier) vainRuns(name string, at hcl.Range, p *spec.Derivation, why string) {
	if p.Tests.Run != nil {
		at = p.Tests.Run.NameRange
	}
	v.report(Finding{
		Rule: RuleVacuous, Output: name, Range: at, Attribute: "run",
		Summary: fmt.Sprintf("Tests of %s cannot fail", name),
		Detail:  fmt.Sprintf("They may fail, and what runs them succeeds: %s.", why),
		Remedy:  "Let run end with the status of the tests.",
	})
}

// inline judges the tests that a variant runs in its check phase: make runs a script
// with all of them in it, which is a derivation of its own.
func (v *verifier) inline(s side) error {
	p, d := s.output.Package, s.derivation
	for _, name := range []string{p.Name + "-tests.mk", p.Name + "-tests.sh"} {
		needs := d.Needs()
		i := slices.IndexFunc(needs, func(file string) bool { return storeName(file) == name })
		if i < 0 {
			return nil // rendered by another flakegen
		}
		var err error
		if d, err = v.derivations.Get(needs[i]); err != nil {
			return err
		}
	}
	if text, ok := value(d, "text"); ok {
		if why := judgeRuns(text); why != canFail {
			v.vainRuns(s.name(), s.output.Range(), p, string(why))
		}
	}
	return nil
}

// shardNames are the names of the derivations that run a matrix.
func shardNames(p *spec.Derivation, matrix []spec.TestShard) []string {
	var names []string
	for _, shard := range matrix {
		name := p.Name + "-test-" + shard.Name
		if len(p.Tests.Variants) == 0 {
			names = append(names, name)
		}
		for _, variant := range p.Tests.Variants {
			names = append(names, name+"-"+variant)
		}
	}
	return names
}

// storeName is the name in the path of a .drv file, behind its hash.
func storeName(file string) string {
	_, name, _ := strings.Cut(path.Base(file), "-")
	return strings.TrimSuffix(name, ".drv")
}

// someOf lists the first of some names.
func someOf(names []string) string {
	const shown = 5
	if more := len(names) - shown; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), more)
	}
	return strings.Join(names, ", ")
}

// judgeRuns says whether what runs tests can fail. It defines a function run, whose
// last argument is the script of one test, for a bash of its own with errexit and
// pipefail. One script that cannot fail is enough.
func judgeRuns(text string) vacuity {
	if why := judgePhase(text, func(string) string { return "" }); why != canFail {
		return why
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return canFail
	}
	defined, runs, found := false, 0, canFail
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.FuncDecl:
			defined = defined || n.Name.Value == "run"
			return false
		case *syntax.CallExpr:
			if len(n.Args) < 2 || literal(n.Args[0]) != "run" {
				return true
			}
			runs++
			if script, known := literalText(n.Args[len(n.Args)-1]); known && found == canFail {
				found = judgeRun(script)
			}
		}
		return true
	})
	switch {
	case !defined:
		return canFail // rendered by another flakegen, in words that are not known
	case runs == 0:
		return runsNone
	}
	return found
}

// literalText is the text of a word, if nothing is expanded in it.
func literalText(w *syntax.Word) (text string, known bool) {
	text = literal(w)
	empty := slices.IndexFunc(w.Parts, func(p syntax.WordPart) bool {
		quoted, ok := p.(*syntax.SglQuoted)
		return !ok || quoted.Value != ""
	}) < 0
	return text, text != "" || empty
}

// judgeRun judges the script of one test. That its program is there, which flakegen
// itself looks at, tests nothing.
func judgeRun(script string) vacuity {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		return canFail
	}
	var tests strings.Builder
	printer := syntax.NewPrinter()
	for _, statement := range file.Stmts {
		if isGuard(statement) {
			continue
		}
		if err := printer.Print(&tests, statement); err != nil {
			return canFail
		}
		tests.WriteByte('\n')
	}
	return judgePhase(tests.String(), func(string) string { return "" })
}

// isGuard says whether a statement only ends the script with 127, the status of a
// program that is missing.
func isGuard(s *syntax.Stmt) bool {
	clause, ok := s.Cmd.(*syntax.IfClause)
	if !ok || clause.Else != nil || len(clause.Then) == 0 {
		return false
	}
	last, ok := clause.Then[len(clause.Then)-1].Cmd.(*syntax.CallExpr)
	return ok && len(last.Args) == 2 && literal(last.Args[0]) == "exit" && literal(last.Args[1]) == "127"
}
