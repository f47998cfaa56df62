package doctor

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

// git says whether there is a repository, and whether git knows the spec: a flake
// is read without it, but whoever clones the repository needs it.
func (e *examination) git(ctx context.Context) []Finding {
	r := e.Repository
	if r == nil {
		return []Finding{note("spec", "spec", "no %s here or above", spec.FileName).
			because("What depends on one was not looked at.").
			advise("Go to the repository, name it with -C DIR, or write a first spec:", "flakegen init")}
	}
	const rule, subject = "git", "git"
	top, err := r.Git.TopLevel(ctx)
	switch {
	case errors.Is(err, gitcmd.ErrNoRepository):
		return []Finding{note(rule, subject, "not in a git repository").
			because("Nix copies the whole folder for each evaluation, and nobody can tell who changed a file.").
			advise("Make it one:", "git init")}
	case err != nil:
		return []Finding{note(rule, subject, "git does not answer").because("%s", nixcmd.Printable(err.Error())).advise("Install git, or see what it says.")}
	}
	known, err := e.known(ctx)
	if err != nil {
		return []Finding{note(rule, subject, "git does not say what it knows").because("%s", nixcmd.Printable(err.Error())).advise("See what it says:", "git ls-files")}
	}
	var unknown []string
	for name := range r.Rendering.Spec.Sources {
		if !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return []Finding{note(rule, subject, "git does not know %s", nixcmd.Printable(strings.Join(unknown, ", "))).
			because("Whoever clones the repository would not have the spec.").
			advise("Add it:", r.git(append([]string{"add"}, unknown...)...))}
	}
	return []Finding{ok(rule, subject, "%s", nixcmd.Printable(top))}
}

// git is a command line of git for the folder of the spec.
func (r *Repository) git(args ...string) string { return r.command("git", args...) }

func (r *Repository) command(program string, args ...string) string {
	if r.From != "" && r.From != "." {
		args = append([]string{"-C", r.From}, args...)
	}
	return nixcmd.Printable(nixcmd.CommandLine(program, args))
}

// known are the files below the folder that git knows.
func (e *examination) known(ctx context.Context) (map[string]bool, error) {
	known := map[string]bool{}
	err := e.Repository.Git.PeekIndex(func(path []byte, _ fs.FileMode) { known[string(path)] = true })
	if err == nil || errors.Is(err, gitcmd.ErrNoRepository) {
		return known, err
	}
	names, err := e.Repository.Git.Known(ctx)
	known = map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	return known, err
}

// files holds the rendered files against the spec, as check does.
func (e *examination) files(ctx context.Context) []Finding {
	r := e.Repository
	if r == nil {
		return nil
	}
	if r.Rendering.Diagnostics.HasErrors() {
		return []Finding{e.specInError()}
	}
	const subject = "files"
	found, err := r.Comparison.Check(ctx)
	if err != nil {
		return []Finding{fault("files", subject, "they cannot be read").because("%s", nixcmd.Printable(err.Error())).advise("See flakegen check.")}
	}
	if len(found) == 0 {
		return []Finding{ok("files", subject, "%s, as the spec renders them", counted(len(r.Rendering.Files), "file"))}
	}
	var findings []Finding
	for _, f := range found {
		one := fault(string(f.Kind), subject, "%s", nixcmd.Printable(f.Summary)).because("%s", nixcmd.Printable(f.Detail))
		one.File = f.Path
		one.Lines = r.Comparison.Remedies([]worktree.Finding{f})
		if len(one.Lines) == 0 {
			// Where no command mends it, the remedy is a sentence.
			one.Advice = nixcmd.Printable(f.Remedy)
		}
		findings = append(findings, one)
	}
	return findings
}

// specInError says that the spec is wrong; what is, the command shows.
func (e *examination) specInError() Finding {
	errors := e.Repository.Rendering.Diagnostics.Errs()
	f := fault("spec", "spec", "%s", counted(len(errors), "error")).
		because("What depends on it was not looked at.").
		advise("See them all:", e.Repository.command("flakegen", "validate"))
	for _, d := range e.Repository.Rendering.Diagnostics {
		if d.Subject != nil {
			f = f.at(*d.Subject)
			if len(errors) > 1 {
				f.Summary += ", the first"
			}
			f.Summary += ": " + nixcmd.Printable(d.Summary)
			break
		}
	}
	return f
}
