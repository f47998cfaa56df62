// Package generate renders a spec: it says which files there are and what Nix
// stands in them.
//
// It is a pure function of the spec. The same spec gives the same bytes on every
// machine: no clock, no version, no order of a map. What the files look like:
//
//   - flake.nix holds the inputs, the systems, the aliases as a table, and one
//     function of the system that binds pkgs, the lets in use and the packages.
//   - each package has a file of its own, a function of exactly what it uses.
//     Where the package has variants, the file gives the set of them.
//
// The words of this package:
//
//   - output set: one of the sets of a flake that hold one attribute set a
//     system, such as packages or devShells.
//   - entry: a line of such a set.
package generate
