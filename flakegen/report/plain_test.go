package report

import (
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

func TestPlainOverStreams(t *testing.T) {
	for _, stream := range []string{"2.8-tops", "2.34-mini-checkfail", "2.34-subst-second", "2.26-remote", "2.34-fail-parallel", "2.34-evalerr"} {
		var b strings.Builder
		p := NewPlain(&b, Style{}, epoch)
		replay(t, stream, p, func(now time.Time) {
			if err := p.Tick(now); err != nil {
				t.Fatal(err)
			}
		})
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/plain/"+stream+".golden", b.String())
	}
}

func TestPlainGivesSignsOfLife(t *testing.T) {
	var b strings.Builder
	p := NewPlain(&b, Style{}, epoch)
	tick := func(seconds float64) {
		if err := p.Tick(at(seconds)); err != nil {
			t.Fatal(err)
		}
	}
	tick(29)
	tick(31)
	tick(45)
	p.Observe(timing.BuildStarted{At: at(50), Derivation: drv("x")})
	tick(79)
	tick(81)
	p.Observe(timing.PhaseStarted{At: at(90), Derivation: drv("x"), Phase: "checkPhase"})
	tick(200)
	want := `  0:31  evaluating
  0:50  x: building
  1:21  x: still at it, building, 31 s
  1:30  x: check
  3:20  x: still at it, check, 2 min 30 s
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}
