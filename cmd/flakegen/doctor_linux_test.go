package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/internal/pty"
)

// At a real terminal doctor has colours, unless it is told not to, and keeps to
// the width but for what is to be copied.
func TestDoctorAtATerminal(t *testing.T) {
	programs := t.TempDir() // without nix
	program, err := exec.LookPath("flakegen")
	if err != nil {
		t.Fatal(err)
	}
	run := func(columns uint16, more ...string) string {
		cmd := exec.Command(program, "doctor")
		cmd.Dir = t.TempDir()
		cmd.Env = append([]string{"PATH=" + programs, "TERM=xterm-256color", "HOME=" + cmd.Dir, "LANG=C.UTF-8"}, more...)
		s := pty.Start(t, columns, 40, cmd)
		s.Wait(0, "1 fault, ")
		if code := s.End(); code != exitUnable {
			t.Errorf("exit code %d", code)
		}
		return s.Text()
	}
	colored := run(80)
	if !strings.Contains(colored, "\x1b[31m✗") || !strings.Contains(colored, "\x1b[1mNix") {
		t.Errorf("no colours: %q", colored)
	}
	for _, variable := range []string{"NO_COLOR=1", "TERM=dumb"} {
		if text := run(80, variable); strings.Contains(text, "\x1b") || !strings.Contains(text, "✗ nix") {
			t.Errorf("%s: %q", variable, text)
		}
	}
	if text := run(80, "LC_ALL=C", "NO_COLOR=1"); !strings.Contains(text, "x nix") {
		t.Errorf("in the locale C: %q", text)
	}
	for line := range strings.SplitSeq(run(36, "NO_COLOR=1"), "\n") {
		if w := ansi.StringWidth(strings.TrimRight(line, "\r")); w > 36 && !strings.Contains(line, "https://") {
			t.Errorf("%d columns on 36: %q", w, line)
		}
	}
}
