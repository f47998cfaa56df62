# What mkDerivation runs: bash -e default-builder.sh, with the derivation's attributes as environment.
cd "$NIX_BUILD_TOP"
source "$stdenv/setup"
genericBuild
