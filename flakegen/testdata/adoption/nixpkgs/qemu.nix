{
  lib,
  stdenv,
  glib,
  pixman,
  hostCpuOnly ? false,
  toolsOnly ? false,
}:
stdenv.mkDerivation (finalAttrs: {
  pname =
    "qemu" + lib.optionalString hostCpuOnly "-host-cpu-only" + lib.optionalString toolsOnly "-utils";
  version = "10.1";
  url = "https://example.org/qemu-${finalAttrs.version}.tar.xz";
  buildInputs = [ glib ] ++ lib.optional (!toolsOnly) pixman;
  postPatch = "patchShebangs .\n";
})
