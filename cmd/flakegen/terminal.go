package main

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// terminal is what stderr can show.
type terminal struct {
	// live says that a person watches: text may be drawn over.
	live  bool
	color bool
	width int
}

// defaultWidth is used where nothing tells the width.
const defaultWidth = 80

// terminal looks at stderr and at the variables that speak about it: NO_COLOR
// forbids colour, CI and TERM=dumb a live display as well.
func (p *program) terminal() terminal {
	t := terminal{width: defaultWidth}
	size, ok := widthOf(p.stderr)
	if !ok {
		return t
	}
	t.width = size
	t.live = p.env.get("TERM") != "dumb" && p.env.get("CI") == ""
	t.color = p.colors()
	return t
}

// colors says whether the environment allows colour on a terminal.
func (p *program) colors() bool {
	return p.env.get("TERM") != "dumb" && p.env.get("NO_COLOR") == "" && p.env.get("CI") == ""
}

// widthOf gives the width of the terminal behind a stream, where there is one.
func widthOf(w io.Writer) (int, bool) {
	if product, ok := w.(*productWriter); ok {
		w = product.Writer
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = defaultWidth
	}
	return width, true
}

// ascii says whether the locale has no signs beyond ASCII. One that is not set at
// all, as in many containers, forbids none.
func (p *program) ascii() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := p.env.get(name); locale != "" {
			folded := strings.ToLower(locale)
			return !strings.Contains(folded, "utf-8") && !strings.Contains(folded, "utf8")
		}
	}
	return false
}
