package abtest

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Confidence is that of every interval.
const Confidence = 0.95

const (
	// MinRuns is how many runs of a side it takes for the median to have an interval.
	MinRuns = 6
	// MinCompared is how many of both sides it takes for a difference to be shown.
	MinCompared = 4
)

// Sample is what the measurements of one side say.
type Sample struct {
	// Values are the measurements, in the order in which they were made.
	Values []float64
	// Median is 0 where there are no values. Low and High are its interval: the
	// order statistics that hold it with [Confidence] or a little more; with fewer
	// than [MinRuns] values they are infinite.
	Median, Low, High float64
	// Noise is the median absolute deviation divided by the median.
	Noise float64
}

// NewSample sums measurements up.
func NewSample(values []float64) Sample {
	s := Sample{Values: slices.Clone(values), Low: math.Inf(-1), High: math.Inf(1)}
	if len(values) == 0 {
		return s
	}
	// The library sorts what it is given.
	summary := benchmath.AssumeNothing.Summary(s.sorted(), Confidence)
	s.Median = summary.Center
	if len(values) >= MinRuns {
		s.Low, s.High = summary.Lo, summary.Hi
	}
	deviations := make([]float64, len(values))
	for i, v := range values {
		deviations[i] = math.Abs(v - s.Median)
	}
	if s.Median != 0 {
		s.Noise = Median(deviations) / s.Median
	}
	return s
}

func (s Sample) sorted() *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(s.Values), &benchmath.DefaultThresholds)
}

// Median is the middle of the values, of an even number the mean of the two in
// the middle, and 0 of none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return benchmath.AssumeNothing.Summary(Sample{Values: values}.sorted(), Confidence).Center
}
