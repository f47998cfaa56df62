package flakegen

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

// BuildOptions says what to build and how.
type BuildOptions struct {
	// Nix is the program to run. Its Dir is absolute, the user's current folder.
	Nix *nixcmd.Nix
	// Root is the folder of the flake, absolute.
	Root string
	// Outputs are outputs of the flake, by their Attribute and System;
	// Installables are what nix build takes beside them.
	Outputs      []timing.Output
	Installables []string
	// Alternatives are outputs to propose where an output cannot be had here;
	// see [Alternatives].
	Alternatives []timing.Output
	// Native is the system that needs no look at this machine first. Empty means
	// [NativeSystem].
	Native platform.System
	// KeepGoing, OutLink and NoLink are those of [nixcmd.BuildRequest].
	KeepGoing bool
	OutLink   string
	NoLink    bool
	// Observer, if any, is told what happens as it happens.
	Observer timing.Observer
	// Now is the clock.
	Now func() time.Time

	settings *nixcmd.Settings // nil where they were not asked for
}

// Build runs `nix build` and accounts for its time. There is a report where nix
// ran, however it ended; its status says how. An error says why nix did not get
// to build: an [*UnableError] where an output for another system cannot be had
// here, [nixcmd.ErrNoNix], [nixcmd.ErrInterrupted]. [Outcome] sums up both.
//
// Where everything is native it starts one nix beside the build, to ask for its
// version at the same time.
func Build(ctx context.Context, o BuildOptions) (*timing.Report, error) {
	b, err := newBuildRun(o)
	if err != nil {
		return nil, err
	}
	if err := b.preflight(ctx); err != nil {
		return nil, err
	}
	return b.build(ctx)
}

// DryRun asks Nix what a build would fetch and build, and builds nothing.
func DryRun(ctx context.Context, o BuildOptions) (nixcmd.Missing, error) {
	b, err := newBuildRun(o)
	if err != nil {
		return nixcmd.Missing{}, err
	}
	return b.nix.Missing(ctx, b.installables, nixcmd.AsNix)
}

// Verdict is how a build ended, as an exit code tells it.
type Verdict int

const (
	BuildSucceeded Verdict = iota
	BuildFailed
	BuildInterrupted
	// BuildUnable is a build that this machine is not able to do: no Nix, or one
	// that cannot work here, or nothing that builds for the system.
	BuildUnable
)

// Outcome sums up what [Build] returned.
func Outcome(r *timing.Report, err error) Verdict {
	var unable *UnableError
	switch {
	case errors.Is(err, nixcmd.ErrInterrupted):
		return BuildInterrupted
	case errors.Is(err, nixcmd.ErrNoNix), errors.As(err, &unable):
		return BuildUnable
	case err != nil:
		return BuildFailed
	case r.Status == timing.Succeeded:
		return BuildSucceeded
	case r.Status == timing.Interrupted:
		return BuildInterrupted
	case lacksPlatform(r):
		return BuildUnable
	}
	if trouble, ok := nixcmd.Explain(strings.Join(r.Errors, "\n"), ""); ok {
		switch trouble.Kind {
		case nixcmd.TroubleSetup, nixcmd.TroubleFeatures, nixcmd.TroublePlatform:
			return BuildUnable
		}
	}
	return BuildFailed
}

// lacksPlatform says whether nothing failed but for want of a machine.
func lacksPlatform(r *timing.Report) bool {
	lacking := false
	for _, d := range r.Derivations {
		if d.Disposition != timing.DispositionFailed {
			continue
		}
		if d.Failure == nil || d.Failure.Kind != timing.FailurePlatform {
			return false
		}
		lacking = true
	}
	return lacking
}

// buildRun is one call of [Build].
type buildRun struct {
	nix          *nixcmd.Nix
	request      nixcmd.BuildRequest
	reference    string
	native       platform.System
	outputs      []timing.Output
	alternatives []timing.Output
	installables []nixcmd.Installable // of the outputs, in their order
	derivations  *store.Derivations
	observer     timing.Observer
	settings     *nixcmd.Settings // nil where they were not asked for
}

func newBuildRun(o BuildOptions) (*buildRun, error) {
	reference, err := nixcmd.Reference(o.Root, o.Nix.Dir)
	if err != nil {
		return nil, err
	}
	b := &buildRun{
		nix:          o.Nix,
		request:      nixcmd.BuildRequest{KeepGoing: o.KeepGoing, OutLink: o.OutLink, NoLink: o.NoLink, Now: o.Now},
		reference:    reference,
		native:       o.Native,
		alternatives: o.Alternatives,
		derivations:  &store.Derivations{},
		observer:     o.Observer,
		settings:     o.settings,
	}
	if b.native == "" {
		b.native = NativeSystem()
	}
	for _, output := range o.Outputs {
		// Nix repeats its answer for what is asked for twice.
		if b.has(output) {
			continue
		}
		i, err := b.installable(output)
		if err != nil {
			return nil, err
		}
		b.outputs, b.installables = append(b.outputs, output), append(b.installables, i)
	}
	for _, text := range o.Installables {
		b.outputs = append(b.outputs, timing.Output{Name: text, System: string(b.native)})
		b.installables = append(b.installables, nixcmd.Installable{Text: text})
	}
	return b, nil
}

func (b *buildRun) has(output timing.Output) bool {
	return slices.ContainsFunc(b.outputs, func(o timing.Output) bool { return o.Attribute == output.Attribute })
}

func (b *buildRun) installable(o timing.Output) (nixcmd.Installable, error) {
	attribute, err := nixcmd.ParseAttribute(o.Attribute)
	return nixcmd.Installable{Flake: b.reference, Attribute: attribute}, err
}

func (b *buildRun) outputsWhere(is func(timing.Output) bool) []int {
	var places []int
	for i, o := range b.outputs {
		if is(o) {
			places = append(places, i)
		}
	}
	return places
}

func (b *buildRun) build(ctx context.Context) (*timing.Report, error) {
	version := make(chan nixcmd.Version, 1)
	go func() {
		v, _ := b.nix.Version(ctx) // without it the report names none
		version <- v
	}()

	account := timing.NewAccount(b.request.Now())
	account.Observer = b.observer
	begun := &begunBuilds{derivations: map[string]bool{}}
	slots := &slotQuestion{nix: b.nix, settings: b.settings}
	b.request.Installables = b.installables
	b.request.Observe = func(e nixcmd.Event) {
		account.Add(e)
		if begun.observe(e) {
			slots.ask(ctx)
		}
	}
	products, err := b.nix.Build(ctx, b.request)
	ending := timing.Ending{At: b.request.Now(), Interrupted: errors.Is(err, nixcmd.ErrInterrupted), ExitCode: new(int)}
	var failed *nixcmd.Error
	switch {
	case errors.As(err, &failed) && failed.ExitCode >= 0:
		ending.ExitCode = &failed.ExitCode
	case err != nil:
		return nil, err
	}

	nixVersion := <-version
	if products, err = b.match(ctx, products, ending, begun, nixVersion); err != nil {
		return nil, err
	}
	for _, p := range products {
		if p.Derivation != "" {
			ending.Wanted = append(ending.Wanted, p.Derivation)
		}
	}
	view := &storeView{derivations: b.derivations, nix: b.nix, succeeded: *ending.ExitCode == 0, asked: slices.AppendSeq(ending.Wanted, maps.Keys(begun.derivations))}
	ending.Store = view
	ending.Slots = slots.answer(b.derivations, begun.derivations)
	report := account.Finish(ending)
	report.Nix.Version = nixVersion.String()
	report.Outputs = b.answers(products, view)
	addSystems(report.Derivations, b.derivations)
	return &report, nil
}

// match gives the product of each output, an empty one where it is not known.
func (b *buildRun) match(ctx context.Context, products []nixcmd.Product, ending timing.Ending, begun *begunBuilds, version nixcmd.Version) ([]nixcmd.Product, error) {
	if ordered, ok := nixcmd.InOrder(products, len(b.outputs), version); ok {
		return ordered, nil
	}
	unknown := make([]nixcmd.Product, len(b.outputs))
	// A failed nix names no products. Where it did not get as far as building,
	// evaluating again fails again; a user who wants to stop waits for nothing.
	if ending.Interrupted || *ending.ExitCode != 0 && !begun.evaluated() {
		return unknown, nil
	}
	evaluations, err := b.nix.Evaluate(ctx, b.installables)
	if err != nil {
		return unknown, nil
	}
	for i, e := range evaluations {
		unknown[i] = e.Product
	}
	return unknown, nil
}

// answers are the outputs with their derivations, and those of their paths that
// are there.
func (b *buildRun) answers(products []nixcmd.Product, view *storeView) []timing.Output {
	answers := make([]timing.Output, len(b.outputs))
	for i, o := range b.outputs {
		o.Derivation, o.Paths = products[i].Derivation, []string{}
		for _, path := range products[i].Paths() {
			if valid, known := view.validPath(path); known && valid {
				o.Paths = append(o.Paths, path)
			}
		}
		if d, err := b.derivations.Get(o.Derivation); err == nil && o.Attribute == "" {
			o.System = d.System
		}
		answers[i] = o
	}
	return answers
}

// begunBuilds are the derivations whose build Nix began.
type begunBuilds struct {
	derivations map[string]bool
	fetched     bool
}

// observe takes note of an event, and says whether it is the begin of a build.
func (b *begunBuilds) observe(e nixcmd.Event) bool {
	start, ok := e.(nixcmd.Start)
	if !ok {
		return false
	}
	switch start.Type {
	case nixcmd.ActivityBuild:
		b.derivations[start.Fields.Text(0)] = true
		return true
	case nixcmd.ActivitySubstitute:
		b.fetched = true
	}
	return false
}

// evaluated says whether Nix got beyond evaluation.
func (b *begunBuilds) evaluated() bool { return b.fetched || len(b.derivations) > 0 }
