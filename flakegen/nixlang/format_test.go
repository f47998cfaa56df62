package nixlang

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var (
	dump      = flag.String("dump", "", "write random files into this `folder`, to be held against nixfmt")
	dumpFiles = flag.Int("dump-files", 1000, "how many")
	dumpSeed  = flag.Uint64("dump-seed", 1, "the seed of the first")
)

// TestDump writes random files for a comparison with the real nixfmt, which
// must leave them as they are:
//
//	go test -run TestDump ./flakegen/nixlang -dump /tmp/trees -dump-files 20000
//	nixfmt --check $(find /tmp/trees -name '*.nix')
func TestDump(t *testing.T) {
	if *dump == "" {
		t.Skip("without -dump there is nothing to write")
	}
	for seed := *dumpSeed; seed < *dumpSeed+uint64(*dumpFiles); seed++ {
		name := filepath.Join(*dump, fmt.Sprintf("%06d.nix", seed))
		if err := os.WriteFile(name, Format(newGrower(seed).file()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
