package report

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                          "0 ms",
		400 * time.Microsecond:                     "0 ms",
		120 * time.Millisecond:                     "120 ms",
		999 * time.Millisecond:                     "999 ms",
		999600 * time.Microsecond:                  "1.0 s",
		1049 * time.Millisecond:                    "1.0 s",
		9800 * time.Millisecond:                    "9.8 s",
		59940 * time.Millisecond:                   "59.9 s",
		59960 * time.Millisecond:                   "1 min 00 s",
		125 * time.Second:                          "2 min 05 s",
		3599600 * time.Millisecond:                 "1 h 00 min",
		time.Hour + 2*time.Minute + 59*time.Second: "1 h 02 min",
		100 * time.Hour:                            "100 h 00 min",
		-9800 * time.Millisecond:                   "-9.8 s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:             "0 s",
		999 * time.Millisecond:   "0 s",
		9999 * time.Millisecond:  "9 s",
		59999 * time.Millisecond: "59 s",
		125 * time.Second:        "2 min 05 s",
		62 * time.Minute:         "1 h 02 min",
	} {
		if got := Elapsed(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
