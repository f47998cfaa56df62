package flakegen

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/timing"
)

// storeView answers for derivations, from .drv files and, where a build did not
// succeed, from Nix: one process, when it is first needed.
type storeView struct {
	derivations *store.Derivations
	// nix is nil where none is to be asked: then what is there in part cannot be
	// told from what is there.
	nix       *nixcmd.Nix
	succeeded bool
	asked     []string // the derivations that it may be asked for

	looked  bool
	answer  error
	invalid map[string]bool
}

func (v *storeView) Needs(derivation string) (needs []string, known bool) {
	d, err := v.derivations.Get(derivation)
	if err != nil {
		return nil, false
	}
	return d.Needs(), true
}

func (v *storeView) Outputs(derivation string) []string {
	d, err := v.derivations.Get(derivation)
	if err != nil {
		return nil
	}
	return d.Paths()
}

func (v *storeView) Valid(derivation string) (valid, known bool) {
	paths := v.Outputs(derivation)
	for _, path := range paths {
		if valid, known := v.validPath(path); !known || !valid {
			return false, known
		}
	}
	return true, len(paths) > 0
}

// validityTime bounds a question after the build. It takes 30 ms.
const validityTime = 5 * time.Second

// validPath says whether a path is in the store. All that a build made is, if it
// succeeded. After a failure an output may be there in part, so Nix decides.
func (v *storeView) validPath(path string) (valid, known bool) {
	if v.succeeded {
		return true, true
	}
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		return false, true
	}
	if v.nix == nil {
		return false, false
	}
	if !v.looked {
		v.look()
	}
	return !v.invalid[path], v.answer == nil
}

func (v *storeView) look() {
	v.looked, v.invalid = true, map[string]bool{}
	var there []string
	for _, derivation := range v.asked {
		for _, path := range v.Outputs(derivation) {
			if _, err := os.Lstat(path); err == nil {
				there = append(there, path)
			}
		}
	}
	// The user's interrupt has ended the build; this question is still allowed.
	ctx, cancel := context.WithTimeout(context.Background(), validityTime)
	defer cancel()
	var invalid []string
	invalid, v.answer = v.nix.Invalid(ctx, there)
	for _, path := range invalid {
		v.invalid[path] = true
	}
}

// addSystems reads each derivation's system from its file. One that cannot be
// read, as in a store elsewhere, has none.
func addSystems(derivations []timing.Derivation, files *store.Derivations) {
	for i := range derivations {
		if d, err := files.Get(derivations[i].Derivation); err == nil {
			derivations[i].System = d.System
		}
	}
}
