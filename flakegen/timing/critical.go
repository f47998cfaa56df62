package timing

import (
	"slices"
	"time"
)

// span is when a derivation was built, or a path of it fetched. Its derivation
// is empty where it is not known.
type span struct {
	derivation string
	started    time.Time
	ended      time.Time
}

// criticalPath goes back from what ended last: to what ended last of all that it
// needs, or where that is not known, of all that ended before it began.
func (a *Account) criticalPath(owners map[string]string, store Store) []string {
	spans := a.spans(owners)
	slices.SortStableFunc(spans, func(x, y span) int { return y.ended.Compare(x.ended) })
	latest := map[string]int{}
	for i := len(spans) - 1; i >= 0; i-- {
		latest[spans[i].derivation] = i
	}
	path := []string{}
	for at := 0; at < len(spans); {
		s := spans[at]
		if s.derivation != "" && !slices.Contains(path, s.derivation) {
			path = append(path, s.derivation)
		}
		if needs, known := store.Needs(s.derivation); known && s.derivation != "" {
			at = latestNeed(spans, latest, needs, at)
			continue
		}
		for at++; at < len(spans) && spans[at].ended.After(s.started); at++ {
		}
	}
	slices.Reverse(path)
	return path
}

// latestNeed is the index of the need that ended last before the span at began;
// len(spans) for none. Indices only grow, so that every path ends.
func latestNeed(spans []span, latest map[string]int, needs []string, at int) int {
	next := len(spans)
	for _, n := range needs {
		if i, ok := latest[n]; ok && i > at && i < next && !spans[i].ended.After(spans[at].started) {
			next = i
		}
	}
	return next
}

func (a *Account) spans(owners map[string]string) []span {
	var spans []span
	for _, b := range a.order {
		spans = append(spans, span{b.derivation, b.started, b.ended})
	}
	for _, f := range a.fetches {
		if !f.failed && !f.ended.IsZero() {
			spans = append(spans, span{owners[f.path], f.started, f.ended})
		}
	}
	return spans
}
