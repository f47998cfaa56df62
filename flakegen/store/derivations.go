package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// Derivations reads .drv files, each once. The zero value is ready for use; its
// methods may be called from several goroutines.
type Derivations struct {
	mu   sync.Mutex
	read map[string]outcome
}

type outcome struct {
	derivation *Derivation
	err        error
}

// folder is where derivations are.
const folder = "/nix/store/"

// Get is the derivation of a .drv file in the store. What is none is not opened: a
// log may name any file as a derivation, and reading one may take for ever.
func (s *Derivations) Get(file string) (*Derivation, error) {
	if name, ok := strings.CutPrefix(file, folder); !ok || strings.ContainsRune(name, '/') || !strings.HasSuffix(name, ".drv") {
		return nil, fmt.Errorf("%q is no derivation in the store", file)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.read[file]
	if !ok {
		o.derivation, o.err = ReadDerivation(file)
		if s.read == nil {
			s.read = map[string]outcome{}
		}
		s.read[file] = o
	}
	return o.derivation, o.err
}

// ErrPrune, returned by the function of [Derivations.Walk], leaves out what only
// that derivation needs.
var ErrPrune = errors.New("prune")

// Walk calls visit once for each derivation in the closure of the roots: the
// roots first, then what they need, and so on. It stops at the first error.
func (s *Derivations) Walk(roots []string, visit func(*Derivation) error) error {
	seen := map[string]bool{}
	queue := append([]string(nil), roots...)
	for len(queue) > 0 {
		file := queue[0]
		queue = queue[1:]
		if seen[file] {
			continue
		}
		seen[file] = true
		d, err := s.Get(file)
		if err != nil {
			return err
		}
		switch err := visit(d); {
		case errors.Is(err, ErrPrune):
		case err != nil:
			return err
		default:
			queue = append(queue, d.Needs()...)
		}
	}
	return nil
}
