package spec

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// rewordSyntax gives the syntax errors of a file in words for someone who knows
// Nix and the shell. HCL says what it expected; what was meant can often be told
// from the words around, and then that is reported instead.
//
// One error makes HCL stumble over what follows. So there is one error a line, and
// in a block with an error that is known for what it is, no other of HCL's.
func rewordSyntax(source *Source, diags hcl.Diagnostics) hcl.Diagnostics {
	diags = slices.Clone(diags)
	SortDiagnostics(diags)
	w := &rewording{syntaxReader: newSyntaxReader(source), known: map[int]bool{}, told: map[string]bool{}}
	for _, d := range diags {
		w.add(d)
	}
	return w.result
}

// rewording is the state of rewordSyntax.
type rewording struct {
	*syntaxReader
	result hcl.Diagnostics
	// known are the blocks with an error that is known, told the summaries so far.
	known map[int]bool
	told  map[string]bool
	// said is the byte up to which all is said, line the line of the last error.
	said, line int
}

func (w *rewording) add(d *hcl.Diagnostic) {
	if d.Subject == nil {
		w.result = append(w.result, d)
		return
	}
	line := d.Subject.Start.Line
	if d.Subject.Start.Byte < w.said || line == w.line {
		return
	}
	var h *habit
	if len(w.result) < maxReworded {
		h = w.habitOn(d, w.said)
	}
	block := w.block[line]
	switch {
	case h != nil:
		w.tell(h, line)
		w.known[block] = true
	case w.known[block]:
		return
	default:
		w.result = append(w.result, w.plain(d))
	}
	w.line = line
}

// tell reports a habit, and those that HCL would stumble over next.
func (w *rewording) tell(h *habit, line int) {
	w.said = max(w.said, h.until)
	if h.once && w.told[h.summary] {
		return
	}
	w.told[h.summary] = true
	w.result = append(w.result, h.diagnostic())
	if h.summary != shellSummary {
		return
	}
	for _, more := range w.moreShell(line, h.until) {
		w.result = append(w.result, more.diagnostic())
		w.said = max(w.said, more.until)
	}
}

// maxReworded bounds the errors that are reworded, as each is looked for in all of
// the file.
const maxReworded = 100

// habit is something that Nix or the shell would understand.
type habit struct {
	rng             hcl.Range
	summary, detail string
	// until is the byte up to which what follows belongs to it, or 0.
	until int
	// once says that it is told once a file.
	once bool
}

func (h *habit) diagnostic() *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: h.summary, Detail: h.detail, Subject: h.rng.Ptr()}
}

// syntaxReader looks for habits in the tokens of a file.
type syntaxReader struct {
	source *Source
	tokens []hclsyntax.Token
	// first is the first token of each line, block the line at which the block
	// begins that each line is in.
	first, block map[int]int
}

func newSyntaxReader(source *Source) *syntaxReader {
	r := &syntaxReader{source: source, first: map[int]int{}, block: map[int]int{}}
	tokens, _ := hclsyntax.LexConfig(source.Bytes, source.Name, hcl.InitialPos)
	r.tokens = slices.DeleteFunc(tokens, func(t hclsyntax.Token) bool {
		// A comment is nothing, but for the newline at its end.
		return t.Type == hclsyntax.TokenComment && !bytes.HasSuffix(t.Bytes, []byte("\n"))
	})
	depth, start := 0, 1
	for i, t := range r.tokens {
		line := t.Range.Start.Line
		if _, ok := r.first[line]; !ok {
			r.first[line] = i
			if depth == 0 {
				start = line
			}
		}
		r.block[line] = start
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenTemplateSeqEnd:
			depth = max(0, depth-1)
		}
	}
	return r
}

// plain words an error of HCL that is no habit.
func (r *syntaxReader) plain(d *hcl.Diagnostic) *hcl.Diagnostic {
	if d.Summary != "Invalid escape sequence" {
		return d
	}
	worded := *d
	worded.Detail = `HCL knows \n, \r, \t, \", \\ and \uNNNN. For a backslash write \\.`
	if bytes.HasPrefix(d.Subject.SliceBytes(r.source.Bytes), []byte(`\$`)) {
		worded.Detail = "For the text ${ write $${."
	}
	return &worded
}

// habitOn finds the first habit on the line that HCL stumbles over at d, from the
// byte after on. Some habits make it stumble later.
func (r *syntaxReader) habitOn(d *hcl.Diagnostic, after int) *habit {
	line, stumble := d.Subject.Start.Line, d.Subject.Start.Byte
	for _, h := range []*habit{r.shellLength(stumble), r.update(line, stumble), r.letIn(line, stumble)} {
		if h != nil {
			return h
		}
	}
	if d.Summary == "Unterminated template string" {
		if h := r.endlessHeredoc(); h != nil {
			return h
		}
	}
	first, ok := r.first[line]
	if !ok {
		return nil
	}
	for i := first; i < len(r.tokens) && r.tokens[i].Range.Start.Line == line; i++ {
		if r.tokens[i].Range.Start.Byte < after {
			continue
		}
		c := cursor{r, i, stumble}
		for _, find := range habits {
			if h := find(c); h != nil {
				return h
			}
		}
	}
	return nil
}

// shellLength finds ${#x} before the byte end: for HCL a comment begins in it, and
// swallows the end of the string.
func (r *syntaxReader) shellLength(end int) *habit {
	for i, t := range r.tokens {
		if t.Range.Start.Byte >= end {
			return nil
		}
		if t.Type == hclsyntax.TokenTemplateInterp && bytes.HasPrefix(r.source.Bytes[t.Range.End.Byte:], []byte("#")) {
			h := shellVariable(cursor{r, i, t.Range.End.Byte})
			if h != nil {
				h.until = len(r.source.Bytes)
			}
			return h
		}
	}
	return nil
}

// updateComment is "//" in front of what can be merged into a set.
var updateComment = regexp.MustCompile(`^//\s*(\{|\(|[A-Za-z_][A-Za-z0-9_-]*\.[A-Za-z_])`)

// update finds "//" of Nix in the block of a line, in front of the byte end: the
// comment that it begins may swallow a bracket.
func (r *syntaxReader) update(line, end int) *habit {
	for i, t := range r.tokens {
		if t.Range.Start.Byte >= end {
			return nil
		}
		if t.Type != hclsyntax.TokenComment || r.block[t.Range.Start.Line] != r.block[line] || !updateComment.Match(t.Bytes) {
			continue
		}
		h := cursor{r, i, end}.habit(1, updateSummary, updateDetail)
		h.rng.End = h.rng.Start
		h.rng.End.Byte += 2
		h.rng.End.Column += 2
		h.until = end + 1
		return h
	}
	return nil
}

// letIn finds "let" of Nix at the end of a line in the block of a line, in front of
// the byte end. HCL takes the word for a name.
func (r *syntaxReader) letIn(line, end int) *habit {
	for i, t := range r.tokens {
		if t.Range.Start.Byte >= end {
			return nil
		}
		c := cursor{r, i, end}
		if r.block[t.Range.Start.Line] != r.block[line] || c.token(1).Type != hclsyntax.TokenNewline {
			continue
		}
		if h := nixLet(c); h != nil {
			h.once = true
			return h
		}
	}
	return nil
}

// endlessHeredoc finds the beginning of a heredoc that does not end.
func (r *syntaxReader) endlessHeredoc() *habit {
	for i, t := range slices.Backward(r.tokens) {
		switch t.Type {
		case hclsyntax.TokenCHeredoc:
			return nil
		case hclsyntax.TokenOHeredoc:
			label := strings.Trim(string(t.Bytes), "<-\r\n")
			h := cursor{r, i, 0}.habit(1, "A heredoc without end", "Write %s on a line of its own behind the last line of the text.", label)
			h.rng.End = h.rng.Start
			h.rng.End.Byte += len(bytes.TrimRight(t.Bytes, "\r\n"))
			h.rng.End.Column += len(bytes.TrimRight(t.Bytes, "\r\n"))
			return h
		}
	}
	return nil
}

// cursor is a place among the tokens of a file.
type cursor struct {
	*syntaxReader
	i int
	// stumble is the byte at which HCL does not know what to do.
	stumble int
}

// stumbles says whether HCL does not know what to do with the token here.
func (c cursor) stumbles() bool { return c.token(0).Range.Start.Byte == c.stumble }

// move gives the place so many tokens from here.
func (c cursor) move(distance int) cursor { return cursor{c.syntaxReader, c.i + distance, c.stumble} }

// token gives the token that is that far from here, or one of no type.
func (c cursor) token(distance int) hclsyntax.Token {
	if i := c.i + distance; i >= 0 && i < len(c.tokens) {
		return c.tokens[i]
	}
	return hclsyntax.Token{Type: hclsyntax.TokenEOF}
}

// are says whether these types of tokens follow from here on.
func (c cursor) are(types ...hclsyntax.TokenType) bool {
	for i, t := range types {
		if c.token(i).Type != t {
			return false
		}
	}
	return true
}

// touch says whether nothing stands between so many tokens from here on.
func (c cursor) touch(n int) bool {
	for i := 1; i < n; i++ {
		if c.token(i-1).Range.End.Byte != c.token(i).Range.Start.Byte {
			return false
		}
	}
	return true
}

func (c cursor) isWord(word string) bool {
	return c.token(0).Type == hclsyntax.TokenIdent && string(c.token(0).Bytes) == word
}

// text gives the source of so many tokens from here on.
func (c cursor) text(n int) string {
	return string(c.source.Bytes[c.token(0).Range.Start.Byte:c.token(n-1).Range.End.Byte])
}

// habit gives a habit that is so many tokens long.
func (c cursor) habit(n int, summary, detail string, args ...any) *habit {
	return &habit{
		rng:     hcl.RangeBetween(c.token(0).Range, c.token(n-1).Range),
		summary: summary,
		detail:  fmt.Sprintf(detail, args...),
	}
}

// beginsExpression says whether an expression can begin here.
func (c cursor) beginsExpression() bool {
	switch c.token(-1).Type {
	case hclsyntax.TokenEqual, hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenComma, hclsyntax.TokenColon,
		hclsyntax.TokenQuestion, hclsyntax.TokenTemplateInterp, hclsyntax.TokenFatArrow, hclsyntax.TokenPlus, hclsyntax.TokenAnd, hclsyntax.TokenOr:
		return true
	}
	return false
}

// beginsEntry says whether an attribute or an entry of an object can begin here.
func (c cursor) beginsEntry() bool {
	switch c.token(-1).Type {
	case hclsyntax.TokenOBrace, hclsyntax.TokenComma, hclsyntax.TokenNewline, hclsyntax.TokenComment, hclsyntax.TokenSemicolon, hclsyntax.TokenEOF:
		return true
	}
	return false
}

// canBeginValue and canEndValue say whether the token so far from here can be the
// first and the last one of a value.
func (c cursor) canBeginValue(distance int) bool {
	switch c.token(distance).Type {
	case hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
		hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace:
		return true
	}
	return false
}

func (c cursor) canEndValue(distance int) bool {
	switch c.token(distance).Type {
	case hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
		hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace:
		return true
	}
	return false
}
