package worktree

// Kind is how a file and its rendering stand to each other. Its text is the name
// of the rule in JSON.
type Kind string

// The kinds, as the package comment defines them.
const (
	Missing   Kind = "missing"
	Stale     Kind = "stale"
	Edited    Kind = "edited"
	Both      Kind = "both"
	Differs   Kind = "differs"
	Foreign   Kind = "foreign"
	Orphan    Kind = "orphan"
	Untracked Kind = "untracked"
	Blocked   Kind = "blocked"
)
