package nixcmd

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
)

// Missing is what `nix build --dry-run` says: what is not in the store and would
// be built or fetched.
type Missing struct {
	// Products are what was asked for, in that order: derivations and outputs.
	Products []Product
	// Build are the derivations that would be built, Fetch the store paths that
	// would be fetched. Nix counts a path as fetched whose signature it will
	// refuse when it has it.
	Build, Fetch []string
	// Unknown are paths that Nix knows neither how to build nor where to fetch.
	Unknown []string
	// Unreachable are the caches that could not be asked.
	Unreachable []string
}

// Patience says how long a question waits for caches that do not answer.
type Patience int

const (
	// AsNix waits as Nix does when it builds: 4 s on a machine that is offline,
	// minutes for a cache behind a firewall that drops packets.
	AsNix Patience = iota
	// OneSecond tries each cache once and gives it a second, unless the user's
	// flags set another time.
	OneSecond
)

var oneSecond = [][2]string{{"connect-timeout", "1"}, {"stalled-download-timeout", "1"}, {"download-attempts", "1"}}

// Missing asks Nix what it would take to build the installables: one process. It
// evaluates and asks caches; nothing is built and flake.lock is left alone.
func (n *Nix) Missing(ctx context.Context, installables []Installable, patience Patience) (Missing, error) {
	words, err := operands(installables)
	if err != nil {
		return Missing{}, err
	}
	args := slices.Concat([]string{"build", "--dry-run", "--no-link", "--json", "--log-format", "raw"}, n.Args.forEvaluation())
	if patience == OneSecond {
		for _, s := range oneSecond {
			if !n.Args.sets(s[0]) {
				args = append(args, "--option", s[0], s[1])
			}
		}
	}
	var stdout bytes.Buffer
	stderr := &missingReader{}
	if err := n.run(ctx, call{args: append(args, words...), stdout: &stdout, stderr: stderr}); err != nil {
		return Missing{}, fmt.Errorf("ask Nix what is missing: %w", err)
	}
	missing := stderr.missing()
	if missing.Products, err = parseProducts(stdout.Bytes()); err != nil {
		return Missing{}, fmt.Errorf("read what `nix build --dry-run --json` printed: %w", err)
	}
	return missing, nil
}

// maxMissingLine is longer than any line that matters: they hold a store path.
const maxMissingLine = 8 << 10

// missingReader picks the lists out of what `nix build --dry-run` writes on
// stderr: a line that names the list, then a path a line, indented.
type missingReader struct {
	partial []byte
	list    *[]string
	found   Missing
}

var missingHeads = []struct {
	pattern func() *regexp.Regexp
	list    func(*Missing) *[]string
}{
	{Pattern(`^th(is|ese)( \d+)? derivations? will be built:$`), func(m *Missing) *[]string { return &m.Build }},
	{Pattern(`^th(is|ese)( \d+)? paths? will be fetched( \(.*\))?:$`), func(m *Missing) *[]string { return &m.Fetch }},
	{Pattern(`^don't know how to build th(is|ese) paths?.*:$`), func(m *Missing) *[]string { return &m.Unknown }},
}

var unreachable = Pattern(`unable to download '([a-z0-9+]+://[^/']+)`)

func (r *missingReader) Write(p []byte) (int, error) {
	r.partial = append(r.partial, p...)
	for {
		line, rest, whole := bytes.Cut(r.partial, []byte("\n"))
		if !whole {
			break
		}
		r.line(string(line))
		r.partial = rest
	}
	if len(r.partial) > maxMissingLine {
		r.partial = r.partial[:0]
	}
	return len(p), nil
}

func (r *missingReader) line(line string) {
	if path, ok := strings.CutPrefix(line, "  /"); ok && r.list != nil {
		*r.list = append(*r.list, "/"+path)
		return
	}
	r.list = nil
	for _, head := range missingHeads {
		if head.pattern().MatchString(line) {
			r.list = head.list(&r.found)
			return
		}
	}
	if m := unreachable().FindStringSubmatch(line); m != nil && !slices.Contains(r.found.Unreachable, m[1]) {
		r.found.Unreachable = append(r.found.Unreachable, m[1])
	}
}

func (r *missingReader) missing() Missing {
	if len(r.partial) > 0 {
		r.line(string(r.partial))
	}
	return r.found
}

// Invalid asks Nix which of the store paths are not in the store: one process for
// every 10,000 or so, and no cache is asked. That a path exists proves nothing: a
// failed build leaves its outputs behind. Nor is Nix's database read instead: in
// its WAL mode a user who may not write beside it can read it only while another
// process has it open, and its schema is Nix's own.
func (n *Nix) Invalid(ctx context.Context, paths []string) ([]string, error) {
	var invalid []string
	for part := range argumentLists(paths) {
		args := slices.Concat([]string{"build", "--dry-run", "--no-link", "--log-format", "raw"}, n.Args.forSettings(),
			[]string{"--option", "substitute", "false", "--"}, part)
		stderr := &missingReader{}
		if err := n.run(ctx, call{args: args, stderr: stderr}); err != nil {
			return nil, fmt.Errorf("ask Nix what is in the store: %w", err)
		}
		invalid = append(invalid, stderr.missing().Unknown...)
	}
	return invalid, nil
}

// maxArguments is how many bytes of arguments one process gets. Linux takes 2 MiB
// with the environment, macOS 1 MiB.
const maxArguments = 640 << 10

// argumentLists are the words in order, in parts that a command line takes.
func argumentLists(words []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for len(words) > 0 {
			n, bytes := 0, 0
			for n < len(words) && (n == 0 || bytes+len(words[n]) < maxArguments) {
				bytes += len(words[n]) + 9 // its end and the pointer to it
				n++
			}
			if !yield(words[:n]) {
				return
			}
			words = words[n:]
		}
	}
}
