package flakegen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// BenchOptions says what to compare and how.
type BenchOptions struct {
	// Nix is the program to run. Its Dir is absolute, the user's current folder.
	Nix *nixcmd.Nix
	// Targets are the two sides, of [Project.BenchTarget].
	Targets [2]BenchTarget
	// Runs is how many runs of each side count, and Warmup how many before them do
	// not. Seed draws their order.
	Runs, Warmup int
	Seed         uint64
	// Shards are the shards of tests that the sides need, on this Machine: as many run
	// at once as build lets Nix run. Say is told in a line what that adds; it may be nil.
	Shards  Shards
	Machine Machine
	Say     func(line string)
	// OnlyOutputs builds nothing anew but the two outputs themselves.
	OnlyOutputs bool
	// Observer is told how it goes.
	Observer BenchObserver
	// Now is the clock.
	Now func() time.Time
}

// BenchObserver is told how a bench goes on.
type BenchObserver interface {
	// Planned says what is compared; nothing has run yet.
	Planned(abtest.Result)
	// Began says that a step has begun. What is returned, if anything, is told of
	// the builds in it.
	Began(BenchStep) timing.Observer
	// Ended says that it has ended well, and after how long.
	Ended(BenchStep, time.Duration)
}

// BenchStep is one run of nix build.
type BenchStep struct {
	// Name is what is built, as the user named it.
	Name string
	// Number counts from 1 to Of, apart for runs that warm up. With Number 0 the
	// step builds or fetches what both sides need, which no run counts.
	Number, Of int
	Warmup     bool
	Side       abtest.Side
}

func (s BenchStep) String() string {
	switch {
	case s.Number == 0:
		return "preparing"
	case s.Warmup:
		return fmt.Sprintf("warm-up %d of %d", s.Number, s.Of)
	}
	return fmt.Sprintf("run %d of %d", s.Number, s.Of)
}

// BenchBuildError says that the builds of a step failed.
type BenchBuildError struct {
	Step   BenchStep
	Report timing.Report
}

func (e *BenchBuildError) Error() string {
	if e.Step.Number == 0 {
		return "what the runs need cannot be built or fetched"
	}
	return fmt.Sprintf("%s failed in %s", e.Step.Name, e.Step)
}

// Bench builds both sides again and again, in an order that is drawn, and measures
// the builds. Evaluating is not measured; it is the same work each time and done
// once. Each run builds twins of the derivations that differ, see twinsOf, and
// removes them; nothing else in the store changes but for what the runs need.
//
// There is a result as soon as it is known what differs. Its status says whether
// all runs were made; a [*BenchBuildError] says why not where a build failed. Other
// errors: [*BenchEvalError], [*BenchUnableError], [nixcmd.ErrNoNix],
// [nixcmd.ErrInterrupted] where it ended before there was a result.
func Bench(ctx context.Context, o BenchOptions) (*abtest.Result, error) {
	b := &bench{BenchOptions: o, stamp: fmt.Sprintf("%x", o.Now().UnixNano())}
	alone, leftOut := o.Nix.Args.Alone()
	if len(leftOut) > 0 {
		return nil, &UsageError{fmt.Sprintf("%s is not for bench", leftOut[0]), "Of nix's flags for building, only settings apply to its runs."}
	}
	var err error
	if b.version, err = o.Nix.Version(ctx); err != nil {
		return nil, err
	}
	if b.sides, err = o.plan(ctx); err != nil {
		return nil, err
	}
	// What is built from here on is .drv files, so flags about flakes end here.
	nix := *o.Nix
	nix.Args = alone
	b.nix = &nix
	if err := b.able(ctx); err != nil {
		return nil, err
	}
	if b.folder, err = os.MkdirTemp("", "flakegen-bench-"); err != nil {
		return nil, fmt.Errorf("make a folder for the bench: %w", err)
	}
	defer os.RemoveAll(b.folder)
	// Nix does not follow links to a file that it evaluates everywhere, and on a Mac
	// the folder for such files lies behind one.
	if b.folder, err = filepath.EvalSymlinks(b.folder); err != nil {
		return nil, fmt.Errorf("make a folder for the bench: %w", err)
	}
	if err := b.writeTwins(ctx); err != nil {
		return nil, err
	}

	b.result = &abtest.Result{
		Status: timing.Interrupted, System: b.sides[abtest.A].target.System, Same: slices.Equal(b.sides[abtest.A].top().Paths(), b.sides[abtest.B].top().Paths()),
		Runs: o.Runs, Warmup: o.Warmup, Seed: o.Seed, Steps: []abtest.Step{}, NixVersion: b.version.String(),
		Targets: [2]abtest.Target{b.sides[abtest.A].target, b.sides[abtest.B].target},
	}
	if other := b.sides[abtest.B].target.System; other != b.result.System {
		b.result.System += " and " + other
	}
	o.Observer.Planned(*b.result)
	err = b.all(ctx)
	b.result.Leftover = b.sweepAtEnd(ctx)
	var failed *BenchBuildError
	switch {
	case errors.As(err, &failed):
		b.result.Status = timing.Failed
	case errors.Is(err, nixcmd.ErrInterrupted):
		err = nil
	case err == nil:
		b.result.Status = timing.Succeeded
	}
	return b.result, err
}

// bench is one call of [Bench].
type bench struct {
	BenchOptions
	// nix has the user's settings alone, the embedded one all flags.
	nix     *nixcmd.Nix
	version nixcmd.Version
	// settings are those that the runs are made under.
	settings nixcmd.Settings
	sides    [2]benchSide
	result   *abtest.Result

	folder string // for files, and for links that keep what the runs need
	stamp  string // of this bench; each twin's begins with it

	// garbage is what the runs have left in the store.
	garbage struct{ outputs, derivations []string }
}

// all makes every step.
func (b *bench) all(ctx context.Context) error {
	if err := b.prepare(ctx); err != nil {
		return err
	}
	blocks := b.Warmup + b.Runs
	for i, side := range abtest.Order(b.Seed, blocks) {
		step := BenchStep{Name: b.sides[side].target.Name, Side: side, Number: i + 1 - 2*b.Warmup, Of: 2 * b.Runs}
		if i < 2*b.Warmup {
			step.Number, step.Of, step.Warmup = i+1, 2*b.Warmup, true
		}
		if err := b.run(ctx, step); err != nil {
			return err
		}
		// After each block, so that no more than two results take room at once; and
		// not between the two, because it is work for the disk.
		if i%2 == 1 {
			b.sweep(ctx)
		}
	}
	return nil
}

// writeTwins writes the functions that make the twins, and proves that without a
// stamp they make the originals.
func (b *bench) writeTwins(ctx context.Context) error {
	for i, side := range b.sides {
		function, err := twinsOf(side.builds)
		if err != nil {
			return &BenchUnableError{reason: err.Error()}
		}
		if err := os.WriteFile(b.twinFile(abtest.Side(i)), formatted(function), 0o600); err != nil {
			return fmt.Errorf("write for the bench: %w", err)
		}
		twins, err := b.twins(ctx, abtest.Side(i), "")
		if err != nil {
			return err
		}
		for at, d := range side.builds {
			if twins[at].derivation != d.Path {
				return &BenchUnableError{reason: fmt.Sprintf("Nix makes %s of a copy of %s, so the copy is not what it was. Please report this.", twins[at].derivation, d.Path)}
			}
		}
	}
	return nil
}

func (b *bench) twinFile(side abtest.Side) string {
	return filepath.Join(b.folder, side.String()+".nix")
}

// able says in an error where the machine has nothing that builds for the systems
// of what each run builds. That a cache has it helps nobody here.
func (b *bench) able(ctx context.Context) error {
	var err error
	if b.settings, err = b.nix.Settings(ctx); err != nil {
		return err
	}
	finding := Finding{Settings: b.settings}
	for _, side := range b.sides {
		lacking := slices.DeleteFunc(slices.Clone(side.builds), func(d *store.Derivation) bool { return b.settings.MayProvide(d.System) })
		if len(lacking) > 0 {
			finding.Blocked = append(finding.Blocked, BlockedOutput{Output: side.target.Output, Derivations: lacking})
		}
	}
	if len(finding.Blocked) > 0 {
		return &BenchUnableError{finding: finding}
	}
	b.scheduleShards()
	return nil
}

// scheduleShards lets all builds of the bench, of both sides, run as many at once as
// build lets Nix run where there are shards. What the user gave stays as it is.
func (b *bench) scheduleShards() {
	if b.Shards.Count == 0 || b.nix.Args.SetsMaxJobs() {
		return
	}
	jobs, why := b.Shards.jobs(b.settings, b.Machine)
	if jobs == b.settings.MaxJobs {
		return
	}
	nix := *b.nix
	nix.Args = nix.Args.With("--max-jobs", fmt.Sprint(jobs))
	b.nix = &nix
	b.settings.MaxJobs = jobs
	if b.Say != nil {
		b.Say(fmt.Sprintf("%s: --max-jobs %d for both, %s", counted(b.Shards.Count, "shard"), jobs, why))
	}
}

// BenchUnableError says that this machine cannot do what was asked.
type BenchUnableError struct {
	finding Finding
	reason  string // in place of a finding
}

func (e *BenchUnableError) Error() string {
	if e.reason != "" {
		return nixcmd.Printable(e.reason)
	}
	var text strings.Builder
	for _, blocked := range e.finding.Blocked {
		fmt.Fprintf(&text, "Nothing here can build %s for %s, and each run builds it: %s.\n",
			blocked.Output.Name, blocked.Output.System, derivationsToBuild(blocked.Derivations))
	}
	text.WriteString("Looked at:\n")
	for _, line := range e.finding.lookedAt() {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	fmt.Fprintf(&text, "What would help:\n  a remote builder for %s: in the setting builders, or as -- --builders 'ssh-ng://HOST %[1]s'", e.finding.Blocked[0].Derivations[0].System)
	return nixcmd.Printable(text.String())
}
