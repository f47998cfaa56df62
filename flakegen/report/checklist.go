package report

import (
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
	c := checklist{text: text{Style: s}}
	short := 0
	for _, section := range sections {
		short = max(short, subjectWidth(section, shortSubject))
	}
	for _, section := range sections {
		if len(section.Items) == 0 {
			continue
		}
		c.section()
		c.line("%s", c.paint(bold, single(section.Title)))
		c.column = max(short, subjectWidth(section, c.width()/2))
		for _, item := range section.Items {
			c.item(item)
		}
	}
	_, err := w.Write(c.out.Bytes())
	return err
}

type checklist struct {
	text
	column int // the width of the subjects of this section
}

const (
	// shortSubject is that of a subject such as aarch64-darwin; behind these all
	// sections are aligned. One with wider subjects, such as URLs, has its own column.
	shortSubject = 16
	// narrow is a page on which there is no room for two columns.
	narrow = 48
	// markIndent and belowIndent stand before the mark, and before sentences where
	// they do not stand behind the subject.
	markIndent, belowIndent = 2, 6
)

// subjectWidth is that of the widest subject which is not wider than a limit.
func subjectWidth(section Section, limit int) int {
	width := 0
	for _, item := range section.Items {
		if w := ansi.StringWidth(single(item.Subject)); w <= limit {
			width = max(width, w)
		}
	}
	return width
}

func (c *checklist) item(item Item) {
	mark, paint := c.mark(item.Mark)
	subject, summary := single(item.Subject), single(item.Summary)
	head := strings.Repeat(" ", markIndent) + c.paint(paint, mark) + " "
	// Behind the mark, the subject and two spaces.
	behind := markIndent + 2 + c.column + 2
	indent := behind
	if c.width() < narrow || c.column > shortSubject {
		indent = belowIndent
	}
	if c.width() < narrow || ansi.StringWidth(subject) > c.column {
		c.line("%s%s", head, subject)
		c.below(indent, summary, plain)
	} else {
		parts := wrap(summary, max(c.width()-behind, 10))
		c.line("%s%s  %s", head, pad(subject, c.column), parts[0])
		for _, part := range parts[1:] {
			c.line("%s%s", strings.Repeat(" ", behind), part)
		}
	}
	for _, sentence := range item.Below {
		for l := range strings.SplitSeq(sentence, "\n") {
			c.below(indent, single(l), faint)
		}
	}
	for _, l := range item.Lines {
		c.line("%s  %s", strings.Repeat(" ", indent), c.paint(cyan, single(l)))
	}
}

// below writes text on lines of its own.
func (c *checklist) below(indent int, content string, paint color) {
	for _, part := range wrap(content, max(c.width()-indent, 10)) {
		c.line("%s%s", strings.Repeat(" ", indent), c.paint(paint, part))
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
