# The part of nixpkgs' lib that flakes like ours use, under the names that it has there.
let
  trivial = rec {
    inherit (builtins)
      fromJSON
      functionArgs
      isBool
      isFloat
      isFunction
      isInt
      seq
      toJSON
      ;
    id = x: x;
    const = x: _: x;
    flip =
      f: a: b:
      f b a;
    pipe = builtins.foldl' (x: f: f x);
    boolToString = b: if b then "true" else "false";
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    importTOML = path: fromTOML (builtins.readFile path);
    warn = message: builtins.trace "evaluation warning: ${message}";
    warnIf = cond: message: if cond then warn message else id;
    throwIf = cond: message: if cond then throw message else id;
    throwIfNot = cond: throwIf (!cond);
    version = "26.05";

    fix =
      f:
      let
        x = f x;
      in
      x;
    extends =
      overlay: f: final:
      let
        prev = f final;
      in
      prev // overlay final prev;
    composeExtensions =
      f: g: final: prev:
      let
        first = f final prev;
      in
      first // g final (prev // first);
    composeManyExtensions = builtins.foldl' composeExtensions (_: _: { });
    setFunctionArgs = f: args: {
      __functor = _: f;
      __functionArgs = args;
    };
  };

  lists = rec {
    inherit (builtins)
      all
      any
      concatLists
      concatMap
      elem
      elemAt
      filter
      foldl'
      genList
      head
      isList
      length
      map
      sort
      tail
      ;
    optional = cond: x: if cond then [ x ] else [ ];
    optionals = cond: xs: if cond then xs else [ ];
    singleton = x: [ x ];
    toList = x: if isList x then x else [ x ];
    flatten = x: if isList x then concatMap flatten x else [ x ];
    forEach = xs: f: map f xs;
    range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
    imap0 = f: xs: genList (n: f n (elemAt xs n)) (length xs);
    imap1 = f: xs: genList (n: f (n + 1) (elemAt xs n)) (length xs);
    reverseList = xs: genList (n: elemAt xs (length xs - n - 1)) (length xs);
    last = xs: elemAt xs (length xs - 1);
    take = n: xs: genList (elemAt xs) (if n < length xs then n else length xs);
    drop = n: xs: genList (i: elemAt xs (n + i)) (if n < length xs then length xs - n else 0);
    init = xs: take (length xs - 1) xs;
    remove = x: filter (y: y != x);
    subtractLists = xs: filter (y: !elem y xs);
    intersectLists = xs: filter (y: elem y xs);
    unique = foldl' (acc: x: if elem x acc then acc else acc ++ [ x ]) [ ];
    findFirst =
      pred: default: xs:
      let
        found = filter pred xs;
      in
      if found == [ ] then default else head found;
    foldr =
      f: nul: xs:
      foldl' (acc: x: f x acc) nul (reverseList xs);
    partition = builtins.partition;
    groupBy = builtins.groupBy;
    zipListsWith =
      f: xs: ys:
      genList (n: f (elemAt xs n) (elemAt ys n)) (if length xs < length ys then length xs else length ys);
    catAttrs = builtins.catAttrs;
  };

  strings = rec {
    inherit (builtins)
      concatStringsSep
      isString
      match
      replaceStrings
      split
      splitVersion
      stringLength
      substring
      toString
      ;
    optionalString = cond: s: if cond then s else "";
    concatStrings = concatStringsSep "";
    concatMapStringsSep =
      sep: f: xs:
      concatStringsSep sep (map f xs);
    concatMapStrings = concatMapStringsSep "";
    concatLines = concatMapStrings (s: s + "\n");
    splitString =
      sep: s: builtins.filter builtins.isString (split (escapeRegex (toString sep)) (toString s));
    escapeRegex = replaceStrings special (map (c: "\\${c}") special);
    hasPrefix = prefix: s: substring 0 (stringLength prefix) s == prefix;
    hasSuffix =
      suffix: s:
      let
        start = stringLength s - stringLength suffix;
      in
      start >= 0 && substring start (-1) s == suffix;
    hasInfix = infix: s: match ".*${escapeRegex infix}.*" (toString s) != null;
    removePrefix = prefix: s: if hasPrefix prefix s then substring (stringLength prefix) (-1) s else s;
    removeSuffix =
      suffix: s: if hasSuffix suffix s then substring 0 (stringLength s - stringLength suffix) s else s;
    stringToCharacters = s: builtins.genList (n: substring n 1 s) (stringLength s);
    toLower = replaceStrings upper lower;
    toUpper = replaceStrings lower upper;
    escapeShellArg = s: "'${replaceStrings [ "'" ] [ "'\\''" ] (toString s)}'";
    escapeShellArgs = concatMapStringsSep " " escapeShellArg;
    makeSearchPath = sub: concatMapStringsSep ":" (path: "${path}/${sub}");
    makeSearchPathOutput =
      output: sub: pkgs:
      makeSearchPath sub (map (attrsets.getOutput output) (builtins.filter (p: p != null) pkgs));
    makeBinPath = makeSearchPathOutput "bin" "bin";
    makeLibraryPath = makeSearchPathOutput "lib" "lib";
    versionOlder = a: b: builtins.compareVersions b a == 1;
    versionAtLeast = a: b: !versionOlder a b;
    getName = x: x.pname or (builtins.parseDrvName (x.name or x)).name;
    getVersion = x: x.version or (builtins.parseDrvName (x.name or x)).version;
  };

  special = stringCharacters "\\[{()^$?*+|.";
  upper = stringCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  lower = stringCharacters "abcdefghijklmnopqrstuvwxyz";
  stringCharacters = s: builtins.genList (n: builtins.substring n 1 s) (builtins.stringLength s);

  attrsets = rec {
    inherit (builtins)
      attrNames
      attrValues
      getAttr
      hasAttr
      intersectAttrs
      isAttrs
      listToAttrs
      mapAttrs
      removeAttrs
      ;
    nameValuePair = name: value: { inherit name value; };
    optionalAttrs = cond: set: if cond then set else { };
    genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
    mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    attrsToList = mapAttrsToList nameValuePair;
    filterAttrs =
      pred: set: removeAttrs set (builtins.filter (name: !pred name set.${name}) (attrNames set));
    concatMapAttrs = f: set: mergeAttrsList (mapAttrsToList f set);
    mergeAttrsList = builtins.foldl' (a: b: a // b) { };
    attrByPath =
      path: default: set:
      if path == [ ] then
        set
      else if isAttrs set && set ? ${builtins.head path} then
        attrByPath (builtins.tail path) default set.${builtins.head path}
      else
        default;
    hasAttrByPath =
      path: set:
      path == [ ]
      ||
        isAttrs set
        && set ? ${builtins.head path}
        && hasAttrByPath (builtins.tail path) set.${builtins.head path};
    getAttrFromPath = path: attrByPath path (throw "no attribute ${strings.concatStringsSep "." path}");
    recursiveUpdate =
      a: b:
      a
      // mapAttrs (
        name: value:
        if isAttrs value && isAttrs (a.${name} or null) then recursiveUpdate a.${name} value else value
      ) b;
    isDerivation = x: x.type or null == "derivation";
    recurseIntoAttrs = set: set // { recurseForDerivations = true; };
    getOutput =
      output: pkg: if pkg.outputSpecified or false then pkg else pkg.${output} or pkg.out or pkg;
    getBin = getOutput "bin";
    getDev = getOutput "dev";
    getLib = getOutput "lib";
    getMan = getOutput "man";
  };

  customisation = rec {
    makeOverridable =
      f: args:
      let
        result = f args;
      in
      if attrsets.isAttrs result then
        result
        // {
          override =
            change: makeOverridable f (args // (if builtins.isFunction change then change args else change));
        }
        // attrsets.optionalAttrs (result ? overrideAttrs) {
          overrideAttrs = change: makeOverridable (args: (f args).overrideAttrs change) args;
        }
      else
        result;
    callPackageWith =
      scope: file: extra:
      let
        f = if builtins.isFunction file || file ? __functor then file else import file;
        wanted = f.__functionArgs or (builtins.functionArgs f);
      in
      makeOverridable f (builtins.intersectAttrs wanted scope // extra);
  };

  sources = {
    cleanSource =
      src:
      sources.cleanSourceWith {
        inherit src;
        filter =
          path: type:
          let
            base = baseNameOf path;
          in
          !(builtins.elem base [
            ".git"
            ".hg"
            ".svn"
            ".direnv"
          ])
          && !(type == "symlink" && strings.hasPrefix "result" base)
          && !strings.hasSuffix "~" base
          && !strings.hasSuffix ".o" base
          && !strings.hasSuffix ".so" base;
      };
    cleanSourceWith =
      {
        src,
        filter ? _: _: true,
        name ? "source",
      }:
      builtins.path {
        inherit name filter;
        path = src;
      };
  };

  # Files of a repository by name. A set is the list of its folders and files.
  fileset = rec {
    unions = lists.concatMap lists.toList;
    union =
      a: b:
      unions [
        a
        b
      ];
    maybeMissing = path: lists.optional (builtins.pathExists path) path;
    toSource =
      { root, fileset }:
      let
        wanted = map toString (lists.toList fileset);
        below = a: b: a == b || strings.hasPrefix "${b}/" a;
      in
      sources.cleanSourceWith {
        src = root;
        filter = path: _: lists.any (file: below path file || below file path) wanted;
      };
  };

  meta = {
    getExe = pkg: "${attrsets.getBin pkg}/bin/${pkg.meta.mainProgram or (strings.getName pkg)}";
    getExe' = pkg: program: "${attrsets.getBin pkg}/bin/${program}";
    availableOn =
      platform: pkg:
      (pkg.meta ? platforms -> lists.elem platform.system pkg.meta.platforms)
      && !lists.elem platform.system (pkg.meta.badPlatforms or [ ]);
  };

  asserts.assertMsg = cond: message: if cond then true else throw message;

  licenses =
    attrsets.mapAttrs
      (_: spdxId: {
        inherit spdxId;
        shortName = spdxId;
        fullName = spdxId;
        free = true;
      })
      {
        agpl3Only = "AGPL-3.0-only";
        asl20 = "Apache-2.0";
        bsd2 = "BSD-2-Clause";
        bsd3 = "BSD-3-Clause";
        gpl2Only = "GPL-2.0-only";
        gpl2Plus = "GPL-2.0-or-later";
        gpl3Only = "GPL-3.0-only";
        gpl3Plus = "GPL-3.0-or-later";
        isc = "ISC";
        lgpl21Plus = "LGPL-2.1-or-later";
        mit = "MIT";
        mpl20 = "MPL-2.0";
        unlicense = "Unlicense";
        zlib = "Zlib";
      }
    // {
      unfree = {
        shortName = "unfree";
        fullName = "Unfree";
        free = false;
      };
    };

  systems = {
    flakeExposed = [
      "x86_64-linux"
      "aarch64-linux"
      "aarch64-darwin"
      "x86_64-darwin"
    ];
    # What stdenv.hostPlatform holds
    elaborate =
      system:
      let
        parts = builtins.match "(x86_64|aarch64)-(linux|darwin)" system;
        cpu = builtins.elemAt parts 0;
        kernel = builtins.elemAt parts 1;
        isDarwin = kernel == "darwin";
        isAarch64 = cpu == "aarch64";
        vendorCpu = if isAarch64 then "arm64" else cpu;
      in
      if parts == null then
        throw "this stand-in for nixpkgs has no system ${system}; it has ${toString systems.flakeExposed}"
      else
        {
          inherit system isDarwin isAarch64;
          config = if isDarwin then "${vendorCpu}-apple-darwin" else "${cpu}-unknown-linux-gnu";
          parsed = {
            cpu.name = cpu;
            kernel.name = kernel;
          };
          isLinux = kernel == "linux";
          isUnix = true;
          isWindows = false;
          isx86_64 = cpu == "x86_64";
          isx86 = cpu == "x86_64";
          isAarch = isAarch64;
          is64bit = true;
          is32bit = false;
          isLittleEndian = true;
          isBigEndian = false;
          isStatic = false;
          isMusl = false;
          isGnu = kernel == "linux";
          linuxArch = vendorCpu;
          darwinArch = vendorCpu;
          go = {
            GOOS = kernel;
            GOARCH = if isAarch64 then "arm64" else "amd64";
          };
          extensions = {
            executable = "";
            library = if isDarwin then ".dylib" else ".so";
            sharedLibrary = if isDarwin then ".dylib" else ".so";
            staticLibrary = ".a";
          };
          canExecute = other: other.system == system;
        };
  };

  platforms =
    let
      those =
        pattern: builtins.filter (system: builtins.match pattern system != null) systems.flakeExposed;
    in
    {
      all = systems.flakeExposed;
      unix = systems.flakeExposed;
      linux = those ".*-linux";
      darwin = those ".*-darwin";
      x86_64 = those "x86_64-.*";
      aarch64 = those "aarch64-.*";
    };
in
trivial
// lists
// strings
// attrsets
// customisation
// sources
// meta
// {
  inherit
    trivial
    lists
    strings
    attrsets
    customisation
    sources
    fileset
    meta
    asserts
    licenses
    systems
    platforms
    ;
  inherit (asserts) assertMsg;
  maintainers = { };
  teams = { };
  fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
}
