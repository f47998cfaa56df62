package report

import (
	"fmt"
	"time"
)

// Duration writes a duration as people read it, with two or three digits that
// matter: "120 ms", "9.8 s", "2 min 05 s", "1 h 02 min".
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Duration(-d)
	case d.Round(time.Millisecond) < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	case d.Round(100*time.Millisecond) < time.Minute:
		return fmt.Sprintf("%.1f s", d.Round(100*time.Millisecond).Seconds())
	}
	return minutes(d.Round(time.Second))
}

// Elapsed writes the time since something began, in whole seconds that have
// passed: "0 s", "9 s", "2 min 05 s", "1 h 02 min".
func Elapsed(d time.Duration) string {
	d = max(0, d).Truncate(time.Second)
	if d < time.Minute {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return minutes(d)
}

func minutes(d time.Duration) string {
	if d < time.Hour {
		return fmt.Sprintf("%d min %02d s", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%d h %02d min", d/time.Hour, d%time.Hour/time.Minute)
}

func ofSeconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second))
}
