# What this repository builds, for flakegen. Edit it, then run: flakegen render
# The language is described in flakegen's docs/language.md.

flake {
  description = "What this flake is for"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }

# A package is rendered to nix/NAME.nix. Attributes are the derivation's own, and
# shared by its variants.
package "hello" {
  pname   = "hello"
  version = "0.1.0"
  src     = path(".")

  nativeBuildInputs = [pkgs.gnumake]
  # A name that a shell is to see is written $NAME or $${NAME}.
  installPhase = <<-EOT
    mkdir -p $out
  EOT

  # Without the tests, for where they are slow and no cache has them.
  variant "build" { doCheck = false }

  variant "checked" {
    doCheck    = true
    checkPhase = "make test"
  }
}

# What `nix build` and `nix build .#hello` mean on each system.
alias "hello" {
  linux  = package.hello.checked
  darwin = package.hello.build
}

alias "default" { default = alias.hello }

shell "default" { packages = [pkgs.gnumake] }

# Which machine runs the jobs of each system, and when: this renders a workflow for
# GitHub Actions. A Mac then tests at night. flakegen coverage says what runs where.
# ci "github" {
#   runners = {
#     x86_64-linux   = "ubuntu-24.04"
#     aarch64-linux  = "ubuntu-24.04-arm"
#     aarch64-darwin = "macos-15"
#   }
#   nightly = "17 3 * * *"
# }
