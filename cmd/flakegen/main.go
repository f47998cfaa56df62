// Command flakegen renders Nix derivations and their variants from HCL, holds
// the files against the spec, and runs and times the real nix build.
package main

import "os"

func main() { os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
