package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// A side is a command line, run in dir.
type side struct {
	dir  string
	argv []string
}

// A measure compares flakegen with what is run without it.
type measure struct {
	name     string
	flakegen side
	other    side
	aim      float64 // what the ratio is to stay below
	runs     int     // of each side
}

// A result has the wall times of both sides of a measure, in the order of the runs.
type result struct {
	measure
	flakegenTimes, otherTimes []time.Duration
}

func (r result) ratio() float64 {
	return float64(median(r.flakegenTimes)) / float64(median(r.otherTimes))
}

// take runs a measure: once each to warm the caches up, then in pairs, of which
// every second begins with the other side.
func (m measure) take(ctx context.Context) (result, error) {
	r := result{measure: m}
	for run := -1; run < m.runs; run++ {
		sides := []side{m.flakegen, m.other}
		times := []*[]time.Duration{&r.flakegenTimes, &r.otherTimes}
		if run%2 == 1 {
			slices.Reverse(sides)
			slices.Reverse(times)
		}
		for i, s := range sides {
			elapsed, err := s.run(ctx)
			if err != nil {
				return r, err
			}
			if run >= 0 {
				*times[i] = append(*times[i], elapsed)
			}
		}
	}
	return r, nil
}

// run gives the wall time of one run, from the start of the process to its end.
func (s side) run(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	_, err := s.output(ctx)
	elapsed := time.Since(start)
	return elapsed, err
}

// output runs a side and gives what it prints.
func (s side) output(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, s.argv[0], s.argv[1:]...)
	cmd.Dir = s.dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s in %s: %w\n%s%s", s.words(), s.dir, err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String(), nil
}

// maxWords is how many words of a command line are shown.
const maxWords = 20

func (s side) words() string {
	if more := len(s.argv) - maxWords; more > 0 {
		return fmt.Sprintf("%s … and %d more words", strings.Join(s.argv[:maxWords], " "), more)
	}
	return strings.Join(s.argv, " ")
}

// median gives the middle of the times, of an even number the mean of the two in the middle.
func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
