flake {
  description = "A Rust crate"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
input "crane" { url = "github:ipetkov/crane" }

let {
  crane = inputs::crane::mkLib(pkgs)

  common = {
    src         = crane::cleanCargoSource(path("."))
    strictDeps  = true
    buildInputs = lib::optional(pkgs.stdenv.hostPlatform.isDarwin, pkgs.libiconv)
  }

  # The dependencies alone, which seldom change.
  artifacts = crane::buildDepsOnly(let.common)
}

package "wordcount" {
  builder = let.crane.buildPackage
  attrs   = let.common

  cargoArtifacts = let.artifacts

  meta = {
    description = "Counts the words of standard input"
    license     = lib.licenses.mit
    mainProgram = "wordcount"
  }

  variant "build" { doCheck = false }
  variant "checked" { doCheck = true }
}

alias "wordcount" {
  linux  = package.wordcount.checked
  darwin = package.wordcount.build
}

alias "default" { default = alias.wordcount }

check "clippy" {
  builder = let.crane.cargoClippy
  attrs   = let.common

  cargoArtifacts       = let.artifacts
  cargoClippyExtraArgs = "--all-targets -- --deny warnings"
}

check "doc" {
  builder = let.crane.cargoDoc
  attrs   = let.common

  cargoArtifacts = let.artifacts
  env            = { RUSTDOCFLAGS = "--deny warnings" }
}

check "fmt" {
  builder = let.crane.cargoFmt
  src     = let.common.src
}

# It needs no checks of its own on a Mac.
check "nextest" {
  systems = ["linux"]
  builder = let.crane.cargoNextest
  attrs   = let.common

  cargoArtifacts        = let.artifacts
  cargoNextestExtraArgs = "--no-tests=pass"
}

app "default" { program = lib::getExe(alias.wordcount) }

shell "default" {
  value = crane::devShell({
    checks   = { wordcount = package.wordcount.checked }
    packages = [pkgs.cargo-nextest]
  })
}
