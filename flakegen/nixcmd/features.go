package nixcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// FlakesEnabled says whether nix commands and flakes work without the flags that
// this package gives to each call: one process.
//
// It asks for the function that flakes bring along, and not for the setting: in
// 2.8 that is a list of numbers, and vendors have flakes where no setting says so.
func (n *Nix) FlakesEnabled(ctx context.Context) (bool, error) {
	var stdout bytes.Buffer
	err := n.run(ctx, call{args: []string{"eval", "--json", "--expr", "builtins ? getFlake"}, stdout: &stdout, bare: true})
	var failed *Error
	switch {
	case errors.As(err, &failed) && strings.Contains(failed.Stderr, "experimental Nix feature 'nix-command' is disabled"):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("ask Nix for its features: %w", err)
	}
	return strings.TrimSpace(stdout.String()) == "true", nil
}
