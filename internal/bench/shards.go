package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// shards gives the measures of tests as shards: what one takes in a package of 10,000,
// and in packages of 100, of which there are 100, so that both sides do the same but
// for that.
func shards(ctx context.Context, flakegen, repository, work string, runs int) ([]measure, error) {
	one, hundred := filepath.Join(work, "shards-one"), filepath.Join(work, "shards-hundred")
	if err := lay(ctx, one, flakegen, map[string]string{"flakegen.hcl": manyShards(1, 100)}); err != nil {
		return nil, err
	}
	if err := lay(ctx, hundred, flakegen, map[string]string{"flakegen.hcl": manyShards(100, 1)}); err != nil {
		return nil, err
	}
	rendering := []string{flakegen, "render", "--stdout"}
	evaluating := func(packages int) []string {
		const call = `with { pkgs = import %s { system = "x86_64-linux"; }; }; ` +
			`map (n: (import (./nix + "/many${toString n}.nix") { inherit pkgs; inherit (pkgs) lib; })."many${toString n}-checked".drvPath) (builtins.genList (n: n) %d)`
		return []string{"nix-instantiate", "--eval", "--strict", "--expr", fmt.Sprintf(call, filepath.Join(repository, "nix", "hostpkgs"), packages)}
	}
	return []measure{
		{
			name:     "rendering 10,000 shards of one package, and of 100 packages",
			flakegen: side{dir: one, argv: rendering},
			other:    side{dir: hundred, argv: rendering},
			aim:      1.5, runs: runs,
		},
		{
			name:     "Nix evaluating 10,000 shards of one package, and of 100 packages",
			flakegen: side{dir: one, argv: evaluating(1)},
			other:    side{dir: hundred, argv: evaluating(100)},
			aim:      1.5, runs: max(runs/4, 3),
		},
	}, nil
}

// manyShards is a spec of packages with so many modules of 100 shards each.
func manyShards(packages, modules int) string {
	var spec strings.Builder
	spec.WriteString(`flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
`)
	for n := range packages {
		fmt.Fprintf(&spec, `
package "many%d" {
  name         = "many"
  dontUnpack   = true
  installPhase = "touch $out"
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  tests {
    modules = { for n in range(%d) : "m${n}" => 1 }
    seeds   = [1, 100]
    chunks  = 100
    run     = "true ${each.module} ${each.first}"
  }
}
`, n, modules)
	}
	return spec.String()
}
