package spec

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxDepth bounds the nesting of brackets and operators, for HCL's recursive
// parser and for all that walks its trees: a stack that overflows ends a program
// of Go without a word to the user.
const maxDepth = 1000

// tooDeep looks for nesting that would exhaust the stack. It takes every byte for
// code, and only where that says "perhaps" it asks the scanner.
func tooDeep(source *Source) (hcl.Range, bool) {
	var d depth
	for _, b := range source.Bytes {
		switch b {
		case '(', '[', '{':
			d.open(b == '{')
		case ')', ']', '}':
			d.close()
		case ',':
			d.separate()
		case '\n':
			d.newline()
		case '!', '-', '+', '*', '/', '%', '?', '=', '<', '>', '&', '|':
			d.operator()
		}
		if d.total > maxDepth {
			return deepToken(source)
		}
	}
	// Directives nest without brackets.
	if bytes.Count(source.Bytes, []byte("%{")) > maxDepth {
		return deepToken(source)
	}
	return hcl.Range{}, false
}

func deepToken(source *Source) (hcl.Range, bool) {
	tokens, _ := hclsyntax.LexConfig(source.Bytes, source.Name, hcl.InitialPos)
	var d depth
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			d.open(false)
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			d.separate() // the parts of a template stand beside each other
			d.directive(tokens[min(i+1, len(tokens)-1)])
			d.open(false)
		case hclsyntax.TokenOBrace:
			d.open(true)
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			d.close()
		case hclsyntax.TokenComma:
			d.separate()
		case hclsyntax.TokenNewline:
			d.newline()
		default:
			if len(t.Bytes) > 0 && bytes.IndexByte([]byte("!-+*/%?=<>&|"), t.Bytes[0]) >= 0 {
				d.operator()
			}
		}
		if d.total > maxDepth {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}

// A depth counts the brackets and the operators around a place. Operators that
// follow one another nest in the tree, and so do the indexes behind a value.
type depth struct {
	total  int
	levels []level
}

// level is an open bracket with the operators so far in it.
type level struct {
	operators int
	// directives are those of a template that are open.
	directives int
	// lines says that a newline ends an expression in it.
	lines bool
}

func (d *depth) open(lines bool) {
	d.operator() // in case that it is an index, or a call
	d.levels = append(d.levels, level{lines: lines})
}

func (d *depth) close() {
	d.separate()
	d.total -= d.level().directives
	if len(d.levels) > 1 {
		d.levels = d.levels[:len(d.levels)-1]
	}
}

func (d *depth) operator() {
	d.level().operators++
	d.total++
}

// directive counts the directive of a template that begins with a word.
func (d *depth) directive(word hclsyntax.Token) {
	change := map[string]int{"if": 1, "for": 1, "endif": -1, "endfor": -1}[string(word.Bytes)]
	if d.level().directives+change >= 0 {
		d.level().directives += change
		d.total += change
	}
}

// separate ends the expression at hand.
func (d *depth) separate() {
	d.total -= d.level().operators
	d.level().operators = 0
}

func (d *depth) newline() {
	if d.level().lines {
		d.separate()
	}
}

// level gives the innermost level; the first one is the body of the file.
func (d *depth) level() *level {
	if len(d.levels) == 0 {
		d.levels = append(d.levels, level{lines: true})
	}
	return &d.levels[len(d.levels)-1]
}
