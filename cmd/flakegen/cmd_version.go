package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// stamped is the version, set by the linker: -X main.stamped=….
var stamped string

// version gives the stamped version, or what Go knows of the module.
func version() string {
	if stamped != "" {
		return stamped
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print the version",
		Description: "Prints the version of flakegen, the Go that built it, and the platform.",
		Action: func(c *cli.Context) error {
			if err := p.noArguments(c); err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "flakegen %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
