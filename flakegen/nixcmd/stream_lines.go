package nixcmd

import (
	"bytes"
	"io"
	"time"
	"unicode/utf8"
)

// line is one line of a stream, without its newline.
type line struct {
	// text is valid until the next line is read.
	text []byte
	at   time.Time
	// dropped is how many bytes were left out of its middle.
	dropped int64
	// cut says that the stream ended before its newline.
	cut bool
}

// lineReader splits a stream into lines of at most max bytes, and stamps each
// when its newline arrived.
//
// Of a longer line it keeps the first half of max and the end: a record's id and
// type stand behind its text, so it stays readable without the middle of it.
type lineReader struct {
	r   io.Reader
	now func() time.Time
	max int

	buf        []byte
	start, end int // what is read and not yet handed out
	at         time.Time
	err        error
	// escaped says that the byte behind the dropped middle is escaped.
	escaped bool
}

const (
	readSize = 32 << 10
	// idleReads is how often a reader may return nothing before it is given up,
	// as bufio does.
	idleReads = 100
)

func (l *lineReader) next() (line, error) {
	var dropped int64
	l.escaped = false
	searched := 0
	for {
		if i := bytes.IndexByte(l.buf[l.start+searched:l.end], '\n'); i >= 0 {
			text := l.buf[l.start : l.start+searched+i]
			l.start += searched + i + 1
			return l.finish(text, dropped, false), nil
		}
		if l.err != nil {
			if l.start == l.end && dropped == 0 {
				return line{}, l.err
			}
			text := l.buf[l.start:l.end]
			l.start = l.end
			return l.finish(text, dropped, true), nil
		}
		if l.end-l.start > l.max {
			dropped += l.drop(dropped == 0)
		}
		searched = l.end - l.start
		l.fill()
	}
}

// drop takes the middle out of the line in the buffer. Half of max is its
// beginning, a quarter its end, and the last quarter is room for more.
func (l *lineReader) drop(first bool) int64 {
	head, tail := l.start+l.max/2, l.end-l.max/4
	if first {
		l.escaped = endsEscaping(l.buf[l.start:head], false)
	}
	l.escaped = endsEscaping(l.buf[head:tail], l.escaped)
	copy(l.buf[head:], l.buf[tail:l.end])
	l.end -= tail - head
	return int64(tail - head)
}

// endsEscaping says whether the byte behind text is escaped by a backslash;
// escaped says the same of its first byte.
func endsEscaping(text []byte, escaped bool) bool {
	run := len(text) - len(bytes.TrimRight(text, `\`))
	if run == len(text) && escaped {
		run++
	}
	return run%2 == 1
}

// fill reads once, into a buffer that holds a whole line and room for a read.
func (l *lineReader) fill() {
	if len(l.buf)-l.end < readSize {
		copy(l.buf, l.buf[l.start:l.end])
		l.start, l.end = 0, l.end-l.start
	}
	if len(l.buf)-l.end < readSize {
		grown := make([]byte, min(max(2*len(l.buf), readSize), l.max+readSize))
		copy(grown, l.buf[:l.end])
		l.buf = grown
	}
	for range idleReads {
		n, err := l.r.Read(l.buf[l.end:])
		if n > 0 {
			l.at = l.now()
		}
		l.end += n
		l.err = err
		if n > 0 || err != nil {
			return
		}
	}
	l.err = io.ErrNoProgress
}

func (l *lineReader) finish(text []byte, dropped int64, cut bool) line {
	if dropped > 0 || len(text) > l.max {
		head, tail := text[:l.max/2], text[l.max/2:]
		if dropped == 0 {
			l.escaped = endsEscaping(head, false)
		}
		if excess := len(tail) - l.max/4; excess > 0 {
			l.escaped = endsEscaping(tail[:excess], l.escaped)
			dropped += int64(excess)
			tail = tail[excess:]
		}
		text = join(head, tail, l.escaped)
	}
	return line{text: text, at: l.at, dropped: dropped, cut: cut}
}

const ellipsis = "…"

// join puts the two ends of a line together with an ellipsis between them. Where
// both are in one JSON string, as they are for what Nix writes, the string stays
// well-formed: no escape and no rune is split, but the digits of a \uXXXX may be
// left as text. escaped says that the first byte of the tail is.
func join(head, tail []byte, escaped bool) []byte {
	// The longest escape has six bytes, so they hold the beginning of a split one.
	recent := head[max(0, len(head)-6):]
	if i := bytes.LastIndexByte(recent, '\\'); i >= 0 {
		head = bytes.TrimRight(head[:len(head)-len(recent)+i], `\`)
	}
	for range utf8.UTFMax {
		if r, size := utf8.DecodeLastRune(head); r != utf8.RuneError || size != 1 {
			break
		}
		head = head[:len(head)-1]
	}
	if escaped && len(tail) > 0 {
		tail = tail[1:]
	}
	for len(tail) > 0 && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	return bytes.Join([][]byte{head, tail}, []byte(ellipsis))
}
