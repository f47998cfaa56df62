// Package nixlang is the Nix language as a tree, and its printer.
//
// It knows Nix and nothing of flakegen: no block, no variant, no file name.
//
// The words of this package:
//
//   - tree: an [Expr] and what hangs below it. A tree has no parentheses and no
//     layout; the printer adds both.
//   - entry: what stands in the braces of an attribute set or between let and in:
//     a [Binding] or an [Inherit].
//   - trivia: the comments carried by an entry, a list item or a file.
//
// The printer writes the official style, RFC 166, as nixfmt 1.4 does: what
// [Format] returns is left unchanged by nixfmt. Every piece of Nix text in
// flakegen comes from here; quoting by hand is how text breaks out of a string.
package nixlang
