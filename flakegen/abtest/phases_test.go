package abtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// stepOf is a run with builds written as "NAME SECONDS PHASE=SECONDS…".
func stepOf(side Side, builds ...string) Step {
	s := Step{Side: side}
	for _, text := range builds {
		words := strings.Fields(text)
		d := timing.Derivation{Name: words[0]}
		fmt.Sscan(words[1], &d.Seconds)
		for _, word := range words[2:] {
			name, seconds, _ := strings.Cut(word, "=")
			phase := timing.Phase{Name: name}
			fmt.Sscan(seconds, &phase.Seconds)
			d.Phases = append(d.Phases, phase)
		}
		s.Derivations = append(s.Derivations, d)
		s.Seconds += d.Seconds
	}
	return s
}

func TestParts(t *testing.T) {
	const hash = "/nix/store/00000000000000000000000000000000-"
	r := Result{
		Targets: [2]Target{{Output: timing.Output{Derivation: hash + "rts-1.drv"}}, {Output: timing.Output{Derivation: hash + "rts-2.drv"}}},
		Steps: []Step{
			stepOf(A, "lib 1 build=1", "rts-1 2 build=1.5 install=0.5"),
			stepOf(B, "tool 3", "lib 1 build=1", "lib 2 build=2", "rts-2 12 build=1.5 check=10 install=0.5"),
			stepOf(A, "lib 3 build=3", "rts-1 4 build=3 fixup=0.5 install=0.5"),
			stepOf(A, "lib 2 build=2", "rts-1 3 build=2.5 install=0.5"),
			stepOf(B, "tool 3", "lib 1 build=1", "lib 2 build=2", "rts-2 14 build=1.5 check=12 install=0.5"),
		},
	}
	warmup := stepOf(A, "strange 9")
	warmup.Warmup = true
	r.Steps = append(r.Steps, warmup)
	var got []string
	for _, p := range r.Parts() {
		got = append(got, fmt.Sprintf("%s %s %v %v", p.Name, p.Phase, p.Median, p.In))
	}
	// The outputs themselves are one row, whatever they are called; a phase that one
	// of three runs had is none; a warm-up does not count.
	want := []string{
		"tool  [0 3] [false true]",
		"lib  [2 3] [true true]",
		"lib build [2 3] [true true]",
		"rts-1  [3 13] [true true]",
		"rts-1 build [2.5 1.5] [true true]",
		"rts-1 check [0 11] [false true]",
		"rts-1 install [0.5 0.5] [true true]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the parts are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if parts := (Result{}).Parts(); len(parts) != 0 {
		t.Errorf("of nothing the parts are %v", parts)
	}
}
