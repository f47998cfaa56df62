package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/timing"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print what a shell needs to complete commands",
		ArgsUsage: "bash|zsh|fish",
		Description: `Prints a script that lets the shell complete commands, flags, and the names of
outputs and systems.

Examples:
  source <(flakegen completion bash)
  source <(flakegen completion zsh)
  flakegen completion fish | source`,
		Action: p.completion,
	}
}

// completionScripts ask flakegen itself for the words that can follow.
var completionScripts = map[string]string{
	"bash": `_flakegen() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _flakegen flakegen
`,
	"zsh": `#compdef flakegen
_flakegen() {
  local -a words_
  words_=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a words_ || _files
}
compdef _flakegen flakegen
`,
	"fish": `complete -c flakegen -f -a '(flakegen __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}

func (p *program) completion(c *cli.Context) error {
	if err := p.noNixArguments(c); err != nil {
		return err
	}
	script, ok := completionScripts[c.Args().First()]
	if !ok || c.NArg() != 1 {
		return exit(exitUsage, "name the shell: flakegen completion bash, zsh or fish.")
	}
	fmt.Fprint(p.stdout, script)
	return nil
}

// complete prints the words that can stand last on a command line, one a line.
// The shells call it; it says nothing where it knows nothing.
func (p *program) complete(app *cli.App, words []string) {
	last := ""
	if len(words) > 0 {
		last = words[len(words)-1]
		words = words[:len(words)-1]
	}
	for _, word := range p.candidates(app, words, last) {
		if strings.HasPrefix(word, last) {
			fmt.Fprintln(p.stdout, printable(word))
		}
	}
}

func (p *program) candidates(app *cli.App, words []string, last string) []string {
	var path []*cli.Command
	for _, word := range words {
		if command := below(app, path, word); command != nil {
			path = append(path, command)
		}
	}
	if len(words) > 0 {
		switch words[len(words)-1] {
		case "--system":
			return p.systemNames()
		case "--output":
			return p.outputNames()
		case "--status":
			return []string{string(timing.Failed), string(timing.Incomplete), string(timing.Interrupted), string(timing.Succeeded)}
		case "--format":
			return formats
		case "--event":
			return flakegen.EventNames()
		}
	}
	if strings.HasPrefix(last, "-") {
		flags := app.Flags
		if len(path) > 0 {
			flags = slices.Concat(path[len(path)-1].Flags, flags)
		}
		var names []string
		for _, name := range flagNames(flags) {
			names = append(names, dashed(name))
		}
		return append(names, "--help")
	}
	if len(path) == 0 {
		return commandNames(app.VisibleCommands())
	}
	switch command := path[len(path)-1]; {
	case command.Name == "completion":
		return []string{"bash", "fish", "zsh"}
	case takesOutputs(command):
		return p.outputNames()
	default:
		return commandNames(command.Subcommands)
	}
}

func commandNames(commands []*cli.Command) []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	return names
}

// takesOutputs says whether a command's arguments are outputs.
func takesOutputs(command *cli.Command) bool { return strings.Contains(command.ArgsUsage, "OUTPUT") }

func (p *program) outputNames() []string {
	project, err := p.projectAt("")
	if err != nil {
		return nil
	}
	rendering, err := project.Rendering()
	if err != nil {
		return nil
	}
	return flakegen.TargetNames(rendering.Spec)
}

func (p *program) systemNames() []string {
	var names []string
	if project, err := p.projectAt(""); err == nil {
		if rendering, err := project.Rendering(); err == nil {
			for _, s := range rendering.Spec.Systems {
				names = append(names, string(s))
			}
			return names
		}
	}
	for _, s := range platform.Known() {
		names = append(names, string(s))
	}
	return names
}
