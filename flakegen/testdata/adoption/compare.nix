# What the rendered flakes and the files written by hand evaluate to: for each case and system one
# beside the other.
{ cases, systems }:
let
  nixpkgs = (import ./nixpkgs/flake.nix).outputs { self = ./nixpkgs; } // {
    outPath = ./nixpkgs;
  };
  inherit (nixpkgs) lib;

  # What flakes call their outputs with. The sources and functions of other flakes are in inputs/.
  available = {
    inherit nixpkgs;
  }
  // lib.mapAttrs (name: _: flakeIn (./inputs + "/${name}")) (builtins.readDir ./inputs);

  flakeIn =
    folder:
    let
      flake = import (folder + "/flake.nix");
      self =
        (lib.optionalAttrs (builtins.pathExists (folder + "/flake.nix")) (
          flake.outputs (lib.mapAttrs (name: _: available.${name}) (flake.inputs or { }) // { inherit self; })
        ))
        // {
          inherit inputs;
          outPath = "${folder}";
          rev = "0123456789abcdef0123456789abcdef01234567";
          shortRev = "0123456";
        };
      inputs = lib.mapAttrs (name: _: available.${name}) (flake.inputs or { });
    in
    self;

  compare =
    case:
    let
      self = flakeIn (./cases + "/${case}");
      byHand = import (./cases + "/${case}/hand");
      perSystem = lib.filterAttrs (_: set: set ? ${lib.head systems}) (
        removeAttrs self [
          "inputs"
          "outPath"
          "overlays"
          "rev"
          "shortRev"
        ]
      );
      arguments =
        system:
        available
        // {
          inherit self system;
          inherit (self) inputs;
          inherit (nixpkgs) lib;
          pkgs = nixpkgs.legacyPackages.${system};
        };
    in
    lib.genAttrs systems (system: {
      rendered = describe (lib.mapAttrs (_: set: set.${system}) perSystem);
      hand = describe (
        byHand (builtins.intersectAttrs (builtins.functionArgs byHand) (arguments system))
      );
    });

  # A derivation by its path, and by what does not go into it.
  describe =
    value:
    if lib.isDerivation value then
      {
        inherit (value) drvPath outputName;
        meta = plain value.meta;
        passthru = plain value.passthru;
      }
    else if lib.isAttrs value then
      lib.mapAttrs (_: describe) value
    else
      value;

  plain =
    value:
    if lib.isFunction value then
      "a function of ${toString (lib.attrNames (lib.functionArgs value))}"
    else if lib.isDerivation value then
      value.drvPath
    else if lib.isAttrs value then
      lib.mapAttrs (_: plain) value
    else if lib.isList value then
      map plain value
    else
      value;
in
lib.genAttrs cases compare
