package chores

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

func TestSetupSaysWhatIsMissing(t *testing.T) {
	tests := []struct {
		name     string
		programs []string // all that the machine has
		args     []string
		want     string
	}{
		{
			"no Go", nil, []string{"demo"},
			"setup: Go is missing. Install Go 1.26 or later from https://go.dev/dl and put it on PATH.\n",
		},
		{
			"no need named", []string{"go"}, nil,
			"setup: usage: setup demo|test\n",
		},
		{
			"not Debian", []string{"go", "git", "cc"}, []string{"demo"},
			"setup: These are missing, by their Debian names: nix-bin make\n" +
				"setup: This is not Debian, so please install them yourself: Nix from https://nixos.org/download, the others with this system's package manager.\n",
		},
	}
	// The header of the C library is a need too, and the one that a PATH cannot take away.
	require.File(t, "/usr/include/stdio.h")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.Command(require.Program(t, "bash"), append([]string{script(t, "setup")}, test.args...)...)
			cmd.Env = []string{"PATH=" + machine(t, test.programs)}
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("ended with %v, want exit status 1", err)
			}
			if stderr.String() != test.want {
				t.Errorf("said   %q\nwanted %q", stderr.String(), test.want)
			}
			if stdout.String() != "" {
				t.Errorf("printed %q", stdout.String())
			}
		})
	}
}

func TestSetupSaysNothingWhereNothingIsMissing(t *testing.T) {
	// Otherwise the script would install what is missing.
	for _, program := range []string{"git", "nix", "cc", "make"} {
		require.Program(t, program)
	}
	require.File(t, "/usr/include/stdio.h")
	output, err := exec.Command(require.Program(t, "bash"), script(t, "setup"), "demo").CombinedOutput()
	if err != nil || len(output) > 0 {
		t.Errorf("ended with %v and said %q", err, output)
	}
}

func script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", ".ci", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// machine gives a PATH on which only the programs are that the scripts rest on
// and those given.
func machine(t *testing.T, programs []string) string {
	t.Helper()
	bin := t.TempDir()
	for _, program := range append([]string{"dirname", "id"}, programs...) {
		if err := os.Symlink(require.Program(t, program), filepath.Join(bin, program)); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}
