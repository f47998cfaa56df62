flake {
  description = "flakegen: Nix derivations and their variants, rendered from one spec"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }

let {
  version = try(self.shortRev, "dirty")
}

# The example runtime system: its tests take most of the time of a build.
package "rts" {
  name = "mini-rts"
  src  = path("examples/rts")

  enableParallelBuilding = true

  installPhase = <<-EOT
    make install prefix=$out
  EOT

  variant "build" { doCheck = false }

  variant "checked" {
    doCheck    = true
    checkPhase = "make -j8 test"
  }
}

# The tests run where a cache has them; elsewhere a build does without.
alias "rts" {
  linux  = package.rts.checked
  darwin = package.rts.build
}

# flakegen itself.
package "flakegen" {
  builder = pkgs.buildGoModule

  pname   = "flakegen"
  version = let.version
  src     = lib::cleanSource(path("."))

  vendorHash  = "sha256-FG2HiBxKN2zB3oHd1v1k6j1SgWspAT80sqmC7aNNepE="
  subPackages = ["cmd/flakegen"]
  ldflags     = ["-s", "-w", "-X main.stamped=${let.version}"]
  env         = { CGO_ENABLED = 0 }

  # The tests want Nix itself, which a build has not; make test runs them.
  doCheck = false

  meta = {
    description = "Renders plain Nix from HCL specs, checks it, and times the real nix build"
    license     = lib.licenses.asl20
    mainProgram = "flakegen"
  }
}

alias "default" {
  default = package.flakegen
}

app "default" { program = "${package.flakegen}/bin/flakegen" }

shell "default" {
  packages = [pkgs.go, pkgs.gnumake, pkgs.nixfmt, pkgs.pre-commit]
}

# make test runs by a workflow of its own; this one builds what the flake offers.
ci "github" {
  runners = {
    x86_64-linux   = "ubuntu-24.04"
    aarch64-linux  = "ubuntu-24.04-arm"
    aarch64-darwin = "macos-15"
  }
  nightly  = "41 2 * * *"
  by_hand  = true
  flakegen = ".#flakegen"
}
