package flakegen_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rerunsSpec is that of tests whose modules are files of their own: gc is built from
// one, and all are run with one. FLAG is a file outside of the repository, and what
// module text needs is not in it.
const rerunsSpec = matrixHead + `
package "unit" {
  name         = "unit"
  src          = path("lib")
  installPhase = "cp -r . $out\n"
  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  tests {
    variants = ["debug", "release"]
    modules  = { gc = 4, text = 2, utf8 = { weight = 2, seed = [4711, "commit"] } }
    seeds    = [1, 20]
    chunks   = 2
    seed     = 4711
    fallback = 17
    build {
      script = "{ echo '# STAMP'; cat ${path("modules/${each.module}.sh")}; } >$tests/${each.module}-${each.variant}"
    }
    run = <<-EOT
      first=${each.first} variant=${each.variant} flag='FLAG'
      . $tests/${each.module}-${each.variant}
      . ${path("cases/${each.module}.sh")}
    EOT
  }
}
alias "unit" { default = package.unit.checked }
`

// rerunsFiles gives the repository, and the path of the file FLAG.
func rerunsFiles(t *testing.T) (files map[string]string, flag string) {
	flag = filepath.Join(t.TempDir(), "flag")
	files = map[string]string{"lib/lib.sh": "# STAMP\n", "flakegen.hcl": strings.ReplaceAll(rerunsSpec, "FLAG", flag)}
	for _, module := range []string{"gc", "text", "utf8"} {
		files["modules/"+module+".sh"] = "value=1\n"
		files["cases/"+module+".sh"] = "[ $value = 1 ]\n"
	}
	return files, flag
}

// TestNixMatrixReruns counts what Nix builds after a change, and after none.
func TestNixMatrixReruns(t *testing.T) {
	files, flag := rerunsFiles(t)
	files["cases/text.sh"] += "[ $first-$variant != 11-debug ] || [ ! -e $flag ]\n"
	m := newMatrix(t, files)
	writeFile(t, flag, nil)
	// step builds, and says of the runs and of the test binaries whether these were built.
	// Packages counts what is called like the package: the build, and what stands for it
	// with its tests.
	step := func(what string, failed, shards, binaries []string, packages int) {
		t.Helper()
		m.run("git", "add", ".")
		b := m.build(packagesOf("unit-checked"))
		if (b.err != nil) != (len(failed) > 0) || !slices.Equal(b.failed, failed) {
			t.Fatalf("%s: %v, %q failed, want %q\n%s", what, b.err, b.failed, failed, b.log)
		}
		var gotShards, gotBinaries []string
		gotPackages := 0
		for _, name := range b.built {
			if binary, ok := strings.CutPrefix(name, "unit-binaries-"); ok {
				gotBinaries = append(gotBinaries, binary)
			} else if shard, ok := strings.CutPrefix(name, "unit-test-"); ok {
				gotShards = append(gotShards, shard)
			} else if name == "unit" {
				gotPackages++
			}
		}
		if !slices.Equal(gotShards, shards) {
			t.Errorf("%s: the shards %q were run, want %q", what, gotShards, shards)
		}
		if !slices.Equal(gotBinaries, binaries) {
			t.Errorf("%s: the test binaries %q were built, want %q", what, gotBinaries, binaries)
		}
		if gotPackages != packages {
			t.Errorf("%s: %d packages were built, want %d", what, gotPackages, packages)
		}
	}
	shards := func(modules ...string) []string {
		var list []string
		for _, module := range modules {
			rank := map[string]string{"gc": "i", "text": "j", "utf8": "j"}[module]
			for _, run := range []string{"_1-debug", "_1-release", "_2-debug", "_2-release"} {
				list = append(list, rank+"-"+module+run)
			}
		}
		return list
	}
	of := func(module string) []string { return []string{"debug-" + module, "release-" + module} }

	step("all, of which one fails", []string{"debug text 11-20 seed 4711"}, shards("gc", "text", "utf8"), slices.Sorted(slices.Values(slices.Concat(of("gc"), of("text"), of("utf8")))), 1)
	step("nothing changed, and it fails again", []string{"debug text 11-20 seed 4711"}, []string{"j-text_2-debug"}, nil, 0)
	m.run("rm", flag)
	step("what made it fail is gone", nil, []string{"j-text_2-debug"}, nil, 1)
	step("nothing changed", nil, nil, nil, 0)
	m.write("README.md", "Nothing that is built.\n")
	m.commit("other files")
	step("a file changed that is in no source, and it is committed", nil, nil, nil, 0)
	m.write("cases/gc.sh", files["cases/gc.sh"]+"# changed\n")
	step("the case of one module changed", nil, shards("gc"), nil, 1)
	m.write("modules/utf8.sh", "value=1 # changed\n")
	step("the source of one module changed", nil, shards("utf8"), of("utf8"), 1)
	m.write("cases/utf8.sh", "[ $value = 1 ] && [ $first-$variant != 1-release ]\n")
	step("it changed again, to what fails", []string{"release utf8 1-10 seed 4711"}, shards("utf8"), nil, 0)
	m.write("cases/utf8.sh", files["cases/utf8.sh"])
	step("it changed back to what has passed", nil, nil, nil, 0)
	m.run("git", "checkout", "-q", "cases", "modules")
	step("all is as it was", nil, nil, nil, 0)
}

// TestNixMatrixCommitSeeds: a commit gives new seeds to what is run with them, and to
// nothing else.
func TestNixMatrixCommitSeeds(t *testing.T) {
	files, _ := rerunsFiles(t)
	m := newMatrix(t, files)
	const derivations = "set: builtins.mapAttrs (_: p: p.drvPath) set"
	packages := func() map[string]string {
		return evaluate[map[string]string](m, "packages.x86_64-linux", derivations)
	}
	seeded := func() map[string]string {
		return evaluate[map[string]string](m, "checks.x86_64-linux.unit-seeded.shards", derivations)
	}
	seeds := func() []string {
		b := m.build([]string{"checks.x86_64-linux.unit-seeded"})
		if b.err != nil {
			t.Fatalf("%v\n%s", b.err, b.log)
		}
		var list []string
		for _, label := range b.passed {
			_, seed, _ := strings.Cut(label, " seed ")
			list = append(list, seed)
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	firstPackages, firstShards, firstSeeds := packages(), seeded(), seeds()
	if len(firstPackages) != 3 || len(firstShards) != 4 || len(firstSeeds) != 1 {
		t.Fatalf("packages %v, shards %v, seeds %q", firstPackages, firstShards, firstSeeds)
	}
	m.commit("second")
	secondShards, secondSeeds := seeded(), seeds()
	if second := packages(); !maps.Equal(firstPackages, second) {
		t.Errorf("a commit changes packages: %v, then %v", firstPackages, second)
	}
	for name, shard := range secondShards {
		if firstShards[name] == "" || shard == firstShards[name] {
			t.Errorf("shard %s is as it was, or is new: %s", name, shard)
		}
	}
	if slices.Equal(firstSeeds, secondSeeds) {
		t.Errorf("both commits have the seeds %q", firstSeeds)
	}
	// No commit holds these trees.
	m.write("README.md", "one\n")
	m.run("git", "add", ".")
	one := seeded()
	if got := seeds(); !slices.Equal(got, []string{"17"}) {
		t.Errorf("a tree with changes has the seeds %q", got)
	}
	m.write("README.md", "two\n")
	if two := seeded(); !maps.Equal(one, two) {
		t.Errorf("two trees with changes have the shards %v and %v", one, two)
	}
}
