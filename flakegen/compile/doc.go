// Package compile turns HCL expressions into Nix expressions of the same meaning.
//
// The words of this package:
//
//   - closed: an expression without a symbol. It is computed when rendering, by
//     HCL's own evaluator, and its value becomes a Nix literal.
//   - open: an expression with a symbol, that is, something that only Nix knows.
//     It becomes the Nix expression of the same meaning, part by part; where Nix
//     has none, it is an error that names a way out.
//   - scope: what names mean where an expression stands, and what it has used.
//
// Literal lists, objects and templates are compiled part by part even where they
// are closed, because their order, their comments and the form of a heredoc
// belong to what the reader of the spec wrote. Nothing is executed here, and no
// text reaches Nix but through package nixlang.
package compile
