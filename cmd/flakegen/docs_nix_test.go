package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// TestNixDocs runs every command that a page shows behind a "$ " in a console
// block, as a reader does: those of a page one after the other, in one copy of this
// repository. Output that a page shows below a command must be what the command
// prints.
func TestNixDocs(t *testing.T) {
	require.Program(t, "nix")
	require.Program(t, "git")
	require.Root(t)
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		commands := consoleCommands(string(text))
		ran += len(commands)
		if len(commands) == 0 {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			dir, state := repositoryCopy(t), t.TempDir()
			for _, shown := range commands {
				t.Run(shown.line, func(t *testing.T) { runShown(t, shown, dir, state) })
			}
		})
	}
	if ran == 0 {
		t.Error("no page shows a command")
	}
}

// shownCommand is a command line of a page, and the output below it.
type shownCommand struct{ line, output string }

func consoleCommands(page string) []shownCommand {
	var list []shownCommand
	for _, block := range strings.Split(page, "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		for line := range strings.Lines(block) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				list = append(list, shownCommand{line: strings.TrimSpace(command)})
			} else if len(list) > 0 {
				list[len(list)-1].output += line
			}
		}
	}
	return list
}

func runShown(t *testing.T, shown shownCommand, dir, state string) {
	command := exec.Command("bash", "-c", shown.line)
	command.Dir = dir
	command.Env = append(os.Environ(), "NIX_CONFIG=substituters =\nsandbox = false\nbuild-users-group =\n", "XDG_STATE_HOME="+state)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout.Bytes(), stderr.Bytes())
	}
	if shown.output != "" && stdout.String() != shown.output {
		t.Errorf("it prints\n%s\nand the page shows\n%s", stdout.Bytes(), shown.output)
	}
}

// repositoryCopy lays this repository, as its work tree is, into a folder of its
// own with a git of its own, and commits it.
func repositoryCopy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const script = `set -e
		git -C "$1" ls-files -z --cached --others --exclude-standard |
			(cd "$1" && xargs -0 sh -c 'for f; do [ -e "$f" ] && printf "%s\0" "$f"; done' sh) |
			tar -C "$1" --null -T - -cf - | tar -C "$2" -xf -
		git -C "$2" init -q && git -C "$2" add .
		git -C "$2" -c user.name=tester -c user.email=tester@example.org commit -qm all`
	out, err := exec.Command("bash", "-c", script, "bash", "../..", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}
