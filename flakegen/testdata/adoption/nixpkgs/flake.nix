{
  description = "Hostpkgs, and what the cases take from nixpkgs beyond it";

  outputs =
    { self }:
    let
      lib = import ./hostpkgs/lib.nix;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs lib.systems.flakeExposed (system: import self { inherit system; });
    };
}
