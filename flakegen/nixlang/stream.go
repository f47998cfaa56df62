package nixlang

import (
	"slices"
	"unicode/utf8"
)

// stream is a text that leaves open where lines are broken: texts, spacings,
// and the groups that spacings belong to. The spacings of a group are broken all
// together, or, where the whole group fits onto its line, not at all.
type stream struct {
	tokens []token
	groups []group
	// lines holds the line of each place in the last layout.
	lines []int
}

// token is a text, a spacing, or the beginning or end of a group.
type token struct {
	text   string
	width  int32
	level  int32 // of indentation
	offset int32 // columns to the right of that
	space  space
	place  place
	// group is the index of the group that the token begins or ends, for other
	// tokens of the innermost group around it.
	group int32
	kind  tokenKind
	// joined texts continue the one before them and have no level of their own.
	joined bool
}

type tokenKind uint8

const (
	textToken tokenKind = iota
	commentToken
	commaToken // a comma that is left out where its group is on one line
	spaceToken
	beginToken
	endToken
)

func (t *token) isText() bool { return t.kind <= commaToken }

// place is where a text ends up; 0 is no place.
type place int32

// group is the tokens between two.
type group struct {
	kind       groupKind
	begin, end int32
	// host is the next group outwards that is not transparent: the one that may
	// expand this group alone, if this is a priority group, and whose spacings
	// those of this group are, if it is a transparent one.
	host int32
	// last is the last priority group whose host this is; earlier is the
	// priority group before this one with the same host. -1 is none.
	last, earlier int32
	// tail is the index behind the last spacing that is a line break once the
	// group is expanded, or of the first token within it.
	tail int32
}

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

// streamWriter writes a stream. On the way spacings in a row become one, and
// firm ones move out of groups that they stand at the edge of: there they would
// expand the group for nothing.
type streamWriter struct {
	stream
	frames []frame
	// level and offset are those of the next text.
	level, offset int32
	// columns is the width of all so far on one line, each spacing by itself,
	// and breaks the number of spacings that are line breaks in any case.
	columns, breaks int
	watches         []*place
	// held says that a gap is the first thing in a group that has not been
	// entered: it joins a possible line break if one follows, and moves out of
	// the group otherwise.
	held bool
	// folding says how many tries to stay on one line are going on.
	folding int
}

// newStream writes n. nodes is about how many nodes there are.
func newStream(n node, nodes int) *stream {
	w := streamWriter{stream: stream{
		tokens: make([]token, 0, 8*nodes),
		groups: make([]group, 0, 2*nodes),
		lines:  make([]int, 1, nodes), // place 0 is none
	}}
	w.begin(plain)
	n.write(&w)
	w.end()
	for i := range w.groups {
		w.groups[i].tail = w.groups[i].begin + 1
	}
	for i := range w.tokens {
		if t := &w.tokens[i]; t.kind == spaceToken && t.space.breaksWithGroup() {
			w.groups[t.group].tail = int32(i + 1)
		}
	}
	return &w.stream
}

// frame is a group that has begun and not ended. It gets its index, and its
// first token, when the first thing is written that stays in it.
type frame struct {
	kind  groupKind
	group int32
}

const unwritten = -1

func (w *streamWriter) begin(kind groupKind) {
	w.frames = append(w.frames, frame{kind: kind, group: unwritten})
}

func (w *streamWriter) end() {
	top := w.frames[len(w.frames)-1]
	if top.group == unwritten {
		panic("nixlang: a group with nothing in it")
	}
	w.frames = w.frames[:len(w.frames)-1]
	last := w.last()
	s, trailing := last.space, last.kind == spaceToken && last.space.isFirm()
	if trailing {
		w.tokens = w.tokens[:len(w.tokens)-1]
	}
	w.groups[top.group].end = int32(len(w.tokens))
	w.tokens = append(w.tokens, token{kind: endToken, group: top.group})
	if trailing {
		w.addSpace(s)
	}
}

// begins reports whether nothing has been written into the innermost group.
func (w *streamWriter) begins() bool {
	return len(w.frames) > 0 && w.frames[len(w.frames)-1].group == unwritten
}

// enter writes the beginnings of the groups that have none yet.
func (w *streamWriter) enter() {
	first := len(w.frames)
	for first > 0 && w.frames[first-1].group == unwritten {
		first--
	}
	for i := first; i < len(w.frames); i++ {
		self := int32(len(w.groups))
		w.frames[i].group = self
		g := group{kind: w.frames[i].kind, begin: int32(len(w.tokens)), host: w.host(i), last: -1, earlier: -1}
		if g.kind == priority && g.host >= 0 {
			g.earlier, w.groups[g.host].last = w.groups[g.host].last, self
		}
		w.groups = append(w.groups, g)
		w.tokens = append(w.tokens, token{kind: beginToken, group: self})
	}
}

// host returns the index of the innermost group below that depth which is not
// transparent, or -1.
func (w *streamWriter) host(depth int) int32 {
	for i := depth - 1; i >= 0; i-- {
		if w.frames[i].kind != transparent {
			return w.frames[i].group
		}
	}
	return -1
}

func (w *streamWriter) last() *token {
	if len(w.tokens) == 0 {
		return nil
	}
	return &w.tokens[len(w.tokens)-1]
}

func (w *streamWriter) text(s string)    { w.add(textToken, s) }
func (w *streamWriter) comment(s string) { w.add(commentToken, s) }

func (w *streamWriter) add(kind tokenKind, s string) {
	if s == "" {
		return
	}
	width := utf8.RuneCountInString(s) // as the limit counts it
	w.columns += width
	w.addText(token{kind: kind, text: s, width: int32(width), level: w.level, offset: w.offset, place: w.notify()})
}

func (w *streamWriter) addText(t token) {
	if w.held {
		w.held = false
		w.addInnermost(gap)
	}
	w.enter()
	last := w.last()
	t.joined = last != nil && last.kind == t.kind
	t.group = w.frames[len(w.frames)-1].group
	w.tokens = append(w.tokens, t)
}

// watch sets at to the place of the next text.
func (w *streamWriter) watch(at *place) { w.watches = append(w.watches, at) }

func (w *streamWriter) notify() place {
	if len(w.watches) == 0 {
		return 0
	}
	at := place(len(w.lines))
	w.lines = append(w.lines, 0)
	for _, watch := range w.watches {
		*watch = at
	}
	w.watches = w.watches[:0]
	return at
}

func (w *streamWriter) space(s space) {
	w.columns += s.width()
	if s >= newline {
		w.breaks++
	}
	w.addSpace(s)
}

func (w *streamWriter) addSpace(s space) {
	if !w.begins() {
		w.addInnermost(s)
		return
	}
	if s == gap {
		w.held = true
		return
	}
	if w.held {
		w.held = false
		s = joinSpaces(gap, s)
	}
	if last := w.last(); last != nil && last.kind == spaceToken && last.space == gap {
		w.tokens = w.tokens[:len(w.tokens)-1]
		s = joinSpaces(gap, s)
	}
	w.enter()
	w.tokens = append(w.tokens, token{kind: spaceToken, space: s, group: w.innermost()})
}

// addInnermost writes s into the innermost group that has been entered.
func (w *streamWriter) addInnermost(s space) {
	if last := w.last(); last != nil && last.kind == spaceToken {
		last.space = joinSpaces(last.space, s)
		return
	}
	w.tokens = append(w.tokens, token{kind: spaceToken, space: s, group: w.innermost()})
}

// innermost returns the index of the innermost group that has been entered.
func (w *streamWriter) innermost() int32 {
	i := len(w.frames) - 1
	for w.frames[i].group == unwritten {
		i--
	}
	return w.frames[i].group
}

// mark is a state of a streamWriter to which it can go back.
type mark struct {
	tokens, groups, entered int
	gap, held               bool
	gapGroup                int32
	host, hostLast          int32
	columns, breaks         int
}

func (w *streamWriter) mark() mark {
	m := mark{tokens: len(w.tokens), groups: len(w.groups), columns: w.columns, breaks: w.breaks, held: w.held, host: -1}
	for m.entered < len(w.frames) && w.frames[m.entered].group != unwritten {
		m.entered++
	}
	if last := w.last(); last != nil && last.kind == spaceToken && last.space == gap {
		m.gap, m.gapGroup = true, last.group
	}
	if m.host = w.host(m.entered); m.host >= 0 {
		m.hostLast = w.groups[m.host].last
	}
	return m
}

// fitsOneLine reports whether what was written since m has no line break that
// must be, and is not wider than limit columns.
func (w *streamWriter) fitsOneLine(m mark, limit int) bool {
	return w.breaks == m.breaks && w.columns-m.columns <= limit
}

// unlimited is more columns than any text has.
const unlimited = int(^uint(0) >> 1)

// rewind goes back to m and returns the tokens written since, which the next ones
// overwrite.
func (w *streamWriter) rewind(m mark) []token {
	from := m.tokens
	if m.gap {
		from-- // it may have moved into a group since
	}
	written := w.tokens[from:]
	w.tokens, w.groups, w.held = w.tokens[:from], w.groups[:m.groups], m.held
	if m.gap {
		w.tokens = append(w.tokens, token{kind: spaceToken, space: gap, group: m.gapGroup})
	}
	for i := m.entered; i < len(w.frames); i++ {
		w.frames[i].group = unwritten
	}
	if m.host >= 0 {
		w.groups[m.host].last = m.hostLast
	}
	return written
}

// foldSince writes all since m once more without groups and without possible
// line breaks, some levels further out.
func (w *streamWriter) foldSince(m mark, levels int32) {
	for _, t := range slices.Clone(w.rewind(m)) {
		switch {
		case t.isText():
			t.level -= levels
			w.addText(t)
		case t.kind == spaceToken && t.space.width() > 0:
			w.addSpace(gap)
		}
	}
}

// tryOneLine writes something without possible line breaks if no line break
// must be in it, and as it is otherwise.
func (w *streamWriter) tryOneLine(write func()) bool {
	m := w.mark()
	w.folding++
	write()
	w.folding--
	fits := w.fitsOneLine(m, unlimited)
	switch {
	case w.folding > 0: // decided further out, for all at once
	case fits:
		w.foldSince(m, 0)
	default:
		w.rewind(m)
		w.columns, w.breaks = m.columns, m.breaks
		write()
	}
	return fits
}
