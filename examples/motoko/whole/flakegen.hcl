flake {
  description = "Motoko's runtime system, with and without its tests"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-25.05" }
input "rust-overlay" {
  url     = "github:oxalica/rust-overlay"
  follows = { nixpkgs = "nixpkgs" }
}
input "motoko-src" {
  url   = "github:caffeinelabs/motoko"
  flake = false
}
input "libtommath-src" {
  url   = "github:libtom/libtommath/v1.2.0"
  flake = false
}

nixpkgs {
  overlays = [
    inputs.rust-overlay.overlays.default,
    fn(final, prev, {
      # Another version changes the hash of rustStdDeps.
      rust-nightly = call(final.rust-bin.nightly["2025-06-19"].default.override, {
        extensions = ["rust-src"]
        targets    = ["wasm32-wasip1"]
      })
    }),
  ]
}

locals {
  wasms     = flatten([for gc in ["non-incremental", "incremental", "eop"] : ["mo-rts-${gc}.wasm", "mo-rts-${gc}-debug.wasm"]])
  installed = [for wasm in local.wasms : "$out/rts/${wasm}"]
}

let {
  source = "${inputs.motoko-src}/rts"

  # Clang as Nix wraps it is for this machine, and the plain one for WebAssembly.
  llvmEnv = <<-EOT
    export WASM_CLANG="clang-19"
    export WASM_LD=wasm-ld
    export WASM_CLANG_LIB="${pkgs.llvmPackages_19.clang-unwrapped.lib}"
    export CLANG="${pkgs.clang_19}/bin/clang"
  EOT
}

package "rts" {
  let {
    vendorTools = pkgs::rustPlatform::buildRustPackage({
      name      = "cargo-vendor-tools"
      src       = "${let.source}/cargo-vendor-tools"
      cargoLock = { lockFile = "${let.source}/cargo-vendor-tools/Cargo.lock" }
    })

    # What Rust's standard library needs, for cargo -Zbuild-std.
    rustStdDeps = pkgs::stdenvNoCC::mkDerivation({
      name              = "rustc-std-deps"
      nativeBuildInputs = [pkgs.curl]
      buildCommand      = <<-EOT
        mkdir $out
        cd $out
        ${let.vendorTools}/bin/vendor-rust-std-deps ${pkgs.rust-nightly} .
      EOT
      outputHash        = "sha256-kEj5g2v39atLfxuY8dmZ+9qdcJVNE8dwkaOghiLBhj0="
      outputHashAlgo    = "sha256"
      outputHashMode    = "recursive"
    })

    rtsDeps = pkgs::rustPlatform::importCargoLock({ lockFile = "${let.source}/motoko-rts-tests/Cargo.lock" })
    allDeps = pkgs::symlinkJoin({
      name  = "merged-rust-deps"
      paths = [let.rtsDeps, let.rustStdDeps]
    })
  }

  name = "moc-rts"
  src  = let.source

  nativeBuildInputs = [pkgs.makeWrapper, pkgs.removeReferencesTo, pkgs.cacert]
  buildInputs = concat(
    [
      pkgs.llvmPackages_19.clang,
      pkgs.llvmPackages_19.bintools,
      pkgs.rust-nightly,
      pkgs.rust-bindgen,
      pkgs.python3,
    ],
    lib::optional(pkgs.stdenv.hostPlatform.isDarwin, pkgs.libiconv),
  )

  # Cargo finds all sources in one folder and asks no network.
  preBuild = <<-EOT
    export CARGO_HOME=$PWD/cargo-home
    mkdir -p $CARGO_HOME
    echo "Vendored sources: ${let.rtsDeps}"
    unpackFile ${let.allDeps}
    cat > $CARGO_HOME/config.toml <<END
    [source.crates-io]
    replace-with = "vendored-sources"

    [source.vendored-sources]
    directory = "$(stripHash ${let.allDeps})"
    END
    ${let.llvmEnv}
    export TOMMATHSRC=${inputs.libtommath-src}
  EOT

  installPhase = <<-EOT
    mkdir -p $out/rts
    cp ${join(" ", local.wasms)} $out/rts
  EOT

  # What is shipped must not refer to Nix: a debug message could name a path.
  preFixup = <<-EOT
    for dep in ${pkgs.rust-nightly} $(find ${let.rtsDeps} -type l -exec readlink {} +); do
      remove-references-to -t "$dep" ${join(" ", local.installed)}
    done
  EOT

  allowedRequisites = []

  variant "build" { doCheck = false }

  variant "checked" {
    doCheck     = true
    buildInputs = concat(shared.buildInputs, [pkgs.wasmtime, pkgs.wabt])
    checkPhase  = "make test"
  }
}

# A cache has what Linux has tested. A Mac builds it, and does without the tests.
alias "rts" {
  linux  = package.rts.checked
  darwin = package.rts.build
}

alias "default" { default = alias.rts }

shell "default" {
  inputsFrom = [package.rts.checked]
  shellHook  = <<-EOT
    ${let.llvmEnv}
    export TOMMATHSRC=${inputs.libtommath-src}
  EOT
}

# What a Mac does without on pull requests runs there at night.
ci "github" {
  runners = {
    x86_64-linux   = "ubuntu-24.04"
    aarch64-linux  = "ubuntu-24.04-arm"
    aarch64-darwin = "macos-15"
  }
  branches = ["master"]
  nightly  = "17 3 * * *"
}
