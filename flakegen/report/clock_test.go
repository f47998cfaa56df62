package report

import "testing"

func TestClock(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0 s", 0.0125: "12.5 ms", 0.04: "40 ms", 0.1: "0.1 s", 0.4: "0.4 s", 3: "3 s", 12: "12 s", 90: "1:30", 7380: "2:03:00",
	} {
		if got := clock(seconds); got != want {
			t.Errorf("clock(%g) = %q, want %q", seconds, got, want)
		}
	}
}
