package require

import (
	"os"
	"os/exec"
	"testing"
)

// ToolsVariable is the environment variable that, set to 1, turns the skip for
// a missing program into a failure.
const ToolsVariable = "FLAKEGEN_REQUIRE_TOOLS"

// Program returns the absolute path of the program name, looked up on PATH. Where it is
// missing the test ends: skipped, or failed under FLAKEGEN_REQUIRE_TOOLS=1.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	// Debian keeps servers such as sshd outside of an ordinary user's PATH.
	if path, sbinErr := exec.LookPath("/usr/sbin/" + name); sbinErr == nil {
		return path
	}
	missing(t, "needs the program %s: %v; .ci/setup test installs it", name, err)
	return ""
}

// File ends the test where there is no file of that name: skipped, or failed
// under FLAKEGEN_REQUIRE_TOOLS=1.
func File(t testing.TB, name string) {
	t.Helper()
	if _, err := os.Stat(name); err != nil {
		missing(t, "needs a file: %v; .ci/setup test installs it", err)
	}
}

// Root ends the test unless it runs as root, which mounting and building into
// /nix without a daemon need: skipped, or failed under FLAKEGEN_REQUIRE_TOOLS=1.
func Root(t testing.TB) {
	t.Helper()
	if uid := os.Geteuid(); uid != 0 {
		missing(t, "needs root; the effective user id is %d", uid)
	}
}

func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv(ToolsVariable) == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
