package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// table writes the results, and below them what was run.
func table(w io.Writer, results []result) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(columns, "ratio\taim\tflakegen\tother\truns\t  measure")
	for _, r := range results {
		verdict := ""
		if r.missed() {
			verdict = ", missed"
		}
		ratio, aim := fmt.Sprintf("%.2f", r.ratio()), ""
		if r.aim > 0 {
			aim = fmt.Sprintf("< %.2f", r.aim)
		}
		if r.ofCPU() {
			ratio = fmt.Sprintf("%+.1f ms", float64(r.more())/float64(time.Millisecond))
		}
		if r.aimCPU > 0 {
			aim = fmt.Sprintf("< %d ms", r.aimCPU.Milliseconds())
		}
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%d\t  %s%s\n",
			ratio, aim, milliseconds(median(r.flakegenTimes)), milliseconds(median(r.otherTimes)), r.runs, r.name, verdict)
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nMedian times of whole processes, both sides in turn: wall times, or where it says so processor times. What was run:")
	for _, r := range results {
		fmt.Fprintf(w, "  %s\n    flakegen  %s\n    other     %s\n", r.name, r.flakegen.words(), r.other.words())
	}
	return nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
