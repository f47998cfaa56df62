package missing

import (
	"net/http"
	"net/http/httptest"
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

// TestRace has Nix go both ways of one graph, by how long the download of slow takes
// beside builds of a second. Nix comes to late and other only when it has given up to
// fetch y, which is after that download:
//
//   - late is incomplete as long as r is not built; then it is fetched at once, and s,
//     which only building it needs, is not built.
//   - forbidden is built unless it was fetched before, because other refers to it.
func TestRace(t *testing.T) {
	require.Program(t, "nix")
	good := cachetest.NewKey(t, "good-1")
	nix := cachetest.NewNix(t, "trusted-public-keys = "+good.Public)
	ask := &nixcmd.Nix{Env: nix.Env}
	retry := !nixVersion(t, ask).AtLeast(2, 30)
	second := `args = [ "-c" "/bin/sleep 1; echo built >$out" ];`
	members := `rec {
  slow = make "slow" { };
  z = make "z" { };
  r = make "r" { ` + second + ` };
  s = make "s" { };
  late = make "late" { uses = [ r s ]; };
  g = make "g" { ` + second + ` };
  forbidden = make "forbidden" { uses = [ g ]; allowSubstitutes = false; };
  other = make "other" { uses = [ forbidden ]; };
  y = make "y" { uses = [ slow z late other ]; };
  x = make "x" { uses = [ r forbidden y ]; };
}`
	for _, test := range []struct {
		name     string
		download time.Duration
		// notBuilt and notFetched are spared, instead is fetched where Nix does not
		// build first and try again.
		notBuilt, notFetched, instead []string
	}{
		{"a fast download", 0, []string{"forbidden"}, nil, nil},
		{"a slow download", 3 * time.Second, []string{"late", "s"}, []string{"forbidden"}, []string{"late"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := nix.Instantiate(t, members)
			t.Parallel() // it mostly waits
			output := func(name string) string { return d.Outputs[name]["out"] }
			cache := cachetest.New(t, 30)
			add := func(name string, references ...string) (hash string) {
				p := cachetest.Path{Path: output(name), Keys: []cachetest.Key{good}}
				for _, r := range references {
					p.References = append(p.References, output(r))
				}
				return cache.Add(t, p)
			}
			add("late", "r")
			add("forbidden", "forbidden") // so that it is another file than slow
			add("other", "forbidden")
			add("y", "slow", "z")
			slow := "/" + strings.TrimPrefix(add("slow"), "sha256:") + ".nar"
			files := http.FileServer(http.Dir(cache.Dir))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, slow) {
					time.Sleep(test.download)
				}
				files.ServeHTTP(w, r)
			}))
			defer server.Close()
			result := resolve(t, ask, Rules{Retry: retry}, []Wanted{{Derivation: d.Path["x"]}},
				substituter.Settings{Substituters: []string{server.URL}, TrustedPublicKeys: []string{good.Public}, RequireSigs: true})
			builds, mayBuild := []string{"forbidden", "g", "r", "s", "x", "z"}, []string{"forbidden", "s"}
			if !retry {
				builds, mayBuild = append(builds, "late", "y"), append(mayBuild, "late")
			}
			names := func(paths []string) []string {
				var list []string
				for _, p := range paths {
					list = append(list, store.Name(p))
				}
				slices.Sort(list)
				return list
			}
			is := func(what string, got, want []string) {
				t.Helper()
				if slices.Sort(want); !slices.Equal(got, want) {
					t.Errorf("%s %v, want %v", what, got, want)
				}
			}
			is("it builds", names(result.builds(true)), builds)
			is("for sure it builds", names(result.builds(false)), without(builds, mayBuild))
			_, log, err := nix.Run("build", "--no-link", "--max-jobs", "4", "--option", "substituters", server.URL, "--file", d.File, "x", "--log-format", "internal-json", "-v")
			if err != nil {
				t.Fatal(complaints(err.Error()))
			}
			real := readLog(t, log)
			is("Nix builds", names(real.built), without(builds, test.notBuilt))
			fetches := names(result.fetches(func(Fetch) bool { return true }))
			is("for sure it fetches", names(result.fetches(func(f Fetch) bool { return !f.MaySpare })), without(fetches, []string{"forbidden"}))
			if !retry {
				fetches = append(fetches, test.instead...)
			}
			is("Nix fetches", names(real.fetched), without(fetches, test.notFetched))
		})
	}
}
