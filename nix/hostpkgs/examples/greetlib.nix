{ lib, stdenv }:
stdenv.mkDerivation (finalAttrs: {
  pname = "greetlib";
  version = "1.2";
  src = ./greetlib-src;
  outputs = [
    "out"
    "dev"
  ];
  installFlags = [ "prefix=$(out)" ];
  passthru.tag = "v${finalAttrs.version}";
  meta = {
    license = lib.licenses.mit;
    platforms = lib.platforms.unix;
  };
})
