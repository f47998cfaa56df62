package gitcmd

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// environment returns the environment in which git runs: the caller's, made
// to hold in Dir.
func (g *Git) environment(ctx context.Context) []string {
	env := slices.DeleteFunc(slices.Clone(g.callerEnvironment()), func(entry string) bool {
		key, _, _ := strings.Cut(entry, "=")
		// GIT_LITERAL_PATHSPECS and its kin change how check-ignore reads paths.
		return strings.HasPrefix(key, "GIT_") && strings.HasSuffix(key, "_PATHSPECS")
	})
	env = append(env,
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0",
		"LC_ALL=C", // "not a git repository" is read from git's own words
	)
	// Git reads these relative to the folder in which it is started, which is
	// Dir here and was Cwd for the caller.
	for _, key := range []string{"GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE"} {
		if value := lookup(env, key); value != "" {
			env = append(env, key+"="+g.fromCwd(value))
		}
	}
	// In the hooks of a linked work tree git sets GIT_DIR alone, and then takes
	// the folder in which it is started for the top level. That was right for
	// Cwd and is wrong for a Dir below it.
	if lookup(env, "GIT_DIR") != "" && lookup(env, "GIT_WORK_TREE") == "" {
		cmd, _ := g.commandIn(ctx, g.Cwd, env, "rev-parse", "--show-toplevel")
		if top, err := cmd.Output(); err == nil {
			env = append(env, "GIT_WORK_TREE="+strings.TrimSuffix(string(top), "\n"))
		}
	}
	return env
}

func (g *Git) callerEnvironment() []string {
	if g.Env == nil {
		return os.Environ()
	}
	return g.Env
}

// fromCwd returns the absolute form of a path that the caller meant from Cwd.
func (g *Git) fromCwd(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(g.Cwd, path)
	}
	// An error means that there is no current folder; then git says so itself.
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// lookup returns the value of key, the last one where there are several, as
// processes see it. An empty value is none, as for git.
func lookup(env []string, key string) string {
	for _, entry := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(entry, key+"="); ok {
			return value
		}
	}
	return ""
}

// PartialCommit says whether the environment is that of a hook in
// `git commit FILE…`, which commits the files named and nothing else that is
// staged.
func (g *Git) PartialCommit() bool {
	// builtin/commit.c, prepare_index: such a commit has an index of its own,
	// next-index-PID.lock.
	return strings.HasPrefix(filepath.Base(lookup(g.callerEnvironment(), "GIT_INDEX_FILE")), "next-index-")
}
