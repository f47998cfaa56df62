package verify

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
)

// reach finds which of some derivations others need, looking at each once for all of
// them.
type reach struct {
	v       *verifier
	targets map[string]bool
	found   map[string]string
}

// from gives the target that a derivation needs, itself included, the first of them by
// name; empty for none.
func (r *reach) from(file string) (string, error) {
	if target, ok := r.found[file]; ok {
		return target, nil
	}
	if r.targets[file] {
		return file, nil
	}
	needs := r.v.shardsRead[file].needs
	if needs == nil {
		d, err := r.v.derivations.Get(file)
		if err != nil {
			return "", err
		}
		needs = d.Needs()
	}
	found := ""
	for _, need := range needs {
		target, err := r.from(need)
		if err != nil {
			return "", err
		}
		// The same one on every system, whatever the hashes are.
		if found == "" || target != "" && store.Name(target) < store.Name(found) {
			found = target
		}
	}
	r.found[file] = found
	return found, nil
}

func (v *verifier) reach(targets map[string]bool) *reach {
	return &reach{v: v, targets: targets, found: map[string]string{}}
}

// testsBelow reports a build-only variant that needs a shard, or test binaries.
func (v *verifier) testsBelow(p *spec.Derivation, build side) error {
	if len(v.tests[p]) == 0 {
		return nil
	}
	for _, f := range v.findings {
		if f.Rule == RuleRunsTests && f.Output == build.name() {
			return nil // it needs all of them
		}
	}
	target, err := v.reach(v.tests[p]).from(build.derivation.Path)
	if err != nil || target == "" {
		return err
	}
	v.report(Finding{
		Rule: RuleRunsTests, Output: build.name(), Range: build.output.Range(),
		Summary: fmt.Sprintf("%s cannot be built without %s", build.name(), store.Name(target)),
		Detail:  "The build-only variant has a part of the tests among what it is built from, so building it builds or runs them.",
		Remedy:  "Let what it uses depend on something else.",
	})
	return nil
}

// seededBelow reports the packages and aliases that need a shard with the seed of the
// commit: every commit would make them new.
func (v *verifier) seededBelow() error {
	// One whose seed happens to be a fixed one is that shard.
	maps.DeleteFunc(v.seeded, func(file string, _ bool) bool { return v.fixed[file] })
	if len(v.seeded) == 0 {
		return nil
	}
	r := v.reach(v.seeded)
	for _, name := range v.spec.OutputNames() {
		e := v.evaluations.Packages[name]
		if e.Err != nil || e.Derivation == "" {
			continue
		}
		target, err := r.from(e.Derivation)
		if err != nil {
			return err
		}
		if target == "" {
			continue
		}
		var place hcl.Range
		if a := v.spec.Alias(name); a != nil {
			place = a.NameRange
		} else {
			place = v.spec.Output(name).Range()
		}
		v.report(Finding{
			Rule: RuleSeeded, Output: name, Range: place,
			Summary: fmt.Sprintf("%s needs %s, whose seed is the commit's", name, store.Name(target)),
			Detail:  "It is another derivation after every commit, so no cache ever has it.",
			Remedy:  "Let only checks need shards with the seed of the commit.",
		})
	}
	return nil
}
