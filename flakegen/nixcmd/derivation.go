package nixcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixlang"
)

// DerivationOutputs is the installable for outputs of a .drv file, all where none
// is named. Nix before 2.15 has no word for some of them and builds all.
func DerivationOutputs(v Version, derivation string, outputs ...string) Installable {
	if !v.AtLeast(2, 15) {
		return Installable{Text: derivation}
	}
	if len(outputs) == 0 {
		return Installable{Text: derivation + "^*"}
	}
	return Installable{Text: derivation + "^" + strings.Join(outputs, ",")}
}

// EvaluateFile applies a function to what a Nix file evaluates to, and reads the
// answer, which is JSON. It takes no flags but settings.
func (n *Nix) EvaluateFile(ctx context.Context, file string, apply nixlang.Expr, answer any) error {
	args := slices.Concat([]string{"eval", "--json", "--file", file, "--apply", nixlang.Print(apply)}, n.Args.forSettings())
	out, err := n.output(ctx, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, answer); err != nil {
		return fmt.Errorf("read what `nix eval --json` printed: %w", err)
	}
	return nil
}

// Delete deletes store paths. It stops with an error at one that is alive: a root
// of the garbage collector, or a path that is not among these, needs it.
func (n *Nix) Delete(ctx context.Context, paths []string) error {
	return n.delete(ctx, nil, paths)
}

// DeleteDerivations deletes .drv files as Delete does other paths. Nix before 2.15
// takes the name of such a file for its outputs.
func (n *Nix) DeleteDerivations(ctx context.Context, files []string) error {
	return n.delete(ctx, []string{"--derivation"}, files)
}

func (n *Nix) delete(ctx context.Context, flags, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	_, err := n.output(ctx, slices.Concat([]string{"store", "delete"}, flags, n.Args.forSettings(), []string{"--"}, paths)...)
	return err
}

// Alone is flags that are settings, with more of them behind: for commands that
// build .drv files, which no flag of a flake concerns. Others are left out, and
// named where they would have changed what is built.
func (a Args) Alone(settings ...string) (alone Args, leftOut []string) {
	return Args{settings: slices.Concat(a.settings, settings)}, a.building
}
