package flakegen

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/internal/require"
)

// exact is for a machine that does nothing else: make soak sets it.
var exact = flag.Bool("exact", false, "hold a build of 30 s to its times within 5 %")

// knownTimes is what a build is made of.
type knownTimes struct {
	evaluation time.Duration
	builds     []time.Duration // one after the other
	cache      time.Duration   // that the cache takes to send a path
	source     int             // MiB that are copied to the store
}

// TestKnownTimes builds what takes known times with the nix on PATH: derivations
// that sleep, an input from a cache that is slow, an evaluation that sleeps. How long
// a source takes to be copied is not known beforehand, so Nix alone is asked, before
// and after.
func TestKnownTimes(t *testing.T) {
	known := knownTimes{
		evaluation: 600 * time.Millisecond, cache: 800 * time.Millisecond, source: 8,
		builds: []time.Duration{700 * time.Millisecond, 500 * time.Millisecond},
	}
	if *exact {
		known = knownTimes{
			evaluation: 4 * time.Second, cache: 7 * time.Second, source: 200,
			builds: []time.Duration{11 * time.Second, 8 * time.Second},
		}
	}
	b := newKnownBuild(t, known)

	copying := b.copying("before")
	report, err := Build(t.Context(), BuildOptions{
		Nix: b.nix, Root: b.dir, NoLink: true, Now: time.Now,
		Outputs: []timing.Output{output(NativeSystem(), "last")},
	})
	if err != nil || report.Status != timing.Succeeded {
		t.Fatalf("%+v, %v", report, err)
	}
	copying = (copying + b.copying("after")) / 2

	var building time.Duration
	for _, d := range known.builds {
		building += d
	}
	classes := []struct {
		name string
		got  float64
		want time.Duration
	}{
		{"building", report.BuildSeconds, building},
		{"fetching", report.FetchSeconds, known.cache},
		{"copying", report.CopySeconds, copying},
		{"evaluation", report.EvalSeconds, known.evaluation},
	}
	for _, c := range classes {
		t.Logf("%-11s %7.3f s, want %7.3f s: %+.1f %%", c.name, c.got, c.want.Seconds(), 100*(c.got/c.want.Seconds()-1))
		// Beside other work only that nothing is lost can be held, and that nothing
		// much is made up.
		least, most := 0.95*c.want.Seconds()-0.05, 1.1*c.want.Seconds()+3
		if *exact {
			least, most = 0.95*c.want.Seconds(), 1.05*c.want.Seconds()
		}
		if c.name == "copying" { // it computes, and is no two times the same
			least, most = 0, 2*c.want.Seconds()+1
		}
		if c.got < least || c.got > most {
			t.Errorf("%s took %.3f s, want %.3f to %.3f", c.name, c.got, least, most)
		}
	}
	sum := report.EvalSeconds + report.FetchSeconds + report.BuildSeconds + report.CopySeconds + report.WaitSeconds + report.UnaccountedSeconds
	if math.Abs(sum-report.WallSeconds) > 1e-6 {
		t.Errorf("the classes add up to %g of %g s", sum, report.WallSeconds)
	}
	t.Logf("unaccounted %.3f s, waiting %.3f s of %.3f s: %.2f %%", report.UnaccountedSeconds, report.WaitSeconds, report.WallSeconds, 100*report.UnaccountedSeconds/report.WallSeconds)
	if *exact && report.UnaccountedSeconds >= 0.02*report.WallSeconds || report.UnaccountedSeconds > 2 {
		t.Errorf("unaccounted %.3f of %.3f s", report.UnaccountedSeconds, report.WallSeconds)
	}
	if got := dispositions(report); got["fetched"] != timing.DispositionSubstituted || got["last"] != timing.DispositionBuilt {
		t.Errorf("dispositions %v", got)
	}
}

// knownBuild is a flake of derivations that sleep.
type knownBuild struct {
	t     *testing.T
	nix   *nixcmd.Nix
	work  string
	dir   string // of the flake that is built
	cache *slowCache
	known knownTimes
}

func newKnownBuild(t *testing.T, known knownTimes) *knownBuild {
	t.Helper()
	require.Program(t, "nix")
	require.Program(t, "git")
	require.Root(t)
	b := &knownBuild{t: t, work: t.TempDir(), known: known}
	b.cache = newSlowCache(t, known.cache)
	b.nix = &nixcmd.Nix{Dir: b.work, Env: append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(),
		"NIX_CONFIG=sandbox = false\nbuild-users-group =\nbuilders =\nrequire-sigs = false\nmax-jobs = 1\neval-cache = false\n"+
			"allow-unsafe-native-code-during-evaluation = true\nexperimental-features = nix-command flakes\nsubstituters = "+b.cache.url)}
	b.dir = b.repository("built", known.source)
	b.repository("small", 0)
	b.lock("built")
	b.run("store", "delete", b.sourcePath("built"))

	// What is fetched is made first, put into the cache, and taken from the store.
	path := strings.TrimSpace(b.run("eval", "--raw", b.flake("small")+"#fetched.outPath"))
	b.run("build", "--no-link", b.flake("small")+"#fetched", "--option", "substituters", "")
	b.run("copy", "--to", "file://"+b.cache.dir+"?compression=none", path, "--option", "substituters", "")
	b.run("store", "delete", path)
	return b
}

func (b *knownBuild) flake(name string) string { return "git+file://" + filepath.Join(b.work, name) }

// copying is how long Nix takes to copy a source of that size, by itself.
func (b *knownBuild) copying(name string) time.Duration {
	b.repository(name, b.known.source)
	b.lock(name)
	b.run("store", "delete", b.sourcePath(name))
	return b.alone("flake", "archive", b.flake(name)) - b.alone("flake", "archive", b.flake("small"))
}

// lock writes the lock file of a flake, so that its source is copied once when it
// is used and not again to be locked.
func (b *knownBuild) lock(name string) {
	b.t.Helper()
	b.run("flake", "lock", b.flake(name))
	b.git(name, "add", "-A")
}

// sourcePath is the store path of a flake's source.
func (b *knownBuild) sourcePath(name string) string {
	b.t.Helper()
	var archive struct {
		Inputs struct{ Source struct{ Path string } }
	}
	if err := json.Unmarshal([]byte(b.run("flake", "archive", "--json", "--dry-run", b.flake(name))), &archive); err != nil {
		b.t.Fatal(err)
	}
	return archive.Inputs.Source.Path
}

func (b *knownBuild) git(name string, args ...string) {
	b.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = filepath.Join(b.work, name)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("git %v: %v: %s", args, err, out)
	}
}

// repository makes a flake, with a source of that many MiB that no store has yet.
func (b *knownBuild) repository(name string, source int) string {
	b.t.Helper()
	dir := filepath.Join(b.work, name)
	inputs := ""
	if source > 0 {
		folder := dir + "-source"
		inputs = fmt.Sprintf("inputs.source = { url = \"path:%s\"; flake = false; };", folder)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "blob"), fmt.Appendf(make([]byte, source<<20), "%s %s", name, b.stamp()), 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	text := fmt.Sprintf(`{
  %s
  outputs = { self, ... }@arguments:
    let
      source = arguments.source or "none";
      stamp = "%s";
      make = name: script: attributes: derivation ({
        inherit name stamp;
        system = "%s";
        builder = "/bin/sh";
        args = [ "-c" ("PATH=/usr/bin:/bin; " + script) ];
      } // attributes);
      fetched = make "fetched" "head -c 1000000 /dev/zero > $out" { };
      first = make "first" "sleep %g; echo > $out" { inherit fetched; };
      last = make "last" "sleep %g; echo > $out" { inherit first slept; source = "${source}"; };
      slept = builtins.exec [ "/bin/sh" "-c" "PATH=/usr/bin:/bin; sleep %g; echo 1" ];
    in
    {
      inherit fetched;
      packages."%[3]s".last = last;
    };
}
`, inputs, b.stamp(), NativeSystem(), b.known.builds[0].Seconds(), b.known.builds[1].Seconds(), b.known.evaluation.Seconds())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "flake.nix"), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
	b.git(name, "init", "-q")
	b.git(name, "add", "-A")
	return dir
}

// stamp is the same for all that belongs to a run, and another one in the next.
func (b *knownBuild) stamp() string {
	return filepath.Base(b.work) + filepath.Base(b.cache.dir) + b.cache.url
}

func (b *knownBuild) run(args ...string) string {
	b.t.Helper()
	cmd := exec.Command("nix", args...)
	cmd.Dir, cmd.Env = b.nix.Dir, b.nix.Env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatalf("nix %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// alone is the time that a nix takes by itself.
func (b *knownBuild) alone(args ...string) time.Duration {
	b.t.Helper()
	began := time.Now()
	b.run(args...)
	return time.Since(began)
}

// slowCache is a binary cache that takes its time over each path.
type slowCache struct {
	dir string
	url string
}

// newSlowCache serves a folder: a path's contents as slowly as to take the time,
// all else at once.
func newSlowCache(t *testing.T, perPath time.Duration) *slowCache {
	t.Helper()
	c := &slowCache{dir: t.TempDir()}
	files := http.FileServer(http.Dir(c.dir))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.url = "http://" + listener.Addr().String()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Join(c.dir, filepath.Clean("/"+r.URL.Path))
		content, err := os.ReadFile(name)
		if err != nil || !strings.Contains(r.URL.Path, ".nar") || strings.HasSuffix(r.URL.Path, ".narinfo") {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		const parts = 50
		began := time.Now()
		for i := range parts {
			w.Write(content[i*len(content)/parts : (i+1)*len(content)/parts])
			w.(http.Flusher).Flush()
			time.Sleep(time.Until(began.Add(perPath * time.Duration(i+1) / parts)))
		}
	})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return c
}
