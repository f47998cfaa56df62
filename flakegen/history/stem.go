package history

import "github.com/flakegen/flakegen/flakegen/timing"

// Stem is a store name without its version, as Nix tells them apart: the version
// begins behind the first dash that no letter follows (builtins.parseDrvName).
//
// A shard of tests has no version, whatever its module and variant are called, and
// keeps its stem where its weight is corrected.
func Stem(name string) string {
	if pkg, run, ok := timing.Shard(name); ok {
		return pkg + "-test-" + run
	}
	for i := 0; i+1 < len(name); i++ {
		next := name[i+1] | 0x20
		if name[i] == '-' && (next < 'a' || next > 'z') {
			return name[:i]
		}
	}
	return name
}
