package nixcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/flakegen/flakegen/flakegen/nixlang"
)

// LegacySystems are the names of the systems that a flake such as nixpkgs has
// legacyPackages for: one process, which asks nobody outside of this machine. A
// flake that is not in the store already is an error.
func (n *Nix) LegacySystems(ctx context.Context, reference string) ([]string, error) {
	installable := Installable{Flake: reference, Attribute: Attribute{"legacyPackages"}}
	words, err := operands([]Installable{installable})
	if err != nil {
		return nil, err
	}
	names := nixlang.Print(nixlang.Sel("builtins", "attrNames"))
	args := slices.Concat([]string{"eval", "--json", "--offline", "--apply", names}, n.Args.forSettings(), words)
	out, err := n.output(ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %w", installable, err)
	}
	var systems []string
	if err := json.Unmarshal(out, &systems); err != nil {
		return nil, fmt.Errorf("read what `nix eval --json` printed for %s: %w", installable, err)
	}
	return systems, nil
}
