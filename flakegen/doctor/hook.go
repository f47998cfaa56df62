package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

const preCommitConfig = ".pre-commit-config.yaml"

var (
	// hookID finds the hook in pre-commit's configuration, in either form of YAML.
	hookID = nixcmd.Pattern(`(?m)^[^#\n]*\bid\s*:\s*['"]?flakegen-check\b`)
	// checks finds a hook that runs flakegen itself.
	checks = nixcmd.Pattern(`(?m)^[^#\n]*\bflakegen\b[^\n]*\bcheck\b`)
)

// hook says whether a commit is held against the spec: by pre-commit, where its
// configuration names the hook, or by a hook that runs flakegen.
func (e *examination) hook(ctx context.Context) []Finding {
	if e.Repository == nil {
		return nil
	}
	const rule, subject = "hook", "commit hook"
	r := e.Repository
	top, err := r.Git.TopLevel(ctx)
	if err != nil {
		return nil // said already
	}
	hook, err := r.Git.Hook(ctx, "pre-commit")
	switch {
	case errors.Is(err, gitcmd.ErrNoRepository):
		return nil
	case err != nil:
		return []Finding{note(rule, subject, "git does not say where it is").because("%s", nixcmd.Printable(err.Error())).advise("See what it says:", r.git("rev-parse", "--git-path", "hooks"))}
	}
	named, err := namesHook(filepath.Join(top, preCommitConfig))
	if err != nil {
		return []Finding{note(rule, subject, "%s cannot be read", preCommitConfig).because("%s", nixcmd.Printable(err.Error())).advise("Make it readable.")}
	}
	path := nixcmd.Printable(hook.Path)
	// A hook of pre-commit says so in its first lines; so does one of its kin.
	byPreCommit := strings.Contains(hook.Text, "pre-commit.com") || strings.Contains(hook.Text, "pre-commit hook-impl") || strings.Contains(hook.Text, "prek")
	runs := named && byPreCommit || checks().MatchString(hook.Text)
	switch {
	case runs && hook.Executable:
		return []Finding{ok(rule, subject, "%s", installed(named && byPreCommit))}
	case runs:
		return []Finding{fault(rule, subject, "the hook is not executable").because("Git passes by %s.", path).
			advise("Make it so:", nixcmd.Printable(nixcmd.CommandLine("chmod", []string{"+x", hook.Path})))}
	case named && hook.Moved:
		return []Finding{note(rule, subject, "%s names it, and core.hooksPath leads git elsewhere", preCommitConfig).
			because("Git looks at %s. pre-commit installs no hook while that is set.", path).
			advise("Unset it, or run pre-commit from the hook that is there:", "git config --unset-all core.hooksPath", "pre-commit install")}
	case named && hook.There:
		return []Finding{note(rule, subject, "%s names it, and another hook is at its place", preCommitConfig).
			because("%s does not run pre-commit.", path).
			advise("pre-commit keeps that hook and runs it first:", "pre-commit install")}
	case named:
		return []Finding{note(rule, subject, "%s names it, and it is not installed here", preCommitConfig).
			because("A commit is not held against the spec. CI needs no hook.").
			advise("Once for each clone:", "pre-commit install")}
	}
	return []Finding{note(rule, subject, "none runs flakegen check").
		because("A commit whose files and spec disagree is found later, or not at all.").
		advise("Name flakegen-check in "+preCommitConfig+" (docs/commands.md shows how), or in a hook of your own run:", "flakegen check --staged")}
}

func installed(byPreCommit bool) string {
	if byPreCommit {
		return "flakegen-check is installed, by pre-commit"
	}
	return "it runs flakegen check"
}

// namesHook says whether pre-commit's configuration names flakegen's hook.
func namesHook(path string) (bool, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return hookID().Match(text), err
}
