package grow

import (
	"fmt"
	"strings"
)

// fragments are what strings are made of: all that Nix or HCL escapes, all that
// ends or begins something, and what Unicode has in store.
var fragments = []string{
	"a", "word ", "some more words", " ", "  ", "    ", "\n", "\n", "\n  ", "\n    ", "\t", "\r", "\r\n", "\n\t",
	"'", "''", "'''", "''\\", "''$", "$", "$$", "$$$", "${", "${x}", "'${", "''${", "$${", "$'", "%", "%%", "%{", "%{ if x }", "%%{",
	"{", "}", "~}", "{~", `"`, `\`, `\\`, `\n`, `\${`, "#", "//", "/*", "*/", ";", "EOT", "\nEOT\n", "<<EOT", "-1", "1e5",
	"é", "e\u0301", "\u0301", "ﬁ", "Å", "\u00a0", "\u0085", "\u2028", "\ufeff", "\u200b", "😀", "👩‍👩‍👧", "\U0010ffff", "\ufffd", "\x01", "\x1b[31m", "\x7f",
	"export A=$out\n", "if [ \"$x\" = '' ]; then\n\techo $(cat <f)\nfi\n", "/nix/store", "./.", "http://x:1",
}

// Words makes the value of a string. HCL composes an accent with the letter in
// front of it, also across an interpolation, and Nix does not, so that no accent
// stands alone in an open expression.
func (g *Grower) Words() string {
	var b strings.Builder
	for range g.Count(0, 9) {
		fragment := fragments[g.IntN(len(fragments))]
		if g.Symbols != nil {
			fragment = strings.TrimLeft(fragment, "\u0301")
		}
		b.WriteString(fragment)
	}
	return b.String()
}

// quoted writes a string between quotes.
func (g *Grower) quoted(value string) string { return `"` + g.escape(value) + `"` }

// escape writes text for a quoted string, with escapes where they are needed and
// at times where not.
func (g *Grower) escape(value string) string {
	var b strings.Builder
	runes := []rune(value)
	for i, r := range runes {
		opens := i+1 < len(runes) && runes[i+1] == '{'
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t' && g.Chance(50):
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && opens:
			b.WriteRune(r)
			b.WriteRune(r)
		case r < 0x20 && r != '\t' || r == 0x7f || g.Chance(2) && r != '{':
			if r > 0xffff {
				fmt.Fprintf(&b, `\U%08x`, r)
				continue
			}
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// raw writes text for a heredoc, which knows no escape but those of ${ and %{.
func (g *Grower) raw(value string) string {
	value = strings.ReplaceAll(value, "\r", "")
	value = strings.NewReplacer("${", "$${", "%{", "%%{", "EOT", "EOF").Replace(value)
	return strings.ReplaceAll(value, "\n", g.newline)
}

// text makes an expression that gives text.
func (g *Grower) text() string {
	switch g.IntN(10) {
	case 0, 1, 2:
		return g.heredoc()
	case 3, 4, 5, 6:
		return g.template()
	case 7:
		var parts []string
		for range g.Count(1, 4) {
			parts = append(parts, g.interpolable())
		}
		return `join("", [` + strings.Join(parts, ", ") + "])"
	case 8:
		if g.Symbols != nil {
			return g.openText()
		}
		return g.closedText()
	default:
		return g.quoted(g.Words())
	}
}

// interpolable makes an expression that can stand in ${…}.
func (g *Grower) interpolable() string {
	if g.Symbols != nil && g.Chance(25) {
		if name, ok := g.reference(Shape{Kind: Package}); ok {
			return name
		}
	}
	if g.Symbols != nil && g.Chance(25) {
		if name, ok := g.known(); ok {
			return `"n${` + name + `}"` // alone it would not become text
		}
	}
	if g.Symbols == nil && g.Chance(20) {
		return g.Expr(Pick(g, aNumber, aFraction, aBoolean))
	}
	return g.Expr(aText)
}

// known picks a name that is no text, and yet can stand in ${…} among symbols.
func (g *Grower) known() (string, bool) {
	var found []string
	hidden := map[string]bool{}
	for i := len(g.bound) - 1; i >= 0; i-- {
		if b := g.bound[i]; b.Known && !hidden[b.Name] {
			found = append(found, b.Name)
		}
		hidden[g.bound[i].Name] = true
	}
	if !hidden["each"] && !g.absent["each"] {
		found = append(found, "each.value")
	}
	if len(found) == 0 {
		return "", false
	}
	return Pick(g, found...), true
}

// template makes a quoted template.
func (g *Grower) template() string {
	return `"` + g.templateParts(g.escape, true) + `"`
}

// heredoc makes a heredoc, in parentheses because its end marker must stand alone
// on a line.
func (g *Grower) heredoc() string {
	g.labels++
	label := fmt.Sprintf("EOT%d", g.labels)
	flush := g.Chance(60)
	indent := ""
	intro := "<<"
	if flush {
		intro = "<<-"
		indent = Pick(g, "", "  ", "    ", "\t", "  \t")
	}
	body := g.templateParts(g.raw, !flush)
	lines := strings.Split(body, g.newline)
	for i, line := range lines {
		if g.Chance(90) {
			lines[i] = indent + line
		}
	}
	return "(" + intro + label + g.newline + strings.Join(lines, g.newline) + g.newline + Pick(g, indent, "", "  ") + label + g.newline + ")"
}

// templateParts makes what stands in a template. Strip says that strip markers
// may: in a "<<-" heredoc they are refused.
func (g *Grower) templateParts(write func(string) string, strip bool) string {
	left, right := func() string { return "" }, func() string { return "" }
	if strip {
		left = func() string { return Pick(g, "", "", "", "~") }
		right = left
	}
	var b strings.Builder
	for range g.Count(1, 7) {
		switch g.IntN(9) {
		case 0, 1, 2, 3:
			g.closeText(&b)
			b.WriteString(write(g.Words()))
		case 4, 5, 6:
			g.closeText(&b)
			fmt.Fprintf(&b, "${%s%s%s}", left(), g.interpolable(), right())
		case 7:
			g.closeText(&b)
			fmt.Fprintf(&b, "%%{%s if %s %s}", left(), g.Expr(aBoolean), right())
			b.WriteString(g.nested(write, strip))
			g.closeText(&b)
			if g.Chance(50) {
				fmt.Fprintf(&b, "%%{%s else %s}", left(), right())
				b.WriteString(g.nested(write, strip))
				g.closeText(&b)
			}
			fmt.Fprintf(&b, "%%{%s endif %s}", left(), right())
		case 8:
			element := g.Shape(0)
			collection := g.Expr(listOf(element))
			names := []Binding{{Name: g.name(), Shape: element}}
			g.closeText(&b)
			fmt.Fprintf(&b, "%%{%s for %s in %s %s}", left(), nameList(names), collection, right())
			b.WriteString(g.with(names, func() string { return g.nested(write, strip) }))
			g.closeText(&b)
			fmt.Fprintf(&b, "%%{%s endfor %s}", left(), right())
		}
	}
	return b.String()
}

// closeText takes care of a dollar or a percent sign at the end of a text: in
// front of what follows it would make an escape of that.
func (g *Grower) closeText(b *strings.Builder) {
	before := b.String()
	after := strings.TrimRight(before, "$%")
	if signs := before[len(after):]; signs != "" {
		b.Reset()
		fmt.Fprintf(b, "%s${%q}", after, signs)
	}
}

// nested makes the parts of a template inside a directive.
func (g *Grower) nested(write func(string) string, strip bool) string {
	if g.budget <= 0 {
		return write(g.Words())
	}
	g.budget--
	return g.templateParts(write, strip)
}
