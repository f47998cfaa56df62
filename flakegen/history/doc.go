// Package history keeps what past builds took, so that the next one can be held
// against them. It is one SQLite database a user, which every command opens for
// itself; the database, not this package, keeps them apart.
//
// The words of this package:
//
//   - record: one run of Nix that flakegen saw, with the whole report of it; see
//     [Record].
//   - line: a record as JSON on one line, with the version of its form. It is what
//     moves between machines, and what the database keeps as a whole: what a later
//     flakegen has put into it is handed on by one that does not know it.
//   - entry: what a list shows of a record; see [Entry].
//   - project: what the builds of one repository have in common on every machine;
//     see [ProjectName].
//   - usual: what a derivation took on its last builds; see [Usual].
//
// A record is one place for each fact: its line. The tables hold no more than what
// questions are asked by, taken from the line when it is added.
package history
