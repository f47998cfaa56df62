package nixlang

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// samePrint checks the text of an expression. A line break at the beginning of
// want is left out, so that it can begin on a line of its own.
func samePrint(t *testing.T, e Expr, want string) {
	t.Helper()
	if got := Print(e); got != strings.TrimPrefix(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.TrimPrefix(want, "\n"))
	}
}
