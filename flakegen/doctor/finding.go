package doctor

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// Level says what to think of a finding.
type Level string

// The levels. A note is worth knowing and can stay as it is; a fault keeps
// something from working.
const (
	OK    Level = "ok"
	Note  Level = "note"
	Fault Level = "fault"
)

// Group is a part of what is looked at.
type Group string

// The groups, in the order in which they are shown.
const (
	GroupNix        Group = "nix"
	GroupSystems    Group = "systems"
	GroupBuilders   Group = "builders"
	GroupCaches     Group = "caches"
	GroupRepository Group = "repository"
	GroupFlakegen   Group = "flakegen"
)

// Finding is one line of what was found. All texts are fit for a terminal, on one
// line each but for Detail, and without passwords.
type Finding struct {
	Group Group
	// Rule names the kind of finding; it stays the same over versions.
	Rule  string
	Level Level
	// Subject is what the finding is about, such as "store" or a system; Summary is
	// what was found, Detail what follows from it.
	Subject, Summary, Detail string
	// File is a file of the repository that it is about, and Range the place in it
	// where that is a file of the spec.
	File  string
	Range *hcl.Range
	// Advice is a sentence that says what to do. Lines are to be copied.
	Advice string
	Lines  []string
}

// Remedy is the advice and the lines below each other.
func (f Finding) Remedy() string {
	parts := f.Lines
	if f.Advice != "" {
		parts = append([]string{f.Advice}, parts...)
	}
	return strings.Join(parts, "\n")
}

func ok(rule, subject, format string, args ...any) Finding {
	return Finding{Rule: rule, Level: OK, Subject: subject, Summary: fmt.Sprintf(format, args...)}
}

func note(rule, subject, format string, args ...any) Finding {
	return Finding{Rule: rule, Level: Note, Subject: subject, Summary: fmt.Sprintf(format, args...)}
}

func fault(rule, subject, format string, args ...any) Finding {
	return Finding{Rule: rule, Level: Fault, Subject: subject, Summary: fmt.Sprintf(format, args...)}
}

// because adds what follows from the finding.
func (f Finding) because(format string, args ...any) Finding {
	f.Detail = fmt.Sprintf(format, args...)
	return f
}

// advise adds a remedy.
func (f Finding) advise(advice string, lines ...string) Finding {
	f.Advice, f.Lines = advice, lines
	return f
}

// hidePasswords takes passwords out of the URIs in all texts. What is to be copied
// has a gap there.
func (f *Finding) hidePasswords() {
	for _, text := range []*string{&f.Subject, &f.Summary, &f.Detail, &f.Advice} {
		*text = nixcmd.WithoutPasswords(*text)
	}
	for i := range f.Lines {
		f.Lines[i] = nixcmd.WithoutPasswords(f.Lines[i])
	}
}

// at adds a place in the spec.
func (f Finding) at(place hcl.Range) Finding {
	f.File, f.Range = place.Filename, &place
	return f
}
