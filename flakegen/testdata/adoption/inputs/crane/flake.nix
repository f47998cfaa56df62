{
  description = "Stands in for crane: the functions that a project calls";

  outputs =
    { self }:
    let
      libFor =
        pkgs: toolchain:
        let
          build =
            suffix: more: args:
            pkgs.stdenv.mkDerivation (
              {
                inherit toolchain;
                name = "${args.pname or "cargo"}${suffix}-${args.version or "0.0.1"}";
              }
              // removeAttrs args [
                "pname"
                "version"
              ]
              // more
            );
        in
        {
          buildDepsOnly = build "-deps" { doInstallCargoArtifacts = true; };
          buildPackage = build "" { };
          cargoClippy = build "-clippy" { buildPhase = "cargo clippy"; };
          cargoDoc = build "-doc" { buildPhase = "cargo doc"; };
          cargoFmt = build "-fmt" { buildPhase = "cargo fmt --check"; };
          cargoNextest = build "-nextest" { buildPhase = "cargo nextest run"; };
          cleanCargoSource = pkgs.lib.cleanSource;
          fileset.commonCargoSources = path: path;
          crateNameFromCargoToml =
            { cargoToml, ... }:
            {
              inherit (fromTOML (builtins.readFile cargoToml)) package;
              pname = (fromTOML (builtins.readFile cargoToml)).package.name;
              inherit ((fromTOML (builtins.readFile cargoToml)).package) version;
            };
          devShell =
            {
              checks ? { },
              packages ? [ ],
            }:
            pkgs.mkShell {
              inherit packages;
              inputsFrom = builtins.attrValues checks;
            };
          overrideToolchain = choose: libFor pkgs (choose pkgs);
        };
    in
    {
      mkLib = pkgs: libFor pkgs null;
    };
}
