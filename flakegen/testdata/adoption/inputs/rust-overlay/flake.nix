{
  description = "Stands in for rust-overlay: toolchains by version";

  inputs.nixpkgs.url = "nixpkgs";

  outputs =
    { self, nixpkgs }:
    {
      overlays.default = final: prev: {
        rust-bin.nightly."2025-06-19".default.override =
          { extensions, targets }:
          final.runCommandLocal "rust-nightly" { inherit extensions targets; } ''mkdir "$out"'';
      };
    };
}
