# What rendered flakes and files written by hand evaluate to, one beside the other.
{ systems }:
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

  # For each system the outputs of the flake in cases/NAME, and what its folder hand gives.
  case =
    name:
    let
      self = flakeIn (./cases + "/${name}");
      byHand = import (./cases + "/${name}/hand");
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

  # The same of the page docs/from-nix.md, for a row of its tables or a pair of its examples: what
  # stands by hand is one expression, of one value, one derivation, packages or all outputs.
  shown =
    name:
    let
      folder = ./cases + "/${name}";
      isRow = builtins.pathExists (folder + "/rendered.nix");
      self = flakeIn folder;
    in
    lib.genAttrs systems (
      system:
      let
        pkgs = nixpkgs.legacyPackages.${system};
        scope = {
          inherit
            nixpkgs
            pkgs
            lib
            system
            self
            ;
          inputs = available;
          # What the rows take for granted
          common.strictDeps = true;
          flags.debug = system == "x86_64-linux";
          flags.strip = pkgs.stdenv.hostPlatform.isLinux;
          names = [
            "a"
            "b"
          ];
          tools.name = "jq";
          tools.check = set: set // { doCheck = true; };
          version = "1.2";
        };
        hand = import (folder + "/hand.nix") scope;
      in
      if isRow then
        {
          rendered = describe (import (folder + "/rendered.nix") scope);
          hand = describe hand;
        }
      else
        {
          rendered = describe (
            lib.mapAttrs (_: set: set.${system}) (lib.filterAttrs (_: set: set ? ${system}) self)
          );
          hand = describe (
            if lib.isDerivation hand then
              { packages.${lib.getName hand} = hand; }
            else if hand ? packages then
              hand
            else
              { packages = hand; }
          );
        }
    );
in
{
  cases = names: lib.genAttrs names case;
  shown = names: lib.genAttrs names shown;
}
