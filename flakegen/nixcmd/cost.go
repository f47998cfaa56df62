package nixcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Cost is what an evaluation cost, as Nix counts it with NIX_SHOW_STATS. The
// counts are the same in every run; the times are not.
type Cost struct {
	// Seconds is the wall time of the whole process, CPUSeconds what Nix counted
	// as its own.
	Seconds    float64
	CPUSeconds float64
	// Thunks and FunctionCalls are how many there were.
	Thunks        int64
	FunctionCalls int64
	// AllocatedBytes is the memory that was asked for in all, HeapBytes what the
	// heap had grown to.
	AllocatedBytes int64
	HeapBytes      int64
}

// statistics is the part of Nix's statistics that is read.
type statistics struct {
	CPUTime       float64 `json:"cpuTime"`
	Thunks        int64   `json:"nrThunks"`
	FunctionCalls int64   `json:"nrFunctionCalls"`
	GC            struct {
		HeapSize   int64 `json:"heapSize"`
		TotalBytes int64 `json:"totalBytes"`
	} `json:"gc"`
}

// Measure evaluates one installable in a process of its own, without Nix's cache
// of evaluations, and says what that cost. The clock is now.
func (n *Nix) Measure(ctx context.Context, i Installable, now func() time.Time) (Evaluation, Cost, error) {
	dir, err := os.MkdirTemp("", "flakegen-")
	if err != nil {
		return Evaluation{}, Cost{}, fmt.Errorf("measure an evaluation: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "statistics")
	measured := *n
	measured.variables = []string{"NIX_SHOW_STATS=1", "NIX_SHOW_STATS_PATH=" + file}
	measured.Args.evaluation = append(slices.Clip(measured.Args.evaluation), "--option", "eval-cache", "false")

	start := now()
	product, err := measured.evaluateOne(ctx, i)
	cost := Cost{Seconds: now().Sub(start).Seconds()}
	if err != nil {
		if ctx.Err() != nil {
			return Evaluation{}, cost, err
		}
		return Evaluation{Err: err}, cost, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return Evaluation{Product: product}, cost, fmt.Errorf("read what Nix counted: %w", err)
	}
	var s statistics
	if err := json.Unmarshal(text, &s); err != nil {
		return Evaluation{Product: product}, cost, fmt.Errorf("read what Nix counted: %w", err)
	}
	cost.CPUSeconds, cost.Thunks, cost.FunctionCalls = s.CPUTime, s.Thunks, s.FunctionCalls
	cost.AllocatedBytes, cost.HeapBytes = s.GC.TotalBytes, s.GC.HeapSize
	return Evaluation{Product: product}, cost, nil
}
