# Small derivations from text and from other derivations, and shells.
{ lib, pkgs }:
let
  mkShellWith =
    stdenv:
    {
      packages ? [ ],
      inputsFrom ? [ ],
      ...
    }@args:
    let
      # What the others need, without the others themselves.
      merged =
        name:
        args.${name} or [ ] ++ lib.subtractLists inputsFrom (lib.flatten (lib.catAttrs name inputsFrom));
    in
    stdenv.mkDerivation (
      {
        name = "nix-shell";
        phases = [ "buildPhase" ];
        buildPhase = ''export >"$out"'';
        preferLocalBuild = true;
      }
      // removeAttrs args [
        "packages"
        "inputsFrom"
      ]
      // {
        nativeBuildInputs = packages ++ merged "nativeBuildInputs";
        buildInputs = merged "buildInputs";
        propagatedBuildInputs = merged "propagatedBuildInputs";
        shellHook = lib.concatStringsSep "\n" (
          lib.catAttrs "shellHook" (lib.reverseList inputsFrom ++ [ args ])
        );
      }
    );
in
{
  runCommandWith =
    {
      name,
      stdenv ? pkgs.stdenvNoCC,
      runLocal ? false,
      derivationArgs ? { },
    }:
    buildCommand:
    stdenv.mkDerivation (
      lib.optionalAttrs runLocal {
        preferLocalBuild = true;
        allowSubstitutes = false;
      }
      // derivationArgs
      // {
        inherit name buildCommand;
        passAsFile = [ "buildCommand" ] ++ derivationArgs.passAsFile or [ ];
      }
    );
  runCommand = name: derivationArgs: pkgs.runCommandWith { inherit name derivationArgs; };
  runCommandCC =
    name: derivationArgs:
    pkgs.runCommandWith {
      inherit name derivationArgs;
      inherit (pkgs) stdenv;
    };
  runCommandLocal =
    name: derivationArgs:
    pkgs.runCommandWith {
      inherit name derivationArgs;
      runLocal = true;
    };

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
      derivationArgs ? { },
    }:
    pkgs.runCommandLocal name
      (
        {
          inherit
            text
            executable
            destination
            checkPhase
            meta
            passthru
            ;
          passAsFile = [ "text" ];
        }
        // derivationArgs
      )
      ''
        target=$out$destination
        mkdir -p "$(dirname "$target")"
        cp "$textPath" "$target"
        if [[ -n $executable ]]; then chmod +x "$target"; fi
        eval "$checkPhase"
      '';
  writeText = name: text: pkgs.writeTextFile { inherit name text; };
  writeScript =
    name: text:
    pkgs.writeTextFile {
      inherit name text;
      executable = true;
    };
  writeShellScript = name: text: pkgs.writeScript name "#!${pkgs.runtimeShell}\n${text}\n";
  writeShellScriptBin =
    name: text:
    pkgs.writeTextFile {
      inherit name;
      text = "#!${pkgs.runtimeShell}\n${text}\n";
      executable = true;
      destination = "/bin/${name}";
      checkPhase = ''${pkgs.runtimeShell} -n "$target"'';
      meta.mainProgram = name;
    };
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      runtimeEnv ? { },
      meta ? { },
      bashOptions ? [
        "errexit"
        "nounset"
        "pipefail"
      ],
    }:
    pkgs.writeTextFile {
      inherit name;
      executable = true;
      destination = "/bin/${name}";
      checkPhase = ''${pkgs.runtimeShell} -n "$target"'';
      meta = {
        mainProgram = name;
      }
      // meta;
      text = lib.concatLines (
        [ "#!${pkgs.runtimeShell}" ]
        ++ map (option: "set -o ${option}") bashOptions
        ++ lib.mapAttrsToList (key: value: "export ${key}=${lib.escapeShellArg value}") runtimeEnv
        ++ lib.optional (runtimeInputs != [ ]) ''export PATH="${lib.makeBinPath runtimeInputs}:$PATH"''
        ++ [ text ]
      );
    };
  runtimeShell = "/bin/bash";

  # The first path that has a file wins.
  symlinkJoin =
    {
      name ? "${pname}-${version}",
      pname ? null,
      version ? null,
      paths,
      postBuild ? "",
      nativeBuildInputs ? [ ],
      passthru ? { },
      meta ? { },
    }:
    pkgs.runCommand name
      {
        inherit
          paths
          nativeBuildInputs
          passthru
          meta
          ;
        preferLocalBuild = true;
        allowSubstitutes = false;
      }
      ''
        mkdir -p "$out"
        for path in $paths; do
          (cd "$path" && find . -type d -exec mkdir -p "$out/{}" \;)
          (cd "$path" && find . ! -type d -print0) | while IFS= read -r -d "" file; do
            if [[ ! -e $out/$file && ! -L $out/$file ]]; then ln -s "$path/''${file#./}" "$out/$file"; fi
          done
        done
        ${postBuild}
      '';
  linkFarm =
    name: entries:
    pkgs.runCommandLocal name { } (
      lib.concatMapStrings
        (entry: ''
          mkdir -p "$(dirname "$out"/${lib.escapeShellArg entry.name})"
          ln -s ${lib.escapeShellArg "${entry.path}"} "$out"/${lib.escapeShellArg entry.name}
        '')
        (
          if lib.isAttrs entries then
            lib.mapAttrsToList (name: path: { inherit name path; }) entries
          else
            entries
        )
    );

  mkShell = mkShellWith pkgs.stdenv;
  mkShellNoCC = mkShellWith pkgs.stdenvNoCC;

  # One URL, with its hash; file:// and loopback work without a network.
  fetchurl =
    {
      url,
      name ? baseNameOf url,
      ...
    }@args:
    import <nix/fetchurl.nix> (args // { inherit name; });
  fetchFromGitHub =
    {
      owner,
      repo,
      rev ? tag,
      tag ? "HEAD",
      ...
    }:
    throw "fetchFromGitHub ${owner}/${repo}/${rev}: this stand-in for nixpkgs has no network; give src a path or a flake input";
}
