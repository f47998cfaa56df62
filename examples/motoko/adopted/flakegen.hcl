flake {
  systems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
  render  = "outputs"
  takes   = ["llvmEnv"]
}

locals {
  wasms     = flatten([for gc in ["non-incremental", "incremental", "eop"] : ["mo-rts-${gc}.wasm", "mo-rts-${gc}-debug.wasm"]])
  installed = [for wasm in local.wasms : "$out/rts/${wasm}"]
}

package "rts" {
  let {
    vendorTools = pkgs::rustPlatform::buildRustPackage({
      name      = "cargo-vendor-tools"
      src       = path("rts/cargo-vendor-tools")
      cargoLock = { lockFile = path("rts/cargo-vendor-tools/Cargo.lock") }
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

    rtsDeps = pkgs::rustPlatform::importCargoLock({ lockFile = path("rts/motoko-rts-tests/Cargo.lock") })
    allDeps = pkgs::symlinkJoin({
      name  = "merged-rust-deps"
      paths = [let.rtsDeps, let.rustStdDeps]
    })
  }

  name = "moc-rts"
  src  = path("rts")

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
