package main

import (
	"strings"

	"github.com/flakegen/flakegen/flakegen/worktree"
)

// diff makes a unified diff fit for stdout: harmless, and on a terminal coloured.
func (p *program) diff(text string) string {
	text = worktree.Visible(text)
	if _, ok := widthOf(p.stdout); !ok || !p.colors() {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		color := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			color = "\x1b[1m"
		case strings.HasPrefix(line, "@@"):
			color = "\x1b[36m"
		case strings.HasPrefix(line, "+"):
			color = "\x1b[32m"
		case strings.HasPrefix(line, "-"):
			color = "\x1b[31m"
		}
		if color != "" {
			body := strings.TrimSuffix(line, "\n")
			lines[i] = color + body + "\x1b[0m" + line[len(body):]
		}
	}
	return strings.Join(lines, "")
}
