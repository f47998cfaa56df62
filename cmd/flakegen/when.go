package main

import (
	"fmt"
	"strconv"
	"time"
)

// parseWhen reads a moment in the past: so long ago ("7d", "36h", "2w"), or a date
// with or without a time, in the user's own zone where it names none.
func parseWhen(text string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	if n := len(text); n > 1 {
		count, err := strconv.Atoi(text[:n-1])
		if err == nil && count >= 0 && count <= 100_000 {
			switch text[n-1] {
			case 'w':
				return now.AddDate(0, 0, -7*count), nil
			case 'd':
				return now.AddDate(0, 0, -count), nil
			case 'h':
				return now.Add(-time.Duration(count) * time.Hour), nil
			case 'm':
				return now.Add(-time.Duration(count) * time.Minute), nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time. Write 7d, 36h, 2w, or a date such as %s", text, now.Format(time.DateOnly))
}

// seconds is a duration of so many.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
