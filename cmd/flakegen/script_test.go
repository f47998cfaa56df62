package main

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/flakegen/flakegen/internal/require"
)

var update = flag.Bool("update", false, "write what the scripts compare with anew")

// TestMain makes the program itself a command of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"flakegen": main})
}

// TestScripts runs the scripts that need no Nix.
func TestScripts(t *testing.T) {
	require.Program(t, "git")
	runScripts(t, func(name string) bool {
		return !strings.HasPrefix(name, "nix_") && !strings.HasPrefix(name, "hook_") && !strings.HasPrefix(name, "strace_") &&
			!strings.HasPrefix(name, "remote_")
	})
}

// TestProcessScripts runs the scripts that count processes.
func TestProcessScripts(t *testing.T) {
	require.Program(t, "strace")
	runScripts(t, func(name string) bool { return strings.HasPrefix(name, "strace_") })
}

// TestHookScripts runs the scripts that commit under a real pre-commit.
func TestHookScripts(t *testing.T) {
	require.Program(t, "pre-commit")
	runScripts(t, func(name string) bool { return strings.HasPrefix(name, "hook_") })
}

// TestNixScripts runs the scripts that run Nix.
func TestNixScripts(t *testing.T) {
	require.Program(t, "nix")
	require.Root(t)
	runScripts(t, func(name string) bool { return strings.HasPrefix(name, "nix_") })
}

// runScripts runs the scripts that are picked, each after the usual setup and those
// of more.
func runScripts(t *testing.T, pick func(name string) bool, more ...func(*testscript.Env) error) {
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range all {
		if pick(filepath.Base(f)) {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		t.Fatal("no script was found")
	}
	testscript.Run(t, testscript.Params{
		Files:               files,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			for _, f := range append([]func(*testscript.Env) error{setup}, more...) {
				if err := f(env); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code,
		},
	})
}

// setup gives a script a git that knows who commits and a Nix that asks nobody
// outside of this machine; flakes are as a new Nix has them, off.
func setup(env *testscript.Env) error {
	repository, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	env.Setenv("REPOSITORY", repository)
	// The stand-in for nixpkgs, for path:./hostpkgs: Nix takes no reference to a
	// folder whose path has a space in it, as that of the repository may have.
	if err := os.CopyFS(filepath.Join(env.WorkDir, "hostpkgs"), os.DirFS(filepath.Join(repository, "nix", "hostpkgs"))); err != nil {
		return err
	}
	// Where flakegen itself is, for a PATH without anything else.
	env.Setenv("PROGRAMS", filepath.SplitList(env.Getenv("PATH"))[0])
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		env.Setenv("GIT_"+who+"_NAME", "A. Tester")
		env.Setenv("GIT_"+who+"_EMAIL", "tester@example.org")
	}
	env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	env.Setenv("GIT_CONFIG_GLOBAL", "/dev/null")
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		env.Setenv(name, goEnv()[name])
	}
	env.Setenv("NIX_CONFIG", "substituters =\nsandbox = false\nbuild-users-group =\n")
	return nil
}

// goEnv is what go env says of its caches, which a hook that builds flakegen is
// to share: they depend on HOME, and a script has a home of its own.
var goEnv = sync.OnceValue(func() map[string]string {
	values := map[string]string{}
	out, err := exec.Command("go", "env", "-json", "GOCACHE", "GOMODCACHE").Output()
	if err == nil {
		err = json.Unmarshal(out, &values)
	}
	if err != nil {
		panic(err)
	}
	return values
})

// code runs a program and holds its exit code: code 2 flakegen check. Its streams
// are there for stdout and stderr as after exec.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program args...")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("usage: code N program args...")
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
