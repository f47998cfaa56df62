package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/flakegen/flakegen/platform"
)

// hosted are the machines that GitHub itself has, by the forms of their labels, and the
// architectures that Nix builds for there: an Apple machine also runs what is for Intel.
var hosted = sync.OnceValue(func() []hostedMachine {
	return []hostedMachine{
		{regexp.MustCompile(`^ubuntu-(latest|slim|[0-9.]+)(-[0-9]+-cores)?$`), "linux", []string{"x86_64", "i686"}},
		{regexp.MustCompile(`^ubuntu-(latest|[0-9.]+)-arm$`), "linux", []string{"aarch64", "armv7l", "armv6l", "armv5tel"}},
		{regexp.MustCompile(`^macos-(1[0-3]|[0-9]+-(large|intel)|latest-large)$`), "darwin", []string{"x86_64", "i686"}},
		{regexp.MustCompile(`^macos-([0-9]+|latest)(-xlarge)?$`), "darwin", []string{"aarch64", "x86_64"}},
		{regexp.MustCompile(`^windows-`), "windows", []string{"x86_64", "i686", "aarch64"}},
	}
})

type hostedMachine struct {
	label         *regexp.Regexp
	kernel        string
	architectures []string
}

// usual are labels of machines that GitHub has for systems.
var usual = map[platform.System]string{
	"x86_64-linux": "ubuntu-24.04", "aarch64-linux": "ubuntu-24.04-arm", "aarch64-darwin": "macos-15", "x86_64-darwin": "macos-15-intel",
}

// canBuild reports a machine of GitHub's that does not build for the system: by a
// selector of a kernel it may come to be the machine of two architectures.
func (d *decoder) canBuild(line selectorLine, labels []string, system platform.System) bool {
	if len(labels) != 1 {
		return true // of one's own
	}
	architecture, kernel, _ := strings.Cut(string(system), "-")
	for _, machine := range hosted() {
		if !machine.label.MatchString(labels[0]) {
			continue
		}
		if machine.kernel == kernel && slices.Contains(machine.architectures, architecture) {
			return true
		}
		remedy := fmt.Sprintf("Name a machine of your own for it, as in: %s = [\"self-hosted\", \"%s\"]", system, architecture)
		if label := usual[system]; label != "" {
			remedy = fmt.Sprintf("Write for it: %s = %q", system, label)
		} else if line.selector != string(system) {
			remedy += fmt.Sprintf(", or write in place of %s a line for each system that has one.", line.selector)
		} else {
			remedy += ", or remove the line."
		}
		d.errorf(line.expr.Range(), fmt.Sprintf("Nothing builds for %s on %q", system, labels[0]), "GitHub's machine of that label is another one. %s", remedy)
		return false
	}
	return true
}
