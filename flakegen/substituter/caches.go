package substituter

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Caches are all substituters of the settings, in the order in which Nix asks
// them.
type Caches struct {
	caches      []*cache
	keys        keys
	requireSigs bool
	connections int

	observe         func(Progress)
	answered, asked atomic.Int64
}

// Answer is what the caches say of a path.
type Answer struct {
	Path string
	// Offer is the one that Nix takes, from the first cache that has one; nil where
	// none has.
	Offer *Offer
	// Refused are those of the caches before it that Nix would not take, without
	// their references.
	Refused []Offer
	// Failed are the caches before it that gave no answer. Without --fallback Nix
	// gives the build up there, later versions only if no other cache has the path.
	Failed []Failure
}

// Offer is what a cache says of a path that it has.
type Offer struct {
	// Cache is its URI without a password.
	Cache string
	Trust Trust
	// DownloadBytes is the size of what is fetched, 0 where the cache does not say;
	// NarBytes the size in the store.
	DownloadBytes, NarBytes uint64
	// References are the store paths that it refers to, sorted; itself maybe among
	// them.
	References []string
}

// Failure is a question that a cache did not answer.
type Failure struct {
	Cache string
	Err   error
}

const defaultConnections = 25 // Nix's

// Open asks each cache of the settings what it is, all at once. A cache that does
// not answer is no error; see [Caches.Status]. The context is that of all that is
// asked later.
func Open(ctx context.Context, s Settings) (*Caches, error) {
	s.Limits = s.Limits.orDefault()
	if s.Connections <= 0 {
		s.Connections = defaultConnections
	}
	known, err := newKeys(s)
	if err != nil {
		return nil, err
	}
	c := &Caches{keys: known, requireSigs: s.RequireSigs, connections: s.Connections, observe: s.Observe}
	for i, uri := range s.Substituters {
		if !slices.Contains(s.Substituters[:i], uri) {
			c.caches = append(c.caches, newCache(uri, s))
		}
	}
	c.open(ctx)
	slices.SortStableFunc(c.caches, func(a, b *cache) int { return cmp.Compare(a.status.Priority, b.status.Priority) })
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return c, nil
}

// open asks all of them what they are, and tells the observer of one that has not said
// it yet.
func (c *Caches) open(ctx context.Context) {
	var opening sync.WaitGroup
	var mu sync.Mutex
	asked := slices.DeleteFunc(slices.Clone(c.caches), func(one *cache) bool { return one.get == nil })
	waiting := slices.Clone(asked)
	tell := func(opened *cache) {
		mu.Lock()
		defer mu.Unlock()
		waiting = slices.DeleteFunc(waiting, func(one *cache) bool { return one == opened })
		if c.observe != nil && len(waiting) > 0 {
			c.observe(Progress{Cache: waiting[0].status.URI})
		}
	}
	tell(nil)
	for _, one := range asked {
		opening.Go(func() {
			one.open(ctx)
			tell(one)
		})
	}
	opening.Wait()
}

// Close lets go of the connections.
func (c *Caches) Close() {
	for _, one := range c.caches {
		if one.cancel != nil {
			one.cancel(context.Canceled)
		}
		if w, ok := one.get.(*web); ok {
			w.close()
		}
	}
}

// Status is what is known of each cache by now, in the order in which they are
// asked.
func (c *Caches) Status() []Status {
	all := make([]Status, len(c.caches))
	for i, one := range c.caches {
		all[i] = one.state()
	}
	return all
}

// Ask asks for store paths, each at one cache after the other until one has it and
// Nix would take it, many at a time. The answers are in the order of the paths.
// The error is that of the context.
func (c *Caches) Ask(ctx context.Context, paths []string) ([]Answer, error) {
	answers := make([]Answer, len(paths))
	c.asked.Add(int64(len(paths)))
	todo := make(chan int)
	var asking sync.WaitGroup
	for range min(c.connections*max(len(c.caches), 1), len(paths)) {
		asking.Go(func() {
			for i := range todo {
				answers[i] = c.ask(ctx, paths[i])
				c.answered.Add(1)
			}
		})
	}
	for i := range paths {
		if ctx.Err() != nil {
			break
		}
		todo <- i
	}
	close(todo)
	asking.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return answers, nil
}

func (c *Caches) ask(ctx context.Context, path string) Answer {
	a := Answer{Path: path}
	for _, one := range c.caches {
		if c.observe != nil && one.get != nil {
			c.observe(Progress{one.status.URI, int(c.answered.Load()), int(c.asked.Load())})
		}
		n, err := one.narInfo(ctx, path)
		if err != nil {
			a.Failed = append(a.Failed, Failure{one.status.URI, err})
			continue
		}
		if n == nil {
			continue
		}
		offer := Offer{
			Cache: one.status.URI, Trust: c.keys.trust(n, path),
			DownloadBytes: n.downloadBytes(), NarBytes: n.NarSize,
		}
		if offer.Trust == WrongPath || offer.Trust != Trusted && c.requireSigs && !one.trusted {
			a.Refused = append(a.Refused, offer)
			continue
		}
		offer.References = n.references()
		a.Offer = &offer
		break
	}
	return a
}
