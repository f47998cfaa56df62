package nixcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/flakegen/flakegen/internal/require"
)

// testSettings make Nix build where there is no network, no sandbox and no
// build user. Flakes stay disabled, as on Debian.
const testSettings = "substituters =\nsandbox = false\nbuild-users-group =\n"

// realNix is the nix on PATH, run in the folder dir.
func realNix(t *testing.T, dir string) *Nix {
	t.Helper()
	require.Program(t, "nix")
	return &Nix{Dir: dir, Env: append(os.Environ(), "NIX_CONFIG="+testSettings, "XDG_CACHE_HOME="+t.TempDir())}
}

// gitFlake makes a git repository with a flake.nix in the folder dir. Its
// derivations differ from those of every other test run, so they are built.
// In outputs, `make NAME SYSTEM SCRIPT` is a derivation.
func gitFlake(t *testing.T, dir, outputs string) {
	t.Helper()
	plainFlake(t, dir, outputs)
	git(t, dir, "init", "-q")
	git(t, dir, "add", "-A")
}

func plainFlake(t *testing.T, dir, outputs string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "flake.nix"), fmt.Sprintf(`{
  outputs = { self }: let
    make = name: system: script: derivation {
      inherit name system;
      stamp = "%s %d";
      builder = "/bin/sh";
      args = [ "-c" script ];
    };
  in {
    %s
  };
}
`, t.Name(), time.Now().UnixNano(), outputs))
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	require.Program(t, "git")
	cmd := exec.Command("git", append([]string{"-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// native is the system that the tests build for: what Nix itself says.
func native(t *testing.T, n *Nix) string {
	t.Helper()
	s, err := n.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.System
}

func TestNoNixOnPath(t *testing.T) {
	for _, path := range []string{"PATH=" + t.TempDir(), "PATH="} {
		n := &Nix{Env: []string{path}}
		if _, err := n.Version(t.Context()); !errors.Is(err, ErrNoNix) || !strings.Contains(err.Error(), "apt-get install nix-bin") {
			t.Errorf("%s: %v, want ErrNoNix with what to install", path, err)
		}
	}
	var failed *Error
	n := &Nix{Program: filepath.Join(t.TempDir(), "nix")}
	if _, err := n.Version(t.Context()); !errors.As(err, &failed) || !errors.Is(err, os.ErrNotExist) || failed.ExitCode != -1 {
		t.Errorf("a program that is not there: %v", err)
	}
}

// A program beside the caller's current folder must not run for being called nix.
func TestRelativePathEntryIsIgnored(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "nix"), "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(dir, "nix"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	n := &Nix{Env: []string{"PATH=.:"}}
	if _, err := n.Version(t.Context()); !errors.Is(err, ErrNoNix) {
		t.Errorf("%v, want ErrNoNix", err)
	}
	n.Env = []string{"PATH=" + dir}
	if path, err := n.lookUp(); err != nil || path != filepath.Join(dir, "nix") {
		t.Errorf("%q, %v: an absolute entry counts", path, err)
	}
}

func TestErrorCarriesCommandLineAndReason(t *testing.T) {
	n := realNix(t, t.TempDir())
	_, err := n.output(t.Context(), "eval", "--expr", "throw \"no \x1b[31mmore\"")
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("%v is no *Error", err)
	}
	if failed.ExitCode != 1 || !slices.Contains(failed.Args, "--expr") {
		t.Errorf("exit code %d, arguments %q", failed.ExitCode, failed.Args)
	}
	for _, part := range []string{"eval --expr 'throw \"no ", "exit code 1", "no more"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
	if strings.Contains(failed.Stderr, "\x1b") {
		t.Errorf("escape sequence in %q", failed.Stderr)
	}
}

func TestTailIsBounded(t *testing.T) {
	var kept tail
	for i := range 100_000 {
		fmt.Fprintf(&kept, "line %d\n", i)
	}
	io.WriteString(&kept, strings.Repeat("x", 3*tailSize)+"\nlast\n")
	if cap(kept.kept) > 4*tailSize {
		t.Errorf("%d bytes are kept", cap(kept.kept))
	}
	if got := kept.String(); got != "last" {
		t.Errorf("%q, want the last whole line", got)
	}
}

// slowFlake builds for a minute, and leaves a file when it begins.
func slowFlake(t *testing.T) (n *Nix, request BuildRequest, begun string) {
	t.Helper()
	dir := t.TempDir()
	n = realNix(t, dir)
	begun = filepath.Join(dir, "begun")
	system := native(t, n)
	gitFlake(t, dir, fmt.Sprintf(`packages.%s.slow = make "slow" "%[1]s" "echo $$ > %s; sleep() { /bin/sleep $1 || /usr/bin/sleep $1; }; sleep 60; echo > $out";`, system, begun))
	request = BuildRequest{
		Installables: []Installable{{Flake: ".", Attribute: Attribute{"packages", system, "slow"}}}, NoLink: true, Now: time.Now,
		Observe: func(e Event) {
			if m, ok := e.(Message); ok {
				t.Log("nix says: " + Printable(m.Text))
			}
		},
	}
	return n, request, begun
}

// waitFor waits until there is text in a file.
func waitFor(t *testing.T, path string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(path); err == nil && len(text) > 1 {
			return strings.TrimSpace(string(text))
		}
	}
	t.Fatalf("%s did not appear", path)
	return ""
}

func TestInterruptReachesNixAndItsBuild(t *testing.T) {
	n, request, begun := slowFlake(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var builder string
	go func() {
		builder = waitFor(t, begun)
		cancel()
	}()
	start := time.Now()
	_, err := n.Build(ctx, request)
	var failed *Error
	if !errors.Is(err, ErrInterrupted) || !errors.Is(err, context.Canceled) || !errors.As(err, &failed) {
		t.Fatalf("%v, want an interrupt", err)
	}
	if failed.ExitCode != 1 {
		t.Errorf("exit code %d: nix was to end by itself", failed.ExitCode)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := os.Stat("/proc/" + builder); err == nil {
		t.Errorf("the builder, process %s, still runs", builder)
	}
}

// An interrupt at the terminal reaches nix by the terminal. Here nobody sends it
// but the test, so it is nix's answer to that signal which is seen.
func TestTerminalInterruptIsNotSentAtOnce(t *testing.T) {
	n, request, begun := slowFlake(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var told time.Time
	go func() {
		waitFor(t, begun)
		told = time.Now()
		cancel(ErrTerminalInterrupt)
	}()
	_, err := n.Build(ctx, request)
	if !errors.Is(err, ErrInterrupted) || !errors.Is(err, ErrTerminalInterrupt) {
		t.Fatalf("%v, want an interrupt", err)
	}
	// Nobody interrupted nix, as if the user had meant this process alone: after
	// a while it is told all the same.
	if took := time.Since(told); took < interruptAgain || took > interruptAgain+n.grace() {
		t.Errorf("nix ended %v after the interrupt, want a little over %v", took, interruptAgain)
	}
}

func TestInterruptOfNixAloneIsAnInterrupt(t *testing.T) {
	n, request, begun := slowFlake(t)
	go func() {
		builder := waitFor(t, begun)
		// The builder's parent is nix.
		stat, err := os.ReadFile("/proc/" + builder + "/stat")
		if err != nil {
			t.Error(err)
			return
		}
		var pid, parent int
		var name, state string
		if _, err := fmt.Sscan(string(stat), &pid, &name, &state, &parent); err != nil {
			t.Error(err)
			return
		}
		// One that comes just before nix begins to wait is lost on it.
		for syscall.Kill(parent, syscall.SIGINT) == nil && t.Context().Err() == nil {
			time.Sleep(200 * time.Millisecond)
		}
	}()
	if _, err := n.Build(t.Context(), request); !errors.Is(err, ErrInterrupted) {
		t.Errorf("%v, want ErrInterrupted: nix says that it was", err)
	}
}

func TestSecondInterruptKills(t *testing.T) {
	n, request, begun := slowFlake(t)
	n.Grace = time.Hour
	kill := make(chan struct{})
	n.Kill = kill
	// A program that takes no notice of SIGINT, in front of nix.
	program := filepath.Join(t.TempDir(), "deaf")
	writeFile(t, program, "#!/bin/sh\ntrap '' INT\necho $$ >"+begun+"\nexec /usr/bin/env sleep 60\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	n.Program = program
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		waitFor(t, begun)
		cancel()
		time.Sleep(100 * time.Millisecond)
		close(kill)
	}()
	start := time.Now()
	_, err := n.Build(ctx, request)
	var failed *Error
	if !errors.Is(err, ErrInterrupted) || !errors.As(err, &failed) || failed.ExitCode != 128+int(syscall.SIGKILL) {
		t.Errorf("%v, want a killed process", err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// Nix hears of no interrupt while it evaluates.
func TestGraceEndsInAKill(t *testing.T) {
	n := realNix(t, t.TempDir())
	n.Grace = 200 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := n.output(ctx, "eval", "--expr", "let f = n: if n == 0 then 0 else f (n - 1); in builtins.foldl' (a: x: a + f 1000) 0 (builtins.genList (x: x) 1000000)")
	var failed *Error
	if !errors.Is(err, ErrInterrupted) || !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &failed) {
		t.Fatalf("%v, want an interrupt by the deadline", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
