package timing

import (
	"slices"
	"strings"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// messages is what Nix has told the user.
type messages struct {
	failures map[string]*Failure // by derivation, the first of each
	named    []string            // the derivations of failures, in order
	loose    []*Failure          // of derivations that were not named
	blocked  []string
	// isBlocked are those in blocked.
	isBlocked map[string]bool
	errors    []string
	warnings  []string
	lines     []string // the last lines that were no records
	machines  []string // why builders could not be used
	// lost is what Nix said when a builder was lost, at lostAt for the first time.
	lost   string
	lostAt time.Time
	// ssh is what was said in lines that are no records since Nix last began to
	// connect to a builder.
	ssh        []string
	connecting bool

	interrupted bool
	// fatal says that Nix has printed an error of its own, which ends it. What
	// it passes on from elsewhere has no raw message.
	fatal bool
}

const (
	maxMessages = 100
	maxMessage  = 16 << 10
)

// checksPassed is the last that `nix flake check` says, from 2.26 on, where all
// is well. Where everything is there already it is the only sign of that: such a
// run may have nothing to realise.
const checksPassed = "all checks passed!"

func (a *Account) message(e nixcmd.Message) {
	text := nixcmd.Printable(clip(e.Text, maxMessage))
	if a.announcement(e, text) {
		return
	}
	a.passed = text == checksPassed
	if e.Level > nixcmd.LevelWarn {
		return
	}
	// A daemon's messages come at level 0, warnings included.
	if warning, ok := cutMark(text, "warning:"); ok {
		a.messages.warnings = appendBounded(a.messages.warnings, warning)
		a.observe(Note{At: a.now, Level: nixcmd.LevelWarn, Text: e.Text})
		return
	}
	if m := cannotBuildOn().FindStringSubmatch(text); m != nil {
		a.messages.unusable(m[1], m[2])
		a.observe(Note{At: a.now, Level: nixcmd.LevelWarn, Text: "warning: " + text})
		return
	}
	reason, isError := cutMark(text, "error:")
	if e.Raw != "" {
		a.messages.fatal = true
		reason, isError = strings.TrimSpace(nixcmd.Printable(clip(e.Raw, maxMessage))), true
	}
	if !isError {
		return
	}
	if reason == "interrupted by the user" {
		a.messages.interrupted = true
		return
	}
	if e.Raw == "" && connectionLost().MatchString(reason) {
		if a.messages.lost == "" {
			a.messages.lostAt = a.now
		}
		a.messages.lost = reason
	}
	failed := parseError(reason)
	level := nixcmd.LevelError
	if e.Raw == "" && failed == (errorText{}) {
		// A cache that lacks what it has promised, and the run goes on.
		level = nixcmd.LevelWarn
	}
	a.messages.failed(failed, level, trimMark(text, "error:"))
	a.observe(Note{At: a.now, Level: level, Derivation: failed.derivation, Text: e.Text})
}

// cannotBuildOn is what the build hook says of a builder that it cannot use. The
// run may go on elsewhere.
var cannotBuildOn = nixcmd.Pattern(`^cannot build on '([^']*)': ((?s:.*))`)

// connectionLost is what the build hook says when the far end goes away. It names
// neither derivation nor machine, and then fails as if it were the builder.
var connectionLost = nixcmd.Pattern(`^(?:Nix daemon disconnected unexpectedly|unexpected end-of-file|writing to file: Broken pipe)`)

// unusable takes note of a builder, with what ssh has just said about it: Nix
// itself says no more than that it did not connect.
func (m *messages) unusable(machine, reason string) {
	machine, _, _ = strings.Cut(machine, "?")
	reason = strings.ReplaceAll(reason, "error: ", "")
	said := strings.Join(append([]string{"cannot build on " + machine + ": " + reason}, m.ssh...), "\n")
	m.ssh = nil
	if !slices.Contains(m.machines, said) {
		m.machines = appendBounded(m.machines, said)
	}
}

func (m *messages) failed(e errorText, level nixcmd.Level, text string) {
	switch {
	case e.summary || text == "":
	case e.blocked:
		// One failure may hold up thousands.
		if !m.isBlocked[e.derivation] && len(m.blocked) < maxFailures {
			if m.isBlocked == nil {
				m.isBlocked = map[string]bool{}
			}
			m.isBlocked[e.derivation] = true
			m.blocked = append(m.blocked, e.derivation)
		}
	case e.failure != nil && e.derivation == "":
		m.loose = append(m.loose[:min(len(m.loose), maxFailures)], e.failure)
	case e.failure != nil:
		// Of a remote build the first message has the builder's own exit code.
		if _, ok := m.failures[e.derivation]; !ok && len(m.named) < maxFailures {
			if m.failures == nil {
				m.failures = map[string]*Failure{}
			}
			m.failures[e.derivation] = e.failure
			m.named = append(m.named, e.derivation)
		}
	case level == nixcmd.LevelWarn:
		m.warnings = appendBounded(m.warnings, text)
	default:
		m.errors = appendBounded(m.errors, text)
	}
}

func (m *messages) plainLine(text string) {
	const keep = 20
	if len(m.lines) == keep {
		m.lines = m.lines[1:]
	}
	m.lines = append(m.lines, nixcmd.Printable(clip(text, maxTailLine)))
	if m.connecting && len(m.ssh) < keep {
		m.ssh = append(m.ssh, m.lines[len(m.lines)-1])
	}
}

func cutMark(text, mark string) (string, bool) {
	rest, ok := strings.CutPrefix(text, mark)
	return strings.TrimSpace(rest), ok
}

func trimMark(text, mark string) string {
	rest, _ := cutMark(text, mark)
	return rest
}

// appendBounded appends while there is room: a message that comes for the
// hundredth time tells nothing new.
func appendBounded(list []string, text string) []string {
	if len(list) < maxMessages {
		list = append(list, text)
	}
	return list
}
