{
  lib,
  stdenv,
  greetlib,
  makeWrapper,
  doCheck ? true,
}:
stdenv.mkDerivation {
  pname = "greet";
  version = "0.3";
  src = ./greet-src;
  nativeBuildInputs = [ makeWrapper ];
  buildInputs = [ greetlib ];
  inherit doCheck;
  enableParallelBuilding = true;
  env.GREET_SUFFIX = if stdenv.hostPlatform.isDarwin then "from darwin" else "from linux";
  installFlags = [ "prefix=$(out)" ];
  postInstall = ''
    wrapProgram $out/bin/greet --set GREETER flakegen
  '';
  meta = {
    license = lib.licenses.mit;
    mainProgram = "greet";
  };
}
