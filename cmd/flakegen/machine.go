package main

import (
	"runtime"

	"github.com/flakegen/flakegen/flakegen"
)

// thisMachine is what builds have here. A container that gets a part of a machine is a
// machine of that size: for processors the runtime of Go says so.
func thisMachine() flakegen.Machine {
	return flakegen.Machine{Cores: min(runtime.NumCPU(), runtime.GOMAXPROCS(0)), Memory: int(memory() >> 20)}
}
