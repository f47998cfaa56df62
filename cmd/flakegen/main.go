// Command flakegen renders Nix derivations and their variants from HCL, holds
// the files against the spec, and runs and times the real nix build.
package main

import (
	"os"
	"runtime/debug"
)

// Most runs are over before collecting garbage pays: a spec of 1,000 packages
// takes 200 MB instead of 130, and two thirds of the time.
func init() { debug.SetGCPercent(400) }

func main() { os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
