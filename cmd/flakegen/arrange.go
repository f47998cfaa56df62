package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange puts a command line into the order that the flag library reads, flags
// before arguments, so that "flakegen build rts --json" means what it says, and
// takes off what stands behind "--", which is nix's.
func arrange(app *cli.App, args []string) (own, nix []string) {
	for i, arg := range args {
		if arg == "--" {
			args, nix = args[:i], args[i+1:]
			break
		}
	}
	if len(args) == 0 {
		return args, nix
	}
	var global, flags, positional []string
	var path []*cli.Command // the command, and the one below it
	rest := args[1:]
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			if len(positional) == len(path) {
				if command := below(app, path, arg); command != nil {
					path = append(path, command)
				}
			}
			positional = append(positional, arg)
			continue
		}
		taken := []string{arg}
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		isGlobal, flag := findFlag(app, path, name)
		if flag != nil && !hasValue && takesValue(flag) && len(rest) > 0 {
			taken = append(taken, rest[0])
			rest = rest[1:]
		}
		if isGlobal {
			global = append(global, taken...)
		} else {
			flags = append(flags, taken...)
		}
	}
	// An unknown command has no path: the line is left to the one who reports it.
	own = slices.Concat(args[:1], global, positional[:len(path)], flags, positional[len(path):])
	return own, nix
}

// below is the command of that name below the ones before it, or nil.
func below(app *cli.App, path []*cli.Command, name string) *cli.Command {
	if len(path) == 0 {
		return app.Command(name)
	}
	for _, command := range path[len(path)-1].Subcommands {
		if command.HasName(name) {
			return command
		}
	}
	return nil
}

// findFlag looks for a flag of the last command, then for one of the program. Before
// its last command is known, as in "history --all export", it may be of one below.
func findFlag(app *cli.App, path []*cli.Command, name string) (global bool, flag cli.Flag) {
	if len(path) > 0 {
		command := path[len(path)-1]
		if f := flagNamed(command.Flags, name); f != nil {
			return false, f
		}
	}
	if f := flagNamed(app.Flags, name); f != nil {
		return true, f
	}
	if len(path) > 0 {
		for _, command := range path[len(path)-1].Subcommands {
			if f := flagNamed(command.Flags, name); f != nil {
				return false, f
			}
		}
	}
	return false, nil
}

func flagNamed(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		for _, n := range f.Names() {
			if n == name {
				return f
			}
		}
	}
	return nil
}

func takesValue(flag cli.Flag) bool {
	f, ok := flag.(cli.DocGenerationFlag)
	return ok && f.TakesValue()
}
