package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Roots are the first names of references that flakegen gives a meaning.
var Roots = []string{
	"alias", "builtins", "each", "final", "inputs", "let", "lib", "local",
	"package", "pkgs", "prev", "self", "shared", "system",
}

// symbols are the roots whose value only Nix knows.
var symbols = []string{
	"alias", "builtins", "final", "inputs", "let", "lib",
	"package", "pkgs", "prev", "self", "shared", "system",
}

// IsSymbol says whether a root name stands for something that only Nix knows.
func IsSymbol(root string) bool { return slices.Contains(symbols, root) }

// nixNames are the words that mean something in every Nix file: keywords and the
// globals that need no builtins in front. A let of that name would change what
// rendered text means.
var nixNames = []string{
	"abort", "assert", "baseNameOf", "break", "builtins", "derivation",
	"derivationStrict", "dirOf", "else", "false", "fetchGit", "fetchMercurial",
	"fetchTarball", "fetchTree", "fromTOML", "if", "import", "in", "inherit",
	"isNull", "let", "map", "null", "or", "placeholder", "rec", "removeAttrs",
	"scopedImport", "then", "throw", "toString", "true", "with",
}

// rendered are the names that the rendered files bind for themselves.
var rendered = []string{"finalAttrs", "packages"}

// UnfitName says why a let or a parameter cannot have the name, or "".
func UnfitName(name string) string {
	switch {
	case slices.Contains(Roots, name):
		return fmt.Sprintf("%q is the name of a root.", name)
	case slices.Contains(nixNames, name):
		return fmt.Sprintf("%q has a meaning in Nix.", name)
	case slices.Contains(rendered, name):
		return fmt.Sprintf("The rendered files use %q themselves.", name)
	case strings.HasPrefix(name, "__"):
		return "Nix keeps names that begin with __ for itself."
	case !nixIdentifier.MatchString(name):
		return "Nix allows letters of the Latin alphabet, digits, - and _ in a name."
	}
	return ""
}

var (
	// nixIdentifier is what HCL and Nix both take as a name.
	nixIdentifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	// outputName is what the name of an output may be: a file is named after it,
	// and it must not need quotes on a command line.
	outputName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_+-]*$`)
)
