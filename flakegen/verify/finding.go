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
	// RuleShards: a variant that runs its tests as shards needs each of them, and has
	// what the build-only one made.
	RuleShards Rule = "shards"
	// RuleContents: what two variants made is the same, file for file. It is not
	// decided here: that takes building both.
	RuleContents Rule = "contents"
)

// Rules are those that [Verify] decides.
var Rules = []Rule{RuleEvaluation, RuleDrift, RuleBuildChecks, RuleUnchecked, RuleVacuous, RuleSame, RuleAlias, RuleTestOnly, RuleRunsTests, RuleShards}
