package gitcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

var (
	// ErrNoRepository says that no git repository holds the folder.
	ErrNoRepository = errors.New("not in a git repository")
	// ErrUnknownRevision says that git knows no commit by that name. In a
	// repository without a commit, HEAD is such a name.
	ErrUnknownRevision = errors.New("unknown revision")
)

// Git asks the git program about the repository that holds a folder. Its methods
// may be called from several goroutines; its fields are set before the first call.
type Git struct {
	// Dir is the folder. Empty means the current one.
	Dir string
	// Env is the caller's environment as KEY=VALUE. In a hook it says which
	// index and which repository are meant. Nil means the environment of this
	// process.
	Env []string
	// Cwd is the folder in which Env was made: GIT_DIR and its like are
	// relative to it. Empty means the current one.
	Cwd string
	// Program is the git program, a name on PATH or a path. Empty means git.
	Program string

	once    sync.Once
	environ []string
}

// Error is a git process that could not be started or did not succeed.
type Error struct {
	// Args is the command line, without the options that every call has.
	Args []string
	// ExitCode is the exit code, or -1 for a process that was not started or
	// was ended by a signal.
	ExitCode int
	// Stderr is the end of what git said, without control characters.
	Stderr string
	// Err is the cause: of os/exec, the context's, or ErrNoRepository.
	Err error
}

func (e *Error) Error() string {
	text := "git " + strings.Join(e.Args, " ") + ": " + e.Err.Error()
	if e.Stderr != "" {
		text += ": " + e.Stderr
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// TopLevel returns the absolute path of the top level of the work tree.
func (g *Git) TopLevel(ctx context.Context) (string, error) {
	out, err := g.output(ctx, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// interruptDelay is how long an interrupted git may take to end before it is
// killed.
const interruptDelay = 2 * time.Second

// safeOptions stand before every git command. A repository's configuration names
// programs (pager, fsmonitor) and changes what is printed (quotepath).
var safeOptions = []string{
	"--no-pager",
	"-c", "core.quotepath=off",
	"-c", "core.fsmonitor=false",
}

func (g *Git) command(ctx context.Context, args ...string) (*exec.Cmd, *tail) {
	g.once.Do(func() { g.environ = g.environment(ctx) })
	return g.commandIn(ctx, g.Dir, g.environ, args...)
}

func (g *Git) commandIn(ctx context.Context, dir string, env []string, args ...string) (*exec.Cmd, *tail) {
	program := g.Program
	if program == "" {
		program = "git"
	}
	cmd := exec.CommandContext(ctx, program, append(safeOptions[:len(safeOptions):len(safeOptions)], args...)...)
	cmd.Dir = dir
	cmd.Env = env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = interruptDelay
	stderr := &tail{}
	cmd.Stderr = stderr
	return cmd, stderr
}

// output runs git to its end and returns what it printed.
func (g *Git) output(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	cmd, stderr := g.command(ctx, args...)
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	if err := cmd.Run(); err != nil {
		return nil, failure(ctx, args, err, stderr)
	}
	return stdout.Bytes(), nil
}

// failure describes a git process that ended with err.
func failure(ctx context.Context, args []string, err error, stderr *tail) error {
	e := &Error{Args: args, ExitCode: -1, Stderr: stderr.String(), Err: err}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		e.Err = context.Cause(ctx)
	case errors.As(err, &exit):
		e.ExitCode = exit.ExitCode()
		if strings.Contains(e.Stderr, "not a git repository") {
			e.Err = fmt.Errorf("%w: %w", ErrNoRepository, err)
		}
	}
	return e
}
