package missing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/cachetest"
)

// graph is a random graph of derivations and what a cache has of them.
type graph struct {
	nodes []*member
	// even graphs have all outputs of a derivation alike: over a derivation that it
	// has by half and builds Nix 2.8 fails ("requires non-existent output").
	even bool
	// plain graphs let derivations of several outputs be fetched: one that is asked for
	// and not to be fetched keeps the locks of all outputs in Nix 2.8 when another path
	// brought one of them, and the download of another output waits for them for ever.
	plain bool
	// single graphs have derivations of one output.
	single bool
	// refusals says that some of the cache is signed by nobody, by strangers or
	// badly, and that it refers to what it lacks.
	refusals bool
}

// member is a derivation of a graph.
type member struct {
	name    string
	outputs []string
	uses    []use
	// references are the inputs' outputs that an output from the cache refers to.
	references map[string][]use
	cached     map[string]bool
	keys       map[string][]cachetest.Key
	forbid     bool // allowSubstitutes = false
	source     bool
}

type use struct {
	of     *member
	output string
}

func (u use) nix() string {
	if u.output == "out" {
		return u.of.name
	}
	return u.of.name + "." + u.output
}

func pick[T any](r *rand.Rand, from []T, chance float64) []T {
	var picked []T
	for _, x := range from {
		if r.Float64() < chance {
			picked = append(picked, x)
		}
	}
	return picked
}

// grow fills a graph with so many members.
func (g *graph) grow(r *rand.Rand, size int, good, stranger, forger cachetest.Key) {
	// Of a large graph a cache has more, as of a real one: Nix takes a tenth of a second
	// for each of thousands of builds.
	rare := min(1, 300/float64(size))
	density := 1 - r.Float64()*rare
	for i := range size {
		m := &member{name: fmt.Sprintf("n%04d", i), outputs: []string{"out"}, references: map[string][]use{}, cached: map[string]bool{}, keys: map[string][]cachetest.Key{}}
		if !g.single {
			m.outputs = append(m.outputs, pick(r, []string{"dev", "doc"}, 0.2)...)
		}
		m.forbid, m.source = r.Float64() < 0.06, r.Float64() < 0.1
		m.forbid = m.forbid && !(g.plain && len(m.outputs) > 1)
		for range r.IntN(min(5, i+1)) {
			of := g.nodes[max(0, i-1-r.IntN(min(i, 12)))]
			for _, output := range pick(r, of.outputs, 0.6) {
				if u := (use{of, output}); !slices.Contains(m.uses, u) {
					m.uses = append(m.uses, u)
				}
			}
		}
		cached := r.Float64() < density
		for _, o := range m.outputs {
			m.references[o] = pick(r, m.uses, 0.5)
			m.cached[o] = cached
			if !g.even && len(m.outputs) > 1 && r.Float64() < 0.3 {
				m.cached[o] = !cached
			}
			m.keys[o] = []cachetest.Key{good}
			if !g.refusals {
				// The dry run does not look whether what is fetched refers to what is there.
				m.references[o] = slices.DeleteFunc(m.references[o], func(u use) bool { return !u.of.cached[u.output] })
			}
			if g.refusals && r.Float64() < 0.2*rare {
				m.keys[o] = [][]cachetest.Key{nil, {stranger}, {forger}}[r.IntN(3)]
			}
			if g.even {
				m.keys[o], m.references[o] = m.keys["out"], m.references["out"]
			}
		}
		g.nodes = append(g.nodes, m)
	}
}

// nix is the graph as Nix's expression.
func (g *graph) nix() string {
	var text strings.Builder
	text.WriteString("rec {\n")
	for _, m := range g.nodes {
		var uses []string
		for _, u := range m.uses {
			uses = append(uses, u.nix())
		}
		fmt.Fprintf(&text, "%s = make %[1]q { outputs = [ \"%s\" ]; uses = [ %s ]; %s %s };\n", m.name, strings.Join(m.outputs, `" "`), strings.Join(uses, " "),
			map[bool]string{true: "allowSubstitutes = false;"}[m.forbid], map[bool]string{true: `source = builtins.toFile "source" "text";`}[m.source])
	}
	return text.String() + "}"
}

// referred are members and all that their outputs from the cache refer to.
func referred(members []*member) []*member {
	all, known := slices.Clone(members), map[*member]bool{}
	for _, m := range members {
		known[m] = true
	}
	for at := 0; at < len(all); at++ {
		for _, o := range all[at].outputs {
			for _, u := range all[at].references[o] {
				if !known[u.of] {
					all, known[u.of] = append(all, u.of), true
				}
			}
		}
	}
	return all
}

// cache puts what is cached of the graph into a cache.
func (g *graph) cache(t *testing.T, c cachetest.Cache, d cachetest.Derivations) {
	for _, m := range g.nodes {
		for _, o := range m.outputs {
			if m.cached[o] {
				m.add(t, c, d, o, m.keys[o])
			}
		}
	}
}

// present has some of the graph in the store.
func (g *graph) present(t *testing.T, r *rand.Rand, nix cachetest.Nix, d cachetest.Derivations, good cachetest.Key) {
	some := pick(r, g.nodes, r.Float64()*0.3)
	if len(some) == 0 {
		return
	}
	// Nix copies what a path refers to as well.
	everything := cachetest.New(t, 30)
	all := referred(some)
	for _, m := range all {
		for _, o := range m.outputs {
			m.add(t, everything, d, o, []cachetest.Key{good})
		}
	}
	if g.even {
		some = all
	}
	args := []string{"copy", "--no-check-sigs", "--from", everything.File()}
	for _, m := range some {
		outputs := m.outputs
		if !g.even {
			outputs = outputs[r.IntN(len(outputs)):]
		}
		for _, o := range outputs {
			args = append(args, d.Outputs[m.name][o])
		}
	}
	if _, _, err := nix.Run(args...); err != nil {
		t.Fatal(err)
	}
}

// add puts an output into a cache.
func (m *member) add(t *testing.T, c cachetest.Cache, d cachetest.Derivations, output string, keys []cachetest.Key) {
	p := cachetest.Path{Path: d.Outputs[m.name][output], Keys: keys}
	for _, u := range m.references[output] {
		p.References = append(p.References, d.Outputs[u.of.name][u.output])
	}
	c.Add(t, p)
}
