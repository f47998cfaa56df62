package nixlang

import "bytes"

const (
	// lineWidth is how long a line may be without its indentation (RFC 166,
	// line length).
	lineWidth = 100
	// indentWidth is the spaces of one level (RFC 166, indentation).
	indentWidth = 2
)

// layout writes a stream, from the beginning to the end, and decides for each
// group when it comes to it.
type layout struct {
	*stream
	out    bytes.Buffer
	line   int // of the next character, from 1
	column int // of the next character, not counting indentation
	// margins is the indentation of the levels that are open on this line.
	margins []margin
	plans   map[situation]plan
}

type margin struct{ level, spaces int }

// folded is a part of the stream ahead that will stand on one line once the
// priority group in front of it is expanded: within the tokens [from, to) the
// spacings of host are no line breaks. next is further ahead.
type folded struct {
	from, to int32
	host     int32
	next     *folded
}

// plan is how a group is laid out.
type plan struct {
	mode mode
	// alone is the priority group that is expanded in the mode of that name,
	// ahead is what is folded behind its beginning, and end the column behind
	// the whole group.
	alone int32
	ahead *folded
	end   int
}

type mode uint8

const (
	expanded  mode = iota // the spacings of the group are line breaks
	compact               // the group is on one line
	expandOne             // only one priority group of it is expanded
)

// situation is all that the plan of a group depends on.
type situation struct {
	group  int32
	column int
	ahead  *folded
}

// layout returns the text of s. The lines of its places are set by the way.
func (s *stream) layout() []byte {
	l := &layout{
		stream:  s,
		line:    1,
		margins: []margin{{}},
		plans:   map[situation]plan{},
	}
	l.writeGroup(0, nil)
	return l.out.Bytes()
}

func (l *layout) writeGroup(group int32, ahead *folded) {
	s := &l.groups[group]
	switch p := l.plan(situation{group, l.column, ahead}); p.mode {
	case compact:
		l.writeLine(s.begin+1, s.end)
	case expandOne:
		l.writeLine(s.begin+1, l.groups[p.alone].begin)
		l.writeExpanded(p.alone, p.ahead)
		l.writeLine(l.groups[p.alone].end+1, s.end)
	default:
		l.writeExpanded(group, ahead)
	}
}

// writeLine writes the tokens [from, to) without line breaks.
func (l *layout) writeLine(from, to int32) {
	if l.column == 0 {
		from = l.skipSpacing(from, to)
		if first := l.firstText(from, to); first != nil {
			l.indent(first)
		}
	}
	var between run
	for i := from; i < to; i++ {
		switch t := &l.tokens[i]; t.kind {
		case spaceToken:
			between.add(t.space)
		case textToken, commentToken:
			l.writeSpaces(between.width())
			between = run{}
			l.writeText(t)
		case commaToken:
			l.writeSpaces(between.width())
			between = run{}
		}
	}
	l.writeSpaces(between.width())
}

// writeExpanded writes what is in a group with its spacings as line breaks.
func (l *layout) writeExpanded(group int32, ahead *folded) {
	s := &l.groups[group]
	for i := s.begin + 1; i < s.end; i++ {
		switch t := &l.tokens[i]; t.kind {
		case beginToken:
			l.writeGroup(t.group, ahead)
			i = l.groups[t.group].end
		case spaceToken:
			l.writeSpacing(t.space, i, ahead)
		default:
			if !t.joined {
				l.indent(t)
			}
			l.writeText(t)
		}
	}
}

func (l *layout) writeSpacing(s space, at int32, ahead *folded) {
	switch {
	case l.column == 0: // already on a new line
	case s == gap || s.isSoft() && l.softFits(s, at, l.column, ahead):
		l.writeSpaces(s.width())
	default:
		breaks := s.lineBreaks()
		for range breaks {
			l.out.WriteByte('\n')
		}
		l.line += int(breaks)
		l.column = 0
	}
}

func (l *layout) writeSpaces(n int) {
	l.pad(n)
	l.column += n
}

// pad writes spaces without counting them.
func (l *layout) pad(n int) {
	const spaces = "                                                                "
	for ; n > len(spaces); n -= len(spaces) {
		l.out.WriteString(spaces)
	}
	l.out.WriteString(spaces[:n])
}

func (l *layout) writeText(t *token) {
	if t.place != 0 {
		l.lines[t.place] = l.line
	}
	l.out.WriteString(t.text)
	l.column += int(t.width)
}

// indent enters the level of t. Only the first text of a line is indented
// further than the line before, and only by one step, however much deeper its
// level is (RFC 166, indentation). Levels that begin in the middle of a line
// have the indentation of that line.
func (l *layout) indent(t *token) {
	level := int(t.level)
	for l.margins[len(l.margins)-1].level > level {
		l.margins = l.margins[:len(l.margins)-1]
	}
	top := l.margins[len(l.margins)-1]
	if top.level < level {
		top.level = level
		if l.column == 0 {
			top.spaces += indentWidth
		}
		l.margins = append(l.margins, top)
	}
	if l.column == 0 {
		l.pad(top.spaces + int(t.offset))
	}
}

func (l *layout) firstText(from, to int32) *token {
	for i := from; i < to; i++ {
		if l.tokens[i].isText() {
			return &l.tokens[i]
		}
	}
	return nil
}

// isEmpty reports whether the tokens [from, to) only begin and end groups.
func (l *layout) isEmpty(from, to int32) bool {
	for i := from; i < to; i++ {
		if k := l.tokens[i].kind; k != beginToken && k != endToken {
			return false
		}
	}
	return true
}

// skipSpacing returns the index behind a spacing that the tokens [from, to)
// begin with, in a group or not: on a new line there is none.
func (l *layout) skipSpacing(from, to int32) int32 {
	at := from
	for at < to && l.tokens[at].kind == beginToken {
		at++
	}
	if at < to && l.tokens[at].kind == spaceToken {
		return at + 1
	}
	return from
}

// plan decides about a group. It takes no more than the width of a line from
// the group and from what is ahead, so that its cost does not grow with them;
// deciding about one group of many levels once for each level around it is
// avoided by remembering.
func (l *layout) plan(in situation) plan {
	s := &l.groups[in.group]
	if end, ok := l.lineEnd(s.begin+1, s.end, in.column, in.ahead); ok {
		return plan{mode: compact, end: end}
	}
	if s.kind == transparent || s.last < 0 {
		return plan{mode: expanded}
	}
	p, known := l.plans[in]
	if !known {
		for alone := s.last; alone >= 0 && p.mode == expanded; alone = l.groups[alone].earlier {
			p = l.planOne(in, alone)
		}
		l.plans[in] = p
	}
	return p
}

// planOne tries to expand one priority group, with all else in the group on its
// line before it and on its line behind it.
func (l *layout) planOne(in situation, alone int32) plan {
	around, s := &l.groups[in.group], &l.groups[alone]
	column := in.column
	if !l.isEmpty(around.begin+1, s.begin) {
		end, ok := l.lineEnd(around.begin+1, s.begin, column, in.ahead)
		if !ok {
			return plan{}
		}
		column = end
	}
	hasRest := !l.isEmpty(s.end+1, around.end)
	if hasRest {
		// Without this look most groups would be laid out only to find that
		// the rest could never stand behind them.
		if _, ok := l.lineEnd(s.end+1, around.end, 1, in.ahead); !ok {
			return plan{}
		}
	}
	ahead := &folded{from: s.end + 1, to: around.end, host: in.group, next: in.ahead}
	end := l.expandedEnd(situation{alone, column, ahead})
	if hasRest {
		var ok bool
		if end, ok = l.lineEnd(s.end+1, around.end, end, in.ahead); !ok {
			return plan{}
		}
	}
	return plan{mode: expandOne, alone: alone, ahead: ahead, end: end}
}

// lineEnd returns the column behind the tokens [from, to) on one line, begun at
// column. ok is false where they do not fit, or what must follow them does not.
func (l *layout) lineEnd(from, to int32, column int, ahead *folded) (end int, ok bool) {
	if column == 0 {
		from = l.skipSpacing(from, to)
	}
	columns, ok := l.compactWidth(from, to, lineWidth-column)
	if !ok {
		return 0, false
	}
	end = column + columns
	return end, end+l.firstWidth(to, ahead) <= lineWidth
}

// compactWidth returns the columns that the tokens [from, to) take on one line.
// ok is false where there are more than limit, or where a line break must be.
// Comments are not counted.
func (l *layout) compactWidth(from, to int32, limit int) (columns int, ok bool) {
	var between run
	for i := from; i < to && columns <= limit; i++ {
		switch t := &l.tokens[i]; t.kind {
		case spaceToken:
			between.add(t.space)
			if between.space >= newline {
				return 0, false
			}
		case textToken:
			columns += between.width() + int(t.width)
			between = run{}
		case commentToken, commaToken:
			columns += between.width()
			between = run{}
		}
	}
	columns += between.width()
	return columns, columns <= limit
}

// run is spacings in a row.
type run struct {
	space space
	some  bool
}

func (r *run) add(s space) {
	if r.some {
		s = joinSpaces(r.space, s)
	}
	*r = run{space: s, some: true}
}

func (r *run) width() int {
	if !r.some {
		return 0
	}
	return r.space.width()
}

// groupEnd returns the column behind a group.
func (l *layout) groupEnd(in situation) int {
	p := l.plan(in)
	if p.mode != expanded {
		return p.end
	}
	return l.expandedEnd(in)
}

// expandedEnd returns the column behind what is in an expanded group. What stands
// before the last of its line breaks does not matter to it.
func (l *layout) expandedEnd(in situation) int {
	s := &l.groups[in.group]
	column := in.column
	if s.tail > s.begin+1 {
		column = 0
	}
	for i := s.tail; i < s.end; i++ {
		switch t := &l.tokens[i]; t.kind {
		case beginToken:
			column = l.groupEnd(situation{t.group, column, in.ahead})
			i = l.groups[t.group].end
		case spaceToken:
			switch {
			case column == 0:
			case t.space == gap || l.softFits(t.space, i, column, in.ahead):
				column += t.space.width()
			default:
				column = 0
			}
		default:
			column += int(t.width)
		}
	}
	return column
}

// walk goes over the tokens ahead.
type walk struct {
	*layout
	at    int32
	ahead *folded
}

// next returns the token at hand, or nil at the end.
func (w *walk) next() *token {
	if int(w.at) == len(w.tokens) {
		return nil
	}
	for w.ahead != nil && w.at >= w.ahead.to {
		w.ahead = w.ahead.next
	}
	t := &w.tokens[w.at]
	w.at++
	return t
}

// isFolded reports whether the token that next returned last is one of those
// that will be on one line. A priority group of the host counts as its host.
func (w *walk) isFolded(t *token) bool {
	if w.ahead == nil || w.at <= w.ahead.from {
		return false
	}
	s := &w.groups[t.group]
	return t.group == w.ahead.host || s.kind != plain && s.host == w.ahead.host
}

// spacing returns the spacing of a token that next returned last; ok is false
// where it is folded to nothing.
func (w *walk) spacing(t *token) (_ space, ok bool) {
	if !w.isFolded(t) || t.space >= newline {
		return t.space, true
	}
	return gap, t.space.width() > 0
}

// firstWidth returns the columns from the token at up to the next possible line
// break; beyond lineWidth it does not go on counting.
func (l *layout) firstWidth(at int32, ahead *folded) int {
	w := walk{l, at, ahead}
	columns, pending := 0, 0
	for columns <= lineWidth {
		t := w.next()
		if t == nil {
			break
		}
		switch t.kind {
		case textToken, commaToken:
			columns += pending + int(t.width)
			pending = 0
		case commentToken:
			columns += pending
			pending = 0
		case spaceToken:
			s, ok := w.spacing(t)
			if ok && s != gap {
				return columns
			}
			if ok {
				pending = 1
			}
		}
	}
	return columns + pending
}

// softFits reports whether what follows the soft spacing s, at that index, up
// to the next spacing fits onto the line that has reached column. Groups that
// fit as a whole are no place for a line break.
func (l *layout) softFits(s space, at int32, column int, ahead *folded) bool {
	room := lineWidth - column - s.width()
	w := walk{l, at + 1, ahead}
	used, pending := 0, 0
	for used <= lineWidth {
		t := w.next()
		if t == nil {
			break
		}
		switch t.kind {
		case textToken:
			used += pending + int(t.width)
			pending = 0
		case commentToken, commaToken:
			used += pending
			pending = 0
		case spaceToken:
			s, ok := w.spacing(t)
			if ok && s != gap {
				return used <= room
			}
			if ok {
				pending = 1
			}
		case beginToken:
			used += pending
			pending = 0
			end := l.groups[t.group].end
			if columns, ok := l.compactWidth(w.at, end, lineWidth-used-l.firstWidth(end, w.ahead)); ok {
				used += columns
				w.at = end
			}
		}
	}
	return used+pending <= room
}
