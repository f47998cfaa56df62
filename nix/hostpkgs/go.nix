# Go, and buildGoModule with the meaning that it has in nixpkgs: a vendorHash is right in both or in
# neither. The phases' shell functions are in go-build.sh.
{ lib, pkgs }:
let
  functions = builtins.path {
    name = "go-build.sh";
    path = ./go-build.sh;
  };

  # The sources of all modules, as `go mod vendor` lays them out, held to vendorHash.
  vendorFolder =
    args:
    pkgs.stdenvNoCC.mkDerivation (
      lib.filterAttrs (_: value: value != null) {
        inherit (args) src;
        name = "${args.name or "${args.pname}-${args.version}"}-go-modules";
        modRoot = args.modRoot or "./";
        nativeBuildInputs = args.nativeBuildInputs or [ ] ++ [
          pkgs.go
          pkgs.git
        ];
        sourceRoot = args.sourceRoot or null;
        prePatch = args.prePatch or null;
        patches = args.patches or null;
        patchFlags = args.patchFlags or null;
        postPatch = args.postPatch or null;
        preBuild = args.preBuild or null;
        postBuild = args.modPostBuild or null;
        env = args.env or { };

        configurePhase = ''
          source ${functions}
          configureModules
        '';
        buildPhase = "buildModules";
        installPhase = "installModules";
        dontFixup = true;

        # What the host's own go goes by: where its module cache is, and which proxy it asks.
        impureEnvVars = [
          "HOME"
          "XDG_CONFIG_HOME"
          "GOENV"
          "GOPATH"
          "GOMODCACHE"
          "GOPROXY"
          "GIT_PROXY_COMMAND"
          "SSL_CERT_FILE"
          "http_proxy"
          "https_proxy"
          "all_proxy"
          "no_proxy"
          "HTTP_PROXY"
          "HTTPS_PROXY"
          "ALL_PROXY"
          "NO_PROXY"
        ];
        outputHashMode = "recursive";
        outputHash = args.vendorHash;
        outputHashAlgo = if args.vendorHash == "" then "sha256" else null;
      }
    );

  package =
    final: args:
    let
      name = args.name or args.pname;
      allowGoReference = args.allowGoReference or false;
      ldflags = args.ldflags or [ ];
    in
    removeAttrs args [
      "overrideModAttrs"
      "allowGoReference"
      "GOFLAGS"
    ]
    // {
      # From final, so that overrideAttrs can change it.
      goModules =
        if final.vendorHash == null then
          null
        else
          (vendorFolder (args // { inherit (final) vendorHash; })).overrideAttrs (
            args.overrideModAttrs or { }
          );
      vendorHash = args.vendorHash or (throw "buildGoModule: vendorHash is missing from ${name}");

      modRoot = args.modRoot or "./";
      nativeBuildInputs = [ pkgs.go ] ++ args.nativeBuildInputs or [ ];
      enableParallelBuilding = args.enableParallelBuilding or true;
      doCheck = args.doCheck or true;
      # An empty build ID and trimmed paths: the same bytes in every build folder.
      ldflags = ldflags ++ lib.optional (!lib.any (lib.hasPrefix "-buildid=") ldflags) "-buildid=";
      env = {
        CGO_ENABLED = "1";
        GO111MODULE = "on";
        GOTOOLCHAIN = "local";
        GOFLAGS = toString (
          args.GOFLAGS or [ ] ++ [ "-mod=vendor" ] ++ lib.optional (!allowGoReference) "-trimpath"
        );
      }
      // args.env or { };

      configurePhase =
        args.configurePhase or ''
          source ${functions}
          configurePackage
        '';
      buildPhase = args.buildPhase or "buildPackage";
      checkPhase = args.checkPhase or "checkPackage";
      installPhase = args.installPhase or "installPackage";
      passthru = {
        inherit (pkgs) go;
      }
      // args.passthru or { };
    };
in
{
  go = pkgs.hostTools "go" [
    "go"
    "gofmt"
  ];

  buildGoModule =
    attrsOrFunction:
    pkgs.stdenv.mkDerivation (
      final:
      let
        args = if lib.isFunction attrsOrFunction then attrsOrFunction final else attrsOrFunction;
      in
      if args.proxyVendor or false || args.deleteVendor or false then
        throw "buildGoModule: this stand-in for nixpkgs has neither proxyVendor nor deleteVendor"
      else
        package final args
    );
}
