package flakegen_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var (
	matrixUnit  = flag.Duration("matrix-unit", 0, "how long the shortest of the 72 tests of TestNixMatrixTimes sleeps; 2s takes a quarter of an hour")
	matrixBench = flag.Bool("matrix-bench", false, "measure them by flakegen bench as well")
	matrixMany  = flag.Int("matrix-many", 0, "how many shards TestNixMatrixMany builds")
	matrixJobs  = flag.Int("matrix-jobs", 64, "how many of them go on at once")
)

// sleepsSpec is a matrix of 72 tests that sleep, one of 45 units, nine of 6 and the
// rest of one. MODULES are the tests with the seconds that each takes.
const sleepsSpec = matrixHead + `
package "sleeps" {
  name         = "sleeps"
  dontUnpack   = true
  installPhase = "echo content >$out"
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  variant "inline" { tests = "inline" }
  tests {
    modules = { MODULES }
    build { script = "cp ${path("sleep.sh")} $tests/sleep.sh" }
    run = "sh $tests/sleep.sh ${each.module}"
  }
}
`

// sleeps gives a matrix of tests that sleep, of which the shortest takes a unit, and
// how long the longest and all of them take together.
func sleeps(t *testing.T, unit time.Duration) (m *testMatrix, longest, total time.Duration) {
	var modules, cases []string
	add := func(name string, units int) {
		length := time.Duration(units) * unit
		longest, total = max(longest, length), total+length
		modules = append(modules, fmt.Sprintf("%s = %g", name, max(length.Seconds(), 0.001)))
		cases = append(cases, fmt.Sprintf("%s) sleep %g ;;\n", name, length.Seconds()))
	}
	add("longest", 45)
	for n := range 9 {
		add(fmt.Sprintf("long%d", n), 6)
	}
	for n := range 62 {
		add(fmt.Sprintf("short%d", n), 1)
	}
	m = newMatrix(t, map[string]string{
		"flakegen.hcl": strings.Replace(sleepsSpec, "MODULES", strings.Join(modules, ", "), 1),
		"sleep.sh":     "case $1 in\n" + strings.Join(cases, "") + "esac\n",
	})
	return m, longest, total
}

// anew makes all of the matrix something that was never built.
func (m *testMatrix) anew() {
	m.write("sleep.sh", m.read("sleep.sh")+fmt.Sprintf("# %d\n", time.Now().UnixNano()))
	m.run("git", "add", ".")
}

// TestNixMatrixTimes holds the time that shards take against what can be had at best
// with so many slots: the longest test, or all of them on as many slots, and what 72
// tests take that do nothing. Sleeping takes no processor, so that more slots than
// there are processors are real ones.
func TestNixMatrixTimes(t *testing.T) {
	if *matrixUnit == 0 {
		t.Skip("it takes a quarter of an hour; make soak sets -matrix-unit")
	}
	program := filepath.Join(t.TempDir(), "flakegen")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/flakegen").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	empty, _, _ := sleeps(t, 0)
	m, longest, total := sleeps(t, *matrixUnit)
	t.Logf("%s: the longest test takes %.0f s, all %.0f s", strings.TrimSpace(m.run("nix", "--version")), longest.Seconds(), total.Seconds())
	// took gives the seconds of a build on so many slots.
	took := func(m *testMatrix, variant string, slots int) float64 {
		t.Helper()
		m.anew()
		b := m.build(packagesOf("sleeps-"+variant), "--max-jobs", fmt.Sprint(slots), "--cores", fmt.Sprint(slots))
		if b.err != nil || len(b.passed) != 72 {
			t.Fatalf("%d tests passed: %v\n%s", len(b.passed), b.err, b.log)
		}
		return b.took.Seconds()
	}
	took(empty, "checked", 2) // what is there from then on
	for _, slots := range []int{2, 4, 8} {
		best := max(longest, total/time.Duration(slots)).Seconds()
		before := took(empty, "checked", slots)
		shards := took(m, "checked", slots)
		nothing := took(empty, "inline", slots)
		inline := took(m, "inline", slots)
		cost := (before + took(empty, "checked", slots)) / 2
		t.Logf("%d slots: at best %.1f s; shards %.2f s, of which 72 that do nothing take %.2f s, %.1f ms each; inline %.2f s and %.2f s; shards by the best %.3f, less what they cost %.3f",
			slots, best, shards, cost, 1000*cost/72, inline, nothing, shards/best, (shards-cost)/best)
		if most := 1.05*best + cost; shards > most {
			t.Errorf("%d slots: shards took %.2f s, want at most %.2f s", slots, shards, most)
		}
		if !*matrixBench {
			continue
		}
		m.anew()
		out := m.run(program, "bench", "sleeps-checked", "sleeps-inline", "--runs", "1", "--warmup", "0", "--json", "--", "--max-jobs", fmt.Sprint(slots), "--cores", fmt.Sprint(slots))
		var bench struct {
			A, B struct {
				Samples []float64 `json:"samples"`
			}
		}
		if err := json.Unmarshal([]byte(out), &bench); err != nil || len(bench.A.Samples) != 1 || len(bench.B.Samples) != 1 {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Logf("%d slots, by flakegen bench: shards %.2f s, inline %.2f s", slots, bench.A.Samples[0], bench.B.Samples[0])
		if most := 1.05*best + cost; bench.A.Samples[0] > most {
			t.Errorf("%d slots: by flakegen bench shards took %.2f s, want at most %.2f s", slots, bench.A.Samples[0], most)
		}
	}
}

// TestNixMatrixMany builds thousands of shards that do nothing: more than a variable of
// the environment holds.
func TestNixMatrixMany(t *testing.T) {
	if *matrixMany == 0 {
		t.Skip("thousands of derivations; make soak sets -matrix-many")
	}
	for _, count := range []int{100, 300, 1000, 3000, 10000} {
		if count > *matrixMany {
			break
		}
		m := newMatrix(t, map[string]string{"flakegen.hcl": shardsSpec(count)})
		begun := time.Now()
		derivation := evaluate[string](m, "packages.x86_64-linux.many-checked", "p: p.drvPath")
		evaluated := time.Since(begun)
		b := m.build(packagesOf("many-checked"), "--max-jobs", fmt.Sprint(*matrixJobs))
		if b.err != nil || len(b.passed) != count {
			t.Fatalf("%d of %d passed: %v", len(b.passed), count, b.err)
		}
		if lines := m.lines("many-checked"); len(lines) != count {
			t.Errorf("%d shards leave %d lines", count, len(lines))
		}
		if checked, build := m.hash("many-checked"), m.hash("many-build"); checked != build {
			t.Errorf("many-checked is %s, and many-build %s", checked, build)
		}
		t.Logf("%d shards, %d at once: %s evaluated in %.1f s, built in %.1f s, %.1f ms each, %.1f ms of a processor, %d MB",
			count, *matrixJobs, filepath.Base(derivation), evaluated.Seconds(), b.took.Seconds(), 1000*b.took.Seconds()/float64(count), 1000*b.cpu.Seconds()/float64(count), b.memory/1000)
	}
}
