{
  description = "The Motoko compiler: a flake kept by hand, its runtime system rendered";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";
    rust-overlay.url = "github:oxalica/rust-overlay";
    rust-overlay.inputs.nixpkgs.follows = "nixpkgs";
    libtommath-src = {
      url = "github:libtom/libtommath/v1.2.0";
      flake = false;
    };
  };

  outputs =
    { nixpkgs, rust-overlay, ... }@inputs:
    let
      perSystem =
        system:
        let
          pkgs = import nixpkgs {
            inherit system;
            overlays = [
              rust-overlay.overlays.default
              (final: _prev: {
                rust-nightly = final.rust-bin.nightly."2025-06-19".default.override {
                  extensions = [ "rust-src" ];
                  targets = [ "wasm32-wasip1" ];
                };
              })
            ];
          };

          # Clang as Nix wraps it is for this machine, and the plain one for WebAssembly.
          llvmEnv = ''
            export WASM_CLANG="clang-19"
            export WASM_LD=wasm-ld
            export WASM_CLANG_LIB="${pkgs.llvmPackages_19.clang-unwrapped.lib}"
            export CLANG="${pkgs.clang_19}/bin/clang"
          '';

          # The packages rts-build, rts-checked and rts.
          flakegen = import ./nix/flakegen.nix {
            inherit
              pkgs
              system
              inputs
              llvmEnv
              ;
          };
          inherit (flakegen.packages) rts;

          # The compiler holds the runtime system.
          moc = pkgs.stdenv.mkDerivation {
            name = "moc";
            src = ./src;
            MOC_RTS = "${rts}/rts";
            preBuild = llvmEnv;
          };
        in
        {
          packages = flakegen.packages // {
            inherit moc;
            default = moc;
          };
          devShells.default = pkgs.mkShell {
            inputsFrom = [
              moc
              rts
            ];
            shellHook = llvmEnv;
          };
        };
      outputs = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] perSystem;
    in
    {
      packages = builtins.mapAttrs (_: o: o.packages) outputs;
      devShells = builtins.mapAttrs (_: o: o.devShells) outputs;
    };
}
