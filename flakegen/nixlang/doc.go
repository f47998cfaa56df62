// Package nixlang is the Nix language as a tree, and its printer.
//
// It knows Nix and nothing of flakegen: no block, no variant, no file name.
//
// The printer writes the official style, RFC 166, as nixfmt 1.4 does: what
// [Format] returns is left unchanged by nixfmt. Every piece of Nix text in
// flakegen comes from here; quoting by hand is how text breaks out of a string.
//
// # Words
//
//   - tree: an [Expr] and what hangs below it. A tree has no parentheses and no
//     layout; the printer adds both.
//   - entry: what stands in the braces of an attribute set or between let and in:
//     a [Binding] or an [Inherit].
//   - trivia: the comments carried by an entry, a list item or a file.
//   - node: a part of the tree as it will be written, with parentheses, quotes
//     and escapes, and with chains of one operator flat.
//   - stream: all nodes in a row, as texts, spacings and groups.
//   - group: a stretch of the stream whose spacings are line breaks all together
//     or not at all. Of a group that does not fit onto its line, one priority
//     group may be expanded alone: so "f a {" goes on below.
//   - absorbed: begun on the line of what it belongs to, and gone on below.
//   - level: how deep a text is nested. A line is indented by one step at most
//     against the line before, however many levels begin on it.
//   - settled: laid out so that nixfmt would not change it.
//
// # How it prints
//
// Lowering turns the tree into nodes (lower.go, quote.go). Each kind of node has
// a rule that writes it into the stream (rule_*.go), where the style is decided:
// which spacings there are and which groups they belong to. The layout goes over
// the stream once and decides for each group as it comes to it (layout.go). It
// looks ahead no further than one line and remembers what it decided, so that
// the time grows with the text and not with the depth of the tree.
//
// nixfmt leaves some line breaks where it finds them, such as those within the
// braces of a set with one attribute. A tree has none to leave, so the printer
// starts with as few as it can, and repeats the layout with those that came out
// of it until nothing changes any more, which nearly always is at once.
package nixlang
