package worktree

import (
	"fmt"
	"path"
)

// Finding is one difference between a tree and a rendering, in words. Summary and
// Detail are sentences; Remedy is the command that mends it, or where no command
// can, what to do.
//
// Paths in the texts are harmless for a terminal; Path is the path as it is.
type Finding struct {
	Kind    Kind
	Path    string
	Summary string
	Detail  string
	Remedy  string

	// Tree and Rendered are the bytes on both sides; nil where that side has no
	// file, or none that is worth showing.
	Tree     []byte
	Rendered []byte

	mend   mending
	staged bool // Tree is what the index has
}

// finding completes a finding by its remedy.
func (c *Comparison) finding(f Finding) Finding {
	f.Remedy = c.remedy(f.mend)
	f.staged = c.Staged != nil
	if c.Staged != nil && c.Git != nil && c.Git.PartialCommit() {
		f.Detail = join(f.Detail, fmt.Sprintf("This commit takes only the files that its command line names: name %s too.", display(f.Path)))
	}
	return f
}

func (c *Comparison) missing(seen sight) Finding {
	f := Finding{
		Kind:     Missing,
		Path:     seen.file.Path,
		Summary:  fmt.Sprintf("%s is missing", display(seen.file.Path)),
		Detail:   "The spec renders it, and it is not there.",
		Rendered: seen.file.Content,
		mend:     mending{render: true, stage: []string{seen.real}},
	}
	switch {
	case seen.there:
		f.Detail = "It is announced to git by name only: the next commit would be without it."
	case c.Staged != nil:
		f.Detail = "The spec renders it, and the next commit would be without it."
	}
	return c.finding(f)
}

func (c *Comparison) foreign(seen sight) Finding {
	return c.finding(Finding{
		Kind:     Foreign,
		Path:     seen.file.Path,
		Summary:  fmt.Sprintf("%s is not flakegen's", display(seen.file.Path)),
		Detail:   "The spec renders this file, but the one that is there does not begin with flakegen's marker line. Move it away, or let flakegen overwrite it.",
		Tree:     seen.content,
		Rendered: seen.comparable(),
		mend:     mending{render: true, force: true, stage: []string{seen.real}},
	})
}

// inTheWay describes an obstruction, which no force overcomes.
func (c *Comparison) inTheWay(seen sight) Finding {
	return Finding{
		Kind:    Foreign,
		Path:    seen.file.Path,
		Summary: fmt.Sprintf("%s cannot be a rendered file", display(seen.file.Path)),
		Detail:  seen.err.Error() + ".",
		Remedy:  "Move or rename what is in the way, then: " + c.remedy(mending{render: true}),
	}
}

// drifted describes a marked file that differs. The kinds have a detail of their
// own; a given one follows it, or for differs is all.
func (c *Comparison) drifted(seen sight, kind Kind, detail string) Finding {
	name := display(seen.file.Path)
	f := Finding{
		Kind:     kind,
		Path:     seen.file.Path,
		Tree:     seen.content,
		Rendered: seen.comparable(),
		mend:     mending{render: true, stage: []string{seen.real}},
	}
	switch kind {
	case Stale:
		f.Summary = name + " is stale"
		f.Detail = "The spec has changed since the last commit, the file has not."
	case Edited:
		f.Summary = name + " was edited"
		f.Detail = "The file has changed since it was rendered, the spec has not. What is worth keeping belongs into the spec; rendering undoes the rest."
	case Both:
		f.Summary = name + " and the spec have both changed"
		f.Detail = "Neither is as in the last commit, and they do not agree. What was edited in the file and is worth keeping belongs into the spec; rendering undoes the rest."
	case Differs:
		f.Summary = name + " differs from the spec"
	default:
		panic(fmt.Sprintf("worktree: no drift of kind %q", kind))
	}
	f.Detail = join(f.Detail, detail)
	return c.finding(f)
}

func (c *Comparison) orphan(name string, content []byte) Finding {
	return c.finding(Finding{
		Kind:    Orphan,
		Path:    name,
		Summary: fmt.Sprintf("%s is an orphan", display(name)),
		Detail:  "It has flakegen's marker line, and no spec renders it any more.",
		Tree:    content,
		mend:    mending{render: true, stage: []string{name}},
	})
}

func (c *Comparison) untracked(name string, ignored bool) Finding {
	f := Finding{
		Kind:    Untracked,
		Path:    name,
		Summary: fmt.Sprintf("git does not know %s", display(name)),
		Detail:  "A flake reads only files that git knows: Nix would not see this one.",
		mend:    mending{add: []string{name}},
	}
	if path.Dir(name) == workflows {
		f.Detail = "GitHub reads only files that git knows: it would not see this one."
	}
	if ignored {
		f.Detail = join(f.Detail, "A .gitignore names it, so it has to be forced.")
		f.mend = mending{addIgnored: []string{name}}
	}
	return c.finding(f)
}

func (c *Comparison) unwritable(dir string, err error) Finding {
	return Finding{
		Kind:    Blocked,
		Path:    dir,
		Summary: fmt.Sprintf("the folder %s cannot be written", display(path.Clean(dir))),
		Detail:  "Files would have to be made or removed in it: " + err.Error() + ".",
		Remedy:  "Make the folder writable, then: " + c.remedy(mending{render: true}),
	}
}

// join puts sentences after each other.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
