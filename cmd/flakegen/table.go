package main

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// showTable prints rows with their columns below each other, and cuts what a
// terminal has no room for.
func (p *program) showTable(rows [][]string) error {
	width, terminal := widthOf(p.stdout)
	for _, line := range alignColumns(rows) {
		if terminal {
			line = ansi.Truncate(line, width, "…")
		}
		if _, err := fmt.Fprintln(p.stdout, line); err != nil {
			return exit(exitUnable, "%s", err)
		}
	}
	return nil
}

// alignColumns makes a line of each row.
func alignColumns(rows [][]string) []string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	lines := make([]string, len(rows))
	for at, row := range rows {
		for i, cell := range row {
			lines[at] += cell + strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+2)
		}
		lines[at] = strings.TrimRight(lines[at], " ")
	}
	return lines
}
