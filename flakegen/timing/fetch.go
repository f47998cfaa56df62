package timing

import (
	"slices"
	"time"
)

// fetch is one attempt to take a path from one cache.
type fetch struct {
	worker  *worker
	path    string
	from    string
	started time.Time
	ended   time.Time
	failed  bool // that cache did not give it
}

func (a *Account) beginFetch(act *activity, path, from string) {
	f := &fetch{worker: a.worker(), path: path, from: from, started: a.now}
	act.fetch = f
	a.fetches = append(a.fetches, f)
	a.outlook.fetching[path]++
	if w := f.worker; w != nil {
		w.fetching++
		for i, earlier := range w.unsettled {
			if earlier.path == path {
				earlier.failed = true // the next cache is tried
				w.unsettled = append(w.unsettled[:i], w.unsettled[i+1:]...)
				break
			}
		}
	}
	a.observe(FetchStarted{At: a.now, Path: path, From: from})
}

func (a *Account) endFetch(f *fetch) {
	f.ended = a.now
	if a.outlook.fetching[f.path]--; a.outlook.fetching[f.path] <= 0 {
		delete(a.outlook.fetching, f.path)
	}
	if w := f.worker; w != nil {
		w.fetching--
		w.unsettled = append(w.unsettled, f)
		if len(w.unsettled) > maxUnsettled {
			w.unsettled = slices.Delete(w.unsettled, 0, 1)
		}
	}
	a.observe(FetchEnded{At: a.now, Path: f.path})
}

// countFetches takes a progress record of paths. Nix counts a path after its
// activity has stopped, and counts an attempt that failed as neither done nor
// failed: it only runs no longer.
func (w *worker) countFetches(done, running uint64) {
	for n := increase(&w.fetched, done); n > 0 && len(w.unsettled) > 0; n-- {
		w.unsettled = w.unsettled[1:]
	}
	for len(w.unsettled) > 0 && w.fetching+len(w.unsettled) > int(min(running, 1<<30)) {
		w.unsettled[0].failed = true
		w.unsettled = w.unsettled[1:]
	}
}
