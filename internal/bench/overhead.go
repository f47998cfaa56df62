package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// smallestFlake is a spec of one package, nothing of which takes time.
const smallestFlake = `flake {
  description = "Nothing to evaluate, nothing to build"
  systems     = ["x86_64-linux", "aarch64-linux", "x86_64-darwin", "aarch64-darwin"]
}

input "nixpkgs" { url = "path:./hostpkgs" }

package "small" {
  name         = "small"
  dontUnpack   = true
  installPhase = "touch $out"
}
`

// slowBuild is a spec of one package that takes 30 s to build, and says so four
// times a second, as a compiler would.
const slowBuild = `flake {
  description = "Slow to build"
  systems     = ["x86_64-linux", "aarch64-linux", "x86_64-darwin", "aarch64-darwin"]
}

input "nixpkgs" { url = "path:./hostpkgs" }

package "slow" {
  name         = "slow"
  dontUnpack   = true
  installPhase = "touch $out"
  buildPhase   = <<-EOT
    for i in $(seq 120); do
      echo "cc -c part$i.c"
      sleep 0.25
    done
  EOT
}
`

// overheads are measures of what building by flakegen adds to `nix build`.
type overheads struct {
	flakegen, repository, work string
}

// lay makes a repository of a spec, with the stand-in for nixpkgs in it, and gives
// the command lines that build an output of it, by flakegen and by nix alone.
func (o overheads) lay(ctx context.Context, spec, output string, nixArguments ...string) (flakegen, nix side, err error) {
	dir, err := os.MkdirTemp(o.work, output+"-")
	if err != nil {
		return side{}, side{}, err
	}
	if err := os.CopyFS(filepath.Join(dir, "hostpkgs"), os.DirFS(filepath.Join(o.repository, "nix", "hostpkgs"))); err != nil {
		return side{}, side{}, err
	}
	if err := lay(ctx, dir, o.flakegen, map[string]string{"flakegen.hcl": spec}); err != nil {
		return side{}, side{}, err
	}
	// Percent-encoded, because Nix 2.8 takes no folder with a space otherwise.
	installable := (&url.URL{Scheme: "git+file", Path: dir, Fragment: "packages." + system() + "." + output}).String()
	// Without the evaluation cache Nix evaluates every time.
	nixArguments = append(nixArguments, "--option", "eval-cache", "false", "--override-input", "nixpkgs", "path:./hostpkgs")
	flakegen = side{dir: dir, argv: append([]string{o.flakegen, "build", output, "--no-link", "--"}, nixArguments...)}
	nix = side{dir: dir, argv: append([]string{"nix", "--extra-experimental-features", "nix-command flakes", "build", "--no-link", installable}, nixArguments...)}
	return flakegen, nix, nil
}

// ownTime is the most that flakegen itself may take of a processor, where Nix has
// next to nothing to do.
const ownTime = 20 * time.Millisecond

// beside are the programs that flakegen build runs beside nix build: Nix's version
// for the report, git for the history.
const beside = `nix --version >/dev/null
git config --null --get-regexp '^remote\..*\.url$' >/dev/null
git status --porcelain=v2 --branch --untracked-files=no -z >/dev/null
exec "$@"`

// present are measures of a build where all is there.
func (o overheads) present(ctx context.Context, runs int) ([]measure, error) {
	slowFlakegen, slowNix, err := o.lay(ctx, slowEvaluation, "slow")
	if err != nil {
		return nil, err
	}
	smallFlakegen, smallNix, err := o.lay(ctx, smallestFlake, "small")
	if err != nil {
		return nil, err
	}
	together := side{dir: smallNix.dir, argv: append([]string{"sh", "-c", beside, "sh"}, smallNix.argv...)}
	return []measure{
		{
			name:     "build where all is present, of a flake that takes a second, and the same nix build",
			flakegen: slowFlakegen, other: slowNix,
			aim: 1.05, runs: max(runs/2, 10),
		},
		{
			name:     "build where all is present, of the smallest flake: the processor time of flakegen itself",
			flakegen: smallFlakegen, other: together,
			aimCPU: ownTime, runs: max(runs, 20),
		},
		{
			name:     "the same: the processor time of all that flakegen runs, above nix build alone",
			flakegen: smallFlakegen, other: smallNix,
			showCPU: true, runs: max(runs, 20),
		},
	}, nil
}

// building is the measure of a build of 30 s, which takes ten minutes. Both sides
// build what is there already once more, by --rebuild, so they do the same.
func (o overheads) building(ctx context.Context, runs int) (measure, error) {
	flakegen, nix, err := o.lay(ctx, slowBuild, "slow", "--rebuild")
	if err != nil {
		return measure{}, err
	}
	// --rebuild is for what is there.
	first := side{dir: nix.dir, argv: slices.DeleteFunc(slices.Clone(nix.argv), func(word string) bool { return word == "--rebuild" })}
	if _, err := first.run(ctx); err != nil {
		return measure{}, err
	}
	return measure{
		name:     "a build of 30 s, and the same nix build",
		flakegen: flakegen, other: nix,
		aim: 1.02, runs: runs,
	}, nil
}
