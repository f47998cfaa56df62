package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
)

// sharded is what needs shards: an aggregate, or the check of those with the seed of
// the commit.
type sharded struct {
	output     string // by its name in findings
	place      hcl.Range
	of         *spec.Derivation
	commit     bool
	derivation *store.Derivation
	build      *store.Derivation // of the build-only variant; nil where it is not known
}

// shards holds the shards that something needs against the matrix. Each .drv file is
// read once and not kept: there may be many.
func (v *verifier) shards(s sharded) error {
	matrix := matrixOf(s.of, s.commit)
	wanted := make(map[string]matrixShard, len(matrix))
	names := make([]string, len(matrix))
	for i, m := range matrix {
		wanted[m.name], names[i] = m, m.name
	}
	listed := pathsOf(s.derivation, "shards")
	isListed := map[string]bool{}
	for _, path := range listed {
		isListed[path] = true
	}
	files := map[string][]string{} // of the inputs, by their names
	for _, file := range s.derivation.Needs() {
		if name := store.Name(file); wanted[name].name != "" {
			files[name] = append(files[name], file)
		}
	}
	var got []string
	given := map[string]bool{} // the output paths of shards that are inputs
	for _, want := range matrix {
		for _, file := range files[want.name] {
			d, err := v.readShard(s, want, file)
			if err != nil {
				return err
			}
			if d.output == "" {
				got = append(got, want.name) // not known before it is built
			} else if isListed[d.output] {
				given[d.output] = true
			}
		}
	}
	for _, path := range listed {
		name := store.Name(path)
		if given[path] {
			got = append(got, name)
		} else if _, ok := wanted[name]; !ok && strings.HasPrefix(path, "/nix/store/") {
			got = append(got, name)
		}
	}
	missing, extra, twice := unmatched(got, names)
	v.gather(s.complaint(RuleShards,
		s.output+" does not need the shard %s", s.output+" does not need %d of its shards",
		"The matrix of the tests has what is no input of the derivation, so nobody who asks for it has that run.",
		"Look at what makes the attribute shards: an edited file, or a builder that changes it."), missing...)
	v.gather(s.complaint(RuleShards,
		s.output+" needs %s, which is no shard of the matrix", s.output+" needs %d shards that the matrix has not",
		"The attribute shards names what the tests of the spec do not have.",
		"Add to the tests what it runs, or take it out of the attribute."), extra...)
	v.gather(s.complaint(RuleShards,
		s.output+" has the shard %s more than once", s.output+" has %d shards more than once",
		"The attribute shards names one again, or names two derivations of one name.",
		"Let it have each shard of the matrix once."), twice...)
	return nil
}

// shard is what is kept of the derivation of one.
type shard struct {
	needs  []string // derivations
	output string
	commit bool // that it was held against the shards with the seed of the commit
}

// readShard reads a shard and holds it against what the matrix has for it. What several
// variants need is told of the first.
func (v *verifier) readShard(s sharded, want matrixShard, file string) (shard, error) {
	v.isShard(s, file)
	if known, ok := v.shardsRead[file]; ok && known.commit == s.commit {
		return known, nil
	}
	d, err := store.ReadDerivation(file)
	if err != nil {
		return shard{}, err
	}
	kept := shard{needs: d.Needs(), output: d.Outputs["out"].Path, commit: s.commit}
	v.shardsRead[file] = kept
	return kept, v.shard(s, want, d)
}

func (s sharded) complaint(rule Rule, one, many, detail, remedy string) complaint {
	return complaint{rule: rule, output: s.output, place: s.place, one: one, many: many, detail: detail, remedy: remedy}
}

// isShard notes which derivations are shards, for what may not need them.
func (v *verifier) isShard(s sharded, file string) {
	v.isTest(s.of, file)
	if s.commit {
		v.seeded[file] = true
	} else {
		v.fixed[file] = true
	}
}

// isTest notes that a derivation is a part of a package's tests.
func (v *verifier) isTest(p *spec.Derivation, file string) {
	if v.tests[p] == nil {
		v.tests[p] = map[string]bool{}
	}
	v.tests[p][file] = true
}

// pathsOf are the store paths that an attribute lists.
func pathsOf(d *store.Derivation, attribute string) []string {
	text, _ := value(d, attribute)
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n[]\",", r) })
}

// shard holds one against what the matrix has for it.
func (v *verifier) shard(s sharded, want matrixShard, d *store.Derivation) error {
	t := s.of.Tests
	text, _ := value(d, "buildCommand")
	script := readTestScript(text)
	if script == nil {
		return nil // nothing that bash takes: it fails
	}
	if why := script.whole(); why != canFail {
		v.gather(complaint{
			rule: RuleVacuous, output: s.output, place: t.Range, attribute: "buildCommand",
			one: "The shard %s cannot fail", many: "%d shards of " + s.output + " cannot fail",
			detail: fmt.Sprintf("Tests may fail, and what runs them is built all the same: %s.", why),
			remedy: "Let it end with: exit \"$failed\", which a run that fails sets. The file was edited, or runCommand is not that of nixpkgs.",
		}, want.name)
	}
	labels := make([]string, len(script.runs))
	for i, r := range script.runs {
		labels[i] = r.label
		if s.commit {
			var seed string
			if labels[i], seed = cutSeed(r.label); seed != "" && !slices.Contains(v.commitSeeds[s.of], seed) {
				v.commitSeeds[s.of] = append(v.commitSeeds[s.of], seed)
			}
		}
	}
	v.runs(s.output, t, labels, want.runs, fmt.Sprintf(" of %s", want.name))
	for i, r := range script.runs {
		v.judgeRun(s.output, t, script, r, labels[i])
	}
	return v.shardBinaries(s, want, script, d)
}

// runs holds the labels of what is run against the matrix.
func (v *verifier) runs(output string, t *spec.Tests, labels []string, want []matrixRun, where string) {
	names := make([]string, len(want))
	for i, r := range want {
		names[i] = r.label
	}
	missing, extra, twice := unmatched(labels, names)
	say := func(list []string, one, many, detail string) {
		for _, label := range list {
			v.gather(complaint{
				rule: RuleRuns, output: output, place: t.Range, one: one, many: many, detail: detail,
				remedy: "Render again. If the file is as rendered, look for what changes the script: an overlay, or a builder.",
			}, label+where)
		}
	}
	say(missing, "%s does not run", "%d runs of "+output+" do not run", "The matrix of the tests has what no line of the script runs.")
	say(extra, "%s is run, and is not in the matrix", "%d runs of "+output+" are not in the matrix", "A line of the script runs what the tests of the spec do not have.")
	say(twice, "%s is run more than once", "%d runs of "+output+" are run more than once", "Several lines of the script run the same.")
}

// judgeRun says of a run that it cannot fail.
func (v *verifier) judgeRun(output string, t *spec.Tests, script *testScript, r scriptRun, label string) {
	why := script.judgeRun(r, t.Binary != nil)
	if why == canFail || script.runner.argument == 0 {
		return // what runs nothing is told of the whole
	}
	place := t.Range
	if t.Run != nil {
		place = t.Run.NameRange
	}
	v.gather(complaint{
		rule: RuleVacuous, output: output, place: place, attribute: "run",
		one: "The run %s cannot fail", many: "%d runs of " + output + " cannot fail",
		detail: fmt.Sprintf("A test may fail, and the run passes: %s.", why),
		remedy: "Let run end with the status of the test.",
	}, label)
}

// shardBinaries holds what a shard runs against the test binaries that it should run.
func (v *verifier) shardBinaries(s sharded, want matrixShard, script *testScript, d *store.Derivation) error {
	t := s.of.Tests
	if t.Build == nil {
		return nil
	}
	runs := map[string]matrixRun{}
	for _, r := range want.runs {
		runs[r.label] = r
	}
	for _, r := range script.runs {
		label, _ := cutSeed(r.label)
		if !s.commit {
			label = r.label
		}
		m, ok := runs[label]
		if !ok {
			continue // said
		}
		if placeholder.MatchString(r.folder) {
			continue
		}
		file, err := v.inputOf(d, r.folder)
		if err != nil {
			return err
		}
		why := ""
		switch names := v.binaryNames(s.of); {
		case file == "" || s.build != nil && file == s.build.Path:
			why = "The folder tests is none that a derivation of test binaries makes."
		case names.others(store.Name(file), m):
			why = fmt.Sprintf("The folder tests is that of %s, which is made for another run.", store.Name(file))
		default:
			v.isTest(s.of, file)
			continue
		}
		v.gather(complaint{
			rule: RuleRuns, output: s.output, place: t.Build.Range,
			one: "%s is not run with its test binaries", many: "%d runs of " + s.output + " are not run with their test binaries",
			detail: why, remedy: "Render again. If the file is as rendered, look for what changes the folder tests.",
		}, label)
	}
	return nil
}

// placeholder is what stands for a store path that is not known before it is built.
var placeholder = regexp.MustCompile(`^/[0-9a-z]{52}$`)

// inputOf gives the input derivation that makes a store path; empty where none does.
func (v *verifier) inputOf(d *store.Derivation, path string) (string, error) {
	name := store.Name(path)
	for _, file := range d.Needs() {
		if !strings.HasPrefix(name, store.Name(file)) {
			continue // the name of an output begins with that of the derivation
		}
		input, err := v.derivations.Get(file)
		if err != nil {
			return "", err
		}
		if slices.Contains(input.Paths(), path) {
			return file, nil
		}
	}
	return "", nil
}

// binaryNames are what the derivations of test binaries are called, where the spec does
// not call them otherwise.
type binaryNames struct {
	all              map[string]bool
	base             string
	variants, module bool
}

func (v *verifier) binaryNames(p *spec.Derivation) *binaryNames {
	if names := v.binaries[p]; names != nil {
		return names
	}
	t := p.Tests
	names := &binaryNames{all: map[string]bool{}, base: p.Name + "-binaries"}
	v.binaries[p] = names
	expressions := []hclsyntax.Expression{}
	for _, a := range slices.Concat(t.Build.Attributes, t.Env) {
		expressions = append(expressions, a.Expr)
	}
	if t.Build.Script != nil {
		expressions = append(expressions, t.Build.Script.Expr)
	}
	for _, e := range expressions {
		names.variants = names.variants || usesEach(e, "variant")
		names.module = names.module || usesEach(e, "module")
	}
	for _, variant := range testVariants(t) {
		for _, m := range t.Modules {
			names.all[names.of(matrixRun{variant: variant, module: m})] = true
		}
	}
	return names
}

func (n *binaryNames) of(r matrixRun) string {
	name := n.base
	if n.variants {
		name += "-" + r.variant
	}
	if n.module {
		name += "-" + r.module.Name
	}
	return name
}

// others says whether a name is that of the binaries for another run.
func (n *binaryNames) others(name string, r matrixRun) bool {
	return n.all[name] && name != n.of(r)
}

// usesEach says whether an expression refers to each.NAME.
func usesEach(e hclsyntax.Expression, name string) bool {
	found := false
	visit(e, func(n hclsyntax.Node) {
		reference, ok := n.(*hclsyntax.ScopeTraversalExpr)
		if !ok || reference.Traversal.RootName() != "each" || len(reference.Traversal) < 2 {
			return
		}
		step, ok := reference.Traversal[1].(hcl.TraverseAttr)
		found = found || ok && step.Name == name
	})
	return found
}
