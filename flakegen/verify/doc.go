// Package verify reads derivations and says where they are not what the spec
// declares: it judges what Nix has evaluated, before anything is built.
//
// The words of this package:
//
//   - drift: two variants differ in an attribute that the spec does not vary and
//     that does not follow from one that it does.
//   - to follow: nixpkgs makes an attribute of others, as buildInputs of
//     checkInputs where doCheck is true; see [follows].
//   - vacuous: a check phase that cannot fail, whatever the tests find.
//   - test-only: an input that nothing but a check phase names.
//   - matrix: what the tests of a package run in each variant of theirs; a run is what
//     one process does, called by its label; a shard is what one derivation runs.
//   - aggregate: a variant that stands for shards; it has the content of the build-only
//     variant.
//
// Tests with a matrix run by text that flakegen renders, a function that runs a script
// and notes its failure in a variable which the end looks at. That text is read as a
// phase is, with the tests as the only commands that count: where each of them fails,
// the whole has to.
//
// A check block with variants is held to the same rules as a package; one without
// declares nothing to hold it to.
//
// What cannot be decided from a derivation is not reported: a default check phase
// runs what the Makefile has, and only a build shows what that is.
package verify
