package chores

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A program that a test requires and that setup does not install would be found
// on the developer's machine and be missing on a fresh one.
func TestSetupInstallsWhatTestsRequire(t *testing.T) {
	setup, err := os.ReadFile(script(t, "setup"))
	if err != nil {
		t.Fatal(err)
	}
	installed := firstGroups(`(?m)^\s*need (\S+) \S+$`, setup)
	if len(installed) == 0 {
		t.Fatal("no line of setup installs anything")
	}
	// The scripts could not run without the first two, and nix brings the third.
	installed = append(installed, "bash", "go", "nix-instantiate")

	asked := 0
	err = filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "../.." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, program := range firstGroups(`require\.Program\(\w+, "([^"]+)"\)`, source) {
			asked++
			if !slices.Contains(installed, program) {
				t.Errorf("%s requires %s, which .ci/setup does not install", name, program)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if asked == 0 {
		t.Error("no test requires any program: the pattern of this test is out of date")
	}
}

// firstGroups gives what the first group of a regular expression matches in text.
func firstGroups(expression string, text []byte) []string {
	var groups []string
	for _, match := range regexp.MustCompile(expression).FindAllSubmatch(text, -1) {
		groups = append(groups, string(match[1]))
	}
	return groups
}
