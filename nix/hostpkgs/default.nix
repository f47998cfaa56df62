# The package set for one system; overlays and config as in nixpkgs.
{
  system ? builtins.currentSystem,
  config ? { },
  overlays ? [ ],
}:
let
  lib = import ./lib.nix;

  base =
    pkgs:
    let
      callPackage = lib.callPackageWith pkgs;
    in
    {
      inherit
        lib
        system
        config
        pkgs
        callPackage
        ;
      inherit (import ./stdenv.nix { inherit lib system config; }) stdenv stdenvNoCC;
      inherit (pkgs.stdenv) buildPlatform hostPlatform targetPlatform;

      extend = overlay: packagesWith (overlays ++ [ overlay ]);
      appendOverlays = more: packagesWith (overlays ++ more);

      # examples: a library with two outputs, and a program that links it
      greetlib = callPackage ./examples/greetlib.nix { };
      greet = callPackage ./examples/greet.nix { };
    }
    // import ./builders.nix { inherit lib pkgs; }
    // import ./host-tools.nix { inherit lib pkgs; }
    // import ./go.nix { inherit lib pkgs; };

  packagesWith = overlays: lib.fix (lib.extends (lib.composeManyExtensions overlays) base);
in
packagesWith overlays
