package flakegen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/flakegen/flakegen/flakegen/abtest"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

// BenchTarget is one side of a bench, found but not yet evaluated.
type BenchTarget struct {
	abtest.Target
	installable nixcmd.Installable
}

// BenchTarget finds what a word names, on a system: an output of the spec, an
// installable, or either at a commit of this repository, as in rts@HEAD~1 and
// .#rts@v1.2. Without a commit the files count as they are. Errors are a
// [*UsageError], or those of git.
func (p *Project) BenchTarget(ctx context.Context, s *spec.Spec, nix *nixcmd.Nix, word string, system platform.System) (BenchTarget, error) {
	name, revision, at := cutRevision(word)
	if at && revision == "" {
		return BenchTarget{}, &UsageError{fmt.Sprintf("%q names no commit behind the @", word), fmt.Sprintf("Write %s@HEAD, %[1]s@main or the like.", name)}
	}
	own, ofProject := strings.CutPrefix(name, ".#")
	if !ofProject {
		own = name
	}
	switch {
	case own == "":
		return BenchTarget{}, &UsageError{fmt.Sprintf("%q names no output", word), "Write OUTPUT or OUTPUT@REVISION."}
	case !ofProject && isInstallable(name):
		if at {
			return BenchTarget{}, &UsageError{fmt.Sprintf("%q names a commit of another flake", word), "Only commits of this repository can stand behind an @. Name the other flake's in its reference: github:OWNER/REPO/REV#NAME."}
		}
		return otherFlake(word, system), nil
	case !at:
		return p.presentTarget(s, nix, word, own, system)
	}
	return p.pastTarget(ctx, s, nix, word, own, revision, system)
}

// cutRevision cuts a word at the @ in front of a revision. An @ before a # is part
// of a flake reference, and what an installable has without a # is no name at all.
func cutRevision(word string) (name, revision string, ok bool) {
	flake, fragment, hasFragment := strings.Cut(word, "#")
	if hasFragment {
		fragment, revision, ok = strings.Cut(fragment, "@")
		return flake + "#" + fragment, revision, ok
	}
	if name, revision, ok = strings.Cut(word, "@"); ok && !isInstallable(name) {
		return name, revision, true
	}
	return word, "", false
}

// otherFlake is an installable as the user wrote it.
func otherFlake(word string, system platform.System) BenchTarget {
	return BenchTarget{
		Target:      abtest.Target{Output: timing.Output{Name: word, System: string(system), Paths: []string{}}},
		installable: nixcmd.Installable{Text: word},
	}
}

// presentTarget is an output of the files as they are.
func (p *Project) presentTarget(s *spec.Spec, nix *nixcmd.Nix, word, name string, system platform.System) (BenchTarget, error) {
	output, err := targetIn(s, name, system)
	if err != nil {
		if word != name {
			return otherFlake(word, system), nil // an attribute of the flake that no spec describes
		}
		return BenchTarget{}, err
	}
	reference, err := nixcmd.Reference(p.Root, nix.Dir)
	if err != nil {
		return BenchTarget{}, err
	}
	return newTarget(word, output, reference)
}

// pastTarget is an output at a commit. The spec of that commit says what there was;
// where it had none yet the name is that of a package of its flake.
func (p *Project) pastTarget(ctx context.Context, s *spec.Spec, nix *nixcmd.Nix, word, name, revision string, system platform.System) (BenchTarget, error) {
	commit, err := p.git().Commit(ctx, revision)
	if err != nil {
		return BenchTarget{}, err
	}
	reference, err := nixcmd.ReferenceAt(p.Root, nix.Dir, commit)
	if err != nil {
		return BenchTarget{}, err
	}
	then, err := p.specAt(ctx, commit)
	if err != nil {
		return BenchTarget{}, err
	}
	output := timing.Output{Name: name, System: string(system), Attribute: nixcmd.Attribute{"packages", string(system), name}.String(), Paths: []string{}}
	if then != nil {
		if output, err = targetIn(then, name, system); err != nil {
			var usage *UsageError
			if errors.As(err, &usage) {
				usage.Summary += " at " + revision
			}
			return BenchTarget{}, err
		}
	}
	t, err := newTarget(word, output, reference)
	t.Revision, t.Commit = revision, commit
	return t, err
}

func newTarget(word string, output timing.Output, reference string) (BenchTarget, error) {
	installable, err := attributeOf(reference, output)
	output.Name = word
	return BenchTarget{Target: abtest.Target{Output: output}, installable: installable}, err
}

// targetIn finds an output of a spec by its name, or by an attribute in full.
func targetIn(s *spec.Spec, name string, system platform.System) (timing.Output, error) {
	if rest, ok := strings.CutPrefix(name, "packages."+string(system)+"."); ok {
		name = rest
	}
	if isInstallable(name) {
		return timing.Output{}, &UsageError{fmt.Sprintf("No output %q in the spec", name), outputRemedy(s, name)}
	}
	outputs, _, err := Targets(s, []string{name}, []platform.System{system})
	if err != nil {
		return timing.Output{}, err
	}
	return outputs[0], nil
}

// specAt reads the spec of a commit; nil where that has none, or one that this
// version cannot read: then Nix decides what is there.
func (p *Project) specAt(ctx context.Context, commit string) (*spec.Spec, error) {
	tree, err := p.git().Tree(ctx, commit)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	if _, err := fs.Stat(tree, spec.FileName); err != nil {
		return nil, nil
	}
	s, diags, err := spec.Load(tree)
	if err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, nil
	}
	return s, nil
}
