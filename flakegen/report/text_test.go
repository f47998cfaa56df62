package report

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

var update = flag.Bool("update", false, "write the golden files anew")

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// paced gives a line at each read, a tenth of a second after the last one.
type paced struct {
	rest []byte
	now  time.Time
}

func (p *paced) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := bytes.IndexByte(p.rest, '\n') + 1
	if n == 0 {
		n = len(p.rest)
	}
	n = copy(b, p.rest[:n])
	p.rest = p.rest[n:]
	p.now = p.now.Add(100 * time.Millisecond)
	return n, nil
}

// replay takes a captured stream to account; each is told of every moment that
// a line arrived.
func replay(t *testing.T, name string, observer timing.Observer, each func(now time.Time)) *timing.Account {
	t.Helper()
	files, err := filepath.Glob("../nixcmd/testdata/streams/" + name + "/stream.*")
	if err != nil || len(files) != 1 {
		t.Fatalf("stream %s: %d files, %v", name, len(files), err)
	}
	stream, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	a := timing.NewAccount(epoch)
	a.Observer = observer
	lines := &paced{rest: stream, now: epoch}
	d := nixcmd.NewDecoder(lines, func() time.Time { return lines.now })
	for {
		e, err := d.Next()
		if err == io.EOF {
			return a
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Add(e)
		if each != nil {
			each(lines.now)
		}
	}
}

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got:\n%s\nwant:\n%s\nIf this is meant: go test ./flakegen/report -update", path, got, want)
	}
}

// sample is a report in which everything occurs that a report can hold.
func sample() timing.Report {
	return timing.Report{
		Status: timing.Failed,
		Outputs: []timing.Output{
			{Name: "rts", Alias: "rts", Variant: "checked", System: "x86_64-linux", Derivation: "/nix/store/00000000000000000000000000000001-moc-rts.drv"},
			{Name: "docs", System: "x86_64-linux", Derivation: "/nix/store/00000000000000000000000000000002-docs.drv"},
			{Name: "tool", System: "aarch64-darwin", Derivation: "/nix/store/00000000000000000000000000000003-tool.drv"},
		},
		WallSeconds: 432.1, EvalSeconds: 0.94, FetchSeconds: 20.25, BuildSeconds: 401.8, CopySeconds: 2.01, WaitSeconds: 6, UnaccountedSeconds: 1.1,
		Derivations: []timing.Derivation{
			{
				Derivation: "/nix/store/00000000000000000000000000000001-moc-rts.drv", Name: "moc-rts", Disposition: timing.DispositionBuilt, Seconds: 395.2,
				Phases: []timing.Phase{{Name: "unpackPhase", Seconds: 0.1}, {Name: "patchPhase", Seconds: 0.01}, {Name: "buildPhase", Seconds: 101.6}, {Name: "checkPhase", Seconds: 290.9}, {Name: "installCheckPhase", Seconds: 0.02}, {Name: "fixupPhase", Seconds: 2.5}},
			},
			{
				Derivation: "/nix/store/00000000000000000000000000000004-a-library-with-a-very-long-name-that-no-table-holds-1.2.3.drv", Name: "a-library-with-a-very-long-name-that-no-table-holds-1.2.3",
				Disposition: timing.DispositionFailed, Machine: "ssh-ng://builder@mac1.example?ssh-key=/key", Seconds: 6.3,
				Phases:  []timing.Phase{{Name: "configurePhase", Seconds: 1.2}, {Name: "buildPhase", Seconds: 5}},
				LogTail: []string{"cc -c a.c", "a.c:1:1: error: unknown type name 'flot', did you mean 'float'? This line is longer than most terminals are wide, so it goes on below", "", "make: *** [a.o] Error 1"},
				Failure: &timing.Failure{Kind: timing.FailureExit, ExitCode: 2, Reason: "the builder failed with exit code 2"},
			},
			{
				Derivation: "/nix/store/00000000000000000000000000000005-src.tar.gz.drv", Name: "src.tar.gz", Disposition: timing.DispositionFailed, Seconds: 0.042,
				Failure: &timing.Failure{Kind: timing.FailureHash, Reason: "the output has another hash than specified", Specified: "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Got: "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="},
			},
			{Derivation: "/nix/store/00000000000000000000000000000006-slow.drv", Name: "slow", Disposition: timing.DispositionInterrupted, Seconds: 3},
			{Derivation: "", Name: "gcc-13.2.0", Disposition: timing.DispositionSubstituted, Seconds: 12.5},
			{Derivation: "/nix/store/00000000000000000000000000000002-docs.drv", Name: "docs", Disposition: timing.DispositionPresent},
		},
		CriticalPath: []string{"/nix/store/00000000000000000000000000000004-a-library-with-a-very-long-name-that-no-table-holds-1.2.3.drv", "/nix/store/00000000000000000000000000000001-moc-rts.drv"},
		Fetched: []timing.Fetch{
			{Path: "/nix/store/00000000000000000000000000000007-gcc-13.2.0", From: "https://cache.nixos.org", Seconds: 12.5},
			{Path: "/nix/store/00000000000000000000000000000008-zlib", From: "https://cache.nixos.org", Seconds: 0.3},
			{Path: "/nix/store/00000000000000000000000000000009-own", From: "https://cache.example.org", Seconds: 0.2},
		},
		Blocked:  []string{"/nix/store/00000000000000000000000000000003-tool.drv"},
		Warnings: []string{"Git tree '/home/me/rts' is dirty"},
		Errors:   []string{"\n… while evaluating the attribute 'x'\n  at /src/flake.nix:39:19:\n    39| x = throw \"no\";\n      | ^\nerror: no"},
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		name  string
		style Style
	}{
		{"80", Style{}},
		{"40", Style{Width: 40}},
		{"120-color", Style{Width: 120, Color: true}},
		{"80-ascii", Style{ASCII: true}},
	}
	for _, test := range tests {
		var b strings.Builder
		if err := Text(&b, sample(), test.style); err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/text/"+test.name+".golden", b.String())
		for l := range strings.Lines(b.String()) {
			l = strings.TrimSuffix(l, "\n")
			copied := strings.HasPrefix(l, "    "+logCommand+" ") || strings.Contains(l, "sha256-")
			if ansi.StringWidth(l) > test.style.width() && !copied {
				t.Errorf("%s: %d columns: %s", test.name, ansi.StringWidth(l), l)
			}
			if test.style.ASCII && strings.ContainsFunc(l, func(r rune) bool { return r > 126 && r != '…' }) {
				t.Errorf("%s: no ASCII: %s", test.name, l)
			}
		}
	}
}

func TestTextOfStreams(t *testing.T) {
	for _, test := range []struct {
		stream string
		code   int
	}{
		{"2.34-mini-check", 0}, {"2.34-mini-checkfail", 1}, {"2.34-subst", 0}, {"2.8-hashmismatch", 1},
		{"2.34-evalerr", 1}, {"2.26-remote", 0}, {"2.34-interrupt-pair", 1}, {"2.34-cached", 0}, {"2.26-subst-wrongkey", 0},
	} {
		r := replay(t, test.stream, nil, nil).Finish(timing.Ending{ExitCode: &test.code})
		var b strings.Builder
		if err := Text(&b, r, Style{}); err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/text/"+test.stream+".golden", b.String())
	}
}

// A build of a thousand derivations has a report that fits a few screens.
func TestTextIsBounded(t *testing.T) {
	r := timing.Report{Status: timing.Succeeded, WallSeconds: 1}
	for i := range 1000 {
		path := fmt.Sprintf("/nix/store/00000000000000000000000000000000-build-%d.drv", i)
		r.Derivations = append(r.Derivations, timing.Derivation{
			Derivation: path, Name: fmt.Sprint("build-", i), Disposition: timing.DispositionBuilt, Seconds: float64(i),
		})
		r.CriticalPath = append(r.CriticalPath, path)
		r.Fetched = append(r.Fetched, timing.Fetch{Path: path, From: "https://cache.nixos.org", Seconds: float64(i)})
		r.Errors = append(r.Errors, "error")
	}
	var b strings.Builder
	if err := Text(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n > 80 {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{
		"\nbuild-999  built  16 min 39 s\n", "\nand 970 more, none slower\n",
		"\nfetched 1000 paths from https://cache.nixos.org\n", "· and 995 more\n",
		"  build-0 0 ms → 988 more → build-989 16 min 29 s →", "\nand 990 more\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if t.Failed() {
		t.Log(b.String())
	}
}

// Whatever a log, a file name or a spec holds, it stays text: no control
// character comes through, and no line that it makes up.
func TestHostileTexts(t *testing.T) {
	const evil = "\x1b[2J\x1b]0;owned\x07\u009b31m\u202eevil\nFAKE"
	path := "/nix/store/00000000000000000000000000000000-$(evil)'" + evil + ".drv"
	r := timing.Report{
		Status:      timing.Failed,
		Outputs:     []timing.Output{{Name: evil, Alias: evil, Variant: evil, System: evil, Derivation: path}},
		WallSeconds: 1,
		Derivations: []timing.Derivation{{
			Derivation: path, Name: evil, Disposition: timing.DispositionFailed, Machine: "ssh://" + evil, Seconds: 1,
			Phases: []timing.Phase{{Name: evil, Seconds: 1}}, LogTail: []string{"log"}, FailedTests: []string{evil, evil},
			Failure: &timing.Failure{Kind: timing.FailureHash, Reason: evil, Specified: evil, Got: evil},
		}, {
			Derivation: path, Name: "x-test-a-" + evil, Disposition: timing.DispositionFailed, FailedTests: []string{evil},
		}},
		CriticalPath: []string{path, path},
		Fetched:      []timing.Fetch{{Path: path, From: evil, Seconds: 1}},
		Blocked:      []string{path},
		Errors:       []string{"error"},
	}
	var b strings.Builder
	if err := Text(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	check := func(text string) {
		t.Helper()
		for l := range strings.Lines(text) {
			l = strings.TrimSuffix(l, "\n")
			if strings.HasPrefix(l, "FAKE") || strings.ContainsFunc(l, func(r rune) bool {
				return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e'
			}) {
				t.Errorf("%q", l)
			}
		}
	}
	check(b.String())
	if want := `nix-store --read-log '/nix/store/00000000000000000000000000000000-$(evil)'\''`; !strings.Contains(b.String(), want) {
		t.Errorf("the command is not quoted:\n%s", b.String())
	}

	changes := []timing.Change{
		timing.FetchStarted{At: epoch, Path: path, From: evil},
		timing.BuildStarted{At: epoch, Derivation: path, Machine: "ssh://" + evil},
		timing.PhaseStarted{At: epoch.Add(time.Minute), Derivation: path, Phase: evil},
		timing.BuildEnded{At: epoch.Add(time.Minute), Derivation: path, Outcome: timing.CountedFailed},
	}
	b.Reset()
	p := newPlain(&b)
	screen := newTerminal(80, 24)
	live := NewLive(screen, screen.size, ViewOptions{Start: epoch})
	for i, c := range changes {
		p.Observe(c)
		live.Observe(c)
		if err := live.Tick(epoch.Add(time.Duration(i) * time.Second)); err != nil {
			t.Error(err)
		}
		check(screen.text())
	}
	check(b.String())
}

// Two variants may have the same name in the store; the report tells them apart.
func TestTextOfOneNameTwice(t *testing.T) {
	r := timing.Report{
		Status: timing.Succeeded,
		Outputs: []timing.Output{
			{Name: "rts-build", System: "x86_64-linux", Derivation: "/nix/store/a-rts.drv"},
			{Name: "rts-checked", System: "x86_64-linux", Derivation: "/nix/store/b-rts.drv"},
		},
		Derivations: []timing.Derivation{
			{Derivation: "/nix/store/a-rts.drv", Name: "rts", Disposition: timing.DispositionBuilt, Seconds: 1},
			{Derivation: "/nix/store/b-rts.drv", Name: "rts", Disposition: timing.DispositionBuilt, Seconds: 9},
			{Derivation: "/nix/store/c-other.drv", Name: "other", Disposition: timing.DispositionBuilt, Seconds: 2},
		},
	}
	var out bytes.Buffer
	if err := Text(&out, r, Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"rts (rts-build)    built", "rts (rts-checked)  built", "other              built"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
