package missing

import (
	"context"

	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// Store says which store paths are not valid; nixcmd.Nix is one.
type Store interface {
	Invalid(ctx context.Context, paths []string) ([]string, error)
}

// Caches says what caches have of store paths, in their order; substituter.Caches
// are some.
type Caches interface {
	Ask(ctx context.Context, paths []string) ([]substituter.Answer, error)
}

// Rules are what decides beside the caches.
type Rules struct {
	// NoSubstitutes is Nix's substitute = false, AlwaysAllowSubstitutes the setting
	// of that name.
	NoSubstitutes          bool
	AlwaysAllowSubstitutes bool
	// Retry: where what is fetched refers to paths that are not to be had, the
	// inputs are realised first and then it is tried again. So Nix does before
	// 2.30; since then it builds.
	Retry bool
}

// Wanted are outputs of a derivation.
type Wanted struct {
	// Derivation is the path of a .drv file. No Outputs means all.
	Derivation string
	Outputs    []string
}

// Resolver answers for one closure. It keeps what the store and the caches said, so
// that each path is asked for once, however many questions there are. It is not to
// be used by several goroutines at once.
type Resolver struct {
	Closure *store.Closure
	Store   Store
	// Caches is nil where none is asked.
	Caches Caches
	Rules  Rules

	paths    map[string]*path
	maker    map[string]*store.Node // by output path
	place    map[*store.Node]int    // in the closure, inputs before who needs them
	invented int                    // paths that only caches name
}

// Result is what it takes to realise what was wanted.
type Result struct {
	// Present are the wanted outputs that are valid, sorted.
	Present []string
	// Fetch are the paths that are fetched, sorted by path.
	Fetch []Fetch
	// Build are the derivations that are built, each behind those it needs.
	Build []*store.Node
	// MaySpare are those of Build that Nix leaves out where something else comes first,
	// in the order of Build; see race. MayFetch are then fetched beside Fetch, sorted by
	// path.
	MaySpare []*store.Node
	MayFetch []Fetch
	// Unclear are those of Build whose outputs have no known path (see
	// [store.Kind]): whether they are valid or in a cache cannot be said.
	Unclear []*store.Node
	// Unknown are paths that no derivation makes and no cache gives, sorted: Nix
	// would give up.
	Unknown []string
	// Refused are the answers of caches that Nix would not take, and Failed those
	// that did not come, both sorted by path. What is in Failed makes Nix give up
	// unless it is called with --fallback; here it counts as not there.
	Refused, Failed []substituter.Answer
}

// Fetch is a path that is fetched.
type Fetch struct {
	Path string
	substituter.Offer
	// Superseded says that the derivation is built all the same, because another
	// output of it that is wanted is not to be had. Nix fetches this one before it
	// knows (before 2.30 only where it was wanted by then); a dry run does not name
	// it.
	Superseded bool
	// MaySpare says that Nix may not need it, by what comes first; see Result.MaySpare.
	// So it is of what is superseded, and of what is built as well.
	MaySpare bool
}

// DownloadBytes is the sum over what is fetched, as far as the caches say.
func (r *Result) DownloadBytes() uint64 {
	var sum uint64
	for _, f := range r.Fetch {
		sum += f.DownloadBytes
	}
	return sum
}
