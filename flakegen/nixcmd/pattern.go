package nixcmd

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled by the first who calls it. What
// Nix says is read by few commands, and compiling all patterns takes longer than
// some commands do.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
