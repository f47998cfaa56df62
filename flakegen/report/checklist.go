package report

import (
	"bytes"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Mark is the sign in front of a line of a checklist.
type Mark int

// The marks.
const (
	MarkGood Mark = iota
	MarkNote
	MarkBad
)

// Section is a part of a checklist, under a title.
type Section struct {
	Title string
	Items []Item
}

// Item is a line of a checklist: what it is about, what was found, and below that
// sentences, and lines to be copied.
type Item struct {
	Mark             Mark
	Subject, Summary string
	Below            []string
	Lines            []string
}

// Checklist writes sections with aligned lines. A line to be copied is never
// broken or cut, however narrow the page.
func Checklist(w io.Writer, sections []Section, s Style) error {
	var out bytes.Buffer
	c := checklist{text: text{Style: s}, column: subjectColumn(sections, s.width())}
	for _, section := range sections {
		if len(section.Items) == 0 {
			continue
		}
		c.section()
		c.line("%s", c.paint(bold, single(section.Title)))
		for _, item := range section.Items {
			c.item(item)
		}
	}
	out.Write(c.out.Bytes())
	_, err := w.Write(out.Bytes())
	return err
}

type checklist struct {
	text
	column int // of subjects; 0 where summaries stand below them
}

const (
	markIndent = 2
	markWidth  = 2 // with the space behind it
	// widestSubject is that of a subject that summaries are aligned behind, such as
	// aarch64-darwin; what is wider has its summary behind it all the same.
	widestSubject = 16
	// narrow is a page on which there is no room for two columns.
	narrow = 48
)

func subjectColumn(sections []Section, width int) int {
	if width < narrow {
		return 0
	}
	column := 0
	for _, section := range sections {
		for _, item := range section.Items {
			if w := ansi.StringWidth(single(item.Subject)); w <= widestSubject {
				column = max(column, w)
			}
		}
	}
	return column
}

func (c *checklist) item(item Item) {
	mark, paint := c.mark(item.Mark)
	subject, summary := single(item.Subject), single(item.Summary)
	head := strings.Repeat(" ", markIndent) + c.paint(paint, mark) + " "
	indent := markIndent + markWidth
	if c.column > 0 {
		indent += c.column + 2
	}
	if c.column == 0 {
		indent += 2
	}
	below := strings.Repeat(" ", indent)
	width := max(c.width()-indent, 10)
	behind := pad(subject, c.column) + "  "
	parts := wrap(summary, width)
	switch {
	case c.column == 0, ansi.StringWidth(subject) > c.column && markIndent+markWidth+ansi.StringWidth(behind+summary) > c.width():
		c.line("%s%s", head, subject)
		for _, part := range parts {
			c.line("%s%s", below, part)
		}
	case ansi.StringWidth(subject) > c.column:
		c.line("%s%s%s", head, behind, summary)
	default:
		c.line("%s%s%s", head, behind, parts[0])
		for _, part := range parts[1:] {
			c.line("%s%s", below, part)
		}
	}
	for _, sentence := range item.Below {
		for l := range strings.SplitSeq(sentence, "\n") {
			for _, part := range wrap(single(l), width) {
				c.line("%s%s", below, c.paint(faint, part))
			}
		}
	}
	for _, l := range item.Lines {
		c.line("%s  %s", below, c.paint(cyan, single(l)))
	}
}

func (c *checklist) mark(m Mark) (string, color) {
	switch m {
	case MarkGood:
		return c.glyph(tick), green
	case MarkNote:
		return c.glyph(middot), yellow
	default:
		return c.glyph(cross), red
	}
}

var (
	tick   = glyph{"✓", "+"}
	middot = glyph{"·", "-"}
)
