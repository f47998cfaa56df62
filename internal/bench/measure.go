package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
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
	aim      float64 // what the ratio is to stay below, 0 for none
	// showCPU compares processor time, and what flakegen takes more of it; aimCPU
	// is what that is to stay below, 0 for none.
	showCPU bool
	aimCPU  time.Duration
	runs    int // of each side
}

// A result has the times of both sides of a measure, in the order of the runs: wall
// times, or where the measure says so those of the processors.
type result struct {
	measure
	flakegenTimes, otherTimes []time.Duration
}

// missed says whether the measure has an aim and is not below it.
func (r result) missed() bool {
	return r.aim > 0 && r.ratio() >= r.aim || r.aimCPU > 0 && r.more() >= r.aimCPU
}

// more is what flakegen takes more than the other side.
func (r result) more() time.Duration { return median(r.flakegenTimes) - median(r.otherTimes) }

func (m measure) ofCPU() bool { return m.showCPU || m.aimCPU > 0 }

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
			spent, err := s.cost(ctx)
			if err != nil {
				return r, err
			}
			if run < 0 {
				continue
			}
			if m.ofCPU() {
				spent.wall = spent.cpu
			}
			*times[i] = append(*times[i], spent.wall)
		}
	}
	return r, nil
}

// run gives the wall time of one run, from the start of the process to its end.
func (s side) run(ctx context.Context) (time.Duration, error) {
	spent, err := s.cost(ctx)
	return spent.wall, err
}

// cost is what a run takes: the wall time, and the processor time of the process
// and all that it waited for.
type cost struct{ wall, cpu time.Duration }

func (s side) cost(ctx context.Context) (cost, error) {
	start := time.Now()
	_, state, err := s.start(ctx)
	spent := cost{wall: time.Since(start)}
	if state != nil {
		spent.cpu = state.UserTime() + state.SystemTime()
	}
	return spent, err
}

// output runs a side and gives what it prints.
func (s side) output(ctx context.Context) (string, error) {
	text, _, err := s.start(ctx)
	return text, err
}

func (s side) start(ctx context.Context) (string, *os.ProcessState, error) {
	cmd := exec.CommandContext(ctx, s.argv[0], s.argv[1:]...)
	cmd.Dir = s.dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", cmd.ProcessState, fmt.Errorf("%s in %s: %w\n%s%s", s.words(), s.dir, err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String(), cmd.ProcessState, nil
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
