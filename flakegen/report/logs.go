package report

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// Spool is a file for the logs of running builds, which memory cannot hold.
type Spool interface {
	io.ReaderAt
	io.WriterAt
}

const (
	// logBlock is how much of a log is in memory at most; a full block goes to the
	// spool.
	logBlock = 32 << 10
	// maxLogBlocks bounds a log to 64 MiB: of a longer one the beginning is lost.
	maxLogBlocks = 2048
)

// logs are the logs of running builds, in full.
type logs struct {
	open func() (Spool, error) // on first use; nil: there is none

	spool Spool
	err   error   // of the spool: then no log is kept beyond a block
	free  []int64 // blocks, by their number
	next  int64
}

// buildLog is the log of one build.
type buildLog struct {
	blocks []block // full ones, in their order
	rest   []byte
	lines  int
	lost   int // of lines
}

type block struct {
	number int64
	lines  int // that end in it
}

// add appends a line. It may hold several, as a stream may tell it.
func (l *logs) add(b *buildLog, line string) {
	b.rest = append(append(b.rest, line...), '\n')
	b.lines++
	for len(b.rest) >= logBlock && l.flush(b) {
	}
}

// flush moves the first block of what is in memory to the spool. Without one it
// stays, and is lost when a second one is full.
func (l *logs) flush(b *buildLog) bool {
	full := b.rest[:logBlock]
	lines := bytes.Count(full, []byte{'\n'})
	if number := l.allocate(b); l.err == nil {
		_, l.err = l.spool.WriteAt(full, number*logBlock)
		if l.err == nil {
			b.blocks = append(b.blocks, block{number: number, lines: lines})
		}
	}
	if l.err != nil {
		if len(b.rest) < 2*logBlock {
			return false
		}
		for _, earlier := range b.blocks {
			b.lost += earlier.lines
		}
		b.lost += lines
		b.blocks = nil
	}
	b.rest = append(b.rest[:0], b.rest[logBlock:]...)
	return true
}

var errNoSpool = errors.New("there is no file to keep it in")

// allocate gives the number of a block that is free: of a long log its own
// first one.
func (l *logs) allocate(b *buildLog) int64 {
	if l.spool == nil && l.err == nil {
		l.err = errNoSpool
		if l.open != nil {
			l.spool, l.err = l.open()
		}
	}
	if len(b.blocks) == maxLogBlocks {
		first := b.blocks[0]
		b.lost += first.lines
		b.blocks = append(b.blocks[:0], b.blocks[1:]...)
		return first.number
	}
	if n := len(l.free); n > 0 {
		number := l.free[n-1]
		l.free = l.free[:n-1]
		return number
	}
	l.next++
	return l.next - 1
}

// release gives the blocks of a log to those that follow.
func (l *logs) release(b *buildLog) {
	for _, bl := range b.blocks {
		l.free = append(l.free, bl.number)
	}
	b.blocks, b.rest = nil, nil
}

// each gives the lines that were kept, in their order, as they came.
func (l *logs) each(b *buildLog, line func(string)) error {
	parts := make([]io.Reader, 0, len(b.blocks)+1)
	for _, bl := range b.blocks {
		parts = append(parts, io.NewSectionReader(l.spool, bl.number*logBlock, logBlock))
	}
	reader := bufio.NewReaderSize(io.MultiReader(append(parts, bytes.NewReader(b.rest))...), logBlock)
	for first := true; ; first = false {
		text, err := reader.ReadString('\n')
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case first && b.lost > 0:
			// What is left of the last line that was lost.
			b.lost++
		default:
			line(text[:len(text)-1])
		}
	}
}
