# As in nixpkgs: the package set of one system, with the overlays that are given.
{
  system ? builtins.currentSystem,
  config ? { },
  overlays ? [ ],
}:
import ./hostpkgs {
  inherit system config;
  overlays = [ (import ./overlay.nix) ] ++ overlays;
}
