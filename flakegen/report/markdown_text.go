package report

import (
	"fmt"
	"strings"
)

// code is text from outside as a code span on one line, in which nothing means
// anything: no markup, no link, no mention of a user. It may stand in a table.
func code(text string) string {
	text = strings.TrimSpace(single(text))
	if text == "" {
		return ""
	}
	if strings.ContainsAny(text, "`|\\") {
		// A code span knows no escapes, and of a table's only "\|", which a text
		// that holds backslashes as well can break out of.
		return codeHTML(text)
	}
	return "`" + text + "`"
}

// codeHTML is the same as an HTML element, for where Markdown is not read.
func codeHTML(text string) string {
	return "<code>" + entities(strings.TrimSpace(single(text))) + "</code>"
}

// entities writes each sign that could mean something, in Markdown or in HTML, as
// a character reference: these are text wherever they stand.
func entities(text string) string {
	var b strings.Builder
	for _, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if letter || r == ' ' || r > 126 {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "&#%d;", r)
	}
	return b.String()
}

// fenced is text from outside as a block of code, with a fence that is longer than
// any in it.
func fenced(lines []string) string {
	text := printableLines(lines)
	longest := 0
	for rest := text; ; {
		at := strings.IndexByte(rest, '`')
		if at < 0 {
			break
		}
		rest = rest[at:]
		run := len(rest) - len(strings.TrimLeft(rest, "`"))
		longest = max(longest, run)
		rest = rest[run:]
	}
	fence := strings.Repeat("`", max(3, longest+1))
	return fence + "text\n" + text + "\n" + fence + "\n"
}
