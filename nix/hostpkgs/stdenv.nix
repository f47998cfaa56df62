# mkDerivation over the host's bash and tools. What runs in the build is in stdenv/.
{
  lib,
  system,
  config,
}:
let
  platform = lib.systems.elaborate system;

  # Named and copied by itself: no other file of this flake decides a derivation's hash.
  builder = builtins.path {
    name = "stdenv-host";
    path = ./stdenv;
  };

  # nixpkgs passes a dependency's "dev" output, which names the others.
  dependencies =
    name: deps:
    map (
      dep:
      if lib.isDerivation dep then
        lib.getDev dep
      else if builtins.isString dep || builtins.isPath dep then
        dep
      else
        throw "mkDerivation: ${name} holds something that is no derivation, string or path"
    ) (lib.filter (dep: dep != null) (lib.flatten deps));

  # Why nixpkgs would refuse to evaluate it, or null.
  refusal =
    meta:
    let
      licenses = lib.toList (meta.license or [ ]);
      unfree = lib.any (license: !(license.free or true)) licenses;
      supported =
        (meta ? platforms -> lib.elem system meta.platforms) && !lib.elem system (meta.badPlatforms or [ ]);
    in
    if meta.broken or false && !(config.allowBroken or false) then
      "is marked as broken"
    else if unfree && !(config.allowUnfree or false) then
      "has an unfree license"
    else if !supported && !(config.allowUnsupportedSystem or false) then
      "is not available on the requested hostPlatform ${system}"
    else
      null;

  # Attributes that are not passed to the builder.
  notPassed = [
    "meta"
    "passthru"
    "env"
    "pos"
    "checkInputs"
    "nativeCheckInputs"
    "installCheckInputs"
    "nativeInstallCheckInputs"
  ];

  make =
    hasCC: rattrs:
    let
      args = rattrs (
        args
        // {
          finalPackage = package;
          inherit overrideAttrs;
        }
      );

      overrideAttrs =
        change:
        make hasCC (
          final:
          let
            prev = rattrs final;
            once = if lib.isFunction change then change prev else change;
          in
          prev // (if lib.isFunction once then change final prev else once)
        );

      name =
        args.name or (
          if args ? pname && args ? version then
            "${args.pname}-${args.version}"
          else
            throw "mkDerivation: neither a name nor pname and version"
        );
      outputs = args.outputs or [ "out" ];
      doCheck = args.doCheck or false;
      doInstallCheck = args.doInstallCheck or false;

      env = args.env or { };
      twice = lib.attrNames (lib.intersectAttrs env passed);
      passed =
        removeAttrs args notPassed
        // {
          inherit
            name
            system
            outputs
            doCheck
            doInstallCheck
            ;
          stdenv = builder;
          builder = "/bin/bash";
          args =
            args.args or [
              "-e"
              (args.builder or "${builder}/default-builder.sh")
            ];
          nativeBuildInputs = dependencies "nativeBuildInputs" (
            args.nativeBuildInputs or [ ]
            ++ lib.optionals doCheck (args.nativeCheckInputs or [ ])
            ++ lib.optionals doInstallCheck (args.nativeInstallCheckInputs or [ ])
          );
          buildInputs = dependencies "buildInputs" (
            args.buildInputs or [ ]
            ++ lib.optionals doCheck (args.checkInputs or [ ])
            ++ lib.optionals doInstallCheck (args.installCheckInputs or [ ])
          );
          propagatedBuildInputs = dependencies "propagatedBuildInputs" (args.propagatedBuildInputs or [ ]);
        }
        // lib.optionalAttrs (!hasCC) { noCC = true; }
        // lib.optionalAttrs (args.enableParallelBuilding or false) {
          enableParallelChecking = args.enableParallelChecking or true;
          enableParallelInstalling = args.enableParallelInstalling or true;
        };

      base =
        if args.__structuredAttrs or false then
          throw "${name}: this stand-in for nixpkgs has no __structuredAttrs"
        else if twice != [ ] then
          throw "${name}: env and the derivation both have: ${lib.concatStringsSep ", " twice}"
        else
          derivation (lib.filterAttrs (_: value: value != null) (passed // env));

      why = refusal (args.meta or { });
      checked =
        value: if why == null then value else throw "Package ‘${name}’ ${why}, refusing to evaluate.";

      # Evaluating a path is what checks meta, as in nixpkgs; an output knows that it was named.
      output = outputName: {
        name = outputName;
        value = shown // {
          inherit outputName;
          outputSpecified = true;
          drvPath = checked base.drvPath;
          outPath = checked base.${outputName}.outPath;
        };
      };
      outputList = map output outputs;
      shown =
        base
        // lib.listToAttrs outputList
        // {
          inherit overrideAttrs;
          all = map (o: o.value) outputList;
          drvAttrs = base.drvAttrs;
          meta = {
            inherit name;
            available = why == null;
            outputsToInstall = [ (if lib.elem "bin" outputs then "bin" else lib.head outputs) ];
          }
          // args.meta or { };
          passthru = args.passthru or { };
        }
        // args.passthru or { };
      package = shown // {
        drvPath = checked base.drvPath;
        outPath = checked base.outPath;
      };
    in
    package;

  stdenvWith = hasCC: {
    inherit system hasCC;
    name = if hasCC then "stdenv-host" else "stdenv-host-no-cc";
    outPath = builder;
    shell = "/bin/bash";
    buildPlatform = platform;
    hostPlatform = platform;
    targetPlatform = platform;
    mkDerivation =
      attrsOrFunction:
      make hasCC (if lib.isFunction attrsOrFunction then attrsOrFunction else _: attrsOrFunction);
    # What nixpkgs still understands, with a warning
    isLinux = lib.warn "stdenv.isLinux is deprecated: use stdenv.hostPlatform.isLinux" platform.isLinux;
    isDarwin = lib.warn "stdenv.isDarwin is deprecated: use stdenv.hostPlatform.isDarwin" platform.isDarwin;
  };
in
{
  stdenv = stdenvWith true;
  stdenvNoCC = stdenvWith false;
}
