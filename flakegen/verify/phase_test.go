package verify

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// Each phase is also run by bash as stdenv would run it, with a "test" command
// that fails: what is judged vacuous must succeed, and what can fail must fail.
var phases = []struct {
	text string
	want vacuity
}{
	{"", empty},
	{" \n\t", empty},
	{"# later", runsNone},
	{":", runsNone},
	{"true", runsNone},
	{"true # make test", runsNone},
	{"echo tests are skipped", runsNone},
	{"runHook preCheck\nrunHook postCheck", runsNone},
	{"mkdir -p logs\nexport A=1", runsNone},
	{"mkdir -p logs; cd logs; echo done", runsNone},
	{"exit 0", leavesSoon},
	{"exit 0\nfails", leavesSoon},
	{"return 0\nfails", leavesSoon},
	{"fails || true", swallowed},
	{"fails || :", swallowed},
	{"fails || echo failed", swallowed},
	{"fails || exit 0", swallowed},
	{"fails && fails || true", swallowed},
	{"(fails) || true", swallowed},
	{"(fails || true)", swallowed},
	{"{ fails; } || true", swallowed},
	{"fails &", swallowed},
	{"fails & wait", swallowed},
	{"if fails; then echo ok; else echo bad; fi", swallowed},
	{"if ! fails; then echo failed; fi", swallowed},
	{"while fails; do :; done", swallowed},
	{"set +e\nfails\ntrue", swallowed},
	{"set +o errexit; fails; echo done", swallowed},
	{"export out=$(fails)", swallowed},
	{"set +o pipefail\nfails | echo log", swallowed},
	{"make -i check", swallowed},
	{"make -ki check", swallowed},
	{"make --ignore-errors check", swallowed},
	{"trap 'exit 0' EXIT\nfails", swallowed},
	{"check() { fails || true; }\ncheck", swallowed},
	{"eval 'fails || true'", swallowed},
	{"for t in a b; do fails || echo bad; done", swallowed},
	{"if true; then exit 0; else exit 0; fi\nfails", leavesSoon},

	{"failed=0\nfails || true\nexit $failed", swallowed},
	{"failed=0\n(fails || failed=1)\nexit \"$failed\"", swallowed},
	{"failed=0\n{ fails || failed=1; } | echo\nexit $failed", swallowed},
	{"failed=0\nfails || failed=1 & wait\nexit $failed", swallowed},
	{"failed=0\nfails || failed=1\nfailed=0\nexit $failed", swallowed},
	{"failed=0\nfails || failed=1\nfailed=0 ok=1\nexit $failed", swallowed},
	{"t() { local failed=0; fails || failed=1; }\nfailed=0\nt\nexit $failed", swallowed},
	{"t() { fails || code=$?; }\ncode=0 failed=0\nt\nexit $failed", swallowed},
	{"code=0 failed=0\nfails || true\nif ((code == 0)); then echo; else failed=1; fi\nexit $failed", swallowed},
	{"code=0 failed=0\nfails || true\nif ((code)); then failed=1; fi\nexit $failed", swallowed},
	{"code=0 failed=0\nfails || true\nif ((code != 0)); then failed=1; fi\nexit $failed", swallowed},
	{"failed=0\nother=$failed\nfails || true\nexit $other", swallowed},
	{"failed=0\nexit $failed", runsNone},

	{"failed=0\nfails || failed=1\nexit $failed", canFail},
	{"failed=0\nfails || failed=$?\nexit \"${failed}\"", canFail},
	{"failed=0\nif fails; then echo; else failed=1; fi\nexit $failed", canFail},
	{"failed=0\nif true; then fails || failed=1; else failed=0; fi\nexit $failed", canFail},
	{"failed=0\nfor t in a b; do fails || failed=1; done\nexit $failed", canFail},
	{"failed=0\ncase a in a) fails || failed=1 ;; b) failed=0 ;; esac\nexit $failed", canFail},
	{"t() { local failed=0; fails || failed=1; }\nfailed=3\nt\nexit $failed", canFail},
	{"t() { local code=0; fails || code=$?; if ((code == 0)); then echo; elif ((code > 9)); then failed=2; else failed=1; fi; }\nfailed=0\nt\nexit $failed", canFail},
	{"failed=0\n(fails) || failed=1\n(failed=0)\nexit $failed", canFail},
	{"code=0\nfails || code=$?\nif ((code == 0)); then echo; else exit 3; fi", canFail},
	{"failed=0\nfails || failed+=1\nexit $failed", canFail},

	{"fails", canFail},
	{"fails\n", canFail},
	{"runHook preCheck\nfails\nrunHook postCheck", canFail},
	{"fails; true", canFail},
	{"true && fails", canFail},
	{"fails && true", canFail},
	{"fails | echo", canFail},
	{"echo | fails", canFail},
	{"! true", canFail},
	{"fails || fails", canFail},
	{"fails || exit 1", canFail},
	{"if ! fails; then exit 1; fi", canFail},
	{"if ! fails; then echo failed; exit 2; fi", canFail},
	{"(fails)", canFail},
	{"{ fails; }", canFail},
	{"x=$(fails)", canFail},
	{"set +e\nfails\nstatus=$?\nexit $status", canFail},
	{"set +e\nfails", canFail},
	{"set +e\ntrue\nset -e\nfails\ntrue", canFail},
	{"fails & wait $!", canFail},
	{"for t in a b; do fails; done", canFail},
	{"case x in x) fails ;; esac", canFail},
	{"check() { fails; }\ncheck", canFail},
	{"eval fails", canFail},
	{"false || true\nfails", canFail},
	{"if true; then exit 1; fi", canFail},
	{"[ a = b ]", canFail},
	{"[[ a = b ]]", canFail},
	{"test -e /nonexistent", canFail},
	{"make -C tests", canFail},
	{"make -j8 -f ci.mk", canFail},
	{"if (", canFail},
	{"a() { a; }\na", notRun},
}

// notRun is for what bash would not come to an end of.
const notRun vacuity = "not run"

func TestJudgePhase(t *testing.T) {
	bash := require.Program(t, "bash")
	for _, test := range phases {
		want := test.want
		if want == notRun {
			want = canFail
		}
		got := judgePhase(test.text, func(string) string { return "" })
		if got != want {
			t.Errorf("%q: %q, want %q", test.text, got, want)
		}
		if test.want == notRun || strings.TrimSpace(test.text) == "" {
			continue
		}
		const prelude = "set -eu -o pipefail\nrunHook() { :; }\nmake() { case $2 in check) return 0;; esac; return 2; }\nfails() { return 7; }\n"
		command := exec.Command(bash, "-c", prelude+`phase() { eval "$text"; }`+"\nphase\n")
		command.Dir, command.Env = t.TempDir(), append(command.Environ(), "text="+test.text)
		err := command.Run()
		if failed := err != nil; failed != (want == canFail) {
			t.Errorf("%q: bash says %v, but it is judged %q", test.text, err, got)
		}
	}
}

// The text of a hook counts where the phase runs it.
func TestHooks(t *testing.T) {
	hooks := map[string]string{"preCheck": "exit 0", "postCheck": "make test"}
	hook := func(name string) string { return hooks[name] }
	for text, want := range map[string]vacuity{
		"runHook preCheck\nmake test": leavesSoon,
		"runHook postCheck":           canFail,
		"make test\nrunHook preCheck": canFail,
		"runHook other":               runsNone,
	} {
		if got := judgePhase(text, hook); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	endless := func(string) string { return "runHook again" }
	if got := judgePhase("runHook again", endless); got != canFail {
		t.Errorf("a hook that runs itself: %q", got)
	}
}
