package spec

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// Source is one file of the spec.
type Source struct {
	Name  string
	Bytes []byte

	lines [][]byte
}

// Comments are the comments that belong to a block, an attribute, a list element
// or an object entry, without the number sign and without outer white space.
type Comments struct {
	// Blank says that an empty line stands above.
	Blank bool
	// Lead are the lines directly above.
	Lead []string
	// Trail is the comment behind it on its last line.
	Trail string
}

// Lines gives all of the comments, from the top to the bottom.
func (c Comments) Lines() []string {
	if c.Trail == "" {
		return slices.Clip(c.Lead)
	}
	return append(slices.Clip(c.Lead), c.Trail)
}

func newSource(name string, src []byte) *Source {
	return &Source{Name: name, Bytes: src, lines: bytes.Split(src, []byte("\n"))}
}

// Comments finds the comments around the node at rng. After is the place where
// the sibling before it ends, or where the surrounding brace stands: the lines
// between hold nothing but comments and white space, which is why no tokens are
// needed to tell a comment from text.
func (s *Source) Comments(after hcl.Pos, rng hcl.Range) Comments {
	var c Comments
	line := rng.Start.Line - 1
	for ; line > after.Line; line-- {
		text, ok := commentLine(s.line(line))
		if !ok {
			break
		}
		c.Lead = append(c.Lead, text)
	}
	slices.Reverse(c.Lead)
	c.Blank = line > after.Line && len(bytes.TrimSpace(s.line(line))) == 0
	c.Trail, _ = commentLine(s.behind(rng.End))
	return c
}

// Inner finds the comments inside of a list or an object that belong to none of its
// elements: the one behind the bracket that opens it, and those in front of the one
// that closes it. Open is the place behind the former, last where the last element
// ends.
func (s *Source) Inner(open, last hcl.Pos, all hcl.Range) (first string, behind []string) {
	first, _ = commentLine(s.behind(open))
	return first, s.Comments(last, hcl.Range{Start: all.End, End: all.End}).Lead
}

// behind gives the comment behind pos on its line, which may stand behind the
// comma that ends an element.
func (s *Source) behind(pos hcl.Pos) []byte {
	rest := bytes.TrimLeft(s.Bytes[min(pos.Byte, len(s.Bytes)):], " \t")
	rest = bytes.TrimLeft(bytes.TrimPrefix(rest, []byte(",")), " \t")
	if !bytes.HasPrefix(rest, []byte("#")) && !bytes.HasPrefix(rest, []byte("//")) {
		// Nobody asks for anything else, and a line may be as long as the file.
		return nil
	}
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// line gives the text of a line, counted from 1.
func (s *Source) line(n int) []byte {
	if n < 1 || n > len(s.lines) {
		return nil
	}
	return s.lines[n-1]
}

// commentLine gives the text of a line that holds only a comment.
func commentLine(line []byte) (string, bool) {
	text := strings.TrimSpace(string(line))
	for _, mark := range []string{"#", "//"} {
		if rest, ok := strings.CutPrefix(text, mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// IsHeredoc says whether the expression at rng is written as a heredoc.
func (s *Source) IsHeredoc(rng hcl.Range) bool {
	return bytes.HasPrefix(s.Bytes[min(rng.Start.Byte, len(s.Bytes)):], []byte("<<"))
}

// Lines gives the bytes at which the lines of a range begin and end, without the
// newline behind the last.
func (s *Source) Lines(rng hcl.Range) (start, end int) {
	start = bytes.LastIndexByte(s.Bytes[:min(rng.Start.Byte, len(s.Bytes))], '\n') + 1
	end = min(rng.End.Byte, len(s.Bytes))
	if i := bytes.IndexByte(s.Bytes[end:], '\n'); i >= 0 {
		return start, end + i
	}
	return start, len(s.Bytes)
}

// notUTF8 finds the first byte that is not UTF-8. HCL takes such bytes for letters
// of a name.
func notUTF8(s *Source) (hcl.Range, bool) {
	if utf8.Valid(s.Bytes) {
		return hcl.Range{}, false
	}
	start := hcl.InitialPos
	for rest := s.Bytes; ; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			break
		}
		rest = rest[size:]
		start.Byte += size
		start.Column++
		if r == '\n' {
			start.Line, start.Column = start.Line+1, 1
		}
	}
	end := start
	end.Byte++
	end.Column++
	return hcl.Range{Filename: s.Name, Start: start, End: end}, true
}
