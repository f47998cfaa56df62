package timing

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

var update = flag.Bool("update", false, "write the golden files anew")

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const streams = "../nixcmd/testdata/streams"

// lineByLine gives a line at each read, a tenth of a second after the last one.
// So a golden file's seconds are tenths of a line count.
type lineByLine struct {
	rest []byte
	now  time.Time
}

func (l *lineByLine) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		return 0, io.EOF
	}
	n := bytes.IndexByte(l.rest, '\n') + 1
	if n == 0 {
		n = len(l.rest)
	}
	n = copy(p, l.rest[:n])
	l.rest = l.rest[n:]
	l.now = l.now.Add(100 * time.Millisecond)
	return n, nil
}

// follow takes a whole stream to account, and gives what was counted in it.
func follow(t *testing.T, a *Account, stream []byte) nixcmd.Counts {
	t.Helper()
	lines := &lineByLine{rest: stream, now: epoch}
	d := nixcmd.NewDecoder(lines, func() time.Time { return lines.now })
	for {
		e, err := d.Next()
		if err == io.EOF {
			return d.Counts()
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Add(e)
	}
}

func capturedStreams(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(streams + "/*/stream.*")
	if err != nil || len(files) < 75 {
		t.Fatalf("%d streams, %v", len(files), err)
	}
	return files
}

// exitCode is what Nix exited with in a captured stream: the case, behind the
// version, says whether it failed.
func exitCode(dir string) int {
	_, name, _ := strings.Cut(filepath.Base(dir), "-")
	switch name {
	case "fail", "fail-keepgoing", "remote-lost", "remote-lost-several", "remote-refused", "fail-parallel", "remote-fail", "mini-checkfail", "killed", "evalerr",
		"flake-check-fail", "flake-check-keepgoing", "daemon-fail", "daemon-interrupt",
		"hashmismatch", "fetchurl-mismatch", "timeout", "timeout-pair", "platform", "interrupt", "interrupt-pair":
		return 1
	}
	return 0
}

func TestGoldenAccounts(t *testing.T) {
	for _, file := range capturedStreams(t) {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			stream, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code := exitCode(dir)
			known, alone := NewAccount(epoch), NewAccount(epoch)
			follow(t, known, stream)
			follow(t, alone, stream)
			got := golden(known.Finish(Ending{ExitCode: &code}), alone.Finish(Ending{}))

			path := filepath.Join(dir, "account.golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s\nIf this is meant: go test ./flakegen/timing -update", got, want)
			}
		})
	}
}

// golden is the text of a golden file: the verdict with the exit code known and
// from the stream alone, and the account.
func golden(known, alone Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "exit code %d: %s\n", *known.Nix.ExitCode, known.Status)
	fmt.Fprintf(&b, "stream alone: %s\n", alone.Status)
	fmt.Fprintf(&b, "seconds: wall %g = eval %g + fetch %g + build %g + copy %g + wait %g + unaccounted %g\n",
		known.WallSeconds, known.EvalSeconds, known.FetchSeconds, known.BuildSeconds,
		known.CopySeconds, known.WaitSeconds, known.UnaccountedSeconds)
	if known.Slots > 0 {
		fmt.Fprintf(&b, "slots: %d, to build %g, idle %g\n", known.Slots, known.ToBuildSeconds, known.IdleSeconds)
	}
	for _, d := range known.Derivations {
		fmt.Fprintf(&b, "\n%s: %s, %g\n", d.Name, d.Disposition, d.Seconds)
		if d.Machine != "" {
			fmt.Fprintf(&b, "  machine %s\n", d.Machine)
		}
		if r := d.Remote; r != nil {
			fmt.Fprintf(&b, "  send %g, build %g, receive %g\n", r.SendSeconds, r.BuildSeconds, r.ReceiveSeconds)
		}
		for _, p := range d.Phases {
			fmt.Fprintf(&b, "  phase %s %g\n", p.Name, p.Seconds)
		}
		if f := d.Failure; f != nil {
			fmt.Fprintf(&b, "  failure %s: %s\n", f.Kind, f.Reason)
			if f.Kind == FailureHash {
				fmt.Fprintf(&b, "  specified %s\n  got       %s\n", f.Specified, f.Got)
			}
		}
		for _, l := range d.LogTail {
			fmt.Fprintf(&b, "  | %s\n", l)
		}
	}
	list := func(title string, items []string) {
		if len(items) > 0 {
			fmt.Fprintf(&b, "\n%s:\n", title)
		}
		for _, item := range items {
			fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(item, "\n", "\n    "))
		}
	}
	var fetched []string
	for _, f := range known.Fetched {
		fetched = append(fetched, fmt.Sprintf("%s from %s, %g", f.Path, f.From, f.Seconds))
	}
	list("fetched", fetched)
	list("blocked", known.Blocked)
	list("errors", known.Errors)
	list("warnings", known.Warnings)
	list("critical path", known.CriticalPath)
	return b.String()
}

// A stream that is cut at any byte ends in a report, and never in success while
// a build is left that it did not count.
func TestCutAnywhere(t *testing.T) {
	for _, file := range capturedStreams(t) {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if whole := report(t, stream); len(whole.Derivations) == 0 {
				return
			}
			// Nothing in this one shows that Nix has yet to evaluate what it has
			// built this for: see the package comment.
			blindFrom, blindTo := -1, -1
			if name == "2.8-ifd" {
				second := bytes.LastIndex(stream, []byte(`"type":102}`))
				blindTo = bytes.LastIndexByte(stream[:second], '\n') + len("\n@nix")
				blindFrom = blindTo - len("\n@nix")
			}
			lastCount := bytes.LastIndex(stream, []byte(`"type":105}`))
			for _, n := range cuts(stream[:lastCount]) {
				blind := n >= blindFrom && n <= blindTo
				if r := report(t, stream[:n]); (r.Status == Succeeded) != blind {
					t.Fatalf("cut at byte %d of %d, in line %q: %s", n, len(stream), stream[bytes.LastIndexByte(stream[:n], '\n')+1:n], r.Status)
				}
			}
		})
	}
}

// cuts are the lengths to cut a stream to: all of a short one. Of a long one all
// that differ in what the decoder makes of the last line: none of it, a part of
// the mark, a part of the record, all but the newline.
func cuts(stream []byte) []int {
	var at []int
	if len(stream) < 3000 {
		for n := range stream {
			at = append(at, n)
		}
		return at
	}
	begin := 0
	for l := range bytes.Lines(stream) {
		at = append(at, begin, begin+3, begin+len(l)/2, begin+len(l)-1)
		begin += len(l)
	}
	return at
}

func report(t *testing.T, stream []byte) Report {
	t.Helper()
	a := NewAccount(epoch)
	follow(t, a, stream)
	r := a.Finish(Ending{})
	if r.Outputs == nil || r.Derivations == nil || r.CriticalPath == nil ||
		slices.ContainsFunc(r.Derivations, func(d Derivation) bool { return d.Phases == nil || d.LogTail == nil }) {
		t.Fatalf("an array is null: %+v", r)
	}
	return r
}
