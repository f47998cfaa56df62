# What the cases take from nixpkgs beyond hostpkgs. It is evaluated and never built, so a package
# stands for no more than its name; functions pass on everything that they are given, so that a
# difference in an argument is one in the derivation.
final: prev:
let
  inherit (prev) lib;

  package = name: final.runCommandLocal name { } ''mkdir "$out"'';
  packages = names: lib.genAttrs names package;
  withOutputs =
    outputs: name:
    final.runCommandLocal name {
      inherit outputs;
    } ''for output in $outputs; do mkdir "''${!output}"; done'';

  # A builder on top of mkDerivation that adds what `more` makes of its arguments.
  builder =
    more: attrsOrFunction:
    final.stdenv.mkDerivation (
      finalAttrs:
      let
        args = if lib.isFunction attrsOrFunction then attrsOrFunction finalAttrs else attrsOrFunction;
      in
      args // more args
    );

in
packages [
  "alsa-lib"
  "asciidoc"
  "buildPackages-meson"
  "cacert"
  "cairo"
  "cargo-nextest"
  "clang_19"
  "cpio"
  "dbus"
  "docbook-xsl-nons"
  "doxygen"
  "elfutils"
  "expat"
  "flex"
  "gdb"
  "gettext"
  "gtest"
  "installShellFiles"
  "libaio"
  "libcap"
  "libffi"
  "libiconv"
  "libseccomp"
  "libselinux"
  "libsysprof-capture"
  "libxslt"
  "mold"
  "nix-eval-jobs"
  "numactl"
  "openssl"
  "pcre2"
  "pixman"
  "pkg-config-unwrapped"
  "removeReferencesTo"
  "rust-bindgen"
  "rust-nightly"
  "sphinx"
  "subunit"
  "tcl"
  "tzdata"
  "wabt"
  "wasmtime"
  "xmlto"
  "zlib"
  "zstd"
]
// {
  glib = withOutputs [ "bin" "out" "dev" ] "glib";
  sqlite = withOutputs [ "out" "dev" ] "sqlite";
  util-linux = withOutputs [ "bin" "out" "dev" ] "util-linux";

  apple-sdk = package "apple-sdk";
  darwinMinVersionHook = version: package "min-version-${version}";

  llvmPackages_19 =
    packages [
      "bintools"
      "clang"
      "lld"
    ]
    // {
      clang-unwrapped = withOutputs [ "out" "lib" ] "clang-unwrapped";
      stdenv = final.stdenv // {
        mkDerivation = builder (_: {
          CC = "clang";
        });
      };
    };

  fetchFromGitHub =
    {
      owner,
      repo,
      hash,
      rev ? "refs/tags/${tag}",
      tag ? "HEAD",
    }:
    final.stdenvNoCC.mkDerivation {
      name = "source";
      url = "https://github.com/${owner}/${repo}/archive/${rev}.tar.gz";
      outputHash = hash;
      outputHashMode = "recursive";
    };
  fetchpatch =
    {
      url,
      hash,
      name ? baseNameOf url,
      excludes ? [ ],
      revert ? false,
    }:
    final.stdenvNoCC.mkDerivation {
      inherit
        name
        url
        excludes
        revert
        ;
      outputHash = hash;
    };

  rustPlatform = {
    importCargoLock =
      {
        lockFile,
        outputHashes ? { },
      }:
      final.runCommandLocal "cargo-vendor-dir" {
        inherit lockFile;
        hashes = builtins.toJSON outputHashes;
      } ''mkdir "$out"'';
    buildRustPackage = builder (args: {
      cargoLock = null;
      cargoDeps = final.rustPlatform.importCargoLock args.cargoLock;
      nativeBuildInputs = args.nativeBuildInputs or [ ] ++ [ final.rust-nightly ];
      doCheck = args.doCheck or true;
    });
  };

  dockerTools.buildLayeredImage =
    { name, tag, ... }@args:
    final.runCommand "${name}-${tag}.tar.gz" { image = builtins.toJSON args; } ''mkdir "$out"'';

  haskellPackages = {
    callCabal2nix =
      name: src: overrides:
      builder (_: overrides) {
        inherit src;
        pname = name;
        version = "0.1";
      };
    # A function that a pipeline takes with its last argument still missing
    buildFromCabalSdist = pkg: pkg.overrideAttrs { fromSdist = true; };
    shellFor =
      args:
      final.mkShell (
        removeAttrs args [ "packages" ] // { inputsFrom = args.packages final.haskellPackages; }
      );
    weeder = package "weeder";
  };
  haskell.lib.compose = {
    justStaticExecutables = pkg: pkg.overrideAttrs { static = true; };
    overrideCabal = change: pkg: pkg.overrideAttrs change;
  };

  perlPackages =
    packages [
      "CGI"
      "DBI"
      "NetSMTPSSL"
      "TermReadKey"
    ]
    // {
      makePerlPath = lib.makeSearchPath "lib/perl5/site_perl";
    };

  python3 = prev.python3 // {
    pythonVersion = "3.13";
    sitePackages = "lib/python3.13/site-packages";
    withPackages =
      choose:
      final.runCommandLocal "python3-env" { chosen = choose final.python3Packages; } ''mkdir "$out"'';
  };
  python3Packages =
    packages [
      "distlib"
      "hatchling"
      "packaging"
      "pytestCheckHook"
      "pyyaml"
      "rich"
      "setuptools"
      "wrapPython"
    ]
    // {
      buildPythonApplication = builder (args: {
        name = "python3.13-${args.pname}-${args.version}";
        nativeBuildInputs = args.build-system or [ ] ++ args.nativeBuildInputs or [ ];
        propagatedBuildInputs = args.dependencies or [ ];
        optional-dependencies = null;
        passthru = args.passthru or { } // {
          inherit (args) optional-dependencies;
        };
      });
      makePythonPath = lib.makeSearchPath "lib/python3.13/site-packages";
    };

  mkShell = {
    __functor = _: prev.mkShell;
    override = { stdenv }: if stdenv.hasCC then prev.mkShell else prev.mkShellNoCC;
  };

  # A package with arguments to override
  qemu = final.callPackage ./qemu.nix { };
}
