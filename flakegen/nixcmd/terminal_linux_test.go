package nixcmd

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/flakegen/flakegen/internal/pty"
)

// terminalChild names the folder of the test that started this process at a
// terminal of its own.
const terminalChild = "FLAKEGEN_TERMINAL_CHILD"

// Ctrl-C at a real terminal must reach nix exactly once. The program that counts
// stands where nix does, because nix does not say how often it heard.
func TestControlCReachesNixOnce(t *testing.T) {
	if dir := os.Getenv(terminalChild); dir != "" {
		buildAtTerminal(t, dir)
		return
	}
	dir := t.TempDir()
	// It needs a while to end, as Nix does, in which it hears of every signal.
	writeFile(t, filepath.Join(dir, "nix"), `#!/bin/sh
cd "`+dir+`"
trap 'echo heard >>count' INT
echo $$ >begun
while [ ! -s count ]; do sleep 0.05; done
sleep 0.2
exit 1
`)
	if err := os.Chmod(filepath.Join(dir, "nix"), 0o755); err != nil {
		t.Fatal(err)
	}
	master, slave := pty.Open(t)
	child := exec.Command(os.Args[0], "-test.run=^TestControlCReachesNixOnce$", "-test.v")
	child.Env = append(os.Environ(), terminalChild+"="+dir)
	child.Stdin = slave
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	var said strings.Builder
	child.Stdout, child.Stderr = &said, &said
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, filepath.Join(dir, "begun"))
	if _, err := master.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err != nil {
		t.Errorf("%v\n%s", err, said.String())
	}
	count, err := os.ReadFile(filepath.Join(dir, "count"))
	if err != nil || string(count) != "heard\n" {
		t.Errorf("nix heard %q, %v", count, err)
	}
}

// buildAtTerminal is what a command does: it turns the signal into the end of a
// context.
func buildAtTerminal(t *testing.T, dir string) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		<-signals
		cancel(ErrTerminalInterrupt)
	}()
	n := &Nix{Program: filepath.Join(dir, "nix")}
	_, err := n.Build(ctx, BuildRequest{Installables: []Installable{{Text: "x"}}, Now: time.Now})
	if context.Cause(ctx) == nil || err == nil {
		t.Errorf("%v", err)
	}
}
