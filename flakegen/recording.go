package flakegen

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// RecordingOptions says what a [Recording] knows from the start.
type RecordingOptions struct {
	// Path is the file of the history, absolute. Empty means that none is kept.
	Path string
	// Command is the command that sees the run: "build", "watch" or "bench".
	Command string
	// Folder is a folder of the repository that is built, absolute. Empty means
	// that the run belongs to none.
	Folder string
	// Env is the environment for git, as in os.Environ.
	Env []string
	// Host is the name of this machine.
	Host string
}

// Recording notes one run of Nix in the history. What it needs it looks up while
// Nix runs, so that nobody waits for it.
type Recording struct {
	options RecordingOptions
	end     context.CancelFunc

	opened    chan struct{} // closed when store and openErr are there
	store     *history.Store
	openErr   error
	described chan struct{} // closed when checkout and project are there
	project   string
	checkout  gitcmd.Checkout

	estimates estimates
}

// gitTime bounds how long a build waits for git after Nix has ended. A repository
// in which git takes longer to see what has changed has kept Nix as long.
const gitTime = 2 * time.Second

// StartRecording begins to look up what a record needs, and returns at once. Close
// ends it.
func StartRecording(ctx context.Context, o RecordingOptions) *Recording {
	// An interrupt ends the run, and is itself recorded.
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	r := &Recording{options: o, end: end, opened: make(chan struct{}), described: make(chan struct{})}
	if o.Path == "" {
		close(r.opened)
		close(r.described)
		return r
	}
	go func() {
		defer close(r.opened)
		r.store, r.openErr = history.Open(ctx, o.Path)
	}()
	go func() {
		defer close(r.described)
		r.project, r.checkout = describe(ctx, o)
	}()
	return r
}

// Close ends what still runs for the recording.
func (r *Recording) Close() {
	r.end()
	<-r.opened
	<-r.described
	r.estimates.wait()
	if r.store != nil {
		r.store.Close()
	}
}

func describe(ctx context.Context, o RecordingOptions) (project string, c gitcmd.Checkout) {
	if o.Folder == "" {
		return "", c
	}
	git := &gitcmd.Git{Dir: o.Folder, Env: o.Env}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := git.Checkout(ctx)
	if errors.Is(err, gitcmd.ErrNoRepository) || c.Top == "" {
		c.Top = o.Folder
	}
	return projectName(c.Remote, c.Top), c
}

// ProjectName is the name that the builds of a repository have in the history.
func ProjectName(ctx context.Context, folder string, env []string) string {
	git := &gitcmd.Git{Dir: folder, Env: env}
	remote, err := git.Remote(ctx)
	if err != nil {
		remote = ""
	}
	top, err := git.PeekTopLevel()
	if err != nil {
		top = folder
	}
	return projectName(remote, top)
}

// InRepository says whether a folder is in a git repository.
func InRepository(folder string, env []string) bool {
	_, err := (&gitcmd.Git{Dir: folder, Env: env}).PeekTopLevel()
	return !errors.Is(err, gitcmd.ErrNoRepository)
}

func projectName(remote, top string) string {
	if name := history.ProjectName(remote); name != "" {
		return name
	}
	return filepath.Base(top)
}

// Record adds a report to the history, once what it left out is filled in, and
// gives the record. It waits a bounded time for the database and for git. The
// error says why nothing was recorded; the build is none the worse for it.
func (r *Recording) Record(ctx context.Context, report *timing.Report) (history.Record, error) {
	impatient := context.AfterFunc(ctx, r.end)
	defer impatient()
	<-r.opened
	slow := time.AfterFunc(gitTime, r.end)
	<-r.described
	slow.Stop()
	r.compare(ctx, report)
	record := history.Record{
		Command: r.options.Command, Project: r.project, Commit: r.checkout.Commit, Dirty: r.checkout.Dirty,
		Host: r.options.Host, Report: *report,
	}
	if r.openErr != nil || r.store == nil {
		return record, r.openErr
	}
	var err error
	if record.ID, err = history.NewID(); err != nil {
		return record, err
	}
	ctx, cancel := context.WithTimeout(ctx, history.Wait)
	defer cancel()
	return record, r.store.Add(ctx, record)
}

// compare fills in what the outputs left out that only build.
func (r *Recording) compare(ctx context.Context, report *timing.Report) {
	if report.Status != timing.Succeeded {
		return
	}
	for _, o := range report.Outputs {
		if o.Role != "build" {
			continue
		}
		if l := r.leftOut(ctx, report, o); l != nil {
			report.LeftOut = append(report.LeftOut, *l)
		}
	}
}

// estimates are the usual times that were asked for.
type estimates struct {
	mutex   sync.Mutex
	known   map[string]*history.Usual
	queue   []string
	asking  bool
	pending sync.WaitGroup
}

func (e *estimates) wait() { e.pending.Wait() }

// Usual gives what a derivation usually takes, or false where that is not known or
// not known yet. It never waits: the first call for a derivation asks, a later one
// has the answer. It may be called from several goroutines, but not after Close.
func (r *Recording) Usual(derivation string) (history.Usual, bool) {
	e := &r.estimates
	e.mutex.Lock()
	defer e.mutex.Unlock()
	usual, asked := e.known[derivation]
	if asked {
		if usual == nil {
			return history.Usual{}, false
		}
		return *usual, true
	}
	if r.options.Path == "" {
		return history.Usual{}, false
	}
	if e.known == nil {
		e.known = map[string]*history.Usual{}
	}
	e.known[derivation] = nil
	e.queue = append(e.queue, derivation)
	if !e.asking {
		e.asking = true
		e.pending.Go(r.answer)
	}
	return history.Usual{}, false
}

// answer answers what was asked for until nothing is left.
func (r *Recording) answer() {
	<-r.opened
	<-r.described
	derivations := &store.Derivations{}
	for {
		r.estimates.mutex.Lock()
		if len(r.estimates.queue) == 0 || r.store == nil {
			r.estimates.asking = false
			r.estimates.mutex.Unlock()
			return
		}
		derivation := r.estimates.queue[0]
		r.estimates.queue = r.estimates.queue[1:]
		r.estimates.mutex.Unlock()

		usual, err := r.store.Usual(context.Background(), usualQuestion(derivations, derivation, r.project, r.options.Host))
		if err != nil {
			continue
		}
		r.estimates.mutex.Lock()
		r.estimates.known[derivation] = usual
		r.estimates.mutex.Unlock()
	}
}

// usualQuestion asks the history what a derivation of a project usually takes.
func usualQuestion(derivations *store.Derivations, derivation, project, host string) history.Question {
	q := history.Question{Derivation: derivation, Project: project, Host: host}
	if d, err := derivations.Get(derivation); err == nil {
		checks := d.Env["doCheck"] == "1" || d.Env["doInstallCheck"] == "1"
		q.System, q.Checks = d.System, &checks
	}
	return q
}
