package flakegen_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// matrixWhole is for a machine that does nothing else: make soak sets it.
var matrixWhole = flag.Bool("matrix-whole", false, "run the whole matrix of the example runtime, 3 variants of 24 modules with 100 seeds, and break it in every way")

// runtimeSpec is the spec of the example runtime with both strategies. MATRIX is what
// is run, LEAST the length of a shard; MAKEFLAGS are makeFlags.
const runtimeSpec = matrixHead + `
package "rts" {
  name = "mini-rts"
  src  = path("rts")
  makeFlags              = MAKEFLAGS
  enableParallelBuilding = true
  installPhase           = "make install prefix=$out\n"
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  variant "inline" { tests = "inline" }
  tests {
    variants = ["non-incremental", "incremental", "eop"]
    MATRIX
    seed    = 4711
    least   = LEAST
    timeout = 60
    binary  = "test"
    env     = { RTS_WORDS = "it's ours" }
    build {
      script = <<-EOT
        make -j$NIX_BUILD_CORES $makeFlags build/${each.variant}/test
        cp build/${each.variant}/test $tests
      EOT
    }
    run = "$tests/test --module ${each.module} --seeds ${each.first}-${each.last} # STAMP"
  }
}
`

// runtimeModules are those of the example runtime with what they take in a variant, in
// seconds, for 100 seeds.
var runtimeModules = map[string]float64{
	"alloc": 0.1, "array": 0.1, "bigint": 3, "bitmap": 0.1, "blob": 0.1, "bytes": 0.1, "crc32": 0.1, "decimal": 0.1,
	"gc": 3, "golden": 0.1, "graph": 0.1, "image": 0.1, "key": 0.1, "limbs": 0.1, "pause": 0.1, "persist": 0.1,
	"rope": 0.1, "shift": 0.1, "smallint": 0.1, "table": 0.1, "text": 0.1, "upgrade": 0.1, "utf8": 0.1, "value": 0.1,
}

// runtimeFiles is the example runtime with a spec for these modules. Old and new
// alternate: texts of its sources and what stands for them.
func runtimeFiles(t *testing.T, modules []string, seeds, chunks int, least float64, oldnew ...string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	copyTree(t, "../examples/rts", filepath.Join(dir, "rts"))
	files := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(dir, "rts/*/*"))
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for _, path := range append(paths, filepath.Join(dir, "rts/Makefile")) {
		if name, _ := filepath.Rel(dir, path); !strings.HasPrefix(name, "rts/build/") {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text := string(data)
			for i := 0; i < len(oldnew); i += 2 {
				changed += strings.Count(text, oldnew[i])
				text = strings.ReplaceAll(text, oldnew[i], oldnew[i+1])
			}
			files[name] = text
		}
	}
	if changed != len(oldnew)/2 {
		t.Fatalf("the sources have %d places to change, want %d", changed, len(oldnew)/2)
	}
	// The whole is compiled as it is; a part of it only quickly.
	flags := `["flags_release=-O0", "flags_debug=-DRTS_DEBUG"]`
	if *matrixWhole {
		flags = "[]"
	}
	var weights []string
	for _, module := range modules {
		weights = append(weights, fmt.Sprintf("%s = %g", module, runtimeModules[module]))
	}
	files["flakegen.hcl"] = strings.NewReplacer(
		"MATRIX", fmt.Sprintf("modules = { %s }\n    seeds = [1, %d]\n    chunks = %d", strings.Join(weights, ", "), seeds, chunks),
		"LEAST", fmt.Sprint(least), "MAKEFLAGS", flags,
	).Replace(runtimeSpec)
	return files
}

// TestNixMatrixVerdicts runs the example runtime's tests in both strategies: all of
// the matrix has run, the same in both, and what the shards stand for has the content
// of what was only built.
func TestNixMatrixVerdicts(t *testing.T) {
	modules, seeds, chunks, leasts := []string{"crc32", "key", "table", "utf8"}, 12, 3, []float64{0.2, 0.05}
	if *matrixWhole {
		modules, seeds, chunks, leasts = wholeMatrix(), 100, 10, []float64{5, 1, 0.01}
	}
	m := newMatrix(t, runtimeFiles(t, modules, seeds, chunks, leasts[0]))
	want := m.labels()
	if len(want) != 3*len(modules)*chunks {
		t.Fatalf("the matrix has %d runs", len(want))
	}
	inline := m.build(packagesOf("rts-inline"))
	if inline.err != nil {
		t.Fatalf("%v\n%s", inline.err, inline.log)
	}
	if !slices.Equal(inline.passed, want) {
		t.Errorf("inline, these were not run: %q, and these are not in the matrix: %q", without(want, inline.passed), without(inline.passed, want))
	}
	t.Logf("inline: %d tests in %.1f s", len(inline.passed), inline.took.Seconds())
	for _, least := range leasts {
		m.write("flakegen.hcl", replaceLine(t, m.read("flakegen.hcl"), "least ", fmt.Sprintf("    least   = %g", least)))
		m.render()
		shards := m.build(packagesOf("rts-checked"))
		if shards.err != nil {
			t.Fatalf("%v\n%s", shards.err, shards.log)
		}
		if !slices.Equal(shards.passed, want) {
			t.Errorf("in shards of %g s, these were not run: %q, and these are not in the matrix: %q", least, without(want, shards.passed), without(shards.passed, want))
		}
		if lines := m.lines("rts-checked"); !slices.Equal(lines, want) {
			t.Errorf("shards of %g s leave no line for %q, and lines of no run %q", least, without(want, lines), without(lines, want))
		}
		if checked, build := m.hash("rts-checked"), m.hash("rts-build"); checked != build {
			t.Errorf("rts-checked is %s, and rts-build %s", checked, build)
		}
		if report := fmt.Sprintf("%d tests passed", len(want)); !strings.Contains(shards.log, report) {
			t.Errorf("the log does not say %q", report)
		}
		t.Logf("shards of %g s: %d tests in %d shards in %.1f s, the test binaries among it where they were not there", least, len(shards.passed), len(m.tests.FixedShards())*len(m.tests.Variants), shards.took.Seconds())
	}
}

func wholeMatrix() []string {
	var modules []string
	for module := range runtimeModules {
		modules = append(modules, module)
	}
	slices.Sort(modules)
	return modules
}

func (m *testMatrix) read(name string) string {
	m.t.Helper()
	data, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(data)
}

// replaceLine gives the text with another line in the place of the one that begins so.
func replaceLine(t *testing.T, text, begins, line string) string {
	t.Helper()
	lines := strings.Split(text, "\n")
	at := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), begins) })
	if at < 0 {
		t.Fatalf("no line begins with %q", begins)
	}
	lines[at] = line
	return strings.Join(lines, "\n")
}

// programSpec is that of tests which are programs of the shell, so that each way to
// fail is tried without compiling anything.
const programSpec = matrixHead + `
package "unit" {
  name         = "unit"
  dontUnpack   = true
  installPhase = "echo content >$out"
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  variant "inline" { tests = "inline" }
  tests {
    variants = ["debug", "release"]
    modules  = { a = 4, b = 2, c = 1 }
    seeds    = [1, 20]
    chunks   = 2
    least    = 2
    timeout  = TIMEOUT
    binary   = "unit"
    build {
      script = <<-EOT
        [ ${each.variant} = MISSING ] || cp ${path("unit.sh")} $tests/unit
        chmod +x $tests/* || true
      EOT
    }
    run = "$tests/unit '${each.variant} ${each.module} ${each.first}' # STAMP"
  }
}
`

const program = "#!/bin/sh\ncase $1 in\n%s*) ;;\nesac\n"

// TestNixMatrixFailures holds the verdicts of both strategies against each other where
// tests fail: which do, what the log says of them, and that all others have passed.
func TestNixMatrixFailures(t *testing.T) {
	tests := []struct {
		name, faults, missing string
		timeout               string // 60 where it is empty
		// failed says of a run that fails how, by the beginning of its label.
		failed map[string]string
		says   string
	}{
		{name: "one", faults: "'debug b 1') echo wrong; exit 3 ;;\n", failed: map[string]string{"debug b 1-10": "exit code 3"}, says: "wrong"},
		{name: "two", faults: "'debug b 11'|'release c 1') exit 1 ;;\n", failed: map[string]string{"debug b 11-20": "exit code 1", "release c 1-10": "exit code 1"}},
		{name: "crash", faults: "'release a 1') kill -SEGV $$ ;;\n", failed: map[string]string{"release a 1-10": "exit code 139"}},
		{name: "hang", timeout: "2", faults: "'debug c 11') sleep 60 ;;\n", failed: map[string]string{"debug c 11-20": "stopped after 2 s"}},
		// By itself, in the last second: the clock alone would call it stopped.
		{name: "late", timeout: "3", faults: "'debug c 11') sleep 2.2; exit 3 ;;\n", failed: map[string]string{"debug c 11-20": "exit code 3"}},
		{name: "missing", missing: "release", failed: map[string]string{
			"release a 1-10": "exit code 127", "release a 11-20": "exit code 127", "release b 1-10": "exit code 127",
			"release b 11-20": "exit code 127", "release c 1-10": "exit code 127", "release c 11-20": "exit code 127",
		}, says: "error: no program"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMatrix(t, map[string]string{
				"unit.sh":      fmt.Sprintf(program, test.faults),
				"flakegen.hcl": strings.NewReplacer("MISSING", "'"+test.missing+"'", "TIMEOUT", cmp.Or(test.timeout, "60")).Replace(programSpec),
			})
			m.sameVerdicts("unit", test.failed, test.says)
		})
	}
}

// sameVerdicts builds a package in both strategies, of whose runs those fail, and says
// where they are not at one.
func (m *testMatrix) sameVerdicts(name string, failed map[string]string, says string) {
	m.t.Helper()
	var want []string
	for label := range failed {
		want = append(want, label)
	}
	slices.Sort(want)
	rest := without(m.labels(), want)
	for _, variant := range []string{"checked", "inline"} {
		b := m.build(packagesOf(name + "-" + variant))
		if b.err == nil {
			m.t.Errorf("%s has built, and should have failed", variant)
		}
		if !slices.Equal(b.failed, want) {
			m.t.Errorf("%s: %q failed, want %q\n%s", variant, b.failed, want, b.log)
		}
		if !slices.Equal(b.passed, rest) {
			m.t.Errorf("%s: these have not passed: %q, and these should not have: %q", variant, without(rest, b.passed), without(b.passed, rest))
		}
		for label, how := range failed {
			if !strings.HasPrefix(b.reasons[label], how) {
				m.t.Errorf("%s: %s failed with %q, want %q", variant, label, b.reasons[label], how)
			}
		}
		if !strings.Contains(b.log, says) {
			m.t.Errorf("%s: the log does not say %q\n%s", variant, says, b.log)
		}
	}
}

// TestNixMatrixBroken breaks the sources of the example runtime in every way.
func TestNixMatrixBroken(t *testing.T) {
	if !*matrixWhole {
		t.Skip("TestNixMatrixFailures tries the same with programs of the shell; make soak sets -matrix-whole")
	}
	of := func(reason string, modules ...string) map[string]string {
		failed := map[string]string{}
		for _, module := range modules {
			for _, variant := range []string{"non-incremental", "incremental", "eop"} {
				for first := 1; first < 100; first += 10 {
					failed[fmt.Sprintf("%s %s %d-%d seed 4711", variant, module, first, first+9)] = reason
				}
			}
		}
		return failed
	}
	const check, begin = "0xcbf43926", "void test_bytes(uint64_t seed)\n{\n"
	tests := []struct {
		name   string
		oldnew []string
		failed map[string]string
	}{
		{"one", []string{begin, begin + "    CHECK(seed != 42);\n"}, nil},
		{"module", []string{check, "0xcbf43927"}, of("exit code 1", "crc32")},
		{"crash", []string{begin, begin + "    if (seed == 42) *(volatile int *)8 = 1;\n"}, nil},
		{"hang", []string{begin, begin + "    while (seed == 42) (void)*(volatile uint64_t *)&seed;\n"}, nil},
	}
	single := func(reason string) map[string]string {
		failed := map[string]string{}
		for _, variant := range []string{"non-incremental", "incremental", "eop"} {
			failed[variant+" bytes 41-50 seed 4711"] = reason
		}
		return failed
	}
	tests[0].failed, tests[2].failed, tests[3].failed = single("exit code 1"), single("exit code 139"), single("stopped after 3 s")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := runtimeFiles(t, wholeMatrix(), 100, 10, 0.5, test.oldnew...)
			if test.name == "hang" {
				files["flakegen.hcl"] = strings.Replace(files["flakegen.hcl"], "timeout = 60", "timeout = 3", 1)
			}
			newMatrix(t, files).sameVerdicts("rts", test.failed, "")
		})
	}
	t.Run("missing", func(t *testing.T) {
		files := runtimeFiles(t, wholeMatrix(), 100, 10, 0.5)
		files["flakegen.hcl"] = strings.Replace(files["flakegen.hcl"], "cp build/", "[ ${each.variant} = eop ] || cp build/", 1)
		failed := map[string]string{}
		for label := range of("", wholeMatrix()...) {
			if strings.HasPrefix(label, "eop ") {
				failed[label] = "exit code 127"
			}
		}
		newMatrix(t, files).sameVerdicts("rts", failed, "error: no program")
	})
}
