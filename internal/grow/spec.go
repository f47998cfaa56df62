package grow

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// Spec is a random spec in the making: its files, and the expressions in them,
// each of which can be grown again where it turns out to have no rendering.
type Spec struct {
	*Grower
	names
	files []*specFile
	// current is the file that is written to.
	current *specFile
}

// specFile is a file as a row of pieces.
type specFile struct {
	name   string
	pieces []piece
}

// piece is text that stands, or an expression that can be grown again.
type piece struct {
	text string
	grow func() string
}

// NewSpec grows a spec from a seed. It is valid but for what [Spec.Regrow] can
// mend.
func NewSpec(seed uint64) *Spec {
	r := rand.New(rand.NewPCG(seed, 14))
	s := &Spec{Grower: &Grower{Rand: r, newline: "\n"}}
	if s.Chance(10) {
		s.newline = "\r\n"
	}
	if s.Chance(25) {
		s.much = 35
	}
	s.names = s.draw()
	for _, name := range []string{"flakegen.hcl", "more.flakegen.hcl"} {
		s.files = append(s.files, &specFile{name: name})
	}
	blocks := s.blocks()
	s.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	spread := s.Chance(20)
	for _, block := range blocks {
		s.current = s.files[0]
		if spread && s.Chance(50) {
			s.current = s.files[1]
		}
		s.comments("")
		block()
		if s.Chance(60) {
			s.line("")
		}
	}
	return s
}

// repository are the files that the paths of a spec lead to.
var repository = []string{"nix/shift.nix", "nix/lib.nix", "rts/Cargo.lock", "odd name/x y", "a+b/c@d", "it's/é.txt", "deep/er/and/deeper/still/file.patch"}

// Files gives the files of the repository by name.
func (s *Spec) Files() map[string][]byte {
	files := map[string][]byte{}
	for _, name := range repository {
		files[name] = nil
	}
	for _, f := range s.files {
		var text strings.Builder
		for _, p := range f.pieces {
			text.WriteString(p.text)
		}
		files[f.name] = []byte(text.String())
	}
	return files
}

// Place is a byte of a file.
type Place struct {
	File string
	Byte int
}

// Regrow grows the expressions at these places again, and says whether at each of
// them there is one.
func (s *Spec) Regrow(places []Place) bool {
	found := map[*piece]bool{}
	for _, place := range places {
		p := s.at(place)
		if p == nil || p.grow == nil {
			return false
		}
		if !found[p] {
			found[p] = true
			defer func() { p.text = p.grow() }()
		}
	}
	return true
}

// at gives the piece that holds a byte.
func (s *Spec) at(place Place) *piece {
	at := place.Byte
	for _, f := range s.files {
		for i := range f.pieces {
			switch p := &f.pieces[i]; {
			case f.name != place.File:
			case at < len(p.text):
				return p
			default:
				at -= len(p.text)
			}
		}
	}
	return nil
}

func (s *Spec) write(p piece) { s.current.pieces = append(s.current.pieces, p) }

// line writes a line of text that stands.
func (s *Spec) line(format string, args ...any) {
	s.write(piece{text: fmt.Sprintf(format, args...) + s.newline})
}

// attribute writes an attribute with comments. The expression may refer to what
// the scope says.
func (s *Spec) attribute(indent, name string, in scope, expr func() string) {
	s.comments(indent)
	s.write(piece{text: indent + name + Pick(s.Grower, " = ", " = ", "   = ", "=")})
	grow := func() string {
		s.Symbols, s.absent, s.bound = in.symbols, in.absent, nil
		s.budget = 1 << s.IntN(6)
		text := expr()
		// The end of a heredoc stands alone on its line.
		if s.Chance(10) && !strings.HasPrefix(text, "<<") {
			text += Pick(s.Grower, " ", "  ", "\t") + "#" + s.comment()
		}
		return text
	}
	s.write(piece{text: grow(), grow: grow})
	s.line("")
}

// comments writes, now and then, the comments above something.
func (s *Spec) comments(indent string) {
	if s.Chance(8) {
		s.line("")
	}
	if !s.Chance(12) {
		return
	}
	for range s.Count(1, 3) {
		switch {
		case s.Chance(85):
			s.line("%s#%s", indent, s.comment())
		case s.Chance(50):
			s.line("%s//%s", indent, strings.TrimLeft(s.comment(), "{ "))
		default:
			s.line("%s/* %s */", indent, Pick(s.Grower, "a block", "of\nlines", "'' ${x}"))
		}
	}
}

func (s *Spec) comment() string {
	return Pick(s.Grower, "", " a comment", " ends in space  ", "   indented", "# twice", " '' ${x} */ ;", " é\u00a0\u2028", " \x1b[31mred",
		" nixfmt:disable", strings.Repeat(" a long comment", 9), " }", " <<-EOT", "!/bin/sh", "\tafter a tab")
}

// scope says what expressions may refer to where they stand.
type scope struct {
	symbols []Binding
	absent  map[string]bool
}

// and gives the scope with more symbols.
func (in scope) and(more ...Binding) scope {
	return scope{slices.Concat(in.symbols, more), in.absent}
}

// with gives the scope with names that mean something after all.
func (in scope) meaning(names ...string) scope {
	absent := maps.Clone(in.absent)
	for _, name := range names {
		delete(absent, name)
	}
	return scope{in.symbols, absent}
}
