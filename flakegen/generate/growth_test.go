package generate_test

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/flakegen/flakegen/flakegen/generate"
)

// mostGrowth is how many times longer eight times as much may take. It would be
// eight for linear work, and 64 for quadratic work.
const mostGrowth = 20

// TestGrowth renders specs that refer n times to n things, and eight times as many.
func TestGrowth(t *testing.T) {
	const few, many = 500, 4000
	for _, test := range []struct {
		name string
		spec func(n int) string
	}{
		{"references to variants", func(n int) string {
			return variants(n) + "check \"c\" {\n" + each(n, "a%[1]d = package.p.v%[1]d\n") + "}\n"
		}},
		{"aliases of variants", func(n int) string {
			return variants(n) + each(n, "alias \"a%[1]d\" { default = package.p.v%[1]d }\n")
		}},
		{"keys of for_each", func(n int) string {
			return "package \"p\" {\n variant \"v\" {\n for_each = [" + each(n, "\"%[1]d\",") + "]\n}\n}\n" +
				each(n, "alias \"a%[1]d\" { default = package.p[\"v-%[1]d\"] }\n")
		}},
		{"references to aliases", func(n int) string {
			return "package \"p\" {}\n" + each(n, "alias \"a%[1]d\" { default = package.p }\n") +
				"check \"c\" {\n" + each(n, "a%[1]d = alias.a%[1]d\n") + "}\n"
		}},
		{"references to inputs", func(n int) string {
			return each(n, "input \"i%[1]d\" { url = \"x\" }\n") + "check \"c\" {\n" + each(n, "a%[1]d = inputs.i%[1]d\n") + "}\n"
		}},
		{"packages with lets of their own", func(n int) string {
			return "let {\n" + each(n, "l%[1]d = pkgs.l%[1]d\n") + "}\n" + each(n, "package \"p%[1]d\" { x = let.l%[1]d }\n")
		}},
		{"functions beside lets", func(n int) string {
			return "let {\n" + each(n, "l%[1]d = fn(x, x)\n") + "}\n" + "check \"c\" {\n" + each(n, "a%[1]d = let.l%[1]d\n") + "}\n"
		}},
		{"texts of Nix beside lets", func(n int) string {
			return "let {\n" + each(n, "l%[1]d = nix(\"with pkgs; [ l%[1]d pkgs.x ]\")\n") + "}\n" + "check \"c\" {\n" + each(n, "a%[1]d = let.l%[1]d\n") + "}\n"
		}},
		{"lets of a block", func(n int) string {
			return "package \"p\" {\nlet {\n" + each(n, "l%[1]d = pkgs.x\n") + "}\n" + each(n, "a%[1]d = let.l%[1]d\n") + "}\n"
		}},
		{"shared attributes", func(n int) string {
			return "package \"p\" {\n" + each(n, "l%[1]d = pkgs.x\n") + "variant \"v\" {\n" + each(n, "a%[1]d = shared.l%[1]d\n") + "}\n}\n"
		}},
		{"packages of some systems", func(n int) string {
			return each(n, "package \"p%[1]d\" { systems = [\"linux\"] }\n") + each(n, "app \"a%[1]d\" { program = pkgs.x }\n")
		}},
		{"overlays and outputs", func(n int) string {
			return each(n, "overlay \"a%[1]d\" {}\noutput \"o%[1]d\" {\nper_system = true\nvalue = pkgs\n}\ncache \"c%[1]d\" {\nurl = \"x\"\npublic_key = \"y\"\n}\n")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			// What else the machine does can spoil a round, though hardly all of them.
			best := math.Inf(1)
			for round := 0; round < 6 && best > mostGrowth; round++ {
				short, long := rendersIn(t, 3, test.spec(few)), rendersIn(t, 1, test.spec(many))
				ratio := float64(long) / float64(short)
				t.Logf("%d in %v, %d in %v: %.1f times", few, short, many, long, ratio)
				best = min(best, ratio)
			}
			if best > mostGrowth {
				t.Errorf("%d times as much takes %.1f times as long, more than %d", many/few, best, mostGrowth)
			}
		})
	}
}

// variants is a package of n variants.
func variants(n int) string {
	return "package \"p\" {\n" + each(n, "variant \"v%[1]d\" {}\n") + "}\n"
}

// each writes a format n times, with the numbers up to n.
func each(n int, format string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}

// rendersIn gives the shortest time that a processor is busy with rendering a spec,
// of a number of runs. What else runs on the machine is no part of that.
func rendersIn(t *testing.T, runs int, spec string) time.Duration {
	t.Helper()
	tree := fstest.MapFS{"flakegen.hcl": {Data: []byte(
		"flake { systems = [\"x86_64-linux\", \"aarch64-darwin\"] }\ninput \"nixpkgs\" { url = \"x\" }\n" + spec)}}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var best time.Duration
	for range runs {
		runtime.GC()
		began := processorTime(t)
		rendering, err := generate.Tree(tree)
		took := processorTime(t) - began
		if err != nil {
			t.Fatal(err)
		}
		if rendering.Diagnostics.HasErrors() {
			t.Fatal(rendering.Diagnostics)
		}
		if best == 0 || took < best {
			best = took
		}
	}
	return best
}

// processorTime is how long the processors were busy with this process.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
