package report

import (
	"fmt"
	"strings"
)

// Workflow writes what GitHub Actions understands in the log of a job. The zero
// value writes nothing: the log is read somewhere else.
//
// The runner takes a line for a command that begins with "::" behind any spaces,
// or that holds "##[" anywhere. What builds and Nix say must not be one.
type Workflow struct {
	// Token makes a random word. A new one ends each stretch of text without
	// commands, so that no build can know it. Nil: no commands.
	Token func() string
}

func (w Workflow) on() bool { return w.Token != nil }

// group begins lines that are folded under a title, until endGroup.
func (w Workflow) group(title string) string { return "::group::" + escapeData(title) }

func (w Workflow) endGroup() string { return "::endgroup::" }

// foreign gives the lines that enclose text in which nothing is a command.
func (w Workflow) foreign() (stop, resume string) {
	token := w.Token()
	return "::stop-commands::" + token, "::" + token + "::"
}

// failure is a mark on the summary of the run.
func (w Workflow) failure(title, message string) string {
	return fmt.Sprintf("::error title=%s::%s", escapeProperty(title), escapeData(message))
}

// The escapes are those of the runner's ActionCommand.
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(text string) string     { return data.Replace(text) }
func escapeProperty(text string) string { return property.Replace(text) }

// Inert is text without lines that GitHub Actions would take for commands: such
// a line gets a space where it is none of them any more. Use it for text in which
// others have a word, wherever a workflow may show it.
func Inert(text string) string {
	if !strings.Contains(text, "::") && !strings.Contains(text, "##[") {
		return text
	}
	lines := strings.Split(strings.ReplaceAll(text, "##[", "## ["), "\n")
	for i, l := range lines {
		if trimmed := strings.TrimSpace(l); strings.HasPrefix(trimmed, "::") {
			lines[i] = strings.Replace(l, "::", ": :", 1)
		}
	}
	return strings.Join(lines, "\n")
}
