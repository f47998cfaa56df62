package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
)

const lockName = "flake.lock"

// lock holds flake.lock against the inputs of the spec, without Nix.
func (e *examination) lock(ctx context.Context) []Finding {
	r := e.Repository
	if r == nil || r.Rendering.Diagnostics.HasErrors() {
		return nil
	}
	const rule, subject = "lock", lockName
	s := r.Rendering.Spec
	locked, err := e.readLock()
	if err != nil {
		return []Finding{e.relock(fault(rule, subject, "it cannot be read").because("%s", nixcmd.Printable(err.Error())))}
	}
	if locked == nil {
		if len(s.Inputs) == 0 && !s.Adopted {
			return nil // Nix writes none
		}
		return []Finding{e.relock(note(rule, subject, "it is not there").
			because("Nix looks for the newest of each input, and each machine may get another."))}
	}
	known, err := e.known(ctx)
	tracked := err != nil || known[lockName] // outside of git Nix reads all files
	var findings []Finding
	if errors.Is(err, gitcmd.ErrNoRepository) {
		tracked = true
	}
	if !tracked {
		findings = append(findings, fault("lock-untracked", subject, "git does not know it").
			because("A flake reads only files that git knows, so Nix works as if it were not there.").
			advise("Add it:", r.git("add", lockName)))
	}
	if s.Adopted {
		// The inputs stand in the owner's flake, which only Nix can read.
		if tracked {
			findings = append(findings, ok(rule, subject, "%s, and git knows it", counted(len(locked.inputs()), "input")))
		}
		return findings
	}
	differences := locked.differences(s)
	for _, d := range differences {
		findings = append(findings, e.relock(d))
	}
	if len(findings) == 0 {
		findings = append(findings, ok(rule, subject, "%s, as the spec has them", counted(len(s.Inputs), "input")))
	}
	return findings
}

// relock advises to write flake.lock anew, in words that also work where flakes
// are not enabled.
func (e *examination) relock(f Finding) Finding {
	args := []string{"flake", "lock"}
	if on, err := e.enabled(); err == nil && !on {
		args = append([]string{"--extra-experimental-features", "nix-command flakes"}, args...)
	}
	if from := e.Repository.From; from != "" && from != "." {
		args = append(args, from)
	}
	lines := []string{nixcmd.Printable(nixcmd.CommandLine("nix", args))}
	if f.Level == Note {
		lines = append(lines, e.Repository.git("add", lockName))
	}
	return f.advise("Let Nix write it; what is locked and has not changed stays:", lines...)
}

// lockFile is what is of interest of flake.lock, version 5 to 7: nodes by name, of
// which root is the flake itself.
type lockFile struct {
	Nodes   map[string]lockNode `json:"nodes"`
	Root    string              `json:"root"`
	Version int                 `json:"version"`
}

type lockNode struct {
	// Inputs map the names of inputs to the name of a node, or to a path of inputs
	// from the root that they follow.
	Inputs   map[string]json.RawMessage `json:"inputs"`
	Locked   lockRef                    `json:"locked"`
	Original lockRef                    `json:"original"`
	Flake    *bool                      `json:"flake"`
}

// lockRef is a flake reference as attributes: strings, numbers, bools.
type lockRef map[string]any

func (l lockRef) text(name string) string {
	text, _ := l[name].(string)
	return text
}

// maxLock is more than the longest that is known, by far.
const maxLock = 16 << 20

// readLock reads flake.lock; it is nil where there is none.
func (e *examination) readLock() (*lockFile, error) {
	path := filepath.Join(e.Repository.Root, lockName)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file")
	case info.Size() > maxLock:
		return nil, fmt.Errorf("it has %d bytes", info.Size())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var l lockFile
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, err
	}
	if l.Version < 5 || l.Version > 7 {
		return nil, fmt.Errorf("version %d is not known here", l.Version)
	}
	if _, there := l.Nodes[l.Root]; !there {
		return nil, errors.New("it names no root")
	}
	return &l, nil
}

// inputs are those of the flake itself.
func (l *lockFile) inputs() map[string]json.RawMessage { return l.Nodes[l.Root].Inputs }

// rootNode is the name of the node of an input, "" where there is none or where it
// follows another.
func (l *lockFile) rootNode(input string) string {
	name, _ := edge(l.inputs()[input])
	return name
}

// edge reads where an input leads: to a node, or along a path.
func edge(raw json.RawMessage) (node string, path []string) {
	if json.Unmarshal(raw, &node) == nil && node != "" {
		return node, nil
	}
	_ = json.Unmarshal(raw, &path)
	return "", path
}

// differences are the inputs of which lock file and spec disagree, without
// remedies. What cannot be told without Nix is none.
func (l *lockFile) differences(s *spec.Spec) []Finding {
	const subject = lockName
	var findings []Finding
	for _, in := range s.Inputs {
		name := nixcmd.Printable(in.Name)
		raw, there := l.inputs()[in.Name]
		if !there {
			findings = append(findings, fault("lock-missing", subject, "the input %s is not in it", name).at(in.Range))
			continue
		}
		for _, d := range l.changes(in, raw) {
			findings = append(findings, fault("lock-changed", subject, "the input %s has changed since", name).because("%s", d).at(in.Range))
		}
	}
	var extra []string
	for name := range l.inputs() {
		if s.Input(name) == nil {
			extra = append(extra, nixcmd.Printable(name))
		}
	}
	slices.Sort(extra)
	for _, name := range extra {
		findings = append(findings, fault("lock-extra", subject, "it has the input %s, and the spec does not", name))
	}
	return findings
}

// changes are in what an input differs from its node, in words.
func (l *lockFile) changes(in *spec.Input, raw json.RawMessage) []string {
	name, path := edge(raw)
	if in.Follow != "" {
		if strings.Join(path, "/") != in.Follow {
			return []string{fmt.Sprintf("The spec lets it follow %s.", nixcmd.Printable(in.Follow))}
		}
		return nil
	}
	if path != nil {
		return []string{fmt.Sprintf("It follows %s there, and does not in the spec.", nixcmd.Printable(strings.Join(path, "/")))}
	}
	node, there := l.Nodes[name]
	if !there {
		return []string{"The lock file names a node that it does not have."}
	}
	var changes []string
	want, flake := wanted(in)
	if want != nil {
		if difference := want.differs(node.Original); difference != "" {
			changes = append(changes, difference)
		}
	}
	if isFlake := node.Flake == nil || *node.Flake; isFlake != flake {
		changes = append(changes, fmt.Sprintf("The spec says flake = %t.", flake))
	}
	for _, f := range in.Follows {
		followed, path := edge(node.Inputs[f.Input])
		// An input of a flake that has none of that name follows nothing.
		if _, there := node.Inputs[f.Input]; there && (followed != "" || strings.Join(path, "/") != f.Target) {
			changes = append(changes, fmt.Sprintf("The spec lets its input %s follow %s.", nixcmd.Printable(f.Input), nixcmd.Printable(f.Target)))
		}
	}
	return changes
}

// textOf is the text of a value that is one.
func textOf(v cty.Value) (string, bool) {
	if v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}
