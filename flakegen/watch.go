package flakegen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// WatchOptions says which log to watch and how.
type WatchOptions struct {
	// Log is a stream of Nix's log, with whatever else the command that writes it
	// says: `nix … --log-format internal-json … 2>&1`.
	Log io.Reader
	// Observer, if any, is told what happens as it happens.
	Observer timing.Observer
	// Now is the clock.
	Now func() time.Time
	// Grace is how long an interrupted Nix may take to close the log. 0 means
	// [WatchGrace].
	Grace time.Duration
	// Kill ends the watching at once when it is closed: the user's second
	// interrupt. It may be nil.
	Kill <-chan struct{}
}

// WatchGrace is how long the log of an interrupted Nix is read on. A Nix that
// stops its builds takes a moment; one that evaluates hears of nothing.
const WatchGrace = 10 * time.Second

// ErrNoRecords says that a log has none of Nix's records in it.
var ErrNoRecords = errors.New("no record of Nix's log was in the input")

// Watch reads a log until its writer closes it, and accounts for the time of the
// build in it. It starts no process, and reads the .drv files that the log names
// where they are there, for systems and for the critical path.
//
// There is a report where the log has a record in it, and its status says how the
// build ended as far as the log tells. An error says why there is nothing, or not
// all, to report: [ErrNoRecords], or what reading ended with; then the report may
// be there too, of what was read.
//
// Where ctx is cancelled with the cause [nixcmd.ErrTerminalInterrupt] Nix has the
// interrupt as well, so its log is read on until it ends, for Grace at most. Any
// other cause ends the watching at once.
func Watch(ctx context.Context, o WatchOptions) (*timing.Report, error) {
	w := &watched{account: timing.NewAccount(o.Now()), decoder: nixcmd.NewDecoder(o.Log, o.Now)}
	w.account.Observer = o.Observer
	ended := make(chan error, 1)
	go func() { ended <- w.follow() }()

	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = o.lastWords(ctx, ended)
	case <-o.Kill:
		err = ErrLogOpen
	}
	counts := w.stop()
	if counts.Records == 0 && ctx.Err() == nil && err == nil {
		return nil, ErrNoRecords
	}
	if counts.Records == 0 && err != nil && !errors.Is(err, ErrLogOpen) {
		return nil, err
	}
	report := w.account.Finish(timing.Ending{
		At:          o.Now(),
		Interrupted: ctx.Err() != nil,
		Log:         counts,
		Store:       &storeView{derivations: &w.derivations},
	})
	addSystems(report.Derivations, &w.derivations)
	return &report, err
}

// ErrLogOpen says that an interrupted Nix had not closed its log when the
// watching ended.
var ErrLogOpen = errors.New("the log was still being written")

// lastWords waits for the end of the log of an interrupted Nix.
func (o WatchOptions) lastWords(ctx context.Context, ended <-chan error) error {
	if !errors.Is(context.Cause(ctx), nixcmd.ErrTerminalInterrupt) {
		return ErrLogOpen
	}
	grace := o.Grace
	if grace <= 0 {
		grace = WatchGrace
	}
	bound := time.NewTimer(grace)
	defer bound.Stop()
	select {
	case err := <-ended:
		return err
	case <-o.Kill:
	case <-bound.C:
	}
	return ErrLogOpen
}

// watched is a log that is being read. A read cannot be ended from outside, so
// after stop the one who reads may still be there, and touches nothing more.
type watched struct {
	decoder     *nixcmd.Decoder
	derivations store.Derivations

	mu      sync.Mutex
	account *timing.Account
	stopped bool
}

// follow takes the log to account until it ends.
func (w *watched) follow() error {
	for {
		event, err := w.decoder.Next()
		if !w.take(event, err) {
			if err == io.EOF {
				return nil
			}
			return fmt.Errorf("read the log: %w", err)
		}
	}
}

// take takes one event, and says whether to go on.
func (w *watched) take(event nixcmd.Event, err error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped || err != nil {
		return false
	}
	w.account.Add(event)
	return true
}

// stop ends the reading, and says what was read.
func (w *watched) stop() nixcmd.Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	return w.decoder.Counts()
}
