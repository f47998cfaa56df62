package missing

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
	"github.com/flakegen/flakegen/internal/cachetest"
	"github.com/flakegen/flakegen/internal/require"
)

// More, and larger: go test ./flakegen/missing -run Graphs -graphs 200 -largest 2000
var (
	graphs  = flag.Int("graphs", 40, "how many random graphs the real Nix builds")
	largest = flag.Int("largest", 40, "how many derivations the largest of them has")
	seed    = flag.Uint64("seed", 1, "of the random graphs")
)

// graph is a random graph of derivations and what a cache has of them.
type graph struct {
	nodes []*member
	// even graphs have all outputs of a derivation alike: over a derivation that it
	// has by half and builds Nix 2.8 fails ("requires non-existent output").
	even bool
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

func newGraph(r *rand.Rand, size int, even, refusals bool, good, stranger, forger cachetest.Key) *graph {
	g := &graph{even: even, refusals: refusals}
	density := r.Float64()
	for i := range size {
		m := &member{name: fmt.Sprintf("n%04d", i), outputs: []string{"out"}, references: map[string][]use{}, cached: map[string]bool{}, keys: map[string][]cachetest.Key{}}
		m.outputs = append(m.outputs, pick(r, []string{"dev", "doc"}, 0.2)...)
		m.forbid, m.source = r.Float64() < 0.06, r.Float64() < 0.1
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
			if !even && len(m.outputs) > 1 && r.Float64() < 0.3 {
				m.cached[o] = !cached
			}
			m.keys[o] = []cachetest.Key{good}
			if !refusals {
				// The dry run does not look whether what is fetched refers to what is there.
				m.references[o] = slices.DeleteFunc(m.references[o], func(u use) bool { return !u.of.cached[u.output] })
			}
			if refusals && r.Float64() < 0.2 {
				m.keys[o] = [][]cachetest.Key{nil, {stranger}, {forger}}[r.IntN(3)]
			}
			if even {
				m.keys[o], m.references[o] = m.keys["out"], m.references["out"]
			}
		}
		g.nodes = append(g.nodes, m)
	}
	return g
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
	all := slices.Clone(members)
	for at := 0; at < len(all); at++ {
		for _, uses := range all[at].references {
			for _, u := range uses {
				if !slices.Contains(all, u.of) {
					all = append(all, u.of)
				}
			}
		}
	}
	return all
}

// fill puts what is cached into a cache; with all also the rest, signed well.
func (g *graph) fill(t *testing.T, c cachetest.Cache, d cachetest.Derivations, all bool, good cachetest.Key) {
	for _, m := range g.nodes {
		for _, o := range m.outputs {
			p := cachetest.Path{Path: d.Outputs[m.name][o], Keys: m.keys[o]}
			for _, u := range m.references[o] {
				p.References = append(p.References, d.Outputs[u.of.name][u.output])
			}
			if all {
				p.Keys = []cachetest.Key{good}
			}
			if all || m.cached[o] {
				c.Add(t, p)
			}
		}
	}
}

// done is what a log says that was done.
type done struct{ built, fetched []string }

func readLog(t *testing.T, log string) done {
	t.Helper()
	var d done
	for line := range strings.Lines(log) {
		text, ok := strings.CutPrefix(line, "@nix ")
		if !ok {
			continue
		}
		var record struct {
			Action string
			Type   int
			Fields []any
		}
		if err := json.Unmarshal([]byte(text), &record); err != nil {
			t.Fatal(err)
		}
		if record.Action != "start" || len(record.Fields) == 0 {
			continue
		}
		path, _ := record.Fields[0].(string)
		switch {
		case record.Type == 105 && !slices.Contains(d.built, path):
			d.built = append(d.built, path)
		case record.Type == 108 && !slices.Contains(d.fetched, path):
			d.fetched = append(d.fetched, path)
		}
	}
	slices.Sort(d.built)
	slices.Sort(d.fetched)
	return d
}

// complaints are the errors in a log.
func complaints(log string) string {
	var text []string
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, "@nix ") && !strings.HasPrefix(line, "nix build") || strings.Contains(line, "error:") {
			text = append(text, line)
		}
	}
	return strings.Join(text, "")
}

// differ says what only one of two lists has.
func differ(a, b []string) string {
	var text []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			text = append(text, "-"+x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			text = append(text, "+"+x)
		}
	}
	return strings.Join(text, "\n")
}

func (r *Result) builds() []string {
	var paths []string
	for _, n := range r.Build {
		paths = append(paths, n.Path)
	}
	slices.Sort(paths)
	return paths
}

// fetches are the paths that are fetched, with or without the superseded ones.
func (r *Result) fetches(superseded bool) []string {
	var paths []string
	for _, f := range r.Fetch {
		if superseded || !f.Superseded {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

func nixVersion(t *testing.T, n *nixcmd.Nix) nixcmd.Version {
	t.Helper()
	v, err := n.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Random graphs, parts of them in the store and parts in a cache: what is said is
// what the dry run names, as long as the cache is signed well, and what the build
// then does, whatever the cache is.
func TestGraphsAsNixHasThem(t *testing.T) {
	require.Program(t, "nix")
	good, stranger, forger := cachetest.NewKey(t, "good-1"), cachetest.NewKey(t, "stranger-1"), cachetest.NewKey(t, "good-1")
	nix := cachetest.NewNix(t, "trusted-public-keys = "+good.Public)
	ask := &nixcmd.Nix{Env: nix.Env}
	version := nixVersion(t, ask)
	built, fetched, refused, superseded, lost := 0, 0, 0, 0, 0
	for i := range *graphs {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			r := rand.New(rand.NewPCG(*seed, uint64(i)))
			size := 1 + r.IntN(1+(*largest-1)*(i+1)/(*graphs))
			if i == *graphs-1 {
				size = *largest
			}
			g := newGraph(r, size, !version.AtLeast(2, 26) || r.Float64() < 0.3, i%2 == 1, good, stranger, forger)
			d := nix.Instantiate(t, g.nix())
			cache, everything := cachetest.New(t, 30), cachetest.New(t, 30)
			g.fill(t, cache, d, false, good)
			g.fill(t, everything, d, true, good)
			if present := pick(r, g.nodes, r.Float64()*0.3); len(present) > 0 {
				args := []string{"copy", "--no-check-sigs", "--from", everything.File()}
				if g.even {
					present = referred(present)
				}
				for _, m := range present {
					some := m.outputs
					if !g.even {
						some = some[r.IntN(len(some)):]
					}
					for _, o := range some {
						args = append(args, d.Outputs[m.name][o])
					}
				}
				if _, _, err := nix.Run(args...); err != nil {
					t.Fatal(err)
				}
			}
			uri, _ := cache.Serve(t)
			var wanted []Wanted
			command := []string{"build", "--no-link", "--option", "substituters", uri}
			if g.even {
				command = append(command, "--file", d.File)
			}
			for _, m := range append(pick(r, g.nodes, 0.15), g.nodes[len(g.nodes)-1]) {
				if g.even { // the only form that 2.8 knows
					wanted = append(wanted, Wanted{Derivation: d.Path[m.name], Outputs: map[bool][]string{true: {"out"}, false: nil}[!version.AtLeast(2, 26)]})
					command = append(command, m.name)
					continue
				}
				some := m.outputs[r.IntN(len(m.outputs)):]
				wanted = append(wanted, Wanted{Derivation: d.Path[m.name], Outputs: some})
				command = append(command, d.Path[m.name]+"^"+strings.Join(some, ","))
			}

			result := resolve(t, ask, Rules{Retry: !version.AtLeast(2, 30)}, wanted,
				substituter.Settings{Substituters: []string{uri}, TrustedPublicKeys: []string{good.Public}, RequireSigs: true})
			check := func(what string, want, got []string) {
				if differences := differ(want, got); differences != "" {
					t.Errorf("graph %d of %d derivations: %s\n%s", i, size, what, differences)
				}
			}
			if !g.refusals {
				_, stderr, err := nix.Run(append(command, "--dry-run")...)
				if err != nil {
					t.Fatal(err)
				}
				dry := readDryRun(stderr)
				check("said against what the dry run builds", dry.built, result.builds())
				plain := slices.DeleteFunc(slices.Clone(dry.fetched), func(p string) bool {
					return slices.Contains(result.fetches(true), p) && !slices.Contains(result.fetches(false), p)
				})
				check("said against what the dry run fetches", plain, result.fetches(false))
			}
			_, log, err := nix.Run(append(command, "--log-format", "internal-json", "-v")...)
			if err != nil && strings.Contains(log, "outputsSubstitutionTried(): Assertion") && !version.AtLeast(2, 30) {
				// Nix before 2.30 crashes where it is to try again and more outputs are
				// wanted meanwhile. So the build shows nothing.
				lost++
				t.Logf("graph %d of %d derivations: Nix crashed", i, size)
				return
			}
			if err != nil {
				t.Fatalf("graph %d of %d derivations: %s", i, size, complaints(err.Error()))
			}
			real := readLog(t, log)
			builds := result.builds()
			if extra := len(builds) - len(real.built); !version.AtLeast(2, 30) && g.refusals && size > 100 && extra <= len(builds)/50 {
				// See Rules.Retry. What Nix does build is said all the same.
				builds = slices.DeleteFunc(builds, func(p string) bool { return !slices.Contains(real.built, p) })
				t.Logf("graph %d of %d derivations: %d builds too many are said", i, size, extra)
			}
			check("said against what the build built", real.built, builds)
			said := result.fetches(true)
			if !version.AtLeast(2, 30) {
				// What is fetched in vain is what was wanted before the build was decided on.
				said = slices.DeleteFunc(said, func(p string) bool {
					return !slices.Contains(result.fetches(false), p) && !slices.Contains(real.fetched, p)
				})
			}
			check("said against what the build fetched", real.fetched, said)
			built, fetched, refused = built+len(real.built), fetched+len(real.fetched), refused+len(result.Refused)
			superseded += len(result.fetches(true)) - len(result.fetches(false))
		})
	}
	t.Logf("%d built, %d fetched, %d of them in vain, %d refused", built, fetched, superseded, refused)
	if built == 0 || fetched == 0 || refused == 0 || lost > *graphs/4 {
		t.Error("these graphs show nothing")
	}
}

func resolve(t *testing.T, nix *nixcmd.Nix, rules Rules, wanted []Wanted, s substituter.Settings) *Result {
	t.Helper()
	var roots []string
	for _, w := range wanted {
		roots = append(roots, w.Derivation)
	}
	closure, err := store.ReadClosure(t.Context(), "", roots)
	if err != nil {
		t.Fatal(err)
	}
	caches, err := substituter.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer caches.Close()
	result, err := (&Resolver{Closure: closure, Store: nix, Caches: caches, Rules: rules}).Resolve(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range caches.Status() {
		if s.State != substituter.Asked {
			t.Errorf("%+v", s)
		}
	}
	return result
}

// readDryRun reads the lists of `nix build --dry-run`.
func readDryRun(stderr string) done {
	var d done
	var list *[]string
	for line := range strings.Lines(stderr) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasSuffix(line, "will be built:"):
			list = &d.built
		case strings.Contains(line, "will be fetched"):
			list = &d.fetched
		case strings.HasPrefix(line, "  /nix/store/") && list != nil:
			*list = append(*list, strings.TrimSpace(line))
		default:
			list = nil
		}
	}
	slices.Sort(d.built)
	slices.Sort(d.fetched)
	return d
}
