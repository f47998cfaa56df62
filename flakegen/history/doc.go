// Package history keeps what past builds took, so that the next one can be held
// against them.
//
// The words of this package:
//
//   - record: one run of Nix that flakegen saw, with the whole report of it; see
//     [Record].
//   - project: what the builds of one repository have in common on every machine.
package history
