package timing

import "github.com/flakegen/flakegen/flakegen/nixcmd"

// Log is what was read of a log stream, and what of it has no meaning here. The
// log of a later Nix, or of another vendor's, may hold more than is known: it is
// counted, and the account is of the rest.
type Log struct {
	// Lines are all of them, Records those that are records of Nix.
	Lines   int64 `json:"lines"`
	Records int64 `json:"records"`
	// Malformed are lines that say they are records and are none. Shortened are
	// lines that were too long to keep whole.
	Malformed int64 `json:"malformed"`
	Shortened int64 `json:"shortened"`
	// LeftOut are activities beyond the number that an account keeps.
	LeftOut int64 `json:"left_out"`
	// UnknownActions, UnknownActivities, UnknownResults and UnknownMembers count
	// what is not known here: records by their action, activities and results by
	// their number, members of records by their name.
	UnknownActions    nixcmd.Tally `json:"unknown_actions"`
	UnknownActivities nixcmd.Tally `json:"unknown_activities"`
	UnknownResults    nixcmd.Tally `json:"unknown_results"`
	UnknownMembers    nixcmd.Tally `json:"unknown_members"`
}

func logOf(c nixcmd.Counts, leftOut int64) Log {
	known := func(t nixcmd.Tally) nixcmd.Tally {
		printable := nixcmd.Tally{}
		for name, n := range t {
			printable[nixcmd.Printable(name)] += n
		}
		return printable
	}
	return Log{
		Lines: c.Lines, Records: c.Records, Malformed: c.Malformed, Shortened: c.Truncated, LeftOut: leftOut,
		UnknownActions: known(c.UnknownActions), UnknownActivities: known(c.UnknownActivities),
		UnknownResults: known(c.UnknownResults), UnknownMembers: known(c.UnknownMembers),
	}
}
