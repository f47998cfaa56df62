// Package templates holds the files that flakegen hands out as they are. None of
// them is Nix: that is printed from a syntax tree, never filled into a text.
package templates

import _ "embed"

// Spec is the commented first spec that init writes.
//
//go:embed flakegen.hcl
var Spec []byte
