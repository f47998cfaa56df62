package report

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/timing"
)

func newPlain(w io.Writer) *Plain {
	return NewPlain(w, PlainOptions{ViewOptions: ViewOptions{Start: epoch}})
}

func TestPlainOverStreams(t *testing.T) {
	for _, stream := range []string{"2.8-tops", "2.34-mini-checkfail", "2.34-subst-second", "2.26-remote", "2.34-fail-parallel", "2.34-evalerr"} {
		var b strings.Builder
		p := newPlain(&b)
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
	p := newPlain(&b)
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

// The log of a build that failed is there from the first line to the last,
// however long it is, and of others there is none.
func TestPlainGivesTheWholeLogOfAFailure(t *testing.T) {
	var b strings.Builder
	p := NewPlain(&b, PlainOptions{ViewOptions: ViewOptions{Start: epoch}, Spool: openTemporary(t)})
	p.Observe(timing.BuildStarted{At: at(0), Derivation: drv("good")})
	p.Observe(timing.BuildStarted{At: at(0), Derivation: drv("bad")})
	const lines = 50_000
	for i := range lines {
		p.Observe(timing.LogLine{At: at(1), Derivation: drv("bad"), Text: fmt.Sprintf("\x1b[31mline %d\x1b[m", i)})
		p.Observe(timing.LogLine{At: at(1), Derivation: drv("good"), Text: "of no interest"})
	}
	p.Observe(timing.PhaseStarted{At: at(1), Derivation: drv("bad"), Phase: "checkPhase"})
	p.Observe(timing.BuildEnded{At: at(2), Derivation: drv("good"), Took: 2 * time.Second, Outcome: timing.CountedDone})
	p.Observe(timing.BuildEnded{At: at(3), Derivation: drv("bad"), Took: 3 * time.Second, Outcome: timing.CountedFailed})
	var want strings.Builder
	want.WriteString("  0:00  good: building\n  0:00  bad: building\n  0:02  good: done in 2.0 s\n  0:03  bad: failed after 3.0 s, in check\n  0:03  bad: log, 50000 lines\n")
	for i := range lines {
		fmt.Fprintf(&want, "│ line %d\n", i)
	}
	want.WriteString("  0:03  bad: end of log\n")
	if b.String() != want.String() {
		t.Errorf("%d bytes, want %d; the end is %q", b.Len(), want.Len(), b.String()[max(0, b.Len()-100):])
	}
}

func TestPlainSaysWhatIsUsual(t *testing.T) {
	var b strings.Builder
	p := NewPlain(&b, PlainOptions{ViewOptions: ViewOptions{Start: epoch, Usual: func(d string) (time.Duration, bool) {
		return 70 * time.Second, d != drv("new")
	}}})
	p.Observe(timing.Turned{At: at(1)})
	p.Observe(timing.BuildStarted{At: at(1), Derivation: drv("x")})
	for _, seconds := range []float64{32, 64, 96} {
		if err := p.Tick(at(seconds)); err != nil {
			t.Fatal(err)
		}
	}
	p.Observe(timing.BuildStarted{At: at(97), Derivation: drv("new")})
	for i := range 10 {
		p.Observe(timing.BuildStarted{At: at(98), Derivation: drv(fmt.Sprint(i))})
	}
	b.Reset()
	if err := p.Tick(at(130)); err != nil {
		t.Fatal(err)
	}
	want := `  2:10  x: still at it, building, 2 min 09 s (usually 1 min 10 s)
  2:10  new: still at it, building, 33 s
  2:10  0: still at it, building, 32 s of ~1 min 10 s
  2:10  1: still at it, building, 32 s of ~1 min 10 s
  2:10  2: still at it, building, 32 s of ~1 min 10 s
  2:10  3: still at it, building, 32 s of ~1 min 10 s
  2:10  4: still at it, building, 32 s of ~1 min 10 s
  2:10  5: still at it, building, 32 s of ~1 min 10 s
  2:10  and 4 more
  2:10  at least 40 s left · 12 building · 2 of unknown time
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}
