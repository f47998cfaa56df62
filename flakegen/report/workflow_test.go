package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// runner reads a log as the runner of GitHub Actions does (actions/runner,
// ActionCommand.cs and ActionCommandManager.cs): a command is a line that begins
// with "::NAME" behind white space, or that has "##[NAME]" in it, and NAME is one
// that the runner knows. After stop-commands only the token is one.
type runner struct {
	token    string
	commands []string // name, and what follows
}

func (r *runner) read(log string) {
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\n")
		name, rest, ok := parseCommand(line)
		switch {
		case !ok:
		case r.token != "":
			if name == r.token {
				r.token = ""
			}
		case name == "stop-commands":
			r.token = rest
		default:
			r.commands = append(r.commands, name+" "+rest)
		}
	}
}

func parseCommand(line string) (name, rest string, ok bool) {
	if trimmed := strings.TrimLeft(line, " \t\v\f\u00a0\u2003\u3000"); strings.HasPrefix(trimmed, "::") {
		if info, rest, ok := strings.Cut(trimmed[2:], "::"); ok {
			name, _, _ := strings.Cut(info, " ")
			return name, rest, true
		}
	}
	if _, after, ok := strings.Cut(line, "##["); ok {
		if info, rest, ok := strings.Cut(after, "]"); ok {
			name, _, _ := strings.Cut(info, " ")
			return name, rest, true
		}
	}
	return "", "", false
}

func newWorkflowPlain(b *strings.Builder) *Plain {
	n := 0
	return NewPlain(b, PlainOptions{
		ViewOptions: ViewOptions{Start: epoch},
		Workflow:    Workflow{Token: func() string { n++; return fmt.Sprint("token-", n) }},
	})
}

func TestWorkflowOverStreams(t *testing.T) {
	for _, stream := range []string{"2.34-success-multi", "2.34-mini-checkfail", "2.34-evalerr"} {
		var b strings.Builder
		p := newWorkflowPlain(&b)
		replay(t, stream, p, func(now time.Time) {
			if err := p.Tick(now); err != nil {
				t.Fatal(err)
			}
		})
		checkGolden(t, "testdata/workflow/"+stream+".golden", b.String())
	}
}

// Whatever a build, its name, its phases and Nix say, the runner reads no
// commands but this package's.
func TestWorkflowReadsNoForeignCommands(t *testing.T) {
	hostile := []string{
		"::error::x", " \t::add-mask::e", "\u3000::debug::x", "a ##[add-path]/evil", "##[group]x", "::stop-commands::mine",
		"\x1b[1m::warning::x", "\x07::notice::x", "\r::error::x", "text\n::error::x", "text\r\n::error::x", "::token-1::", "::endgroup::",
		"\u200b::error::x", ":\u202e:error::x", "##\x1b[m[error]x", "text\u2028::error::x", "::ERROR::x",
	}
	var b strings.Builder
	p := newWorkflowPlain(&b)
	seconds := 0.0
	for _, text := range hostile {
		for _, outcome := range []timing.Outcome{timing.CountedDone, timing.CountedFailed, timing.Uncounted} {
			seconds += 100
			d := "/nix/store/" + text + ".drv"
			p.Observe(timing.BuildStarted{At: at(seconds), Derivation: d, Machine: "ssh://" + text})
			p.Observe(timing.LogLine{At: at(seconds), Derivation: d, Text: text})
			p.Observe(timing.PhaseStarted{At: at(seconds + 20), Derivation: d, Phase: text})
			if err := p.Tick(at(seconds + 60)); err != nil {
				t.Fatal(err)
			}
			p.Observe(timing.FetchStarted{At: at(seconds), Path: d, From: text})
			p.Observe(timing.Note{At: at(seconds), Level: nixcmd.LevelInfo, Text: text})
			p.Observe(timing.Note{At: at(seconds), Level: nixcmd.LevelWarn, Text: "warning:\n" + text})
			p.Observe(timing.Note{At: at(seconds), Level: nixcmd.LevelError, Text: text})
			p.Observe(timing.BuildEnded{At: at(seconds + 70), Derivation: d, Outcome: outcome})
		}
	}
	var r runner
	r.read(b.String())
	counts := map[string]int{}
	for _, c := range r.commands {
		name, _, _ := strings.Cut(c, " ")
		counts[name]++
	}
	n := len(hostile)
	// A build that is done has a group, one that failed a mark, and so has each
	// error of Nix.
	if len(counts) != 3 || counts["group"] != n || counts["endgroup"] != n || counts["error"] != 4*n || r.token != "" {
		t.Errorf("%d hostile texts, the runner read %v, and waits for %q", n, counts, r.token)
	}
	for _, text := range hostile {
		r = runner{}
		r.read(Inert(nixcmd.Printable(text)) + "\n")
		if len(r.commands) > 0 || r.token != "" {
			t.Errorf("%q: %q", text, r.commands)
		}
	}
}

func TestWorkflowEscapes(t *testing.T) {
	w := Workflow{Token: func() string { return "t" }}
	if got, want := w.failure("a: 50 %, b\r\n", "x: 1,\r\n100 %"), "::error title=a%3A 50 %25%2C b%0D%0A::x: 1,%0D%0A100 %25"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := w.group("5 %\n"), "::group::5 %25%0A"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for text, want := range map[string]string{
		"plain":                   "plain",
		"a::b":                    "a::b",
		"  ::error::x\ny ##[z]\n": "  : :error::x\ny ## [z]\n",
	} {
		if got := Inert(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
