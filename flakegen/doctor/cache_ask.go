package doctor

import (
	"context"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// cacheAnswer is what a cache says of itself.
type cacheAnswer struct{}

func (a cacheAnswer) String() string { return "answers" }

// askCache asks a cache what it is, through Nix, which takes longer to start than
// a cache to answer: so there is no time to tell.
func (e *examination) askCache(ctx context.Context, _ nixcmd.Settings, uri string) (cacheAnswer, error) {
	_, err := e.ping(ctx, e.CacheLimit, uri)
	return cacheAnswer{}, err
}
