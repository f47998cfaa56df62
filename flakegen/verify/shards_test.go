package verify

import "testing"

func TestJudgeRuns(t *testing.T) {
	const runner = `failed=0
run() {
  local label=$1 script=$2 code=0
  (
    cd "$(mktemp -d)"
    exec bash -euo pipefail -c "$script" </dev/null
  ) || code=$?
  if ((code == 0)); then echo "$label" >>"$ran"; else failed=1; fi
}
`
	const ends = "\nexit \"$failed\"\n"
	for text, want := range map[string]vacuity{
		runner + "run 'gc' './gc'" + ends:                                     canFail,
		runner + "run 'gc' 600 './gc --seed 1\n'" + ends:                      canFail,
		runner + "export tests=/x\nrun 'gc' './gc'\nrun 'text' 'true'" + ends: runsNone,
		runner + "run 'gc' './gc || true'" + ends:                             swallowed,
		runner + `run 'gc' 'test '\''a b'\'' = "$x"'` + ends:                  canFail,
		runner + `run 'gc' 'echo '\''a b'\'` + ends:                           runsNone,
		runner + "run 'gc' ''" + ends:                                         empty,
		runner + "run 'gc' \"$unknown\"" + ends:                               canFail,
		runner + ends:                                                         runsNone,
		runner + "run 'gc' './gc'\nexit 0\n":                                  swallowed,
		runner + "case $1 in\nx)\n  run 'gc' 'true'\n  ;;\nesac" + ends:       runsNone,
		"make test\n": canFail, // in words that are not known
		"true\n":      runsNone,
		runner + "run 'gc' 'if [[ ! -x $tests/gc ]]; then exit 127; fi\ntrue'" + ends:      runsNone,
		runner + "run 'gc' 'if [[ ! -x $tests/gc ]]; then exit 127; fi\n$tests/gc'" + ends: canFail,
		runner + "run 'gc' 'if ./gc; then exit 1; fi'" + ends:                              canFail,
	} {
		if got := judgeRuns(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
