package nixcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// noFlake is a folder that is not there.
const noFlake = "/var/empty/flakegen-asks-for-flakes"

// FlakesEnabled says whether nix commands and flakes work without the flags that
// this package gives to each call: one process.
//
// It asks for a flake that is not there, and looks what nix refuses first. The
// setting does not tell: in 2.8 it is a list of numbers, and vendors have flakes
// where no setting says so.
func (n *Nix) FlakesEnabled(ctx context.Context) (bool, error) {
	err := n.run(ctx, call{args: []string{"flake", "metadata", "path:" + noFlake}, bare: true})
	var failed *Error
	switch {
	case err == nil:
		return true, nil
	case !errors.As(err, &failed):
	case strings.Contains(failed.Stderr, "experimental Nix feature '") && strings.Contains(failed.Stderr, "' is disabled"):
		return false, nil
	case strings.Contains(failed.Stderr, noFlake):
		return true, nil
	}
	return false, fmt.Errorf("ask Nix for flakes: %w", err)
}
