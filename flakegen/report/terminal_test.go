package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// terminal is a screen as small as the live view needs it: text, carriage
// return, line feed, cursor up, erase line and screen, wrapping on and off,
// synchronized output. It wraps in the last column and scrolls in the last row. Any
// other control character or sequence is an error.
type terminal struct {
	columns, rows int
	lines         [][]string // of cells; all of them, those that have scrolled away too
	row, column   int        // row is an index into lines
	noWrap        bool
	frame         bool // between the ends of synchronized output
	writes        []string
	err           error
}

func newTerminal(columns, rows int) *terminal {
	return &terminal{columns: columns, rows: rows, lines: [][]string{nil}}
}

func (t *terminal) size() (columns, rows int) { return t.columns, t.rows }

func (t *terminal) Write(b []byte) (int, error) {
	text := string(b)
	t.writes = append(t.writes, text)
	for text != "" {
		switch {
		case strings.HasPrefix(text, "\x1b["):
			end := strings.IndexFunc(text[2:], func(r rune) bool { return r >= '@' && r <= '~' }) + 3
			t.sequence(text[2:end-1], text[end-1])
			text = text[end:]
		case text[0] == '\r':
			t.column = 0
			text = text[1:]
		case text[0] == '\n':
			t.down()
			text = text[1:]
		default:
			cluster, width := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
			if r, _ := utf8.DecodeRuneInString(cluster); r < ' ' || r == 0x7f || r == utf8.RuneError {
				t.err = fmt.Errorf("control character %q", r)
			}
			t.put(cluster, width)
			text = text[len(cluster):]
		}
	}
	return len(b), t.err
}

func (t *terminal) sequence(parameters string, final byte) {
	n := 1
	fmt.Sscan(parameters, &n)
	switch {
	case final == 'A':
		t.row = max(t.row-n, t.top())
	case final == 'K' && parameters == "":
		t.erase()
	case final == 'J' && parameters == "":
		t.erase()
		for i := t.row + 1; i < len(t.lines); i++ {
			t.lines[i] = nil
		}
	case parameters == "?7":
		t.noWrap = final == 'l'
	case parameters == "?2026":
		t.frame = final == 'h'
	case final == 'm':
	default:
		t.err = fmt.Errorf("sequence %q", parameters+string(final))
	}
}

// top is the first line that is on the screen.
func (t *terminal) top() int { return max(0, len(t.lines)-t.rows) }

func (t *terminal) erase() {
	l := t.lines[t.row]
	t.lines[t.row] = l[:min(len(l), t.column)]
}

func (t *terminal) down() {
	t.row++
	if t.row == len(t.lines) {
		t.lines = append(t.lines, nil)
	}
}

// put writes a character into as many cells as it is wide.
func (t *terminal) put(cluster string, width int) {
	if t.column+width > t.columns {
		if t.noWrap {
			t.column = t.columns - width
		} else {
			t.column = 0
			t.down()
		}
	}
	l := t.lines[t.row]
	for len(l) < t.column+width {
		l = append(l, " ")
	}
	l[t.column] = cluster
	for i := 1; i < width; i++ {
		l[t.column+i] = ""
	}
	t.lines[t.row] = l
	t.column += width
}

// text is what stands on it, without empty lines at the end.
func (t *terminal) text() string {
	var lines []string
	for _, l := range t.lines {
		lines = append(lines, strings.TrimRight(strings.Join(l, ""), " "))
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

// reflow wraps the lines anew, as most terminals do, and leaves the cursor on
// the line below.
func (t *terminal) reflow(columns int) {
	var lines [][]string
	for _, l := range t.lines[:t.row] {
		for len(l) > columns {
			end := columns
			if l[end] == "" {
				end-- // half of a character
			}
			lines = append(lines, l[:end:end])
			l = l[end:]
		}
		lines = append(lines, l)
	}
	t.lines, t.row, t.column, t.columns = append(lines, nil), len(lines), 0, columns
}
