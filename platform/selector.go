package platform

import "slices"

// Default is the selector that matches every system.
const Default = "default"

// Matches says whether the selector matches the system, and how exactly: 3 for
// the system itself, 2 for its kernel, 1 for default, 0 for no match.
func Matches(selector string, s System) int {
	switch selector {
	case string(s):
		return 3
	case s.Kernel():
		return 2
	case Default:
		return 1
	}
	return 0
}

// IsSelector says whether name can stand as a selector at all: a known system,
// the kernel of one, or default.
func IsSelector(name string) bool {
	return name == Default || IsKnown(System(name)) || slices.Contains(kernels(), name)
}

// SuggestSelector gives the selector that name most likely means, or "".
func SuggestSelector(name string) string {
	switch name {
	case "macos", "osx", "mac":
		return "darwin"
	}
	if s := Nearest(name, append(Kernels(), Default)); s != "" {
		return s
	}
	return string(Suggest(name))
}

// Resolution is what a table of selectors gives a list of systems.
type Resolution struct {
	// Chosen maps each system that a selector matches to that selector.
	Chosen map[System]string
	// Missing lists the systems that no selector matches, in the order given.
	Missing []System
	// Idle lists the selectors that match none of the systems, in the order given.
	Idle []string
}

// Resolve picks for each system the most exact of the selectors.
//
// A selector that matches a system but is never the most exact one, such as
// default beside one for every system, is not idle: it says what a system added
// later would get.
func Resolve(selectors []string, systems []System) Resolution {
	r := Resolution{Chosen: map[System]string{}}
	idle := slices.Clone(selectors)
	for _, system := range systems {
		best, exact := "", 0
		for _, selector := range selectors {
			m := Matches(selector, system)
			if m == 0 {
				continue
			}
			idle = slices.DeleteFunc(idle, func(s string) bool { return s == selector })
			if m > exact {
				best, exact = selector, m
			}
		}
		if exact == 0 {
			r.Missing = append(r.Missing, system)
			continue
		}
		r.Chosen[system] = best
	}
	r.Idle = idle
	return r
}
