// Package abtest compares two things by measuring each several times. It draws
// the order of the runs and says what the measurements show; it runs nothing.
//
// The words of this package:
//
//   - side: one of the two things, A or B.
//   - run: one measurement of one side.
//   - block: a run of each side, one right after the other. What the machine does
//     beside them, it does to both.
//   - sample: the measurements of one side.
//   - interval: where the true value is, with [Confidence]. It comes from the
//     order of the measurements alone. Build times have a long tail to the right,
//     so nothing here assumes that they are normal, or uses a mean.
//   - noise: how far a measurement is from the median, in the middle: the median
//     absolute deviation, divided by the median.
//   - ratio: the time of A divided by that of B. Below 1 A is faster.
//   - shown: a difference is shown where chance would give one as large in fewer
//     than one of twenty cases. That none is shown does not mean that there is
//     none; [Comparison.Detectable] says how large one could be.
package abtest
