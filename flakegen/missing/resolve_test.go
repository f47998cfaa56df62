package missing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// world is a store and a cache in memory, and what they were asked. Paths are
// written by their names alone: "a" is an output, "a.drv" a derivation.
type world struct {
	valid    []string
	offers   map[string][]string // references
	refused  []string
	failed   []string
	asked    []string
	validate int
	err      error
}

func full(name string) string { return "/nix/store/" + strings.Repeat("0", 32) + "-" + name }

func short(path string) string { return strings.TrimPrefix(path, full("")) }

func (w *world) Invalid(_ context.Context, paths []string) ([]string, error) {
	w.validate++
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return slices.Contains(w.valid, short(p)) }), w.err
}

func (w *world) Ask(_ context.Context, paths []string) ([]substituter.Answer, error) {
	var answers []substituter.Answer
	for _, p := range paths {
		name := short(p)
		if slices.Contains(w.asked, name) {
			return nil, fmt.Errorf("%s is asked for twice", name)
		}
		w.asked = append(w.asked, name)
		a := substituter.Answer{Path: p}
		references, ok := w.offers[name]
		switch {
		case slices.Contains(w.failed, name):
			a.Failed = []substituter.Failure{{Cache: "c", Err: errors.New("down")}}
		case slices.Contains(w.refused, name):
			a.Refused = []substituter.Offer{{Cache: "c", Trust: substituter.Unsigned}}
		case ok:
			a.Offer = &substituter.Offer{Cache: "c", NarBytes: 10, DownloadBytes: 5}
			for _, r := range references {
				a.Offer.References = append(a.Offer.References, full(r))
			}
		}
		answers = append(answers, a)
	}
	return answers, w.err
}

// write writes derivations, "a: b c!dev source" for a that needs them. A name with
// outputs is "a(out dev)", one that is not to be fetched ends in "-local", one
// without known paths in "-floating".
func write(t *testing.T, lines string) (root string, roots []string) {
	t.Helper()
	root = t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "nix", "store"), 0o755); err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(lines, ";") {
		head, needs, _ := strings.Cut(strings.TrimSpace(line), ":")
		name, list, several := strings.Cut(strings.TrimSuffix(head, ")"), "(")
		names := []string{"out"}
		if several {
			names = strings.Fields(list)
			slices.Sort(names)
		}
		var outputs, inputs, sources []string
		for _, o := range names {
			path := full(name)
			if o != "out" {
				path += "-" + o
			}
			algorithm := ""
			if strings.HasSuffix(name, "-floating") {
				path, algorithm = "", "r:sha256"
			}
			outputs = append(outputs, fmt.Sprintf("(%q,%q,%q,\"\")", o, path, algorithm))
		}
		wanted := map[string][]string{}
		for _, need := range strings.Fields(needs) {
			if source, ok := strings.CutPrefix(need, "@"); ok {
				sources = append(sources, fmt.Sprintf("%q", full(source)))
				continue
			}
			of, output, ok := strings.Cut(need, "!")
			if !ok {
				output = "out"
			}
			wanted[of] = append(wanted[of], output)
		}
		for of, outputs := range wanted {
			slices.Sort(outputs)
			inputs = append(inputs, fmt.Sprintf("(%q,[\"%s\"])", full(of)+".drv", strings.Join(outputs, `","`)))
		}
		slices.Sort(inputs)
		slices.Sort(sources)
		env := ""
		if strings.HasSuffix(name, "-local") {
			env = `("allowSubstitutes",""),`
		}
		text := fmt.Sprintf(`Derive([%s],[%s],[%s],"s","/bin/sh",[],[%s("name",%q)])`, strings.Join(outputs, ","), strings.Join(inputs, ","), strings.Join(sources, ","), env, name)
		if err := os.WriteFile(filepath.Join(root, full(name)+".drv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		roots = append(roots, full(name)+".drv")
	}
	return root, roots
}

// words are a result: the derivations that are built, and what is fetched; a star
// is for what is superseded, a tilde for what may be spared, a question mark for what
// is unknown. Behind a bar is what may be fetched beside.
func (r *Result) words() string {
	var words []string
	for _, p := range r.Present {
		words = append(words, "="+short(p))
	}
	for _, n := range r.Build {
		words = append(words, n.Name+"!"+map[bool]string{true: "~"}[slices.Contains(r.MaySpare, n)])
	}
	for _, f := range r.Fetch {
		words = append(words, short(f.Path)+map[bool]string{true: "*"}[f.Superseded]+map[bool]string{true: "~"}[f.MaySpare])
	}
	for _, u := range r.Unknown {
		words = append(words, short(u)+"?")
	}
	for _, f := range r.MayFetch {
		words = append(words, "|"+short(f.Path))
	}
	return strings.Join(words, " ")
}

func TestResolve(t *testing.T) {
	const chain = "a; b: a; c: b"
	tests := []struct {
		name        string
		derivations string
		world       world
		rules       Rules
		wanted      string // the last derivation with all outputs, or "a!out b!dev"
		want        string
	}{
		{"nothing there", chain, world{}, Rules{}, "", "a! b! c!"},
		{"all there", chain, world{valid: []string{"c"}}, Rules{}, "", "=c"},
		{"inputs there", chain, world{valid: []string{"b"}}, Rules{}, "", "c!"},
		{"in the cache", chain, world{offers: map[string][]string{"c": nil}}, Rules{}, "", "c"},
		{"with what it refers to", chain, world{offers: map[string][]string{"c": {"c", "b"}, "b": {"a"}, "a": nil}}, Rules{}, "", "a b c"},
		{"part of it there", chain, world{valid: []string{"a"}, offers: map[string][]string{"c": {"b"}, "b": {"a"}}}, Rules{}, "", "b c"},
		{"refers to what nothing makes", chain, world{offers: map[string][]string{"c": {"x"}, "x": nil}}, Rules{}, "", "c x"},
		{"input in the cache", chain, world{offers: map[string][]string{"b": {"a"}, "a": nil}}, Rules{}, "", "c! a b"},
		{"refused", chain, world{offers: map[string][]string{"c": nil, "a": nil}, refused: []string{"c"}}, Rules{}, "", "b! c! a"},
		{"failed", chain, world{offers: map[string][]string{"c": nil, "a": nil}, failed: []string{"c"}}, Rules{}, "", "b! c! a"},
		{"no substitutes", chain, world{offers: map[string][]string{"c": nil}}, Rules{NoSubstitutes: true}, "", "a! b! c!"},
		{"not to be fetched", "a; b-local: a", world{offers: map[string][]string{"b-local": nil, "a": nil}}, Rules{}, "", "b-local! a"},
		{"always allowed", "a; b-local: a", world{offers: map[string][]string{"b-local": nil, "a": nil}}, Rules{AlwaysAllowSubstitutes: true}, "", "b-local"},
		{"not to be fetched but referred to", "a-local; b: a-local", world{offers: map[string][]string{"b": {"a-local"}, "a-local": nil}}, Rules{}, "", "a-local b"},
		{"incomplete", chain, world{offers: map[string][]string{"c": {"b"}}}, Rules{}, "", "a! b! c!"},
		{"incomplete, tried again", chain, world{offers: map[string][]string{"c": {"b"}}}, Rules{Retry: true}, "", "a! b! c"},
		{"incomplete over two, tried again", "a; b: a; c: b; d: c", world{offers: map[string][]string{"d": {"c"}, "c": {"b"}, "b": {"a"}}}, Rules{Retry: true}, "", "a! b c d"},
		{"incomplete for good", chain, world{offers: map[string][]string{"c": {"x"}}}, Rules{Retry: true}, "", "a! b! c!"},
		{"a circle in the cache", chain, world{offers: map[string][]string{"c": {"x"}, "x": {"y"}, "y": {"x"}}}, Rules{}, "", "a! b! c!"},
		{"a circle in the cache, tried again", chain, world{offers: map[string][]string{"c": {"x"}, "x": {"y"}, "y": {"x"}}}, Rules{Retry: true}, "", "a! b! c!"},
		{"what an incomplete one refers to", "a; b; c: a b", world{offers: map[string][]string{"c": {"a", "b"}, "a": nil}}, Rules{}, "", "b! c! a"},
		{"incomplete behind a download", "r; s; late: r s; d; e; f: d e late; g: r f", world{offers: map[string][]string{"late": {"r"}, "d": nil, "f": {"d", "e"}}}, Rules{}, "", "e! r! s!~ late!~ f! g! d |late"},
		{"incomplete behind a download, tried again", "r; s; late: r s; d; e; f: d e late; g: r f", world{offers: map[string][]string{"late": {"r"}, "d": nil, "f": {"d", "e"}}}, Rules{Retry: true}, "", "e! r! s!~ g! d f late"},
		{"built for another output before", "r; m(dev out): r; n: m m!dev", world{offers: map[string][]string{"m": nil}}, Rules{Retry: true}, "n!out m!dev", "r! m! n! m*~"},
		{"built for another output meanwhile", "r; m(dev out): r; n: m m!dev", world{offers: map[string][]string{"m": nil}}, Rules{}, "n!out m!dev", "r! m! n! m*"},
		{"built and referred to", "i; f-local: i; o: f-local; g: f-local o", world{offers: map[string][]string{"f-local": nil, "o": {"f-local"}}}, Rules{}, "", "i! f-local!~ g! f-local o"},
		{"one output wanted", "m(dev out); n: m", world{offers: map[string][]string{"m": nil}}, Rules{}, "", "n! m"},
		{"both wanted, one there", "m(dev out); n: m m!dev", world{valid: []string{"m"}, offers: map[string][]string{"m-dev": nil}}, Rules{}, "", "n! m-dev"},
		{"both wanted, one lacking", "m(dev out); n: m m!dev", world{offers: map[string][]string{"m": {"x"}, "x": nil}}, Rules{}, "", "m! n! m* x*"},
		{"wanted one after the other", "m(dev out); n: m; o: n m!dev", world{offers: map[string][]string{"m": nil}}, Rules{}, "", "m! n! o! m*"},
		{"wanted by another of its round", "m(dev out); n: m!dev; o: n m", world{offers: map[string][]string{"m": nil, "m-dev": nil}}, Rules{}, "n!out m!out", "n! m m-dev"},
		{"wanted by another of its round, and lacking", "m(dev out); n: m!dev; o: n m", world{offers: map[string][]string{"m": nil}}, Rules{}, "n!out m!out", "m! n! m*"},
		{"some asked for", "m(dev doc out)", world{valid: []string{"m-doc"}, offers: map[string][]string{"m-dev": nil}}, Rules{}, "m!dev m!doc", "=m-doc m-dev"},
		{"two asked for", chain, world{valid: []string{"a"}}, Rules{}, "a!out b!out", "=a b!"},
		{"a source in the cache", "a: @s", world{offers: map[string][]string{"s": {"t"}, "t": nil}}, Rules{}, "", "a! s t"},
		{"a source that is nowhere", "a: @s @t", world{valid: []string{"t"}}, Rules{}, "", "a! s?"},
		{"a source and no substitutes", "a: @s", world{offers: map[string][]string{"s": nil}}, Rules{NoSubstitutes: true}, "", "a! s?"},
		{"a source of what is not built", "a: @s", world{valid: []string{"a"}}, Rules{}, "", "=a"},
		{"an output that is not known", "f-floating; a: f-floating", world{}, Rules{}, "", "f-floating! a!"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root, files := write(t, test.derivations)
			closure, err := store.ReadClosure(t.Context(), root, files)
			if err != nil {
				t.Fatal(err)
			}
			wanted := []Wanted{{Derivation: files[len(files)-1]}}
			if test.wanted != "" {
				wanted = nil
				for part := range strings.FieldsSeq(test.wanted) {
					name, output, _ := strings.Cut(part, "!")
					wanted = append(wanted, Wanted{Derivation: full(name) + ".drv", Outputs: []string{output}})
				}
			}
			r := &Resolver{Closure: closure, Store: &test.world, Caches: &test.world, Rules: test.rules}
			// Twice: the second time nothing is asked again.
			for range 2 {
				result, err := r.Resolve(t.Context(), wanted)
				if err != nil {
					t.Fatal(err)
				}
				if got := result.words(); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
				if len(result.Refused) != len(test.world.refused) || len(result.Failed) != len(test.world.failed) {
					t.Errorf("%d refused, %d failed", len(result.Refused), len(result.Failed))
				}
				if unclear := strings.Contains(test.derivations, "floating"); unclear != (len(result.Unclear) > 0) {
					t.Errorf("%d unclear", len(result.Unclear))
				}
				if result.DownloadBytes() != uint64(5*len(result.Fetch)) {
					t.Errorf("%d bytes", result.DownloadBytes())
				}
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	root, files := write(t, "a; b: a!dev")
	closure, err := store.ReadClosure(t.Context(), root, files)
	if err != nil {
		t.Fatal(err)
	}
	down := errors.New("down")
	for _, test := range []struct {
		wanted Wanted
		world  world
		want   string
	}{
		{Wanted{Derivation: "/nix/store/x.drv"}, world{}, "/nix/store/x.drv is not in the closure"},
		{Wanted{Derivation: files[0], Outputs: []string{"doc"}}, world{}, `a.drv has no output "doc"`},
		{Wanted{Derivation: files[1]}, world{}, `b.drv needs what is not there`},
		{Wanted{Derivation: files[0]}, world{err: down}, "down"},
	} {
		r := &Resolver{Closure: closure, Store: &test.world, Caches: &test.world}
		if _, err := r.Resolve(t.Context(), []Wanted{test.wanted}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

// inventor offers everything, and each path refers to new ones.
type inventor struct{ world }

func (i *inventor) Ask(_ context.Context, paths []string) ([]substituter.Answer, error) {
	answers := make([]substituter.Answer, len(paths))
	for at, p := range paths {
		answers[at] = substituter.Answer{Path: p, Offer: &substituter.Offer{Cache: "c"}}
		for k := range 50 {
			answers[at].Offer.References = append(answers[at].Offer.References, fmt.Sprintf("%s-%d", p, k))
		}
	}
	return answers, nil
}

func TestACacheThatNamesEverNewPaths(t *testing.T) {
	root, files := write(t, "a")
	closure, err := store.ReadClosure(t.Context(), root, files)
	if err != nil {
		t.Fatal(err)
	}
	i := &inventor{}
	_, err = (&Resolver{Closure: closure, Store: i, Caches: i}).Resolve(t.Context(), []Wanted{{Derivation: files[0]}})
	if err == nil || !strings.Contains(err.Error(), "more than 100000 paths") {
		t.Error(err)
	}
}

// A chain as long as the closure takes time in proportion and no deep stack.
func TestResolveALongChain(t *testing.T) {
	const length = 2000
	var lines []string
	offers := map[string][]string{}
	for i := range length {
		lines = append(lines, fmt.Sprintf("n%d: n%d", i+1, i))
		offers[fmt.Sprintf("n%d", i+1)] = []string{fmt.Sprintf("n%d", i)}
	}
	root, files := write(t, "n0; "+strings.Join(lines, ";"))
	closure, err := store.ReadClosure(t.Context(), root, files[length:])
	if err != nil {
		t.Fatal(err)
	}
	for _, retry := range []bool{false, true} {
		w := &world{offers: offers}
		result, err := (&Resolver{Closure: closure, Store: w, Caches: w, Rules: Rules{Retry: retry}}).Resolve(t.Context(), []Wanted{{Derivation: files[length]}})
		if err != nil {
			t.Fatal(err)
		}
		built, fetched := length+1, 0
		if retry {
			built, fetched = 1, length
		}
		if len(result.Build) != built || len(result.Fetch) != fetched || w.validate != 1 {
			t.Errorf("%d built, %d fetched, the store was asked %d times", len(result.Build), len(result.Fetch), w.validate)
		}
	}
}
