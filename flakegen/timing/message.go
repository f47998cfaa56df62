package timing

import (
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// messages is what Nix has told the user.
type messages struct {
	failures map[string]*Failure // by derivation, the first of each
	named    []string            // the derivations of failures, in order
	loose    []*Failure          // of derivations that were not named
	blocked  []string
	errors   []string
	warnings []string
	lines    []string // the last lines that were no records

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
	failed := parseError(reason)
	level := nixcmd.LevelError
	if e.Raw == "" && failed == (errorText{}) {
		// A cache that lacks what it has promised, and the run goes on.
		level = nixcmd.LevelWarn
	}
	a.messages.failed(failed, level, trimMark(text, "error:"))
	a.observe(Note{At: a.now, Level: level, Derivation: failed.derivation, Text: e.Text})
}

func (m *messages) failed(e errorText, level nixcmd.Level, text string) {
	switch {
	case e.summary || text == "":
	case e.blocked:
		if !slices.Contains(m.blocked, e.derivation) {
			m.blocked = appendBounded(m.blocked, e.derivation)
		}
	case e.failure != nil && e.derivation == "":
		m.loose = append(m.loose, e.failure)
	case e.failure != nil:
		// Of a remote build the first message has the builder's own exit code.
		if _, ok := m.failures[e.derivation]; !ok {
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
