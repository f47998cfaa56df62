package nixcmd

import (
	"maps"
	"strconv"
)

// Counts says what a [Decoder] has read, and what of it is not known here.
type Counts struct {
	Lines   int64 // all of them
	Records int64 // lines that are records
	Plain   int64 // lines that are none
	// Malformed are the lines that begin as a record and are none.
	Malformed int64
	// Truncated are the lines longer than MaxLine, TruncatedBytes what was left
	// out of them.
	Truncated      int64
	TruncatedBytes int64
	// Cut says that the last line had no newline.
	Cut bool

	UnknownActions    Tally // by action
	UnknownActivities Tally // by type
	UnknownResults    Tally // by type
	UnknownMembers    Tally // by name
}

// Tally counts by name.
type Tally map[string]int64

// TallyRest is the name under which a [Tally] counts all names beyond the first
// few, so that no stream makes it grow without end.
const TallyRest = "…"

const tallyNames = 64

func (t *Tally) add(name string) {
	if *t == nil {
		*t = Tally{}
	}
	if _, ok := (*t)[name]; !ok && len(*t) >= tallyNames {
		name = TallyRest
	}
	(*t)[name]++
}

func (c *Counts) activity(t ActivityType) {
	if !t.known() {
		c.UnknownActivities.add(strconv.Itoa(int(t)))
	}
}

func (c *Counts) result(t ResultType) {
	if !t.known() {
		c.UnknownResults.add(strconv.Itoa(int(t)))
	}
}

func (c Counts) clone() Counts {
	c.UnknownActions = maps.Clone(c.UnknownActions)
	c.UnknownActivities = maps.Clone(c.UnknownActivities)
	c.UnknownResults = maps.Clone(c.UnknownResults)
	c.UnknownMembers = maps.Clone(c.UnknownMembers)
	return c
}
