package nixlang

import (
	"cmp"
	"slices"
)

// globals are the variables that Nix has without builtins in front, and its
// constants.
var globals = []string{
	"abort", "baseNameOf", "break", "builtins", "derivation", "derivationStrict",
	"dirOf", "false", "fetchGit", "fetchMercurial", "fetchTarball", "fetchTree",
	"fromTOML", "import", "isNull", "map", "null", "placeholder", "removeAttrs",
	"scopedImport", "throw", "toString", "true",
}

// Globals returns the variables that Nix has everywhere, sorted. Those that begin
// with two underscores, which are the builtins again, are not among them.
func Globals() []string { return slices.Clone(globals) }

// IsGlobal reports whether Nix has a variable of that name everywhere.
func IsGlobal(name string) bool { return slices.Contains(globals, name) }

// use is a variable or a splice that nothing read so far binds.
type use struct {
	start           int
	name, attribute string
	with            bool
	// splice is the index of the splice, or -1 for a variable.
	splice int
}

func (p *parsing) newUse(name string, t lexeme) use {
	return use{start: t.start, name: name, with: p.withs > 0, splice: -1}
}

// splice returns what a splice lexeme stands for and notes its place.
func (p *parsing) splice(t lexeme) Splice {
	i, _ := p.place(t.start)
	p.uses = append(p.uses, use{start: t.start, splice: i})
	return p.splices[i]
}

// bind takes away the uses since mark of the variables that names bind, and tells
// the splices among them.
func (p *parsing) bind(mark int, names []string) {
	kept := p.uses[:mark]
	for _, u := range p.uses[mark:] {
		switch {
		case u.splice >= 0:
			p.places[u.splice].Bound = append(p.places[u.splice].Bound, names...)
		case slices.Contains(names, u.name):
			continue
		}
		kept = append(kept, u)
	}
	p.uses = kept
}

// free returns the variables that nothing in the text binds.
func (p *parsing) free() []Use {
	var free []Use
	slices.SortFunc(p.uses, func(a, b use) int { return cmp.Compare(a.start, b.start) })
	for _, u := range p.uses {
		if u.splice >= 0 {
			continue
		}
		text, offset := p.place(u.start)
		free = append(free, Use{Name: u.name, Attribute: u.attribute, With: u.with, Text: text, Offset: offset})
	}
	return free
}
