package nixcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Nix runs the nix program. Its methods may be called from several goroutines;
// its fields are set before the first call. The zero value runs the nix on PATH
// in the current folder.
type Nix struct {
	// Program is the nix program, a name on PATH or a path. Empty means nix.
	Program string
	// Dir is the folder that it runs in: the user's current one, because Nix
	// takes relative paths in Args from there. Empty means that of this process.
	Dir string
	// Env is the environment as KEY=VALUE. Nil means that of this process.
	Env []string
	// Args are flags of the user's for every call that takes them.
	Args Args
	// Grace is how long an interrupted nix may take to end before it is killed:
	// Nix hears of nothing while it evaluates. 0 means [DefaultGrace].
	Grace time.Duration
	// Kill kills a running nix at once when it is closed: the user's second
	// interrupt. It may be nil.
	Kill <-chan struct{}

	variables []string // of the environment, beside Env
	usage     *usage   // counts its processes; may be nil
}

// DefaultGrace is how long an interrupted nix may take to end.
const DefaultGrace = 5 * time.Second

// ErrTerminalInterrupt is the cause to cancel a context with when the interrupt
// came from the terminal. See [Nix.Build] on how Nix hears of it.
var ErrTerminalInterrupt = errors.New("interrupted at the terminal")

// ErrInterrupted is the cause in an [*Error] of a nix that was told to stop, by
// the context or by the terminal.
var ErrInterrupted = errors.New("interrupted")

// interruptAgain is how long after an interrupt nix gets another one, for as long
// as it runs. It does Nix no harm, and there are two reasons: a signal that comes
// just before Nix begins to wait for its builds is lost on it; and where Ctrl-C
// was taken for the sender it may have been somebody who meant this process alone
// (kill -INT).
const interruptAgain = 500 * time.Millisecond

// features are enabled for each call, because Debian's nix.conf enables none.
var features = []string{"--extra-experimental-features", "nix-command flakes"}

// call is one run of nix.
type call struct {
	args   []string
	stdout io.Writer // nil: dropped
	// An error keeps the end of stderr; stderr takes all of it as well. It may be
	// nil. With records stderr is a log stream and goes there alone.
	stderr  io.Writer
	records io.Writer
	// bare leaves the features as the user has them.
	bare bool
	// apart runs nix in a process group of its own, which is killed as a whole when
	// the context ends: nix 2.8 leaves an ssh behind that waits for its host. It is
	// for what asks nobody for a passphrase and has nothing to put in order.
	apart bool
}

// run runs nix to its end. An error is an [*Error], or what makes it impossible
// to start one.
//
// Nix stays in the process group of its caller: ssh and git below it ask for
// passphrases on the terminal, and a group in the background is stopped when it
// does that. So Ctrl-C at the terminal reaches nix and this process alike, and
// only an interrupt from elsewhere has to be passed on. Go cannot tell the two
// apart; the caller says so by the cause of the context.
func (n *Nix) run(ctx context.Context, c call) error {
	program, err := n.lookUp()
	if err != nil {
		return err
	}
	kept := &tail{}
	var stderr io.Writer = kept
	switch {
	case c.records != nil:
		stderr = c.records
	case c.stderr != nil:
		stderr = io.MultiWriter(kept, c.stderr)
	}
	args := append(features[:len(features):len(features)], c.args...)
	if c.bare {
		args = c.args
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = n.Dir, n.Env
	if len(n.variables) > 0 {
		cmd.Env = append(cmd.Environ(), n.variables...)
	}
	cmd.Stdout, cmd.Stderr = c.stdout, stderr
	cmd.Cancel = func() error { return interrupt(ctx, cmd.Process) }
	cmd.WaitDelay = n.grace()
	if c.apart {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}

	fail := func(err error) error {
		return &Error{Program: program, Args: args, ExitCode: exitCode(cmd.ProcessState), Stderr: kept.String(), Err: err}
	}
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ErrInterrupted, context.Cause(ctx))
		}
		return fail(err)
	}
	ended := make(chan struct{})
	go func() {
		select {
		case <-n.Kill:
			cmd.Process.Kill()
		case <-ended:
		}
	}()
	err = cmd.Wait()
	close(ended)
	n.usage.count(cmd.ProcessState)
	switch {
	case cmd.ProcessState.Success() && (err == nil || ctx.Err() != nil):
		// What was asked to stop too late has done its work.
		return nil
	case ctx.Err() != nil:
		return fail(fmt.Errorf("%w: %w", ErrInterrupted, context.Cause(ctx)))
	case kept.contains("error: interrupted by the user"):
		// The terminal told nix before it told this process.
		return fail(fmt.Errorf("%w: %w", ErrInterrupted, err))
	}
	return fail(err)
}

func exitCode(state *os.ProcessState) int {
	if state != nil {
		if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return 128 + int(status.Signal())
		}
	}
	return state.ExitCode()
}

// interrupt interrupts a process until it has ended: then it takes no signal any
// more, and Signal says so.
func interrupt(ctx context.Context, p *os.Process) error {
	if !errors.Is(context.Cause(ctx), ErrTerminalInterrupt) {
		if err := p.Signal(os.Interrupt); err != nil {
			return err
		}
	}
	var again func()
	again = func() {
		if p.Signal(os.Interrupt) == nil {
			time.AfterFunc(interruptAgain, again)
		}
	}
	time.AfterFunc(interruptAgain, again)
	return nil
}

func (n *Nix) grace() time.Duration {
	if n.Grace > 0 {
		return n.Grace
	}
	return DefaultGrace
}

// output runs nix to its end and returns what it printed on stdout.
func (n *Nix) output(ctx context.Context, args ...string) ([]byte, error) {
	var stdout bytes.Buffer
	err := n.run(ctx, call{args: args, stdout: &stdout})
	return stdout.Bytes(), err
}
