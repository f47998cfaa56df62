package require_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// probeVariable names the program, or with a slash the file, that TestProbe asks for. The test binary runs
// itself with it, because a skip or a failure ends the test that asks.
const probeVariable = "FLAKEGEN_REQUIRE_PROBE"

func TestProbe(t *testing.T) {
	name := os.Getenv(probeVariable)
	if name == "" {
		t.Skip("runs only below TestSkipsOrFails")
	}
	if strings.HasPrefix(name, "/") {
		require.File(t, name)
		t.Logf("found %s", name)
		return
	}
	t.Logf("found %s", require.Program(t, name))
}

func TestSkipsOrFails(t *testing.T) {
	bin := t.TempDir()
	program := filepath.Join(bin, "probe-present")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
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
		{"file present and required", program, "1", true, "found "},
		{"file missing", program + "-not", "", true, "--- SKIP: TestProbe"},
		{"file missing and required", program + "-not", "1", false, "probe-present-not: no such file"},
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
