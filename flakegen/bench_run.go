package flakegen

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// prepare builds or fetches what the runs need. Links keep it from being collected
// as garbage while they go on.
func (b *bench) prepare(ctx context.Context) error {
	installables := needed(b.version, b.sides)
	if len(installables) == 0 {
		return nil
	}
	step := BenchStep{Name: "what both sides need"}
	_, err := b.build(ctx, step, b.nix, nixcmd.BuildRequest{
		Installables: installables, OutLink: filepath.Join(b.folder, "needed"), Now: b.Now,
	})
	return err
}

// twin is a twin as Nix has made it.
type twin struct {
	derivation string
	outputs    []string // paths
}

// twins lets Nix make the .drv files of the twins of a side, in the order of its
// builds. An empty stamp is none.
func (b *bench) twins(ctx context.Context, side abtest.Side, stamp string) ([]twin, error) {
	var argument nixlang.Expr = nixlang.Ident("null")
	if stamp != "" {
		argument = nixlang.Str(stamp)
	}
	apply := &nixlang.Lambda{Param: nixlang.Name("twins"), Body: nixlang.Call(nixlang.Ident("twins"), argument)}
	var answers []map[string]string
	if err := b.nix.EvaluateFile(ctx, b.twinFile(side), apply, &answers); err != nil {
		return nil, fmt.Errorf("copy the derivations of %s: %w", b.sides[side].target.Name, err)
	}
	if len(answers) != len(b.sides[side].builds) {
		return nil, fmt.Errorf("copy the derivations of %s: Nix answered with %d for %d", b.sides[side].target.Name, len(answers), len(b.sides[side].builds))
	}
	twins := make([]twin, len(answers))
	for i, answer := range answers {
		for name, path := range answer {
			if name == "drvPath" {
				twins[i].derivation = path
			} else {
				twins[i].outputs = append(twins[i].outputs, path)
			}
		}
	}
	return twins, nil
}

// formatted is an expression as the text of a file.
func formatted(e nixlang.Expr) []byte { return nixlang.Format(&nixlang.File{Body: e}) }

// inRuns are settings of the builds that are measured: what they build is in no
// cache, and must not go into one. A daemon warns of a hook that it is told to leave
// out by somebody whom it does not trust, so that is said only where there is one.
func inRuns(s nixcmd.Settings) []string {
	settings := []string{"--option", "substitute", "false"}
	if s.PostBuildHook != "" {
		settings = append(settings, "--option", "post-build-hook", "")
	}
	return settings
}

// run makes one run and adds it to the result.
func (b *bench) run(ctx context.Context, step BenchStep) error {
	twins, err := b.twins(ctx, step.Side, fmt.Sprintf("%s-%t-%d", b.stamp, step.Warmup, step.Number))
	if err != nil {
		return err
	}
	for _, t := range twins {
		b.garbage.derivations = append(b.garbage.derivations, t.derivation)
		b.garbage.outputs = append(b.garbage.outputs, t.outputs...)
	}
	top := twins[len(twins)-1].derivation
	nix := *b.nix
	nix.Args, _ = nix.Args.Alone(inRuns(b.settings)...)
	report, err := b.build(ctx, step, &nix, nixcmd.BuildRequest{
		Installables: []nixcmd.Installable{nixcmd.DerivationOutputs(b.version, top)}, NoLink: true, Now: b.Now,
	})
	if err != nil {
		return err
	}
	measured := abtest.Step{Side: step.Side, Number: step.Number, Warmup: step.Warmup}
	measured.Derivations, measured.Seconds = builtIn(report)
	if len(measured.Derivations) != len(twins) {
		return fmt.Errorf("%s of %s built %d derivations, and %d were to be built", step, step.Name, len(measured.Derivations), len(twins))
	}
	b.result.Steps = append(b.result.Steps, measured)
	b.Observer.Ended(step, time.Duration(measured.Seconds*float64(time.Second)))
	return nil
}

// shortest is the shortest time that an account can tell. A ratio needs one.
const shortest = 0.001

// builtIn are the derivations that were built, and the seconds from the start of
// the first to the end of the last. What a process of Nix needs before and after
// is not what is compared.
func builtIn(r *timing.Report) (built []timing.Derivation, seconds float64) {
	begin, end := math.Inf(1), 0.0
	for _, d := range r.Derivations {
		if d.Disposition != timing.DispositionBuilt {
			continue
		}
		built = append(built, d)
		begin, end = min(begin, d.StartSeconds), max(end, d.StartSeconds+d.Seconds)
	}
	return built, max(shortest, end-begin)
}

// build runs nix build once.
func (b *bench) build(ctx context.Context, step BenchStep, nix *nixcmd.Nix, request nixcmd.BuildRequest) (*timing.Report, error) {
	observer := b.Observer.Began(step)
	account := timing.NewAccount(b.Now())
	account.Observer = observer
	request.Observe = account.Add
	products, err := nix.Build(ctx, request)
	var failed *nixcmd.Error
	if errors.Is(err, nixcmd.ErrInterrupted) || err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	ending := timing.Ending{At: b.Now(), ExitCode: new(int)}
	if failed != nil {
		*ending.ExitCode = failed.ExitCode
	}
	for _, p := range products {
		ending.Wanted = append(ending.Wanted, p.Derivation)
	}
	ending.Store = &storeView{derivations: &store.Derivations{}, nix: nix, succeeded: err == nil, asked: ending.Wanted}
	report := account.Finish(ending)
	report.Nix.Version = b.version.String()
	if err != nil || report.Status != timing.Succeeded {
		return nil, &BenchBuildError{step, report}
	}
	return &report, nil
}

// sweep removes the outputs that the runs have left in the store. What cannot be
// removed stays in the list, for the next time.
func (b *bench) sweep(ctx context.Context) {
	b.garbage.outputs = removed(b.garbage.outputs, func(paths []string) error { return b.nix.Delete(ctx, paths) })
}

// removed removes those of the paths that are there, and gives those that still
// are.
func removed(paths []string, remove func([]string) error) []string {
	there := existing(paths)
	if len(there) == 0 || remove(there) == nil {
		return nil
	}
	return existing(there)
}

func existing(paths []string) []string {
	var there []string
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil {
			there = append(there, path)
		}
	}
	return there
}

// sweepTime bounds the last sweep of a bench that the user has interrupted. It
// takes a second, and some on a store of millions of files.
const sweepTime = time.Minute

// sweepAtEnd removes what is left, also after an interrupt, and the .drv files, which
// are small. It says what it could not remove.
func (b *bench) sweepAtEnd(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sweepTime)
	defer cancel()
	b.sweep(ctx)
	b.garbage.derivations = removed(b.garbage.derivations, func(files []string) error { return b.nix.DeleteDerivations(ctx, files) })
	return append(b.garbage.outputs, b.garbage.derivations...)
}
