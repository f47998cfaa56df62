package substituter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/nix-community/go-nix/pkg/storepath"
)

// State says whether a cache is asked.
type State int

const (
	// Asked: it answers.
	Asked State = iota
	// NotAsked: it is of a kind that is not asked here, or offline is wanted.
	NotAsked
	// Unusable: it is not there or no cache for this store. Nix warns and leaves it
	// out too.
	Unusable
	// SetAside: it failed too often or took too long.
	SetAside
)

func (s State) String() string {
	switch s {
	case Asked:
		return "asked"
	case NotAsked:
		return "not asked"
	case Unusable:
		return "unusable"
	case SetAside:
		return "set aside"
	}
	panic(fmt.Sprintf("state %d", int(s)))
}

// Status is what is known of a cache.
type Status struct {
	// URI is that of the setting, without a password.
	URI string
	State
	// Reason says why it is not asked, in words; empty where it is.
	Reason  string
	Trouble Trouble
	// LoggedIn says that it is given a name and a password, of its URI or of
	// netrc-file.
	LoggedIn bool
	// Priority is its place among the caches, the lowest first. WantMassQuery is
	// what it says of being asked for much.
	Priority      int
	WantMassQuery bool
	// Requests are the paths that it was asked for, Failures those it gave no
	// answer for, Denied those it refused an answer for (401, 403, 407), which to
	// Nix means that it does not have them.
	Requests, Failures, Denied int
}

// cache is a substituter. What is below the mutex changes while it is asked.
type cache struct {
	get    getter // nil where it is not asked
	limits Limits
	// trusted says that what it gives needs no signature (?trusted=1).
	trusted bool
	// prioritized says that the URI has the priority, not the cache.
	prioritized bool
	ctx         context.Context
	cancel      context.CancelCauseFunc

	mu       sync.Mutex
	status   Status
	failures int // in a row
}

// getter gets a file of a cache. It knows two special errors, errAbsent and
// errDenied.
type getter interface {
	get(ctx context.Context, name string) ([]byte, error)
}

// newCache reads a URI and what it says of the cache:
//
//	https://cache.example.org?trusted=1&priority=30
func newCache(uri string, s Settings) *cache {
	c := &cache{limits: s.Limits, status: Status{URI: shown(uri)}}
	out := func(state State, format string, args ...any) *cache {
		c.status.State, c.status.Reason = state, fmt.Sprintf(format, args...)
		if state == Unusable {
			c.status.Trouble = OtherTrouble
		}
		return c
	}
	u, err := url.Parse(uri)
	if err != nil {
		return out(Unusable, "it is no URI")
	}
	parameters := u.Query()
	c.trusted = isTrue(parameters.Get("trusted"))
	if p := parameters.Get("priority"); p != "" {
		c.prioritized = true
		if c.status.Priority, err = strconv.Atoi(p); err != nil {
			return out(Unusable, "its priority %q is no number", p)
		}
	}
	if dir := parameters.Get("store"); dir != "" && dir != storepath.StoreDir {
		return out(NotAsked, "it is for the store %q", dir)
	}
	u.RawQuery, u.Fragment = "", ""
	switch {
	case u.Scheme == "file":
		c.get = folder{dir: u.Path, limit: s.Limits.Bytes}
	case u.Scheme != "https" && u.Scheme != "http":
		return out(NotAsked, "only https, http and file caches are asked")
	case s.Offline:
		return out(NotAsked, "offline")
	default:
		web, err := newWeb(u, s)
		if err != nil {
			return out(Unusable, "%v", printableError{err})
		}
		c.get, c.status.LoggedIn = web, u.User != nil || web.logins.has(u.Hostname())
	}
	return c
}

// isTrue reads a boolean as Nix does.
func isTrue(text string) bool { return text == "true" || text == "yes" || text == "1" }

// open asks the cache what it is. Only one that is asked at all can be.
func (c *cache) open(ctx context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	limited, release := context.WithTimeoutCause(ctx, c.limits.Whole, fmt.Errorf("it took longer than %s in all", c.limits.Whole))
	c.ctx, c.cancel = limited, func(why error) { cancel(why); release() }
	text, err := c.get.get(c.ctx, "nix-cache-info")
	_, isFolder := c.get.(folder)
	switch {
	case err == nil:
		err = c.readInfo(text)
	case errors.Is(err, errAbsent) && isFolder:
		// Nix takes it for a new cache, and a folder that is missing too.
		err, c.status.Trouble = nil, NoInfo
	case errors.Is(err, errAbsent):
		err = errNoInfo
	case errors.Is(err, errDenied):
		err = fmt.Errorf("%w; a name and a password can be in netrc-file", err)
	}
	if err != nil {
		c.end(Unusable, err)
	}
}

// readInfo reads nix-cache-info. What the URI says counts before it.
func (c *cache) readInfo(text []byte) error {
	for line := range bytes.Lines(text) {
		field, value, ok := strings.Cut(string(line), ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch field {
		case "StoreDir":
			if value != storepath.StoreDir {
				return fmt.Errorf("%w %q", errOtherStore, value)
			}
		case "WantMassQuery":
			c.status.WantMassQuery = value == "1"
		case "Priority":
			number, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("its priority %q is no number", value)
			}
			if !c.prioritized {
				c.status.Priority = number
			}
		}
	}
	return nil
}

// end asks it no more and stops what it was asked. The first reason counts.
func (c *cache) end(state State, why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.status.State == Asked {
		c.status.State, c.status.Reason, c.status.Trouble = state, printable(why.Error()), troubleOf(why)
		c.cancel(why)
	}
}

func (c *cache) state() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// narInfo asks for a path. It is nil where the cache does not have it. The error
// is of this path alone, and nil where the cache is not asked any more.
func (c *cache) narInfo(ctx context.Context, path string) (*narInfo, error) {
	if c.state().State != Asked {
		return nil, nil
	}
	// Either of two contexts ends it: the one of the question, the one of the cache.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(c.ctx, func() { cancel(context.Cause(c.ctx)) })
	defer stop()

	text, err := c.get.get(ctx, hashPart(path)+".narinfo")
	var n *narInfo
	if err == nil {
		n, err = parseNarInfo(text)
	}
	return n, c.count(err)
}

// count notes how a request ended, and returns the error if it is one.
func (c *cache) count(err error) error {
	c.mu.Lock()
	c.status.Requests++
	over := c.status.State != Asked
	switch {
	case errors.Is(err, errDenied):
		c.status.Denied++
		fallthrough
	case err == nil, errors.Is(err, errAbsent):
		c.failures = 0
		c.mu.Unlock()
		return nil
	}
	c.status.Failures++
	c.failures++
	failed := c.failures >= c.limits.Failures
	c.mu.Unlock()
	err = printableError{err}
	switch {
	case over:
	case c.ctx.Err() != nil:
		c.end(SetAside, context.Cause(c.ctx))
	case failed:
		c.end(SetAside, fmt.Errorf("it failed %d times in a row: %w", c.limits.Failures, err))
	}
	return err
}

// folder is a file:// cache.
type folder struct {
	dir   string
	limit int64
}

func (f folder) get(_ context.Context, name string) ([]byte, error) {
	// A pipe would wait for a writer for ever.
	file, err := os.OpenFile(filepath.Join(f.dir, name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errAbsent
	case err != nil:
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	return readBounded(file, f.limit)
}

var errTooLong = errors.New("its answer is too long")

func readBounded(r io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(text)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLong, limit)
	}
	return text, err
}
