// Package grow makes random expressions of HCL and random specs for tests, the same
// ones for the same seed. It serves tests only.
//
// The words of this package:
//
//   - grower: makes text out of a stream of random numbers. What it makes nests as
//     deep as its budget reaches.
//   - shape: what the value of an expression looks like. A symbol has no type: its
//     place says what it must be, and only an expression in which every place gets
//     what it asks for has a value.
//   - closed, open: an expression without and with symbols, as in package compile.
//   - scope: the symbols that an expression of a spec may refer to where it stands.
//   - idiom: a form that specs are mostly made of, such as a list of packages or an
//     override.
package grow
