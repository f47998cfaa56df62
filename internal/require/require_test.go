package require_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// probeVariable names the program that TestProbe asks for. The test binary runs
// itself with it, because a skip or a failure ends the test that asks.
const probeVariable = "FLAKEGEN_REQUIRE_PROBE"

func TestProbe(t *testing.T) {
	name := os.Getenv(probeVariable)
	if name == "" {
		t.Skip("runs only below TestProgram")
	}
	t.Logf("found %s", require.Program(t, name))
}

func TestProgram(t *testing.T) {
	tests := []struct {
		name    string
		program string
		tools   string // value of FLAKEGEN_REQUIRE_TOOLS
		passes  bool
		says    string
	}{
		{"present", "probe-present", "", true, "found "},
		{"present and required", "probe-present", "1", true, "found "},
		{"missing", "probe-absent", "", true, "--- SKIP: TestProbe"},
		{"missing, variable off", "probe-absent", "0", true, "--- SKIP: TestProbe"},
		{"missing and required", "probe-absent", "1", false, "needs the program probe-absent"},
	}
	bin := t.TempDir()
	program := filepath.Join(bin, "probe-present")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestProbe$", "-test.v")
			cmd.Env = append(os.Environ(),
				"PATH="+bin,
				probeVariable+"="+test.program,
				require.ToolsVariable+"="+test.tools,
			)
			output, err := cmd.CombinedOutput()
			if (err == nil) != test.passes {
				t.Errorf("passes = %v, want %v\n%s", err == nil, test.passes, output)
			}
			if !strings.Contains(string(output), test.says) {
				t.Errorf("output lacks %q:\n%s", test.says, output)
			}
		})
	}
}
