# Programs of the host behind store paths.
#
# A store path must be the same on every machine, so it holds no program but a script that finds one
# when it is run: a tool that is installed later works without a rebuild.
{ lib, pkgs }:
let
  # Where a host has its programs, beyond what a login shell would say; the first hit counts.
  folders = [
    "/usr/local/go/bin"
    "/usr/local/bin"
    "/usr/bin"
    "/bin"
  ];

  hostTools =
    pname: programs:
    pkgs.stdenvNoCC.mkDerivation {
      inherit pname programs;
      version = "host";
      preferLocalBuild = true;
      allowSubstitutes = false;
      buildCommand = ''
        mkdir -p "$out/bin"
        for program in $programs; do
          cat >"$out/bin/$program" <<END
        #!/bin/sh
        for folder in ${toString folders}; do
          if [ -x "\$folder/$program" ]; then exec "\$folder/$program" "\$@"; fi
        done
        echo "$program: not on this host; looked in ${toString folders}" >&2
        exit 127
        END
        done
        chmod +x "$out"/bin/*
      '';
      meta.mainProgram = lib.head programs;
    };

  tools = {
    bash = [
      "bash"
      "sh"
    ];
    bashInteractive = [ "bash" ];
    cmake = [
      "cmake"
      "ctest"
    ];
    coreutils = [
      "cat"
      "chmod"
      "cp"
      "cut"
      "dirname"
      "head"
      "ls"
      "mkdir"
      "mv"
      "rm"
      "sort"
      "tail"
      "uniq"
      "wc"
    ];
    curl = [ "curl" ];
    gawk = [ "awk" ];
    gcc = [
      "gcc"
      "g++"
      "cc"
      "cpp"
    ];
    git = [ "git" ];
    gnugrep = [ "grep" ];
    gnumake = [ "make" ];
    gnused = [ "sed" ];
    gopls = [ "gopls" ];
    jq = [ "jq" ];
    meson = [ "meson" ];
    ninja = [ "ninja" ];
    nixfmt = [ "nixfmt" ];
    nodejs = [
      "node"
      "npm"
    ];
    perl = [ "perl" ];
    pkg-config = [ "pkg-config" ];
    pre-commit = [ "pre-commit" ];
    python3 = [ "python3" ];
    shellcheck = [ "shellcheck" ];
  };
in
lib.mapAttrs hostTools tools
// {
  inherit hostTools;

  makeWrapper = pkgs.runCommandLocal "make-wrapper" {
    hook = builtins.path {
      name = "make-wrapper.sh";
      path = ./make-wrapper.sh;
    };
  } ''install -D -m 444 "$hook" "$out/nix-support/setup-hook"'';
}
