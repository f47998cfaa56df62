package nixcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// BuildRequest says what to build and how.
type BuildRequest struct {
	Installables []Installable
	// KeepGoing builds what it can after a failure.
	KeepGoing bool
	// OutLink is where the link to the result goes, "" for "result" in the folder
	// that nix runs in. NoLink makes none.
	OutLink string
	NoLink  bool
	// Now is the clock that stamps the events.
	Now func() time.Time
	// Observe is told each event of Nix's log stream, in order. It may be nil.
	Observe func(Event)
}

// Build runs `nix build`, one process, and returns what it built when all of it
// succeeded. Where nix began and ended without success the error is an [*Error]
// with its exit code, and the reason is among the events; [ErrInterrupted] is in
// it where nix was told to stop.
//
// To stop it, cancel ctx: nix gets SIGINT and [Nix.Grace] to end, then it is
// killed; or close [Nix.Kill], which kills it at once. Where Ctrl-C at the
// terminal is the reason nix has the signal already, because it is in the same
// process group, and [ErrTerminalInterrupt] as the cause says so.
//
// [InOrder] says which product is that of which installable.
func (n *Nix) Build(ctx context.Context, req BuildRequest) ([]Product, error) {
	words, err := operands(req.Installables)
	if err != nil {
		return nil, err
	}
	args := []string{"build", "--log-format", "internal-json", "--json"}
	if req.KeepGoing {
		args = append(args, "--keep-going")
	}
	switch {
	case req.NoLink:
		args = append(args, "--no-link")
	case req.OutLink != "":
		args = append(args, "--out-link", req.OutLink)
	}

	stream, records := io.Pipe()
	interrupted := make(chan bool, 1)
	go func() { interrupted <- observe(stream, req) }()
	var stdout bytes.Buffer
	err = n.run(ctx, call{args: slices.Concat(args, n.Args.forBuilding(), words), stdout: &stdout, records: records})
	records.Close()
	if told := <-interrupted; told && err != nil && !errors.Is(err, ErrInterrupted) {
		var failed *Error
		if errors.As(err, &failed) {
			failed.Err = fmt.Errorf("%w: %w", ErrInterrupted, failed.Err)
		}
	}
	if err != nil {
		return nil, err
	}
	products, err := parseProducts(stdout.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read what `nix build --json` printed: %w", err)
	}
	return products, nil
}

// observe hands on the events of a stream until it ends, and says whether Nix
// said that it was interrupted: the terminal tells nix before it tells this
// process.
func observe(stream io.Reader, req BuildRequest) (interrupted bool) {
	decoder := NewDecoder(stream, req.Now)
	for {
		event, err := decoder.Next()
		if err != nil {
			return interrupted // the pipe ends in io.EOF and in nothing else
		}
		if m, ok := event.(Message); ok && m.Raw == "interrupted by the user" {
			interrupted = true
		}
		if req.Observe != nil {
			req.Observe(event)
		}
	}
}
