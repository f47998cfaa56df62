package main

import (
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
	var command *cli.Command
	rest := args[1:]
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			if command == nil && len(positional) == 0 {
				command = app.Command(arg)
			}
			positional = append(positional, arg)
			continue
		}
		taken := []string{arg}
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		isGlobal, flag := findFlag(app, command, name)
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
	own = append([]string{args[0]}, global...)
	if command == nil {
		// An unknown command: leave the line to the one who reports it.
		return append(append(own, flags...), positional...), nix
	}
	own = append(own, positional[0])
	return append(append(own, flags...), positional[1:]...), nix
}

// findFlag looks for a flag of the command, then for one of the program.
func findFlag(app *cli.App, command *cli.Command, name string) (global bool, flag cli.Flag) {
	if command != nil {
		if f := flagNamed(command.Flags, name); f != nil {
			return false, f
		}
	}
	if f := flagNamed(app.Flags, name); f != nil {
		return true, f
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
