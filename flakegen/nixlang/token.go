package nixlang

// token is an element of a document written out in a row, where a group is its
// opening and its closing token and what stands between them.
type token struct {
	kind tokenKind
	// joined texts continue the one before them and have no level of their own.
	joined bool
	space  space
	// group is the index of the group that the token opens or closes, for other
	// tokens of the innermost group around it.
	group         int32
	level, offset int32
	width         int32
	text          string
	at            *place
}

type tokenKind uint8

const (
	textToken tokenKind = iota
	commentToken
	commaToken
	spaceToken
	openToken
	closeToken
)

// span is a group among the tokens.
type span struct {
	kind        groupKind
	open, close int32
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

// stream is a document as tokens.
type stream struct {
	tokens []token
	spans  []span
}

// item is a token, or a group with what is in it.
type item struct {
	token
	kind  groupKind
	inner []item
}

func (i *item) isGroup() bool { return i.token.kind == openToken }

// newStream writes d out. On the way spacings in a row become one, and those
// that do not depend on a group move out of its beginning and its end: there
// they would expand it for nothing.
func newStream(d *doc) *stream {
	var w itemWriter
	w.add(d, 0, 0)
	s := &stream{}
	s.addGroup(plain, w.items, -1)
	return s
}

// itemWriter collects the items of one group.
type itemWriter struct{ items []item }

func (w *itemWriter) add(d *doc, level, offset int) {
	switch d.kind {
	case textDoc, commentDoc, commaDoc:
		w.addText(d, level, offset)
		return
	case spaceDoc:
		w.addSpace(d.space)
		return
	case groupDoc:
		w.addGroup(d, level, offset)
		return
	case nestDoc:
		level++
	case offsetDoc:
		offset += d.offset
	}
	for _, part := range d.parts {
		w.add(part, level, offset)
	}
}

var textTokens = map[docKind]tokenKind{textDoc: textToken, commentDoc: commentToken, commaDoc: commaToken}

func (w *itemWriter) addText(d *doc, level, offset int) {
	if d.text == "" {
		return
	}
	t := token{
		kind:   textTokens[d.kind],
		level:  int32(level + d.level),
		offset: int32(offset + d.offset),
		width:  int32(width(d.text)),
		text:   d.text,
		at:     d.at,
	}
	if last := w.last(); last != nil {
		t.joined = last.token.kind == t.kind
	}
	w.items = append(w.items, item{token: t})
}

func (w *itemWriter) addSpace(s space) {
	if last := w.last(); last != nil && last.token.kind == spaceToken {
		last.space = joinSpaces(last.space, s)
		return
	}
	w.items = append(w.items, item{token: token{kind: spaceToken, space: s}})
}

func (w *itemWriter) addGroup(d *doc, level, offset int) {
	var inner itemWriter
	// A space in front joins the spacing that the group begins with.
	if last := w.last(); last != nil && last.token.kind == spaceToken && last.space == hardSpace {
		w.items = w.items[:len(w.items)-1]
		inner.addSpace(hardSpace)
	}
	for _, part := range d.parts {
		inner.add(part, level, offset)
	}
	before, body, behind := trim(inner.items)
	for i := range before {
		w.addSpace(before[i].space)
	}
	if len(body) == 1 && body[0].isGroup() && body[0].kind == d.group {
		body = body[0].inner
	}
	if len(body) > 0 {
		w.items = append(w.items, item{token: token{kind: openToken}, kind: d.group, inner: body})
	}
	for i := range behind {
		w.addSpace(behind[i].space)
	}
}

func (w *itemWriter) last() *item {
	if len(w.items) == 0 {
		return nil
	}
	return &w.items[len(w.items)-1]
}

// trim splits off the firm spacings at both ends.
func trim(items []item) (before, body, behind []item) {
	isFirm := func(i *item) bool { return i.token.kind == spaceToken && i.space.isFirm() }
	start, end := 0, len(items)
	for start < end && isFirm(&items[start]) {
		start++
	}
	for end > start && isFirm(&items[end-1]) {
		end--
	}
	return items[:start], items[start:end], items[end:]
}

// addGroup appends a group whose parent is the span of that index.
func (s *stream) addGroup(kind groupKind, items []item, parent int32) {
	self := int32(len(s.spans))
	s.spans = append(s.spans, span{kind: kind, open: int32(len(s.tokens)), host: s.hostOf(parent), last: -1, earlier: -1})
	if host := s.spans[self].host; kind == priority && host >= 0 {
		s.spans[self].earlier, s.spans[host].last = s.spans[host].last, self
	}
	s.tokens = append(s.tokens, token{kind: openToken, group: self})
	s.spans[self].tail = int32(len(s.tokens))
	for i := range items {
		if items[i].isGroup() {
			s.addGroup(items[i].kind, items[i].inner, self)
			continue
		}
		t := items[i].token
		t.group = self
		s.tokens = append(s.tokens, t)
		if t.kind == spaceToken && t.space.breaksWithGroup() {
			s.spans[self].tail = int32(len(s.tokens))
		}
	}
	s.spans[self].close = int32(len(s.tokens))
	s.tokens = append(s.tokens, token{kind: closeToken, group: self})
}

func (s *stream) hostOf(parent int32) int32 {
	for parent >= 0 && s.spans[parent].kind == transparent {
		parent = s.spans[parent].host
	}
	return parent
}
