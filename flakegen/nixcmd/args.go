package nixcmd

import (
	"fmt"
	"slices"
	"strings"
)

// Args are flags for nix that the user gave, sorted by what takes them. The zero
// value holds none.
type Args struct {
	settings   []string // every command takes them
	evaluation []string // every command that evaluates takes them
	building   []string // only nix build takes them, or only it may have them
}

// ParseArgs sorts flags as `nix build` takes them. Relative paths among them are
// meant from the folder dir.
//
// Operands such as another installable are an error, and so are flags by which
// nix would no longer do what its caller relies on: print JSON, write records on
// stderr, build.
//
// A flag that is not known here may be one of a newer Nix. It goes to whatever
// evaluates, together with what follows up to the next flag, and Nix judges it.
func ParseArgs(args []string, dir string) (Args, error) {
	var parsed Args
	for len(args) > 0 {
		name := args[0]
		if !strings.HasPrefix(name, "-") || name == "-" || name == "--" {
			return Args{}, fmt.Errorf("%q is no flag: name what to build before the --", name)
		}
		flag, known := lookUpFlag(name)
		if !known {
			end := 1
			for end < len(args) && !strings.HasPrefix(args[end], "-") {
				end++
			}
			parsed.evaluation = append(parsed.evaluation, args[:end]...)
			args = args[end:]
			continue
		}
		if flag.refusal != "" {
			return Args{}, fmt.Errorf("%s cannot be passed to nix: %s", name, flag.refusal)
		}
		if len(args) <= flag.operands {
			return Args{}, fmt.Errorf("%s needs %d %s behind it", name, flag.operands, plural(flag.operands, "value"))
		}
		words := slices.Clone(args[:1+flag.operands])
		args = args[len(words):]
		if flag.reference > 0 {
			words[flag.reference] = portableReference(words[flag.reference], dir)
		}
		switch flag.class {
		case setting:
			parsed.settings = append(parsed.settings, words...)
		case evaluation:
			parsed.evaluation = append(parsed.evaluation, words...)
		case building:
			parsed.building = append(parsed.building, words...)
		default:
			panic(fmt.Sprintf("flag class %d", flag.class))
		}
	}
	return parsed, nil
}

// sets says whether the flags set the setting name, under that name.
func (a Args) sets(name string) bool {
	for i, word := range a.settings {
		if word == "--"+name || word == "--option" && i+1 < len(a.settings) && a.settings[i+1] == name {
			return true
		}
	}
	return false
}

// SetsMaxJobs says whether the flags say how many builds run at once.
func (a Args) SetsMaxJobs() bool {
	short := func(word string) bool {
		flag, known := lookUpFlag(word)
		return strings.HasPrefix(word, "-j") && known && flag.class == setting
	}
	// The second is the name that the setting had before 2.0, and still takes.
	return a.sets("max-jobs") || a.sets("build-max-jobs") || slices.ContainsFunc(a.settings, short)
}

// SetsKeepGoing says whether the flags say what a failure ends.
func (a Args) SetsKeepGoing() bool {
	return a.sets("keep-going") || slices.Contains(a.settings, "--no-keep-going")
}

// With gives the flags and settings behind them, which win.
func (a Args) With(settings ...string) Args {
	a.settings = slices.Concat(a.settings, settings)
	return a
}

// forSettings are the flags for a command that asks for settings.
func (a Args) forSettings() []string { return a.settings }

// forEvaluation are the flags for a command that evaluates and must leave
// flake.lock alone.
func (a Args) forEvaluation() []string {
	return slices.Concat(a.settings, a.evaluation, []string{"--no-write-lock-file"})
}

// forBuilding are the flags for the command that builds.
func (a Args) forBuilding() []string {
	return slices.Concat(a.settings, a.evaluation, a.building)
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
