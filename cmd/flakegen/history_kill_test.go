package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/internal/require"
)

// killRounds is how many times TestBuildsKilled kills its builds. Soaking takes
// more.
var killRounds = flag.Int("kill-rounds", 1, "how often the builds of the history are killed")

const buildsAtOnce = 20

// parallelSpec has an output for each of the builds.
const parallelSpec = `flake { systems = ["%[2]s"] }
input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
package "p" {
  name       = "p"
  stamp      = path("stamp")
  dontUnpack = true
  variant "v" {
    for_each     = toset([for i in range(%[1]d) : tostring(i)])
    installPhase = "echo ${each.value} > $out"
  }
}
`

// TestBuildsKilled builds twenty outputs at once by twenty real processes: first
// each to its end, then with a kill -9 at a random moment of each. Every build that
// printed its report is in the history, and the database is whole.
func TestBuildsKilled(t *testing.T) {
	require.Program(t, "nix")
	require.Program(t, "git")
	require.Root(t)
	b := newParallelBuilds(t)
	ended, took := b.run(t, func() time.Duration { return time.Hour })
	if len(ended) != buildsAtOnce {
		t.Fatalf("%d of %d builds printed a report", len(ended), buildsAtOnce)
	}
	b.check(t, ended)
	killed := 0
	for range *killRounds {
		ended, _ := b.run(t, func() time.Duration { return time.Duration(rand.Int64N(int64(took))) })
		b.check(t, ended)
		killed += buildsAtOnce - len(ended)
	}
	if killed == 0 {
		t.Error("no build was killed before its end")
	}
	t.Logf("a round takes %s, %d builds were killed before their end", took, killed)
}

type parallelBuilds struct {
	dir, program string
	env          []string
	recorded     int // builds in the history
}

func newParallelBuilds(t *testing.T) *parallelBuilds {
	dir := t.TempDir()
	b := &parallelBuilds{dir: filepath.Join(dir, "repository"), program: filepath.Join(dir, "flakegen")}
	if err := os.Mkdir(b.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// By this name the program of the tests is flakegen, see TestMain.
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, b.program); err != nil {
		t.Fatal(err)
	}
	b.env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), historyVariable+"=",
		"GIT_CONFIG_GLOBAL=/dev/null", "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\nmax-jobs = 2\n")
	spec := fmt.Sprintf(parallelSpec, buildsAtOnce, flakegen.NativeSystem())
	if err := os.WriteFile(filepath.Join(b.dir, "flakegen.hcl"), []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	b.stamp(t)
	if err := os.CopyFS(filepath.Join(b.dir, "hostpkgs"), os.DirFS("../../nix/hostpkgs")); err != nil {
		t.Fatal(err)
	}
	b.do(t, "git", "init", "-q")
	b.do(t, b.program, "render")
	b.do(t, "git", "add", ".")
	b.do(t, "nix", "--extra-experimental-features", "nix-command flakes", "flake", "lock", "--override-input", "nixpkgs", "path:./hostpkgs")
	b.do(t, "git", "add", ".")
	return b
}

// stamp makes all derivations new.
func (b *parallelBuilds) stamp(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, "stamp"), fmt.Append(nil, time.Now().UnixNano()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (b *parallelBuilds) do(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = b.dir, b.env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// run builds all outputs at once, kills each build after a time, and gives the
// outputs whose report was printed, and the time until the last one was done.
func (b *parallelBuilds) run(t *testing.T, life func() time.Duration) (ended []string, took time.Duration) {
	t.Helper()
	b.stamp(t)
	began := time.Now()
	var mutex sync.Mutex
	var running sync.WaitGroup
	for i := range buildsAtOnce {
		output := fmt.Sprintf("p-v-%d", i)
		cmd := exec.Command(b.program, "build", output, "--no-link", "--json", "--", "--override-input", "nixpkgs", "path:./hostpkgs")
		cmd.Dir, cmd.Env = b.dir, b.env
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		cmd.WaitDelay = time.Second // for what Nix below a killed flakegen still holds
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killing := time.AfterFunc(life(), func() { cmd.Process.Kill() })
		running.Go(func() {
			err := cmd.Wait()
			killing.Stop()
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what is left of Nix
			var report timing.Report
			printed := json.Unmarshal(stdout.Bytes(), &report) == nil
			mutex.Lock()
			defer mutex.Unlock()
			if cmd.ProcessState.Exited() && (err != nil || !printed) {
				t.Errorf("%s ended without a report: %v\n%s", output, err, stderr.Bytes())
			}
			if printed {
				ended = append(ended, report.Outputs[0].Derivation)
			}
			if strings.Contains(stderr.String(), "not in the history") {
				t.Errorf("%s says\n%s", output, stderr.Bytes())
			}
		})
	}
	running.Wait()
	return ended, time.Since(began)
}

// check holds that the builds are in the history.
func (b *parallelBuilds) check(t *testing.T, ended []string) {
	t.Helper()
	path := filepath.Join(filepath.Dir(b.dir), "state", "flakegen", "history.db")
	s, err := history.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(context.Background()); err != nil {
		t.Error(err)
	}
	there := map[string]bool{}
	for r, err := range s.Records(context.Background(), history.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		there[r.Report.Outputs[0].Derivation] = true
	}
	for _, derivation := range ended {
		if !there[derivation] {
			t.Errorf("%s was reported and is not in the history", derivation)
		}
	}
	if len(there) < b.recorded+len(ended) {
		t.Errorf("%d builds are in the history, want the %d from before and %d", len(there), b.recorded, len(ended))
	}
	b.recorded = len(there)
}
