// Package spec reads flakegen's HCL files into a [Spec] and says all that is
// wrong with them at once.
//
// The words of this package:
//
//   - spec: flakegen.hcl and every *.flakegen.hcl beside it, read as one.
//   - root name: the first name of a reference, such as pkgs or local.
//   - symbol: a root name whose value only Nix knows (pkgs, lib, inputs, …). An
//     expression that refers to no symbol is closed.
//   - derivation block: package, check, shell; they share one body.
//   - meta-argument: an attribute of a derivation block that speaks to flakegen,
//     such as builder; every other attribute is the derivation's own.
//   - output: what the flake will offer under one name: a package without
//     variants, a variant, an alias.
//   - habit: what someone who knows Nix or the shell writes, and HCL cannot read.
//   - trap: what HCL reads in another way than it looks.
//
// Expressions of derivations are kept as HCL trees, since only part of them has
// a value before Nix runs. What must have one (names, systems, locals) is
// evaluated here with HCL's own evaluator and the functions of function.go.
package spec
