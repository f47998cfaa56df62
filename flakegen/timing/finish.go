package timing

import (
	"slices"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// Ending is what the caller knows at the end and a stream cannot say. The zero
// value of each field means that it is not known.
type Ending struct {
	// At is when Nix had ended; the zero time means with the last event.
	At time.Time
	// ExitCode is Nix's own.
	ExitCode *int
	// Interrupted says that the user asked to stop.
	Interrupted bool
	// Wanted are the derivations asked for, as paths. Those that the stream does
	// not mention were present, if the run succeeded.
	Wanted []string
	// Slots is how many builds Nix could run at once, by its settings.
	Slots int
	// Log is what the decoder of the stream counted.
	Log nixcmd.Counts
	// Store answers for derivations; nil knows nothing.
	Store Store
}

// Store answers what the stream does not say of a derivation. It may know only
// some: it is asked for those wanted, those built and those that they need.
type Store interface {
	// Needs are the derivations that this one needs directly, as paths. The
	// critical path follows them. Where they are not known it goes by time alone:
	// to what ended last before the derivation began, which may have held its
	// slot rather than its input.
	Needs(derivation string) (needs []string, known bool)
	// Outputs are the store paths that it makes.
	Outputs(derivation string) []string
	// Valid says whether all its outputs are in the store.
	Valid(derivation string) (valid, known bool)
}

// Finish closes the account and gives the verdicts. The caller fills in
// Outputs, Nix.Version and each System. No event may follow.
func (a *Account) Finish(end Ending) Report {
	if end.Store == nil {
		end.Store = noStore{}
	}
	if end.At.After(a.now) {
		a.now = end.At
	}
	a.advance()
	a.clock.finish()
	if end.ExitCode != nil && *end.ExitCode == 0 {
		// What was said to fail has not failed in the end.
		a.messages.failures, a.messages.named, a.messages.loose = nil, nil, nil
	}
	a.settle()

	r := Report{
		FormatVersion: FormatVersion,
		Status:        a.status(end),
		Started:       a.start,
		Outputs:       []Output{},
		Derivations:   []Derivation{},
		CriticalPath:  []string{},
		Nix:           Nix{ExitCode: end.ExitCode},
		Fetched:       []Fetch{},
		Blocked:       filled(a.messages.blocked),
		LeftOut:       []LeftOut{},
		Errors:        filled(a.messages.errors),
		Warnings:      filled(a.messages.warnings),
		Log:           logOf(end.Log, a.leftOut),
	}
	a.addMachines(&r)
	a.addSeconds(&r)
	a.addSlots(&r, end.Slots)
	a.addBuilds(&r, end.Store)
	owners := a.owners(end)
	a.addFetches(&r, owners)
	a.addPresent(&r, end)
	r.CriticalPath = a.criticalPath(owners, end.Store)
	if r.Status == Failed && len(r.Errors) == 0 && !slices.ContainsFunc(r.Derivations, isFailed) {
		r.Errors = filled(a.messages.lines) // what Nix said before it was able to log
	}
	return r
}

// addMachines adds which builders could not be used: to the errors where the run
// failed, since that is likely why.
func (a *Account) addMachines(r *Report) {
	if r.Status == Failed {
		r.Errors = append(r.Errors, a.messages.machines...)
		return
	}
	r.Warnings = append(r.Warnings, a.messages.machines...)
}

// filled makes of no list an empty one, as JSON wants it.
func filled(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

type noStore struct{}

func (noStore) Needs(string) ([]string, bool) { return nil, false }
func (noStore) Outputs(string) []string       { return nil }
func (noStore) Valid(string) (bool, bool)     { return false, false }

func isFailed(d Derivation) bool { return d.Disposition == DispositionFailed }

// settle says of each build how it ended, as far as counts and messages tell.
func (a *Account) settle() {
	for _, w := range a.workers {
		w.settle(true)
	}
	for _, b := range a.order {
		if a.messages.failures[b.derivation] != nil {
			b.outcome = CountedFailed
		}
		if b.running {
			b.ended = a.now
			b.phases.end(a.now)
		}
	}
	for _, b := range a.order {
		b.blameMachine(a.messages)
	}
	for _, w := range a.workers {
		w.relabel(a.messages.failures)
	}
	a.claimLoose()
}

// blameMachine corrects the failure of a build whose machine was lost: nobody there has
// said that it failed, and its far end had not ended by then, so what failed is the hook
// that was connected to it.
func (b *build) blameMachine(m messages) {
	f := m.failures[b.derivation]
	farEnded := !b.farEnded.IsZero() && b.farEnded.Before(m.lostAt)
	if f == nil || f.Kind != FailureExit || f.far || b.machine == "" || farEnded || m.lost == "" {
		return
	}
	m.failures[b.derivation] = &Failure{Kind: FailureMachine, Reason: "the machine was lost while it built: " + clip(m.lost, maxReason)}
}

// relabel corrects which builds were counted as failed by the messages that name
// them: two that end in the same moment cannot be told apart by the counts.
func (w *worker) relabel(named map[string]*Failure) {
	var unnamed []*build
	failed := 0
	for _, b := range w.builds {
		if b.outcome != CountedFailed {
			continue
		}
		failed++
		if named[b.derivation] == nil {
			unnamed = append(unnamed, b)
		}
	}
	for _, b := range unnamed {
		if failed > w.failedStarted {
			b.outcome = CountedDone
			failed--
			continue
		}
		w.blame(b)
	}
}

// blame looks again at a build that was counted as failed and that no message
// names, as in Nix 2.8 when it stops others for it: of those that were stopped
// with it, the one that was heard of last before the count has failed.
func (w *worker) blame(b *build) {
	failed := b
	for _, o := range w.builds {
		stoppedWith := o.outcome == Uncounted && !o.running && o.endedAt > b.endedAt
		if stoppedWith && o.sign < b.endedAt && o.sign > failed.sign {
			failed = o
		}
	}
	if failed != b {
		b.outcome, failed.outcome = Uncounted, CountedFailed
		b.ended, failed.ended = failed.ended, b.ended
	}
}

// claimLoose gives a failure that names no derivation to the one build that
// failed without a reason.
func (a *Account) claimLoose() {
	var bare []*build
	for _, b := range a.order {
		if b.outcome == CountedFailed && a.messages.failures[b.derivation] == nil {
			bare = append(bare, b)
		}
	}
	if len(bare) != len(a.messages.loose) {
		for _, f := range a.messages.loose {
			a.messages.errors = appendBounded(a.messages.errors, f.Reason)
		}
		return
	}
	for i, b := range bare {
		if a.messages.failures == nil {
			a.messages.failures = map[string]*Failure{}
		}
		a.messages.failures[b.derivation] = a.messages.loose[i]
	}
}

func (a *Account) status(end Ending) Status {
	status := a.shown()
	if end.ExitCode != nil {
		status = Failed
		if *end.ExitCode == 0 {
			status = Succeeded
		}
	}
	// An interrupt that came too late has stopped nothing.
	if status != Succeeded && (end.Interrupted || a.messages.interrupted) {
		return Interrupted
	}
	return status
}

// shown is the status that the stream alone shows.
func (a *Account) shown() Status {
	switch {
	case a.messages.interrupted:
		return Interrupted
	case len(a.open) > 0 || a.malformed || a.leftOut > 0:
		return Incomplete
	case a.messages.fatal:
		return Failed
	case !a.complete():
		return Incomplete
	}
	for _, w := range a.workers {
		if w.failed > 0 {
			return Failed
		}
	}
	return Succeeded
}

// complete says whether a stream without open activities shows that the run
// came to its end: something was to be built, nothing was evaluated since, and
// every build is counted.
func (a *Account) complete() bool {
	if a.evaluated && !a.passed {
		return false
	}
	goals := a.passed
	for _, w := range a.workers {
		goals = goals || w.expected > 0
	}
	for _, b := range a.order {
		if b.running || b.outcome == Uncounted && !a.stoppedByFailure(b) {
			return false
		}
	}
	return goals
}

// stoppedByFailure says whether Nix stopped b because another one had failed.
func (a *Account) stoppedByFailure(b *build) bool {
	return b.worker != nil && b.worker.failed > 0
}

// addSeconds rounds so that the classes add up to the wall time.
func (a *Account) addSeconds(r *Report) {
	wall := milliseconds(a.now.Sub(a.start))
	spent := func(k class) float64 {
		ms := milliseconds(a.clock.spent[k])
		wall -= ms
		return float64(ms) / 1000
	}
	r.WallSeconds = float64(wall) / 1000
	r.EvalSeconds = spent(evaluating)
	r.FetchSeconds = spent(fetching)
	r.BuildSeconds = spent(building)
	r.CopySeconds = spent(copying)
	r.WaitSeconds = spent(waiting)
	r.UnaccountedSeconds = float64(max(0, wall)) / 1000
}

func milliseconds(d time.Duration) int64 {
	return d.Round(time.Millisecond).Milliseconds()
}

func seconds(d time.Duration) float64 {
	return float64(milliseconds(d)) / 1000
}

// since is a moment of the run, in seconds from its start.
func (a *Account) since(t time.Time) float64 { return seconds(t.Sub(a.start)) }

func (a *Account) addBuilds(r *Report, store Store) {
	for _, b := range a.order {
		r.Derivations = append(r.Derivations, a.derivation(b, r.Status, store))
	}
	for _, d := range a.messages.named {
		if a.builds[d] == nil {
			r.Derivations = append(r.Derivations, newDerivation(d, DispositionFailed, a.messages.failures[d]))
		}
	}
}

func newDerivation(path string, d Disposition, f *Failure) Derivation {
	return Derivation{
		Derivation: path, Name: nixcmd.Printable(Name(path)), Disposition: d,
		Phases: []Phase{}, LogTail: []string{}, FailedTests: []string{}, Failure: f,
	}
}

func (a *Account) derivation(b *build, status Status, store Store) Derivation {
	d := newDerivation(b.derivation, a.disposition(b, status, store), a.messages.failures[b.derivation])
	d.Machine = b.machine
	d.StartSeconds = a.since(b.first)
	d.Seconds = seconds(b.earlier + b.ended.Sub(b.started))
	d.LogTail = b.tail.printable()
	if d.Disposition == DispositionFailed {
		d.FailedTests = filled(b.failedTests)
	}
	for _, p := range b.phases.list {
		d.Phases = append(d.Phases, Phase{Name: nixcmd.Printable(p.name), StartSeconds: a.since(p.first), Seconds: seconds(p.spent)})
	}
	d.Remote = b.remote()
	return d
}

// remote is how the time of a remote build divides; nil where that is not known.
// The far end of one that was lost is closed after Nix has counted the build.
func (b *build) remote() *Remote {
	if b.machine == "" || b.farStarted.IsZero() || b.farStarted.After(b.ended) {
		return nil
	}
	far := b.farEnded
	if far.IsZero() || far.After(b.ended) {
		far = b.ended
	}
	return &Remote{
		SendSeconds:    seconds(b.farStarted.Sub(b.started)),
		BuildSeconds:   seconds(far.Sub(b.farStarted)),
		ReceiveSeconds: seconds(b.ended.Sub(far)),
	}
}

func (a *Account) disposition(b *build, status Status, store Store) Disposition {
	switch b.outcome {
	case CountedDone:
		return DispositionBuilt
	case CountedFailed:
		return DispositionFailed
	}
	if status == Succeeded {
		return DispositionBuilt
	}
	if valid, known := store.Valid(b.derivation); known && valid {
		return DispositionBuilt
	}
	return DispositionInterrupted
}

// addFetches adds what came from a cache: each path, and a row for each
// derivation that they belong to, or for the path where that is not known.
func (a *Account) addFetches(r *Report, owners map[string]string) {
	rows := map[string]bool{}
	for _, d := range r.Derivations {
		rows[d.Derivation] = true
	}
	type fetched struct {
		owner, path    string
		started, ended time.Time // of all its outputs
	}
	var order []string
	byKey := map[string]fetched{}
	for _, f := range a.fetches {
		if !f.arrived(r.Status) {
			continue
		}
		r.Fetched = append(r.Fetched, Fetch{Path: nixcmd.Printable(f.path), From: nixcmd.Printable(f.from), StartSeconds: a.since(f.started), Seconds: seconds(f.ended.Sub(f.started))})
		owner, known := owners[f.path]
		if known && rows[owner] {
			continue // built here, with outputs that were fetched
		}
		key := owner
		if !known {
			key = f.path
		}
		row, ok := byKey[key]
		if !ok {
			order = append(order, key)
			row = fetched{owner, f.path, f.started, f.ended}
		}
		if f.ended.After(row.ended) {
			row.ended = f.ended
		}
		byKey[key] = row
	}
	for _, key := range order {
		f := byKey[key]
		d := newDerivation(f.owner, DispositionSubstituted, nil)
		if f.owner == "" {
			d.Name = nixcmd.Printable(Name(f.path))
		}
		d.StartSeconds = a.since(f.started)
		d.Seconds = seconds(f.ended.Sub(f.started))
		r.Derivations = append(r.Derivations, d)
	}
}

// addPresent adds what was asked for and needed nothing.
func (a *Account) addPresent(r *Report, end Ending) {
	rows := map[string]bool{}
	for _, d := range r.Derivations {
		rows[d.Derivation] = true
	}
	for _, d := range a.messages.blocked {
		rows[d] = true
	}
	for _, d := range end.Wanted {
		valid, known := end.Store.Valid(d)
		if !rows[d] && (known && valid || !known && r.Status == Succeeded) {
			r.Derivations = append(r.Derivations, newDerivation(d, DispositionPresent, nil))
			rows[d] = true
		}
	}
}

// arrived says whether the path came. One that Nix has not counted came if the
// run succeeded.
func (f *fetch) arrived(status Status) bool {
	if f.failed || f.ended.IsZero() {
		return false
	}
	return status == Succeeded || f.worker == nil || !slices.Contains(f.worker.unsettled, f)
}

// owners maps store paths to the derivations that make them, for those wanted,
// those built and those that they need directly.
func (a *Account) owners(end Ending) map[string]string {
	owners := map[string]string{}
	if len(a.fetches) == 0 {
		return owners
	}
	add := func(derivation string) {
		for _, path := range end.Store.Outputs(derivation) {
			owners[path] = derivation
		}
	}
	known := slices.Clone(end.Wanted)
	for _, b := range a.order {
		known = append(known, b.derivation)
	}
	for _, d := range known {
		add(d)
		needs, _ := end.Store.Needs(d)
		for _, n := range needs {
			add(n)
		}
	}
	return owners
}
