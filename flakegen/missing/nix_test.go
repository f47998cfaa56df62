package missing

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
	"github.com/flakegen/flakegen/internal/cachetest"
	"github.com/flakegen/flakegen/internal/require"
)

// More, and larger: go test ./flakegen/missing -run Graphs -graphs 200 -largest 2000
var (
	graphs  = flag.Int("graphs", 40, "how many random graphs the real Nix builds")
	largest = flag.Int("largest", 60, "how many derivations the largest of them has, but the last, which has 1,000 or more")
	seed    = flag.Uint64("seed", 1, "of the random graphs")
)

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

// without are those of a list that another does not have.
func without(list, other []string) []string {
	has := map[string]bool{}
	for _, x := range other {
		has[x] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return has[x] })
}

// builds are the derivations that are built, with or without those that may be spared.
func (r *Result) builds(all bool) []string {
	var paths []string
	for _, n := range r.Build {
		if all || !slices.Contains(r.MaySpare, n) {
			paths = append(paths, n.Path)
		}
	}
	slices.Sort(paths)
	return paths
}

// fetches are those of the paths that are fetched for which something holds.
func (r *Result) fetches(holds func(Fetch) bool) []string {
	var paths []string
	for _, f := range r.Fetch {
		if holds(f) {
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

// most is how many derivations the last graph has at least, however small the others
// are.
const most = 1000

// size is the size of graph i: there are as many of 1 to 2 derivations as of 500 to
// 1,000, so that the smallest, in which a difference is easy to read, are not few.
func size(i int) int {
	if i == *graphs-1 {
		return max(*largest, most)
	}
	return max(1, int(math.Round(math.Pow(float64(*largest), float64(i+1)/float64(*graphs)))))
}

// Random graphs, parts of them in the store and parts in a cache: what is said is
// what the dry run names, as long as the cache is signed well, and what the build
// then does, whatever the cache is. What is said to depend on what comes first may be
// so or not, all else is exact.
func TestGraphsAsNixHasThem(t *testing.T) {
	require.Program(t, "nix")
	o := &oracle{good: cachetest.NewKey(t, "good-1"), stranger: cachetest.NewKey(t, "stranger-1"), forger: cachetest.NewKey(t, "good-1")}
	o.nix = cachetest.NewNix(t, "trusted-public-keys = "+o.good.Public)
	o.ask = &nixcmd.Nix{Env: o.nix.Env}
	o.version = nixVersion(t, o.ask)
	began := time.Now()
	for i := range *graphs {
		t.Run(fmt.Sprint(i), func(t *testing.T) { o.try(t, i) })
	}
	t.Logf("%d graphs of 1 to %d derivations, %d together, in %s; Nix itself fails on %d of them, which are left out", *graphs, size(*graphs-1), o.derivations, time.Since(began).Round(time.Second), o.lost)
	t.Logf("built %d, of %d that may be spared %d; fetched %d, of %d that may be spared %d; refused %d", o.built.happened, o.built.open, o.built.openHappened,
		o.fetched.happened, o.fetched.open, o.fetched.openHappened, o.refused)
	if o.built.happened == 0 || o.fetched.happened == 0 || o.refused == 0 || o.lost > *graphs/4 {
		t.Error("these graphs show nothing")
	}
}

// oracle is the real Nix, and what it has shown.
type oracle struct {
	good, stranger, forger cachetest.Key
	nix                    cachetest.Nix
	ask                    *nixcmd.Nix
	version                nixcmd.Version

	derivations, lost, refused int
	built, fetched             tally
}

// tally counts what happened, what might be spared, and how much of that happened.
type tally struct{ happened, open, openHappened int }

func (c *tally) add(surely, perhaps, real []string) {
	c.happened += len(real)
	c.open += len(perhaps) - len(surely)
	c.openHappened += len(real) - len(surely)
}

// try holds what is said of a graph against what Nix does.
func (o *oracle) try(t *testing.T, i int) {
	r := rand.New(rand.NewPCG(*seed, uint64(i)))
	// The last graph is the largest, and has few builds.
	g := &graph{refusals: i%2 == *graphs%2, even: !o.version.AtLeast(2, 26) || r.Float64() < 0.3}
	g.plain = !o.version.AtLeast(2, 26)
	// Otherwise 2.26 would fail on most; see broken.
	g.single = g.refusals && i%4 < 2 && o.version.AtLeast(2, 26) && !o.version.AtLeast(2, 30)
	g.grow(r, size(i), o.good, o.stranger, o.forger)
	d := o.nix.Instantiate(t, g.nix())
	cache := cachetest.New(t, 30)
	g.cache(t, cache, d)
	g.present(t, r, o.nix, d, o.good)
	uri, _ := cache.Serve(t)
	wanted, installables := o.want(r, g, d)
	command := append([]string{"build", "--no-link", "--option", "substituters", uri}, installables...)

	result := resolve(t, o.ask, Rules{Retry: !o.version.AtLeast(2, 30)}, wanted,
		substituter.Settings{Substituters: []string{uri}, TrustedPublicKeys: []string{o.good.Public}, RequireSigs: true})
	check := func(what string, surely, real, perhaps []string) {
		if lacking, more := without(surely, real), without(real, perhaps); len(lacking)+len(more) > 0 {
			t.Errorf("graph %d of %d derivations: %s\n-%s\n+%s", i, len(g.nodes), what, strings.Join(lacking, "\n-"), strings.Join(more, "\n+"))
		}
	}
	if !g.refusals {
		_, stderr, err := o.nix.Run(append(command, "--dry-run")...)
		if err != nil {
			t.Fatal(err)
		}
		dry, needed := readDryRun(stderr), result.fetches(func(f Fetch) bool { return !f.Superseded })
		check("the dry run builds", result.builds(true), dry.built, result.builds(true))
		check("the dry run fetches", needed, dry.fetched, result.fetches(func(Fetch) bool { return true }))
	}
	_, log, err := o.nix.Run(append(command, "--log-format", "internal-json", "-v")...)
	if err != nil && o.broken(log) {
		o.lost++
		t.Logf("graph %d of %d derivations: Nix fails by a fault of its own", i, len(g.nodes))
		return
	}
	if err != nil {
		t.Fatalf("graph %d of %d derivations: %s", i, len(g.nodes), complaints(err.Error()))
	}
	real := readLog(t, log)
	surely, perhaps := result.builds(false), result.builds(true)
	check("the build builds", surely, real.built, perhaps)
	o.built.add(surely, perhaps, real.built)
	surely = result.fetches(func(f Fetch) bool { return !f.MaySpare })
	perhaps = result.fetches(func(Fetch) bool { return true })
	for _, f := range result.MayFetch {
		perhaps = append(perhaps, f.Path)
	}
	check("the build fetches", surely, real.fetched, perhaps)
	o.fetched.add(surely, perhaps, real.fetched)
	o.derivations, o.refused = o.derivations+len(g.nodes), o.refused+len(result.Refused)
}

// broken says whether Nix failed by a fault that its version is known for: 2.26 does
// where more outputs are wanted while it is to try again, 2.8 where it has a
// derivation by half and builds it.
func (o *oracle) broken(log string) bool {
	if o.version.AtLeast(2, 26) {
		return !o.version.AtLeast(2, 30) && strings.Contains(log, "outputsSubstitutionTried(): Assertion")
	}
	return strings.Contains(log, "requires non-existent output")
}

// want chooses what is asked for of a graph, in our words and in Nix's.
func (o *oracle) want(r *rand.Rand, g *graph, d cachetest.Derivations) (wanted []Wanted, installables []string) {
	if g.even {
		installables = append(installables, "--file", d.File)
	}
	for _, m := range append(pick(r, g.nodes, 0.15), g.nodes[len(g.nodes)-1]) {
		if g.even { // the only form that 2.8 knows
			wanted = append(wanted, Wanted{Derivation: d.Path[m.name], Outputs: map[bool][]string{true: {"out"}, false: nil}[!o.version.AtLeast(2, 26)]})
			installables = append(installables, m.name)
			continue
		}
		some := m.outputs[r.IntN(len(m.outputs)):]
		wanted = append(wanted, Wanted{Derivation: d.Path[m.name], Outputs: some})
		installables = append(installables, d.Path[m.name]+"^"+strings.Join(some, ","))
	}
	return wanted, installables
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
