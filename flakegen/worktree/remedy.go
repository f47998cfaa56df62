package worktree

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// mending is what mends a finding, in a form that several can be merged in.
type mending struct {
	render bool
	force  bool     // render over a foreign file
	stage  []string // where the tree is the index: to be added after rendering
	add    []string // to be added
	// addIgnored are to be added although git is told to ignore them.
	addIgnored []string
}

// Remedies returns the commands that mend all the findings together, in the order
// in which they are to be run. Of findings that no command mends there is nothing
// in it: their Remedy says what to do.
func (c *Comparison) Remedies(findings []Finding) []string {
	var all mending
	for _, f := range findings {
		all.render = all.render || f.mend.render
		all.force = all.force || f.mend.force
		all.stage = append(all.stage, f.mend.stage...)
		all.add = append(all.add, f.mend.add...)
		all.addIgnored = append(all.addIgnored, f.mend.addIgnored...)
	}
	return c.commands(all)
}

func (c *Comparison) remedy(m mending) string {
	return strings.Join(c.commands(m), " && ")
}

func (c *Comparison) commands(m mending) []string {
	var commands []string
	if m.render {
		words := c.program("flakegen", "render")
		if m.force {
			words = append(words, "--force")
		}
		commands = append(commands, quoteAll(words))
	}
	add := m.add
	if c.Staged != nil {
		add = slices.Concat(m.stage, m.add)
	}
	if len(add) > 0 {
		commands = append(commands, c.add(nil, add))
	}
	if len(m.addIgnored) > 0 {
		commands = append(commands, c.add([]string{"--force"}, m.addIgnored))
	}
	return commands
}

func (c *Comparison) add(options, paths []string) string {
	words := append(c.program("git", "add"), options...)
	for _, name := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		if strings.HasPrefix(name, "-") || strings.HasPrefix(name, ":") {
			name = "./" + name // neither an option nor a pattern
		}
		words = append(words, name)
	}
	return quoteAll(words)
}

// program begins a command line that is to run in the folder of the spec.
func (c *Comparison) program(name, command string) []string {
	if c.From == "" || c.From == "." {
		return []string{name, command}
	}
	return []string{name, "-C", c.From, command}
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return strings.Join(quoted, " ")
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// quote writes a word for bash and zsh, without a character that a terminal would
// obey.
func quote(word string) string {
	switch {
	case bare.MatchString(word):
		return word
	case printable(word):
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(word) {
		switch c := word[i]; {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			// Three octal digits: what follows cannot become part of it.
			b.WriteString(`\` + string('0'+c>>6) + string('0'+c>>3&7) + string('0'+c&7))
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString("'")
	return b.String()
}

// display returns a path as it can stand in a sentence: in quotes where it holds
// what a terminal would obey.
func display(name string) string {
	if printable(name) {
		return name
	}
	return strconv.QuoteToASCII(name)
}

func printable(text string) bool {
	for _, r := range text {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return false
		}
	}
	return true
}
