package flakegen

import (
	"context"
	"slices"
	"sync"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
)

// slotQuestion asks Nix how many builds it can run at once. That takes a process,
// so it is asked when the first build has begun, and beside it: a build where all
// is present asks nothing, and none waits for the answer.
type slotQuestion struct {
	nix *nixcmd.Nix
	// settings are those that are known already, nil for none.
	settings *nixcmd.Settings

	once     sync.Once
	answered chan struct{}
}

func (q *slotQuestion) ask(ctx context.Context) {
	q.once.Do(func() {
		if q.settings != nil {
			return
		}
		q.answered = make(chan struct{})
		go func() {
			defer close(q.answered)
			if settings, err := q.nix.Settings(ctx); err == nil {
				q.settings = &settings // without them the report goes by what ran
			}
		}()
	})
}

// answer is how many of the builds that began could have run at once; 0 where that
// is not known.
func (q *slotQuestion) answer(files *store.Derivations, begun map[string]bool) int {
	if q.answered != nil {
		<-q.answered
	}
	if q.settings == nil || len(begun) == 0 {
		return 0
	}
	systems := map[string]bool{}
	for derivation := range begun {
		d, err := files.Get(derivation)
		if err != nil {
			return 0
		}
		systems[d.System] = true
	}
	return slots(*q.settings, systems)
}

// slots are those of this machine, where it builds for one of the systems, and of
// each builder that does; 0 where builds run under settings that are not known
// here.
func slots(s nixcmd.Settings, systems map[string]bool) int {
	if s.Elsewhere() || len(s.UnreadBuilders) > 0 {
		return 0
	}
	count := 0
	for system := range systems {
		if s.BuildsHere(system) {
			count = s.MaxJobs
			break
		}
	}
	for _, b := range s.Builders {
		if slices.ContainsFunc(b.Systems, func(system string) bool { return systems[system] }) {
			count += max(0, b.MaxJobs)
		}
	}
	return count
}
