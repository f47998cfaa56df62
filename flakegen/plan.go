package flakegen

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/missing"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/schedule"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// PlanOptions says what to plan.
type PlanOptions struct {
	// Nix is the program to run, in a folder that is absolute.
	Nix  *nixcmd.Nix
	Spec *spec.Spec
	// Outputs are outputs of the spec, by their Attribute, and Installables what
	// Nix alone can read.
	Outputs      []timing.Output
	Installables []string
	// Offline asks no cache that is reached through the network.
	Offline bool
	// History is the file of the history, "" for none, and Host the name of this
	// machine in it.
	History string
	Host    string
	// Variable is a variable of the environment, for proxies.
	Variable  func(name string) string
	UserAgent string
	// Observe is told what is done, from several goroutines at once. It may be nil.
	Observe func(PlanProgress)
	// Machine is what a build of shards fits its jobs to; see
	// [BuildOptions.ScheduleShards].
	Machine Machine
	// Now is the clock.
	Now func() time.Time
}

// PlanProgress is what a plan is at: evaluating so many outputs, or asking caches
// where Asking has a cache, or else reading.
type PlanProgress struct {
	Evaluating int
	Asking     substituter.Progress
}

// Plan is what it would take to have outputs.
type Plan struct {
	// Rows are those of the outputs, then of the installables, as they were asked
	// for.
	Rows []PlanRow
	// Settings are those of Nix, Caches what became of the caches.
	Settings nixcmd.Settings
	Caches   []substituter.Status
	// Lacking are the caches of the spec that Nix would not ask or not believe.
	Lacking []LackingCache
	// Evaluation is what evaluating took.
	Evaluation nixcmd.Usage
	// HistoryErr says why no past build is known, where there may be some.
	HistoryErr error
}

// LackingCache is a cache of the spec, and the flags that Nix is to be called with
// to use it.
type LackingCache struct {
	Cache   *spec.Cache
	Options []string
}

// PlanRow is what it would take to have one output.
type PlanRow struct {
	Output timing.Output
	// Err says why nothing is known: it does not evaluate, or its derivations
	// cannot be read. Then all below is empty.
	Err    error
	Result missing.Result
	// Builds are those of Result.Build, each with what it usually takes, nil where
	// that is not known.
	Builds []PlannedBuild
	Time   Expectation
	// NotHere are the systems for which something is to be built and nothing known
	// builds, sorted.
	NotHere []string
	// Alternatives are the other variants of the package, where the output is an
	// alias.
	Alternatives []PlanRow
}

// PlannedBuild is a derivation that would be built.
type PlannedBuild struct {
	Node  *store.Node
	Usual *history.Usual
}

// Expectation is how long builds take together, in seconds, by what each usually
// takes, the longest first in as many slots as there are. Fetching is left out.
type Expectation struct {
	// Seconds follows from the medians, Low and High from the quartiles. Where some
	// are unknown they are the least.
	Seconds, Low, High float64
	// Unknown is how many builds nothing is known of, Known of how many something.
	Unknown, Known int
}

// NeedsBuilds says whether something would have to be built, or cannot be had at all.
func (r PlanRow) NeedsBuilds() bool { return len(r.Builds) > 0 || len(r.Result.Unknown) > 0 }

// Plan says what it would take to have outputs: all are evaluated in as few
// processes as can be, and nothing is built or fetched. An output for which that
// cannot be said has a row with its error. The error is that of the context, of a
// nix that cannot be started, or of settings that cannot be read.
func (p *Project) Plan(ctx context.Context, o PlanOptions) (*Plan, error) {
	run, err := p.newPlanRun(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := run.evaluate(ctx); err != nil {
		return nil, err
	}
	if err := run.read(ctx); err != nil {
		return nil, err
	}
	if err := run.ask(ctx); err != nil {
		return nil, err
	}
	return run.plan(ctx)
}

// planRun is one plan on its way.
type planRun struct {
	PlanOptions
	project *Project
	rules   missing.Rules
	caches  substituter.Settings

	asked    []*plannedOutput
	closure  *store.Closure
	resolver *missing.Resolver
	made     Plan
}

// plannedOutput is an output that is asked for, or an alternative to one.
type plannedOutput struct {
	output      timing.Output
	installable nixcmd.Installable
	wanted      missing.Wanted
	result      *missing.Result
	err         error
}

func (p *Project) newPlanRun(ctx context.Context, o PlanOptions) (*planRun, error) {
	version, err := o.Nix.Version(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := o.Nix.Settings(ctx)
	if err != nil {
		return nil, err
	}
	r := &planRun{PlanOptions: o, project: p}
	r.made.Settings = settings
	r.rules = missing.Rules{
		NoSubstitutes: !settings.Substitute, AlwaysAllowSubstitutes: settings.AlwaysAllowSubstitutes, Retry: !version.AtLeast(2, 30),
	}
	r.caches = substituter.Settings{
		Substituters: settings.Substituters, TrustedPublicKeys: settings.TrustedPublicKeys, SecretKeyFiles: settings.SecretKeyFiles,
		RequireSigs: settings.RequireSigs, Offline: o.Offline, NetrcFile: settings.NetrcFile, CertFile: settings.CertFile,
		NoHTTP2: !settings.HTTP2, Connections: settings.HTTPConnections, Variable: o.Variable, UserAgent: o.UserAgent,
		Observe: func(p substituter.Progress) { r.observe(PlanProgress{Asking: p}) },
	}
	for _, c := range o.Spec.Caches {
		lacking := r.caches.Lacking(c.URL, c.PublicKey)
		switch {
		case len(lacking) == 0:
		case settings.AcceptFlakeConfig:
			r.caches.Substituters = append(slices.Clip(r.caches.Substituters), c.URL)
			r.caches.TrustedPublicKeys = append(slices.Clip(r.caches.TrustedPublicKeys), c.PublicKey)
		default:
			r.made.Lacking = append(r.made.Lacking, LackingCache{c, lacking})
		}
	}
	return r, p.plannedOutputs(r)
}

// plannedOutputs lists all that has to be evaluated, each once.
func (p *Project) plannedOutputs(r *planRun) error {
	reference, err := nixcmd.Reference(p.Root, r.Nix.Dir)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, o := range r.Outputs {
		for _, one := range append([]timing.Output{o}, alternativesOfAlias(r.Spec, o)...) {
			if known[one.Attribute] {
				continue
			}
			known[one.Attribute] = true
			installable, err := attributeOf(reference, one)
			if err != nil {
				return err
			}
			r.asked = append(r.asked, &plannedOutput{output: one, installable: installable})
		}
	}
	for _, text := range r.Installables {
		r.asked = append(r.asked, &plannedOutput{output: timing.Output{Name: text, Paths: []string{}}, installable: nixcmd.Installable{Text: text}})
	}
	return nil
}

func alternativesOfAlias(s *spec.Spec, o timing.Output) []timing.Output {
	if o.Alias == "" {
		return nil
	}
	return Alternatives(s, []timing.Output{o})
}

func (r *planRun) observe(p PlanProgress) {
	if r.Observe != nil {
		r.Observe(p)
	}
}

// evaluate finds the derivations.
func (r *planRun) evaluate(ctx context.Context) error {
	r.observe(PlanProgress{Evaluating: len(r.asked)})
	installables := make([]nixcmd.Installable, len(r.asked))
	for i, one := range r.asked {
		installables[i] = one.installable
	}
	var answers []nixcmd.Evaluation
	var err error
	r.made.Evaluation, err = r.Nix.Measured(r.Now, func(n *nixcmd.Nix) (err error) {
		answers, err = n.Evaluate(ctx, installables)
		return err
	})
	if err != nil {
		return err
	}
	for i, one := range r.asked {
		one.err = answers[i].Err
		one.output.Derivation = answers[i].Derivation
		one.wanted = missing.Wanted{Derivation: answers[i].Derivation, Outputs: slices.Sorted(maps.Keys(answers[i].Outputs))}
	}
	return nil
}

// read reads the closure of all derivations. Where that fails it finds the outputs
// to blame, and reads that of the others.
func (r *planRun) read(ctx context.Context) error {
	r.observe(PlanProgress{})
	var err error
	if r.closure, err = store.ReadClosure(ctx, "", r.roots()); err == nil || ctx.Err() != nil {
		return err
	}
	for _, one := range r.asked {
		if one.err == nil {
			_, one.err = store.ReadClosure(ctx, "", []string{one.wanted.Derivation})
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.closure, err = store.ReadClosure(ctx, "", r.roots())
	return err
}

func (r *planRun) roots() []string {
	var roots []string
	for _, one := range r.asked {
		if one.err == nil {
			roots = append(roots, one.wanted.Derivation)
		}
	}
	return roots
}

// ask resolves each output, so that the caches are asked.
func (r *planRun) ask(ctx context.Context) error {
	r.resolver = &missing.Resolver{Closure: r.closure, Store: r.Nix, Rules: r.rules}
	if r.made.Settings.Substitute {
		caches, err := substituter.Open(ctx, r.caches)
		if err != nil {
			return err
		}
		defer caches.Close()
		r.observe(PlanProgress{})
		r.resolver.Caches = caches
		defer func() { r.made.Caches = caches.Status() }()
	}
	for _, one := range r.asked {
		if one.err != nil {
			continue
		}
		one.result, one.err = r.resolver.Resolve(ctx, []missing.Wanted{one.wanted})
		if ctx.Err() != nil || errors.Is(one.err, nixcmd.ErrInterrupted) {
			return one.err
		}
	}
	return nil
}

// plan puts the rows together.
func (r *planRun) plan(ctx context.Context) (*Plan, error) {
	usual, err := r.usual(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.made.HistoryErr = err
	rows := map[string]PlanRow{}
	for _, one := range r.asked {
		rows[one.key()] = r.row(one, usual)
	}
	for _, o := range r.Outputs {
		row := rows[o.Attribute]
		for _, other := range alternativesOfAlias(r.Spec, o) {
			row.Alternatives = append(row.Alternatives, rows[other.Attribute])
		}
		r.made.Rows = append(r.made.Rows, row)
	}
	for _, text := range r.Installables {
		r.made.Rows = append(r.made.Rows, rows[text])
	}
	return &r.made, nil
}

// key is what a row is found by: no attribute has the form of an installable.
func (o *plannedOutput) key() string {
	if o.output.Attribute != "" {
		return o.output.Attribute
	}
	return o.output.Name
}

// usual asks the history of all that would be built, each once.
func (r *planRun) usual(ctx context.Context) (map[*store.Node]*history.Usual, error) {
	known := map[*store.Node]*history.Usual{}
	if r.History == "" || !slices.ContainsFunc(r.asked, func(o *plannedOutput) bool { return o.result != nil && len(o.result.Build) > 0 }) {
		return known, nil
	}
	past, err := history.OpenExisting(ctx, r.History)
	if errors.Is(err, history.ErrNone) {
		return known, nil
	}
	if err != nil {
		return known, err
	}
	defer past.Close()
	project := ProjectName(ctx, r.project.Root, r.project.Env)
	derivations := &store.Derivations{}
	var nodes []*store.Node
	var questions []history.Question
	for _, one := range r.asked {
		if one.result == nil {
			continue
		}
		for _, n := range one.result.Build {
			if _, asked := known[n]; asked {
				continue
			}
			known[n] = nil
			nodes, questions = append(nodes, n), append(questions, usualQuestion(derivations, n.Path, project, r.Host))
		}
	}
	usual, err := past.UsualTimes(ctx, questions)
	if err != nil {
		return known, err
	}
	for i, n := range nodes {
		known[n] = usual[i]
	}
	return known, nil
}

func (r *planRun) row(one *plannedOutput, usual map[*store.Node]*history.Usual) PlanRow {
	row := PlanRow{Output: one.output, Err: one.err}
	if one.err != nil {
		return row
	}
	row.Result = *one.result
	if row.Output.System == "" {
		row.Output.System = r.closure.Node(one.wanted.Derivation).System
	}
	for _, n := range row.Result.Build {
		row.Builds = append(row.Builds, PlannedBuild{n, usual[n]})
		if !r.made.Settings.MayProvide(n.System) && !slices.Contains(row.NotHere, n.System) {
			row.NotHere = append(row.NotHere, n.System)
		}
	}
	slices.Sort(row.NotHere)
	row.Time = expect(row.Builds, max(1, slots(r.settings(row.Output), map[string]bool{row.Output.System: true})))
	return row
}

// settings are those under which an output would be built.
func (r *planRun) settings(o timing.Output) nixcmd.Settings {
	s := r.made.Settings
	if shards := ShardsOf(r.Spec, []timing.Output{o}); shards.Count > 0 && !r.Nix.Args.SetsMaxJobs() {
		s.MaxJobs, _ = shards.jobs(s, r.Machine)
	}
	return s
}

// expect schedules builds.
func expect(builds []PlannedBuild, slots int) Expectation {
	e := Expectation{}
	place := map[*store.Node]int{}
	for i, b := range builds {
		place[b.Node] = i
	}
	needs := make([][]int, len(builds))
	for i, b := range builds {
		for _, input := range b.Node.Inputs {
			if at, ok := place[input.Node]; ok {
				needs[i] = append(needs[i], at)
			}
		}
		if b.Usual == nil {
			e.Unknown++
		} else {
			e.Known++
		}
	}
	took := func(of func(*history.Usual) float64) float64 {
		takes := make([]time.Duration, len(builds))
		for i, b := range builds {
			if b.Usual != nil {
				takes[i] = time.Duration(of(b.Usual) * float64(time.Second))
			}
		}
		return schedule.LongestFirst(takes, needs, slots).Seconds()
	}
	e.Seconds = took(func(u *history.Usual) float64 { return u.Seconds })
	// A schedule of shorter builds may take longer.
	e.Low = min(e.Seconds, took(func(u *history.Usual) float64 { return u.Low }))
	e.High = max(e.Seconds, took(func(u *history.Usual) float64 { return u.High }))
	return e
}

// Matter are up to n of the builds: those that take longest first, then those of
// which nothing is known, the ones nearest to the output first.
func (r PlanRow) Matter(n int) []PlannedBuild {
	list := slices.Clone(r.Builds)
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b PlannedBuild) int {
		switch {
		case a.Usual == nil && b.Usual == nil:
			return 0
		case a.Usual == nil:
			return 1
		case b.Usual == nil:
			return -1
		case a.Usual.Seconds > b.Usual.Seconds:
			return -1
		case a.Usual.Seconds < b.Usual.Seconds:
			return 1
		}
		return 0
	})
	return list[:min(n, len(list))]
}
