package verify

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/platform"
)

// Finding is one place where derivations are not what the spec declares. Summary
// is a sentence that " on SYSTEM" can follow, Detail one or more; Remedy says what
// to do.
type Finding struct {
	Rule    Rule
	System  platform.System
	Output  string // by its name in the spec, checks.NAME for one of a check
	Summary string
	Detail  string
	Remedy  string
	// Attribute is the one that it is about, empty where there is none; A and B are
	// the names of the outputs that differ in it and ValueA and ValueB what it is
	// there, nil where it is not.
	Attribute      string
	A, B           string
	ValueA, ValueB *string
	// Range is the place in the spec.
	Range hcl.Range
}

// Rule is what a finding is a breach of.
type Rule string

const (
	// RuleEvaluation: every output of the spec evaluates.
	RuleEvaluation Rule = "evaluation"
	// RuleDrift: variants differ only in what the spec varies and what follows.
	RuleDrift Rule = "drift"
	// RuleBuildChecks: a variant of role build does not check.
	RuleBuildChecks Rule = "build-checks"
	// RuleUnchecked: a variant of role checked has doCheck or doInstallCheck true.
	RuleUnchecked Rule = "unchecked"
	// RuleVacuous: its phase runs something that can fail.
	RuleVacuous Rule = "vacuous-check"
	// RuleSame: it is another derivation than the build-only one.
	RuleSame Rule = "same-derivation"
	// RuleAlias: an alias is the derivation that it declares, on every system.
	RuleAlias Rule = "alias"
	// RuleTestOnly: a build-only variant has no input that only checks name.
	RuleTestOnly Rule = "test-only-input"
	// RuleRunsTests: building the build-only variant does not run the tests.
	RuleRunsTests Rule = "tests-in-closure"
	// RuleShards: what runs the shards of a matrix of tests needs each of them once, and
	// no other.
	RuleShards Rule = "shards"
	// RuleRuns: shards, or a check phase, run what the matrix has, each run once, with
	// its test binaries.
	RuleRuns Rule = "runs"
	// RuleAggregate: what stands for shards has the content of the build-only variant.
	RuleAggregate Rule = "aggregate"
	// RuleSeeded: no package and no alias needs shards with the seed of the commit.
	RuleSeeded Rule = "commit-seed"
	// RuleContents: what two variants made is the same, file for file. It is not
	// decided here: that takes building both.
	RuleContents Rule = "contents"
)

// Rules are those that [Verify] decides.
var Rules = []Rule{
	RuleEvaluation, RuleDrift, RuleBuildChecks, RuleUnchecked, RuleVacuous, RuleSame, RuleAlias, RuleTestOnly, RuleRunsTests,
	RuleShards, RuleRuns, RuleAggregate, RuleSeeded,
}
