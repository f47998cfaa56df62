# Gives the value of each case: a list, in the order of the cases.
#
# cases is a file with a list of functions, each the rendering of an expression
# and so a function of exactly what it uses. environments is a JSON file with a
# list of sets, one for each case: what its symbols stand for.
{
  lib,
  cases,
  environments,
}:
let
  bound = builtins.fromJSON (builtins.readFile environments);
  functions = import ./functions.nix;
  evaluate =
    environment: f:
    f (
      builtins.intersectAttrs (builtins.functionArgs f) (
        environment
        // {
          inherit lib;
          inherit (functions) wrap;
          pkgs = environment.pkgs // functions.pkgs;
        }
      )
    );
  list = import cases;
in
builtins.genList (i: evaluate (builtins.elemAt bound i) (builtins.elemAt list i)) (
  builtins.length list
)
