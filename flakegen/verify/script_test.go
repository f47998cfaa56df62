package verify

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// shardText is the script of a shard with two runs.
const shardText = `ran=$out
failed=0
run() {
  local label=$1 limit=$2 script=$3 begun=$SECONDS code=0
  (
    cd "$(mktemp -d)"
    exec timeout --kill-after=10 "$limit" bash -euo pipefail -c "$script" </dev/null
  ) || code=$?
  local took=$((SECONDS - begun))
  if ((code == 0)); then
    echo "passed: $label, $took s"
    echo "$label" >>"$ran"
  elif ((limit > 0 && took >= limit && (code == 124 || code == 137))); then
    echo "FAILED: $label, stopped after $limit s" >&2
    failed=1
  else
    echo "FAILED: $label, exit code $code after $took s" >&2
    failed=1
  fi
}

export tests=/nix/store/x-rts-binaries-debug
run 'debug gc 1-10 seed 7' 60 'TEST_A
'
export tests=/nix/store/y-rts-binaries-debug
run 'debug text 1-20 seed 7' 60 'echo '\''it'\''
TEST_B
'

exit "$failed"
`

// Each change of the script is also run by bash, with a first test that fails and then
// with a second one that does: where it cannot fail, one of them must succeed.
var scriptChanges = []struct {
	old, new string
	canFail  bool
	odd      bool // bash says otherwise
}{
	{"", "", true, false},
	{`exit "$failed"`, `exit $failed`, true, false},
	{`exit "$failed"`, `((failed == 0))`, false, true}, // it is not what is rendered
	{`exit "$failed"`, ``, false, false},
	{`exit "$failed"`, `exit 0`, false, false},
	{`exit "$failed"`, `true`, false, false},
	{"failed=1\n  else", "true\n  else", false, true}, // a test that hangs
	{"    failed=1\n  fi", "  fi", false, false},
	{"failed=1", "failed=0", false, false},
	{"|| code=$?", "|| true", false, false},
	{"|| code=$?", "|| code=1", true, false},
	{"code=0\n", "code=0 failed=0\n", false, false},
	{"failed=0\nrun", "run", true, false},
	{`exec timeout --kill-after=10 "$limit" bash -euo pipefail -c "$script" </dev/null`, "true", false, false},
	{`exec timeout --kill-after=10 "$limit" bash -euo pipefail -c "$script" </dev/null`, `echo bash -euo pipefail -c "$script"`, false, false},
	{`exec timeout --kill-after=10 "$limit" `, "", true, false},
	{"if ((code == 0))", "if true", false, false},
	{`"$limit" bash`, `"$limit" sh`, false, true}, // nor this
	{"export tests=/nix/store/y", "failed=0\nexport tests=/nix/store/y", false, false},
	{"export tests=/nix/store/y", "trap 'exit 0' EXIT\nexport tests=/nix/store/y", false, false},
	{"export tests=/nix/store/x", "exit 0\nexport tests=/nix/store/x", false, false},
}

func TestWholeScript(t *testing.T) {
	bash := require.Program(t, "bash")
	for _, change := range scriptChanges {
		text := shardText
		if change.old == "failed=1" {
			text = strings.ReplaceAll(text, change.old, change.new)
		} else {
			text = strings.Replace(text, change.old, change.new, 1)
		}
		if text == shardText && change.old != "" {
			t.Fatalf("the script has no %q", change.old)
		}
		got := readTestScript(text).whole()
		if (got == canFail) != change.canFail {
			t.Errorf("%q for %q: judged %q", change.new, change.old, got)
		}
		fails := true
		for _, tests := range [][2]string{{"exit 7", "true"}, {"true", "exit 7"}} {
			command := exec.Command(bash, "-c", "set -eu -o pipefail\n"+strings.NewReplacer("TEST_A", tests[0], "TEST_B", tests[1]).Replace(text))
			command.Dir, command.Env = t.TempDir(), append(command.Environ(), "out=ran")
			fails = fails && command.Run() != nil
		}
		if fails != (change.canFail != change.odd) {
			t.Errorf("%q for %q: bash fails: %v", change.new, change.old, fails)
		}
	}
}

func TestReadTestScript(t *testing.T) {
	script := readTestScript(shardText)
	if script.runner != (runner{3, true, true}) {
		t.Errorf("the runner: %+v", script.runner)
	}
	want := []scriptRun{
		{label: "debug gc 1-10 seed 7", script: "TEST_A\n", folder: "/nix/store/x-rts-binaries-debug"},
		{label: "debug text 1-20 seed 7", script: "echo 'it'\nTEST_B\n", folder: "/nix/store/y-rts-binaries-debug"},
	}
	if !slices.Equal(script.runs, want) {
		t.Errorf("runs %+v", script.runs)
	}
	for _, hidden := range []string{"if false; then run a 1 x; fi", "run a 1 x &", "! run a 1 x", "exit 1\nrun a 1 x", "run a 1 x | cat", "f() { run a 1 x; }"} {
		if got := readTestScript(hidden).runs; len(got) > 0 {
			t.Errorf("%q runs %+v", hidden, got)
		}
	}
	if readTestScript("if (") != nil {
		t.Error("what bash does not take is read")
	}
}

// The guard for a missing program is no test.
func TestJudgeRun(t *testing.T) {
	const guard = "export A='b c'\nif [[ ! -x $tests/bin/unit ]]; then\n  echo \"error: no program $tests/bin/unit\" >&2\n  exit 127\nfi\n"
	for text, want := range map[string]vacuity{
		"":                            empty,
		"true":                        runsNone,
		"$tests/bin/unit || true":     swallowed,
		"$tests/bin/unit":             canFail,
		guard + "true":                runsNone,
		guard + "$tests/bin/unit":     canFail,
		guard + ":":                   runsNone,
		"a\necho done":                canFail,
		"a | tee log":                 canFail,
		"exec $tests/bin/unit --all":  canFail,
		"for s in 1 2; do a $s; done": canFail,
	} {
		script := &testScript{runner: runner{3, true, true}}
		if got := script.judgeRun(scriptRun{script: text}, strings.HasPrefix(text, guard)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	unknown := readTestScript(strings.Replace(shardText, "run 'debug gc 1-10 seed 7' 60 'TEST_A\n'", "run x 60 \"$script\"", 1))
	if got := unknown.judgeRun(unknown.runs[0], false); got != canFail {
		t.Errorf("a script that is not known: %q", got)
	}
	lenient := &testScript{runner: runner{argument: 1}}
	if got := lenient.judgeRun(scriptRun{script: "a\necho done"}, false); got != swallowed {
		t.Errorf("without errexit: %q", got)
	}
}

func TestReadCopies(t *testing.T) {
	const says = "echo \"$(xargs cat <\"$shardsPath\" | wc -l) tests passed\"\n"
	for text, other := range map[string]string{
		says + "cp -a /nix/store/a-x \"$out\"\ncp -a /nix/store/a-x-dev \"$dev\"\n": "",
		"cp -a /nix/store/a-x $out":                                    "",
		"cp -a /nix/store/a-x \"$out\"\ntouch $out/x":                  "touch $out/x",
		"cp -a /nix/store/a-x \"$out\"\ncp -a /nix/store/b-x \"$out\"": "cp -a /nix/store/b-x \"$out\"",
		"cp -a /nix/store/a-x \"$out\"\n" + says:                       strings.TrimSpace(says),
		"echo $(touch $out)":                                           "echo $(touch $out)",
		"echo x >$out":                                                 "echo x >$out",
		"echo $(cat <a >$out)":                                         "echo $(cat <a >$out)",
		"echo $(xargs rm <a)":                                          "echo $(xargs rm <a)",
		"cp -a /nix/store/a-x \"$out\" || true":                        "cp -a /nix/store/a-x \"$out\" || true",
		"cp -a /nix/store/a-x/* \"$out\"":                              "",
		"mkdir $out":                                                   "mkdir $out",
		"if (":                                                         "if (",
	} {
		if _, got := readCopies(text); got != other {
			t.Errorf("%q: %q, want %q", text, got, other)
		}
	}
	copies, _ := readCopies("cp -a /nix/store/a-x \"$out\"\ncp -a /nix/store/a-x-dev \"$dev\"\n")
	if copies["out"] != "/nix/store/a-x" || copies["dev"] != "/nix/store/a-x-dev" {
		t.Errorf("copies %v", copies)
	}
}

func TestUnmatched(t *testing.T) {
	missing, extra, twice := unmatched([]string{"a", "b", "b", "x", "x", "b"}, []string{"a", "b", "c"})
	if !slices.Equal(missing, []string{"c"}) || !slices.Equal(extra, []string{"x"}) || !slices.Equal(twice, []string{"b"}) {
		t.Errorf("missing %v, extra %v, twice %v", missing, extra, twice)
	}
	label, seed := cutSeed("debug gc 1-10 seed 4711")
	if label != "debug gc 1-10 seed of the commit" || seed != "4711" {
		t.Errorf("%q %q", label, seed)
	}
}
