package doctor

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

// Options say what is looked at.
type Options struct {
	Nix *nixcmd.Nix
	// Machine is the file system of this machine from its root on.
	Machine fs.FS
	// Kernel is that of this machine, as in the name of a system; CPUs is how many
	// processors it has.
	Kernel string
	CPUs   int
	// User is the name of the user, and Root whether that is root.
	User string
	Root bool
	// History is where past builds are kept.
	History History
	// Repository is what there is to say of a spec; nil where none was found.
	Repository *Repository
	// Version is that of flakegen; caches are told UserAgent.
	Version, UserAgent string
	// Variable is a variable of the environment, "" where it is not set. It may be
	// nil.
	Variable func(name string) string
	Now      func() time.Time
	// Limit is the time for all together, 0 for [DefaultLimit].
	Limit time.Duration
	// BuilderLimit and CacheLimit are the times for one remote builder, 0 for
	// [DefaultBuilderLimit], and for one cache, 0 for [DefaultCacheLimit].
	BuilderLimit, CacheLimit time.Duration
}

// History is the database of past builds.
type History struct {
	// Path is its file, absolute, "" where none is kept. Err says why it is not
	// known.
	Path string
	Err  error
	// Advice says what to do about an error of package history: a sentence, and
	// maybe a command.
	Advice func(error) (advice, command string)
}

// Repository is a folder with a spec.
type Repository struct {
	// Root is the folder of the spec, absolute, and From how the user's folder
	// calls it.
	Root, From string
	Git        *gitcmd.Git
	// Rendering is what the spec renders to. Where the spec is in error, only what
	// does not depend on it is looked at.
	Rendering *generate.Rendering
	// Comparison holds the rendering against the files.
	Comparison *worktree.Comparison
}

const (
	// DefaultLimit is the time for an examination.
	DefaultLimit = 10 * time.Second
	// DefaultBuilderLimit is the time for ssh and for a Nix that starts behind it.
	DefaultBuilderLimit = 6 * time.Second
	// DefaultCacheLimit is the time that a cache gets to say what it is.
	DefaultCacheLimit = 3 * time.Second
)

// Result is what an examination found.
type Result struct {
	// Findings are in the order in which they are shown.
	Findings []Finding
	// NoNix says that there is no Nix on this machine.
	NoNix bool
	// Interrupted says that the context ended it: what is known by then is there.
	Interrupted bool
}

// Count is how many findings have a level.
func (r Result) Count(level Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// question is something that is looked at by itself.
type question struct {
	group Group
	// rule and subject are those of the finding where the question does not end.
	rule, subject string
	ask           func(e *examination, ctx context.Context) []Finding
}

var questions = []question{
	{GroupNix, "nix", "nix", (*examination).version},
	{GroupNix, "flakes", "flakes", (*examination).flakes},
	{GroupNix, "store", "store", (*examination).store},
	{GroupNix, "disk", "disk", (*examination).disk},
	{GroupNix, "jobs", "jobs", (*examination).jobs},
	{GroupNix, "sandbox", "sandbox", (*examination).sandbox},
	{GroupNix, "build-users", "build users", (*examination).buildUsers},
	{GroupSystems, "system", "systems", (*examination).systems},
	{GroupSystems, "nixpkgs-systems", "nixpkgs", (*examination).nixpkgs},
	{GroupBuilders, "builder", "builders", (*examination).builders},
	{GroupCaches, "cache", "caches", (*examination).caches},
	{GroupRepository, "git", "git", (*examination).git},
	{GroupRepository, "files", "files", (*examination).files},
	{GroupRepository, "lock", "flake.lock", (*examination).lock},
	{GroupRepository, "hook", "commit hook", (*examination).hook},
	{GroupRepository, "workflow", "workflow", (*examination).workflow},
	{GroupFlakegen, "version", "flakegen", (*examination).flakegen},
	{GroupFlakegen, "history", "history", (*examination).history},
}

// examination is one run: the options, and the facts.
type examination struct {
	Options
	facts
}

// Examine asks all questions at once and returns when each has its answer, when
// the time is over, or when the context ends.
func Examine(ctx context.Context, o Options) Result {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	if o.BuilderLimit <= 0 {
		o.BuilderLimit = DefaultBuilderLimit
	}
	if o.CacheLimit <= 0 {
		o.CacheLimit = DefaultCacheLimit
	}
	limited, cancel := context.WithTimeout(ctx, o.Limit)
	defer cancel()
	e := &examination{Options: o}
	e.facts = newFacts(limited, e)

	answers := make([][]Finding, len(questions))
	var asking sync.WaitGroup
	for i, q := range questions {
		asking.Go(func() {
			found := q.ask(e, limited)
			if limited.Err() != nil {
				// What an interrupted process said is no answer. Parts of questions have
				// shorter limits of their own.
				found = slices.DeleteFunc(found, func(f Finding) bool { return f.Level != OK })
				if ctx.Err() == nil && len(found) == 0 {
					found = []Finding{note(q.rule, q.subject, "no answer within %s", seconds(o.Limit)).
						advise("Something that it asks hangs; the other lines may say what.")}
				}
			}
			for at := range found {
				found[at].Group = q.group
				found[at].hidePasswords()
			}
			answers[i] = found
		})
	}
	asking.Wait()

	result := Result{Findings: slices.Concat(answers...), Interrupted: ctx.Err() != nil}
	_, err := e.facts.versionOf()
	result.NoNix = errors.Is(err, nixcmd.ErrNoNix)
	if result.Findings == nil {
		result.Findings = []Finding{}
	}
	return result
}

// facts are answers that several questions share. The first who needs one asks.
type facts struct {
	versionOf func() (nixcmd.Version, error)
	settings  func() (nixcmd.Settings, error)
	// enabled says whether flakes are enabled without flags of ours.
	enabled func() (bool, error)
	info    func() (nixcmd.StoreInfo, error)
	// contacts are what the remote builders answered, in the order of the settings.
	contacts func() []contact
}

func newFacts(ctx context.Context, e *examination) facts {
	return facts{
		versionOf: sync.OnceValues(func() (nixcmd.Version, error) { return e.Nix.Version(ctx) }),
		settings:  sync.OnceValues(func() (nixcmd.Settings, error) { return e.Nix.Settings(ctx) }),
		enabled:   sync.OnceValues(func() (bool, error) { return e.Nix.FlakesEnabled(ctx) }),
		info:      sync.OnceValues(func() (nixcmd.StoreInfo, error) { return e.ping(ctx, storeLimit, "") }),
		contacts:  sync.OnceValue(func() []contact { return e.contactAll(ctx) }),
	}
}

// ping opens a store within a limit.
func (e *examination) ping(ctx context.Context, limit time.Duration, uri string) (nixcmd.StoreInfo, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errNoAnswer)
	defer cancel()
	return e.Nix.Ping(ctx, uri)
}

// errNoAnswer is the cause of a question that took too long.
var errNoAnswer = errors.New("no answer in time")
