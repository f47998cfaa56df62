package nixlang

import "unicode/utf8"

// doc is a layout that leaves open where lines are broken: a tree of texts,
// spacings and groups. Spacings within a group are broken all together or, where
// the whole group fits onto its line, not at all.
type doc struct {
	kind docKind
	// text of a textDoc and its like; level and offset are added to those of
	// the docs around it.
	text          string
	level, offset int
	at            *place

	space space
	group groupKind
	parts []*doc
}

type docKind uint8

const (
	textDoc    docKind = iota
	commentDoc         // a text that does not count for the width of its line
	commaDoc           // a text that is left out where its group is on one line
	spaceDoc
	groupDoc
	concatDoc // its parts, one after the other
	nestDoc   // its parts, a level deeper
	offsetDoc // its parts, moved right by offset columns
)

// space is a spacing between texts. Where two meet, one stands for both: see
// [joinSpaces]. Above blankLine the number of line breaks is space-blankLine.
type space int

const (
	softBreak  space = iota // nothing; a line break where what follows does not fit
	groupBreak              // nothing; a line break where its group is expanded
	hardSpace               // always a space
	softSpace               // a space; a line break where what follows does not fit
	groupSpace              // a space; a line break where its group is expanded
	lineBreak               // always a line break
	blankLine               // always an empty line
	// textBreak is a line break of an indented string.
	textBreak
)

// groupKind says how a group is expanded that does not fit onto its line.
type groupKind uint8

const (
	// plain groups are expanded after those around them.
	plain groupKind = iota
	// priority groups are tried first: where all before and all behind one in
	// the same group fits onto its line, only the priority group is expanded.
	priority
	// transparent groups give their priority groups to the group around them.
	transparent
)

// place is where a text stands in the last layout.
type place struct{ line int }

func text(s string) *doc { return &doc{kind: textDoc, text: s} }

func comment(s string) *doc { return &doc{kind: commentDoc, text: s} }

func trailingComma() *doc { return &doc{kind: commaDoc, text: ","} }

func concat(parts ...*doc) *doc { return &doc{kind: concatDoc, parts: parts} }

func nest(parts ...*doc) *doc { return &doc{kind: nestDoc, parts: parts} }

func offset(columns int, parts ...*doc) *doc {
	return &doc{kind: offsetDoc, offset: columns, parts: parts}
}

func group(parts ...*doc) *doc { return &doc{kind: groupDoc, group: plain, parts: parts} }

func priorityGroup(parts ...*doc) *doc {
	return &doc{kind: groupDoc, group: priority, parts: parts}
}

func transparentGroup(parts ...*doc) *doc {
	return &doc{kind: groupDoc, group: transparent, parts: parts}
}

func spacing(s space) *doc { return &doc{kind: spaceDoc, space: s} }

// none is the empty document.
func none() *doc { return concat() }

func line() *doc     { return spacing(groupSpace) }
func cut() *doc      { return spacing(groupBreak) }
func softline() *doc { return spacing(softSpace) }
func softcut() *doc  { return spacing(softBreak) }
func gap() *doc      { return spacing(hardSpace) }
func newline() *doc  { return spacing(lineBreak) }

// joinSpaces returns the spacing that stands for two in a row: the stronger,
// except that a possible break and a space are a possible break with a space,
// and that the line breaks of strings are all kept.
func joinSpaces(a, b space) space {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == groupBreak && (b == softSpace || b == hardSpace):
		return groupSpace
	case a == softBreak && b == hardSpace:
		return softSpace
	case b < textBreak || a == hardSpace:
		return b
	case a >= blankLine:
		return a.lineBreaks() + b
	default:
		return b + 1
	}
}

// isFirm reports whether s does not depend on a group.
func (s space) isFirm() bool { return s == hardSpace || s >= lineBreak }

// breaksWithGroup reports whether s is a line break once its group is expanded.
func (s space) breaksWithGroup() bool {
	return s == groupBreak || s == groupSpace || s >= lineBreak
}

// lineBreaks returns how many line breaks an expanded spacing is.
func (s space) lineBreaks() space {
	switch {
	case s == blankLine:
		return 2
	case s >= textBreak:
		return s - textBreak + 1
	default:
		return 1
	}
}

// width returns the columns of a spacing on one line; ok is false where it is
// a line break in any case.
func (s space) width() (columns int, ok bool) {
	switch {
	case s >= lineBreak:
		return 0, false
	case s == softBreak || s == groupBreak:
		return 0, true
	default:
		return 1, true
	}
}

// width counts characters, as the limit of 100 columns does.
func width(s string) int { return utf8.RuneCountInString(s) }

// place returns the place of a text, to be read after the layout.
func (d *doc) place() *place {
	if d.at == nil {
		d.at = &place{}
	}
	return d.at
}

// first returns the first text in d.
func (d *doc) first() *doc {
	switch d.kind {
	case textDoc, commentDoc, commaDoc:
		return d
	case spaceDoc:
		return nil
	}
	for _, part := range d.parts {
		if found := part.first(); found != nil {
			return found
		}
	}
	return nil
}

// onOneLine returns d with every possible line break taken out, groups and all.
// ok is false where d must have a line break or is wider than limit columns; a
// negative limit is none.
func (d *doc) onOneLine(limit int) (_ *doc, ok bool) {
	c := compactor{limit: limit}
	if !c.add(d, 0, 0) {
		return nil, false
	}
	return concat(c.parts...), true
}

type compactor struct {
	parts        []*doc
	limit, width int
}

func (c *compactor) add(d *doc, level, columns int) bool {
	switch d.kind {
	case textDoc, commentDoc, commaDoc:
		moved := *d
		moved.level += level
		moved.offset += columns
		c.parts = append(c.parts, &moved)
		return c.widen(width(d.text))
	case spaceDoc:
		w, ok := d.space.width()
		if w > 0 {
			c.parts = append(c.parts, gap())
		}
		return ok && c.widen(w)
	case nestDoc:
		level++
	case offsetDoc:
		columns += d.offset
	}
	for _, part := range d.parts {
		if !c.add(part, level, columns) {
			return false
		}
	}
	return true
}

func (c *compactor) widen(columns int) bool {
	c.width += columns
	return c.limit < 0 || c.width <= c.limit
}

// isSoft reports whether s is a line break by itself where what follows does
// not fit.
func (s space) isSoft() bool { return s == softBreak || s == softSpace }
