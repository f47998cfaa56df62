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
		if r.ratio() >= r.aim {
			verdict = ", missed"
		}
		fmt.Fprintf(columns, "%.2f\t< %.1f\t%s\t%s\t%d\t  %s%s\n",
			r.ratio(), r.aim, milliseconds(median(r.flakegenTimes)), milliseconds(median(r.otherTimes)), r.runs, r.name, verdict)
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nMedian wall times of whole processes, both sides in turn. What was run:")
	for _, r := range results {
		fmt.Fprintf(w, "  %s\n    flakegen  %s\n    other     %s\n", r.name, r.flakegen.words(), r.other.words())
	}
	return nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
