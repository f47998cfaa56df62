package nixlang

import "strings"

// comment is a comment, without its marks, and the lines that it begins and ends
// on.
type comment struct {
	text          string
	line, endLine int
}

// leadTrivia takes the comments in front of the next lexeme.
func (p *parsing) leadTrivia() Trivia {
	t := &p.lexemes[p.next]
	first := t.line
	if len(t.comments) > 0 {
		first = t.comments[0].line
	}
	trivia := Trivia{Blank: p.next > 0 && first > p.lexemes[p.next-1].endLine+1}
	for _, c := range t.comments {
		trivia.Lead = append(trivia.Lead, c.lines()...)
	}
	t.comments = nil
	return trivia
}

// trailComment takes the comment behind the last lexeme on its line, if nothing
// else stands there.
func (p *parsing) trailComment() string {
	t := &p.lexemes[p.next]
	line := p.lexemes[p.next-1].endLine
	if len(t.comments) == 0 || t.comments[0].line != line || t.comments[0].endLine != line || t.line == line {
		return ""
	}
	lines := t.comments[0].lines()
	t.comments = t.comments[1:]
	return strings.Join(lines, " ")
}

// innerComments takes the comments in front of a closing bracket.
func (p *parsing) innerComments() []string { return p.leadTrivia().Lead }

// lines returns the text of a comment line by line, without the decoration of
// block comments.
func (c comment) lines() []string {
	lines := strings.Split(c.text, "\n")
	if len(lines) == 1 {
		return []string{strings.TrimSuffix(strings.TrimPrefix(c.text, " "), " ")}
	}
	var trimmed []string
	for i, line := range lines {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(strings.TrimPrefix(line, "*"), " ")
		if line != "" || i > 0 && i < len(lines)-1 {
			trimmed = append(trimmed, line)
		}
	}
	return trimmed
}
