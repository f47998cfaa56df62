package verify

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// maxDiff is how many lines of a diff are shown: of two phases all, of two
// megabytes the beginning.
const maxDiff = 60

// Diff is both values of a finding's attribute as a unified diff, a line for each
// word of a list; empty for a finding that is about one value.
func (f Finding) Diff() string {
	if f.A == "" {
		return ""
	}
	text := func(value *string) string {
		if value == nil {
			return ""
		}
		lines := *value
		if words := strings.Fields(lines); len(words) > 1 && !strings.Contains(lines, "\n") && strings.HasPrefix(lines, "/") {
			lines = strings.Join(words, "\n") // store paths
		}
		return strings.TrimSuffix(lines, "\n") + "\n"
	}
	diff := udiff.Unified(f.A+" "+f.Attribute, f.B+" "+f.Attribute, text(f.ValueA), text(f.ValueB))
	lines := strings.SplitAfter(diff, "\n")
	if len(lines) > maxDiff {
		lines = append(lines[:maxDiff], "…\n")
	}
	return strings.Join(lines, "")
}
