package report

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// Style is how text is laid out. The zero value is 80 columns, no colour, UTF-8.
type Style struct {
	// Width is the number of columns; 0 means 80.
	Width int
	// Color allows escape sequences for colour.
	Color bool
	// ASCII keeps what this package itself writes to ASCII.
	ASCII bool
}

// logCommand shows a build's log when the path of its derivation is put behind it. Unlike
// nix log it does so where the feature nix-command is off, as it is on Debian.
const logCommand = "nix-store --read-log"

const defaultWidth = 80

func (s Style) width() int {
	if s.Width <= 0 {
		return defaultWidth
	}
	return s.Width
}

// single is text for a place within a line: printable, and on one line.
func single(text string) string {
	return strings.ReplaceAll(nixcmd.Printable(text), "\n", " ")
}

// glyph is a sign that has an ASCII form.
type glyph struct{ utf8, ascii string }

var (
	dot      = glyph{" · ", ", "}
	space    = glyph{" ", " "}
	arrow    = glyph{" →", " >"}
	bar      = glyph{"│ ", "| "}
	ellipsis = glyph{"…", "..."}
	cross    = glyph{"✗", "x"}
	barFull  = glyph{"━", "#"}
	barEmpty = glyph{"─", "-"}
)

func (s Style) glyph(g glyph) string {
	if s.ASCII {
		return g.ascii
	}
	return g.utf8
}

// color is the colour of some text, where colour is allowed.
type color int

const (
	plain color = iota
	bold
	faint
	red
	green
	yellow
	cyan
)

func (s Style) paint(c color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	switch c {
	case bold:
		return ansi.Style{}.Bold().Styled(text)
	case faint:
		return ansi.Style{}.Faint().Styled(text)
	case red:
		return ansi.Style{}.ForegroundColor(ansi.Red).Styled(text)
	case green:
		return ansi.Style{}.ForegroundColor(ansi.Green).Styled(text)
	case yellow:
		return ansi.Style{}.ForegroundColor(ansi.Yellow).Styled(text)
	case cyan:
		return ansi.Style{}.ForegroundColor(ansi.Cyan).Styled(text)
	}
	return text
}

func colorOf(d timing.Disposition) color {
	switch d {
	case timing.DispositionBuilt:
		return green
	case timing.DispositionSubstituted:
		return cyan
	case timing.DispositionFailed:
		return red
	case timing.DispositionInterrupted:
		return yellow
	}
	return faint
}

// truncate cuts text to a width, with an ellipsis.
func (s Style) truncate(text string, width int) string {
	return ansi.Truncate(text, max(0, width), s.glyph(ellipsis))
}

// pad fills text with spaces to a width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-ansi.StringWidth(text))) + text
}

// flow lays items out on lines of a width, with a separator between two on one
// line. An item wider than that is cut.
func (s Style) flow(items []string, between glyph, width int) []string {
	separator := s.glyph(between)
	var lines []string
	line := ""
	for _, item := range items {
		item = s.truncate(item, width)
		switch {
		case line == "":
			line = item
		case ansi.StringWidth(line)+ansi.StringWidth(separator)+ansi.StringWidth(item) <= width:
			line += separator + item
		default:
			lines = append(lines, line)
			line = item
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// wrap breaks a line at spaces, and a word that is wider than the width anywhere.
// It breaks at nothing else, so that paths stay whole where they can.
func wrap(text string, width int) []string {
	width = max(1, width)
	var lines []string
	for ansi.StringWidth(text) > width {
		head := ansi.Truncate(text, width, "")
		if head == "" {
			break // a character that is wider than the width
		}
		rest := text[len(head):]
		if i := strings.LastIndexByte(head, ' '); rest[0] != ' ' && strings.TrimSpace(head[:max(0, i)]) != "" {
			head, rest = head[:i], text[i:]
		}
		lines = append(lines, head)
		text = strings.TrimLeft(rest, " ")
	}
	return append(lines, text)
}
