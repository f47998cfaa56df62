// Package contents compares what two derivations made, file for file.
//
// The words of this package:
//
//   - tree: a file, a link or a folder with all below it, as an output is one.
//   - own hash: the 32 letters in an output's store path. Outputs may hold their
//     own paths, and two derivations cannot have the same ones, so both are
//     overlooked.
//
// Times and owners do not count: the store has none.
package contents
