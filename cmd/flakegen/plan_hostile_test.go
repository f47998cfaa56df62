package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/flakegen/flakegen/internal/require"
)

const hostileSpec = `
flake { systems = ["x86_64-linux"] }
input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
package "rts" {
  name         = "rts"
  salt         = "SALT"
  buildCommand = "echo rts >$out"
}
`

// TestNixPlanHostile has a cache do what no cache should while plan asks it for one
// path: plan says what is wrong with the cache, that the path counts as to be built
// and what Nix would do, as text and as JSON, in little time and memory.
func TestNixPlanHostile(t *testing.T) {
	require.Program(t, "nix")
	require.Root(t)
	dir := hostileProject(t)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		secure bool // HTTPS with a certificate that nobody vouches for
		// said is on stdout or, where the cache is left out as a whole, on stderr.
		said, state string
		nixGoesOn   bool
	}{
		{name: "endless body", said: "its answer is too long: more than 1048576 bytes", state: "asked", answer: func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write(bytes.Repeat([]byte("Sig: a:b\n"), 8<<10)); err != nil {
					return
				}
			}
		}},
		{name: "a byte a second", said: "it did not answer in time", state: "asked", answer: func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(time.Second)
			}
		}},
		{name: "redirects in a circle", said: "stopped after 10 redirects", state: "asked", answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}},
		{name: "a narinfo of another path", said: "it is about another path", state: "asked", nixGoesOn: true, answer: func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "StorePath: /nix/store/00000000000000000000000000000000-other\nURL: nar/x.nar\nCompression: none\n"+
				"NarHash: sha256:0000000000000000000000000000000000000000000000000000\nNarSize: 7\nReferences: \n")
		}},
		{name: "HTTP 500", said: "it answers with HTTP 500", state: "asked", answer: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }},
		{name: "HTTP 429, come back in an hour", said: "it answers with HTTP 429 and asks to wait for 1h0m0s", state: "asked", answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}},
		{name: "a bad certificate", said: "certificate", state: "unusable", secure: true, nixGoesOn: true, answer: func(http.ResponseWriter, *http.Request) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/nix-cache-info" {
					fmt.Fprint(w, "StoreDir: /nix/store\n")
					return
				}
				test.answer(w, r)
			}))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			if test.secure {
				server.Close()
				server = httptest.NewUnstartedServer(server.Config.Handler)
				server.Config.ErrorLog = log.New(io.Discard, "", 0)
				server.StartTLS()
			}
			t.Cleanup(func() {
				server.CloseClientConnections()
				server.Close()
			})
			results := make(chan planRun, 2)
			for _, format := range []string{"", "--json"} {
				go func() { results <- planAgainst(dir, server.URL, format) }()
			}
			for range 2 {
				r := <-results
				if r.err != nil {
					t.Fatalf("%v\n%s", r.err, r.stderr)
				}
				if r.took > 40*time.Second || r.memory > 200<<20 {
					t.Errorf("it took %s and %d MiB", r.took, r.memory>>20)
				}
				if r.asJSON {
					hostileJSON(t, r.stdout, server.URL, test.said, test.state, test.nixGoesOn)
					continue
				}
				row := "rts     x86_64-linux  -        -      1      unknown\n"
				line := "nix build may end with an error there, unless it is called with --fallback"
				if test.nixGoesOn == strings.Contains(r.stdout, line) || !strings.Contains(r.stdout, row) {
					t.Errorf("it says\n%s", r.stdout)
				}
				said := r.stdout
				if test.state != "asked" {
					said = r.stderr
				}
				if !strings.Contains(said, server.URL+" ") || !strings.Contains(said, test.said) {
					t.Errorf("it says\n%s%s, want %q of %s", r.stdout, r.stderr, test.said, server.URL)
				}
			}
		})
	}
}

// hostileProject is a rendered project with one package that no store has.
func hostileProject(t *testing.T) (dir string) {
	return projectOf(t, strings.Replace(hostileSpec, "SALT", fmt.Sprint(time.Now().UnixNano()), 1))
}

// projectOf is a rendered project of a spec, known to git.
func projectOf(t *testing.T, spec string) (dir string) {
	t.Helper()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "hostpkgs"), os.DirFS(filepath.Join(repository, "nix", "hostpkgs"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "flakegen.hcl"), []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"git", "init", "-q"}, {"flakegen", "render"}, {"git", "add", "."}} {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", command, err, out)
		}
	}
	return dir
}

// planRun is what one run of plan said and took. Memory is that of the largest of
// its processes, Nix among them.
type planRun struct {
	stdout, stderr string
	asJSON         bool
	took           time.Duration
	memory         int64
	err            error
}

func planAgainst(dir, cache, format string) planRun {
	args := []string{"plan", "rts"}
	if format != "" {
		args = append(args, format)
	}
	cmd := exec.Command("flakegen", append(args, "--", "--override-input", "nixpkgs", "path:./hostpkgs", "--option", "substituters", cache)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\n", "FLAKEGEN_HISTORY=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	r := planRun{stdout: stdout.String(), stderr: stderr.String(), asJSON: format != "", took: time.Since(began), err: err}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.memory = usage.Maxrss << 10
	}
	return r
}

func hostileJSON(t *testing.T, text, cache, said, state string, nixGoesOn bool) {
	t.Helper()
	var plan struct {
		Rows []struct {
			Output, Error string
			Build, Fetch  []struct{ Name string }
			Refused       []struct{ Cache, Trust string }
			Failed        []struct{ Path, Cache, Error string }
		}
		Caches []struct{ URL, State, Reason string }
	}
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		t.Fatal(err)
	}
	if len(plan.Rows) != 1 || len(plan.Caches) != 1 {
		t.Fatalf("it says %s", text)
	}
	row, c := plan.Rows[0], plan.Caches[0]
	if row.Output != "rts" || row.Error != "" || len(row.Build) != 1 || len(row.Fetch) != 0 || c.URL != cache || c.State != state {
		t.Errorf("it says %s", text)
	}
	switch {
	case state != "asked":
		if !strings.Contains(c.Reason, said) || len(row.Failed) != 0 {
			t.Errorf("it says %s", text)
		}
	case nixGoesOn:
		if len(row.Refused) != 1 || row.Refused[0].Trust != "wrong-path" || row.Refused[0].Cache != cache || len(row.Failed) != 0 {
			t.Errorf("it says %s", text)
		}
	case len(row.Failed) != 1 || row.Failed[0].Error != said || row.Failed[0].Cache != cache:
		t.Errorf("it says %s", text)
	}
}
