package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/internal/pty"
	"github.com/flakegen/flakegen/internal/require"
)

// slowSpec has an output that builds for a minute, and one that Nix evaluates for
// much longer, in which older Nix does not hear of an interrupt.
const slowSpec = `
flake { systems = ["x86_64-linux", "aarch64-linux"] }
input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
package "slow" {
  name         = "slow"
  stamp        = "STAMP"
  dontUnpack   = true
  buildPhase   = "echo $$$$ >PIDFILE; sleep 60"
  installPhase = "touch $out"
}
package "endless" {
  value = nix("let l = builtins.genList (x: x) 5000; sum = builtins.foldl' (a: b: a + b) 0; in builtins.seq (sum (map (x: sum (map (y: sum l) l)) l)) {}")
}
`

// slowProject is a rendered project, known to git, and the file that gets the id
// of the process that builds.
func slowProject(t *testing.T) (dir, pidFile string) {
	t.Helper()
	require.Program(t, "nix")
	require.Root(t)
	pidFile = filepath.Join(t.TempDir(), "pid")
	text := strings.NewReplacer("STAMP", fmt.Sprint(time.Now().UnixNano()), "PIDFILE", pidFile, "$$$$", "$$").Replace(slowSpec)
	return projectOf(t, text), pidFile
}

// atTerminal runs a command line at a terminal where a person watches.
func atTerminal(t *testing.T, dir string, command ...string) *pty.Session {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		switch name {
		case "CI", "GITHUB_ACTIONS", "NO_COLOR", "TERM", "NIX_CONFIG":
		default:
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "TERM=xterm-256color", "PS1=$ ", "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\n",
		"HOME="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, ".cache"), "XDG_STATE_HOME="+filepath.Join(dir, ".state"))
	return pty.Start(t, 80, 24, cmd)
}

func buildLine(output string) []string {
	return []string{"flakegen", "build", output, "--no-link", "--", "--override-input", "nixpkgs", "path:./hostpkgs"}
}

// leftAlone checks that no mode of the terminal stays changed.
func leftAlone(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, ansi.HideCursor) {
		t.Error("the cursor was hidden")
	}
	for on, off := range map[string]string{
		ansi.SetModeSynchronizedOutput: ansi.ResetModeSynchronizedOutput,
		ansi.ResetModeAutoWrap:         ansi.SetModeAutoWrap,
	} {
		if strings.LastIndex(text, on) > strings.LastIndex(text, off) {
			t.Errorf("%q was not taken back", on)
		}
	}
}

// builderBegins waits until the process that builds is there.
func builderBegins(t *testing.T, pidFile string) {
	t.Helper()
	for range 400 {
		if text, err := os.ReadFile(pidFile); err == nil && strings.HasSuffix(string(text), "\n") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("nothing builds")
}

// builderEnds waits until the process that builds is gone.
func builderEnds(t *testing.T, pidFile string) {
	t.Helper()
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	process := filepath.Join("/proc", strings.TrimSpace(string(text)))
	for range 300 {
		if _, err := os.Stat(process); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the build goes on")
}

func TestTerminalControlC(t *testing.T) {
	dir, pidFile := slowProject(t)
	s := atTerminal(t, dir, buildLine("slow")...)
	at := s.Wait(0, "slow")
	at = s.Wait(at, "\x1b[36mbuild")
	builderBegins(t, pidFile)
	s.Resize(30, 10)
	at = s.Wait(at, "1 building")
	s.Type("\x03")
	at = s.Wait(at, "interrupting; once more kills nix")
	if code := s.End(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	at = s.Wait(at, "\x1b[33minterrupted\x1b[m after ")
	if rest := s.Text()[at:]; strings.Contains(rest, ansi.SetModeSynchronizedOutput) {
		t.Errorf("a frame behind the notice: %q", rest)
	}
	leftAlone(t, s.Text())
	builderEnds(t, pidFile)
}

func TestTerminalSecondControlCKills(t *testing.T) {
	dir, _ := slowProject(t)
	s := atTerminal(t, dir, buildLine("endless")...)
	at := s.Wait(0, "evaluating")
	at = s.Wait(at, "2 s") // Nix is at it
	s.Type("\x03")
	s.Wait(at, "interrupting; once more kills nix")
	begin := time.Now()
	s.Type("\x03")
	code := s.End()
	// Otherwise it would have been killed after the grace of 5 s.
	if took := time.Since(begin); took > 3*time.Second || code != exitInterrupted {
		t.Errorf("exit code %d after %v", code, took)
	}
	leftAlone(t, s.Text())
}

func TestTerminalStopAndResume(t *testing.T) {
	dir, pidFile := slowProject(t)
	s := atTerminal(t, dir, require.Program(t, "bash"), "--norc", "--noprofile", "-i")
	s.Wait(0, "$ ")
	s.Type(strings.Join(buildLine("slow"), " ") + "\n")
	at := s.Wait(0, "1 building")
	builderBegins(t, pidFile)
	s.Type("\x1a")
	stopped := s.Wait(at, "Stopped")
	at = s.Wait(stopped, "$ ")
	time.Sleep(300 * time.Millisecond)
	if text := s.Text()[at:]; strings.Contains(text, "building") {
		t.Errorf("it draws while it is stopped: %q", text)
	}
	s.Type("bg\n")
	at = s.Wait(at, "&")
	at = s.Wait(at, "$ ")
	time.Sleep(500 * time.Millisecond)
	if text := s.Text()[at:]; strings.Contains(text, "building") {
		t.Errorf("it draws in the background: %q", text)
	}
	s.Type("fg\n")
	at = s.Wait(at, "1 building")
	s.Type("\x03")
	at = s.Wait(at, "\x1b[33minterrupted\x1b[m after ")
	s.Wait(at, "$ ")
	leftAlone(t, s.Text())
	builderEnds(t, pidFile)
	s.Type("exit\n")
	s.End()
}

// A terminal that is closed ends the build.
func TestTerminalHangUp(t *testing.T) {
	dir, pidFile := slowProject(t)
	s := atTerminal(t, dir, buildLine("slow")...)
	s.Wait(0, "1 building")
	builderBegins(t, pidFile)
	s.HangUp()
	s.End()
	builderEnds(t, pidFile)
}

// What the environment says of the terminal is heard.
func TestTerminalKinds(t *testing.T) {
	dir, _ := slowProject(t)
	for variable, want := range map[string]string{"TERM=dumb": "slow: building\r\n", "CI=true": "slow: building\r\n"} {
		s := atTerminal(t, dir, append([]string{"env", variable}, buildLine("slow")...)...)
		s.Wait(0, want)
		s.Type("\x03")
		if code := s.End(); code != exitInterrupted || strings.Contains(s.Text(), "\x1b") {
			t.Errorf("%s: exit code %d, %q", variable, code, s.Text())
		}
	}
	s := atTerminal(t, dir, append([]string{"env", "NO_COLOR=1"}, buildLine("slow")...)...)
	s.Wait(0, "1 building")
	s.Type("\x03")
	if s.End(); strings.Contains(s.Text(), "\x1b[36m") || !strings.Contains(s.Text(), ansi.SetModeSynchronizedOutput) {
		t.Errorf("NO_COLOR: %q", s.Text())
	}
}
