package nixcmd

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Error is a nix process that could not be started or did not succeed.
type Error struct {
	// Program is the path of the nix program.
	Program string
	// Args is its command line, without the program.
	Args []string
	// ExitCode is its exit code, 128 and the number of the signal where one ended
	// it, as in a shell, and -1 for a process that was not started.
	ExitCode int
	// Stderr is the last lines of what it said, fit for a terminal. It is empty
	// for a build, whose stream the caller has read.
	Stderr string
	// Err is the cause: of os/exec, or [ErrInterrupted] and the context's.
	Err error
}

func (e *Error) Error() string {
	args := slices.Clone(e.Args)
	for i, a := range args {
		// A program in the arguments would hide what it is about.
		if first, _, long := strings.Cut(a, "\n"); long {
			args[i] = first + " …"
		}
	}
	text := fmt.Sprintf("%s: %v", Printable(CommandLine(e.Program, args)), e.reason())
	if e.Stderr != "" {
		text += "\n" + e.Stderr
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

func (e *Error) reason() string {
	if exit, ok := e.Err.(*exec.ExitError); ok && exit.Exited() {
		return fmt.Sprintf("exit code %d", e.ExitCode)
	}
	return e.Err.Error()
}

// CommandLine is the command as it can be pasted into a shell, but for passwords,
// which it does not show.
func CommandLine(program string, args []string) string {
	words := []string{shellWord(program)}
	for _, a := range args {
		words = append(words, shellWord(WithoutPasswords(a)))
	}
	return strings.Join(words, " ")
}

// shellWord quotes a word for a POSIX shell where it needs that.
func shellWord(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("%+,-./:=@_#", r)
	}
	special := strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) >= 0
	if word != "" && !special && word[0] != '#' {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
