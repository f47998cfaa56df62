package workflow

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// pair is an entry of a mapping; lead is the comment above it.
type pair struct {
	key   string
	value *yaml.Node
	lead  string
}

// entry is a pair without a comment.
func entry(key string, value *yaml.Node) pair { return pair{key: key, value: value} }

func mapping(pairs ...pair) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairs {
		key := text(p.key)
		key.HeadComment = p.lead
		node.Content = append(node.Content, key, p.value)
	}
	return node
}

func sequence(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

// row is a sequence on one line.
func row(texts []string) *yaml.Node {
	node := sequence()
	node.Style = yaml.FlowStyle
	for _, t := range texts {
		node.Content = append(node.Content, text(t))
	}
	return node
}

// otherwise are the plain words that a reader of YAML 1.1 or 1.2 takes for no string, and
// that the library leaves without quotes: truth values, and what may be a number to the
// base 60 or a time. It takes in more digits than these have; quotes do no harm.
var otherwise = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|=|[-+]?\.?[0-9][-0-9a-fox_:.,+tz \t]*)$`)
})

// text is a string, in quotes where some reader would take it for something else.
func text(s string) *yaml.Node {
	if otherwise().MatchString(s) {
		return quoted(s)
	}
	return plain(s)
}

// plain is a string that the library quotes where YAML 1.2 needs that.
func plain(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

// quoted is a string in quotes, also where it needs none.
func quoted(s string) *yaml.Node {
	node := plain(s)
	node.Style = yaml.DoubleQuotedStyle
	return node
}

// lines is a string of several lines, shown as such.
func lines(list ...string) *yaml.Node {
	node := plain(strings.Join(list, "\n") + "\n")
	node.Style = yaml.LiteralStyle
	return node
}

func number(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

func boolean(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

// nothing is an entry whose key says all.
func nothing() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"} }

// comment makes lines of the spec a comment that ends where the lines do.
func comment(list []string) string {
	var out []string
	for _, line := range list {
		line = strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) {
				return ' '
			}
			return r
		}, line)
		out = append(out, strings.TrimRight("# "+line, " "))
	}
	return strings.Join(out, "\n")
}

// print writes the sections of a file, an empty line between them: the library knows
// none, so each is a document of its own, and together they are one.
func print(header string, sections []pair) []byte {
	var out bytes.Buffer
	out.WriteString(header + "\n")
	for i, section := range sections {
		if i > 0 || section.lead != "" {
			out.WriteByte('\n')
		}
		node := mapping(section)
		node.Content[0].Style = 0 // on, as everybody writes it and GitHub reads it
		encoder := yaml.NewEncoder(&out)
		encoder.SetIndent(2)
		if err := errors.Join(encoder.Encode(node), encoder.Close()); err != nil {
			panic(err) // into memory, and of nodes that are right
		}
	}
	return out.Bytes()
}
