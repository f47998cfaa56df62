package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/nix-community/go-nix/pkg/derivation"
)

// Closure is the graph of all derivations that its roots need, without the
// attributes: a node takes a kilobyte or so, however long its scripts are. It is
// not changed after it was read.
type Closure struct {
	nodes map[string]*Node
	order []*Node
}

// Node is a derivation as a part of a closure.
type Node struct {
	// Path is the path of the .drv file, Name its store name without hash and
	// ".drv".
	Path string
	Name string

	System string
	Kind   Kind
	// Outputs are by output name. Paths that are not known before the build are
	// empty.
	Outputs map[string]Output
	// Inputs are the derivations that it needs, sorted by path; Sources the store
	// paths that it needs and no derivation makes.
	Inputs  []Input
	Sources []string

	// NoSubstitutes says that it asks not to be fetched, by allowSubstitutes =
	// false.
	NoSubstitutes bool
	// PreferLocal says that it asks not to be built on a remote builder, by
	// preferLocalBuild.
	PreferLocal bool
}

// Input is a derivation that another needs, and the names of the outputs that it
// needs of it, sorted.
type Input struct {
	*Node
	Wanted []string
}

// Kind says how the outputs of a derivation get their paths.
type Kind int

const (
	// InputAddressed: from the derivation, so they are known before it is built.
	InputAddressed Kind = iota
	// FixedOutput: from the content, which is known before it is built.
	FixedOutput
	// ContentAddressed: from the content, which is known only when it is built
	// (the experimental feature ca-derivations; impure derivations too).
	ContentAddressed
	// Deferred: from the derivation, as soon as the content-addressed ones that
	// it needs are built.
	Deferred
)

func (k Kind) String() string {
	switch k {
	case InputAddressed:
		return "input-addressed"
	case FixedOutput:
		return "fixed-output"
	case ContentAddressed:
		return "content-addressed"
	case Deferred:
		return "deferred"
	}
	panic(fmt.Sprintf("kind %d", int(k)))
}

func kind(outputs map[string]Output) Kind {
	k := InputAddressed
	for _, o := range outputs {
		switch {
		case o.Path != "" && o.HashAlgorithm != "":
			return FixedOutput
		case o.Path == "" && o.HashAlgorithm != "":
			return ContentAddressed
		case o.Path == "":
			k = Deferred
		}
	}
	return k
}

// maxBroken is how many files that cannot be read are named.
const maxBroken = 10

// ReadClosure reads the .drv files of the roots and of all that they need, each
// once, and several at a time. All files that are missing or broken are named in
// the error, up to ten; so is a derivation that needs itself.
//
// The store is that below root: "" for /nix/store, "/mnt" for the one that
// `nix --store /mnt` fills.
func ReadClosure(ctx context.Context, root string, roots []string) (*Closure, error) {
	r := closureReader{root: root, closure: &Closure{nodes: map[string]*Node{}}}
	r.more = sync.NewCond(&r.mu)
	r.want(roots)
	stop := context.AfterFunc(ctx, func() { r.mu.Lock(); defer r.mu.Unlock(); r.err = context.Cause(ctx); r.more.Broadcast() })
	defer stop()

	var workers sync.WaitGroup
	// Parsing takes three quarters of the time, reading the rest: a few readers
	// more than processors keep these busy.
	for range runtime.GOMAXPROCS(0) + 2 {
		workers.Go(r.work)
	}
	workers.Wait()
	if r.err != nil {
		return nil, r.err
	}
	if err := r.broken(); err != nil {
		return nil, err
	}
	return r.closure, r.closure.sort()
}

// Node is the derivation of a .drv file, nil where the closure has none.
func (c *Closure) Node(file string) *Node { return c.nodes[file] }

// Sorted are all derivations, each behind those that it needs. The order is the
// same for the same closure.
func (c *Closure) Sorted() []*Node { return c.order }

// closureReader is a closure while it is read. The mutex guards all of it but the
// nodes' own fields, which the worker writes that reads the node.
type closureReader struct {
	root    string
	mu      sync.Mutex
	more    *sync.Cond
	queue   []*Node
	reading int
	closure *Closure
	errs    []error // of single files
	err     error   // of the whole
}

// want puts the files that are new in the queue.
func (r *closureReader) want(files []string) {
	for _, file := range files {
		r.node(file)
	}
}

func (r *closureReader) node(file string) *Node {
	if n, ok := r.closure.nodes[file]; ok {
		return n
	}
	file = strings.Clone(file)
	n := &Node{Path: file, Name: strings.Clone(Name(file))}
	r.closure.nodes[file] = n
	r.queue = append(r.queue, n)
	r.more.Signal()
	return n
}

func (r *closureReader) work() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		for len(r.queue) == 0 && r.reading > 0 && r.err == nil {
			r.more.Wait()
		}
		if len(r.queue) == 0 || r.err != nil {
			r.more.Broadcast()
			return
		}
		n := r.queue[len(r.queue)-1]
		r.queue = r.queue[:len(r.queue)-1]
		r.reading++
		r.mu.Unlock()
		parsed, err := readFile(filepath.Join(r.root, n.Path))
		if err == nil {
			err = n.fill(parsed)
		}
		r.mu.Lock()
		r.reading--
		if err != nil {
			r.errs = append(r.errs, nameFile(n.Path, err))
			continue
		}
		for _, file := range slices.Sorted(maps.Keys(parsed.InputDerivations)) {
			n.Inputs = append(n.Inputs, Input{Node: r.node(file), Wanted: cloneAll(parsed.InputDerivations[file])})
		}
	}
}

// nameFile says which file an error is about, unless it says so itself.
func nameFile(file string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return err
	}
	return fmt.Errorf("read derivation %s: %w", file, err)
}

// broken are the errors of single files as one.
func (r *closureReader) broken() error {
	slices.SortFunc(r.errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	if more := len(r.errs) - maxBroken; more > 0 {
		r.errs = append(r.errs[:maxBroken], fmt.Errorf("%d more derivations cannot be read", more))
	}
	return errors.Join(r.errs...)
}

// fill takes what a closure keeps, as copies: the parser's strings hold the whole
// file in memory.
func (n *Node) fill(parsed *derivation.Derivation) error {
	n.System = strings.Clone(parsed.Platform)
	n.Outputs = make(map[string]Output, len(parsed.Outputs))
	for name, o := range parsed.Outputs {
		n.Outputs[strings.Clone(name)] = Output{
			Path: strings.Clone(o.Path), HashAlgorithm: strings.Clone(o.HashAlgorithm), Hash: strings.Clone(o.Hash),
		}
	}
	n.Kind = kind(n.Outputs)
	n.Sources = cloneAll(parsed.InputSources)
	var err error
	n.NoSubstitutes, n.PreferLocal, err = wishes(parsed.Env)
	return err
}

func cloneAll(list []string) []string {
	copies := make([]string, len(list))
	for i, s := range list {
		copies[i] = strings.Clone(s)
	}
	return copies
}

// sort puts the nodes in order, those without inputs first. It is without
// recursion, because a chain may be as long as the closure.
func (c *Closure) sort() error {
	waiting := make(map[*Node]int, len(c.nodes)) // inputs that are not in order yet
	users := make(map[*Node][]*Node, len(c.nodes))
	var ready []*Node
	for _, n := range c.nodes {
		waiting[n] = len(n.Inputs)
		if len(n.Inputs) == 0 {
			ready = append(ready, n)
		}
		for _, i := range n.Inputs {
			users[i.Node] = append(users[i.Node], n)
		}
	}
	byPath := func(a, b *Node) int { return strings.Compare(a.Path, b.Path) }
	for len(ready) > 0 {
		slices.SortFunc(ready, byPath)
		c.order = append(c.order, ready...)
		var next []*Node
		for _, n := range ready {
			for _, user := range users[n] {
				if waiting[user]--; waiting[user] == 0 {
					next = append(next, user)
				}
			}
		}
		ready = next
	}
	if len(c.order) == len(c.nodes) {
		return nil
	}
	return fmt.Errorf("these derivations need each other in a circle: %s", strings.Join(c.circle(waiting), ", "))
}

// circle is one of the circles among the nodes that still wait.
func (c *Closure) circle(waiting map[*Node]int) []string {
	var at *Node
	for n, left := range waiting {
		if left > 0 && (at == nil || n.Path < at.Path) {
			at = n
		}
	}
	seen := map[*Node]int{}
	var way []string
	for {
		if from, ok := seen[at]; ok {
			return way[from:]
		}
		seen[at] = len(way)
		way = append(way, at.Path)
		for _, i := range at.Inputs {
			if waiting[i.Node] > 0 {
				at = i.Node
				break
			}
		}
	}
}
