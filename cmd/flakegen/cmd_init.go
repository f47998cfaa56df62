package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
)

func (p *program) initCommand() *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "write a commented first spec",
		Description: `Writes flakegen.hcl into the current folder, or into the one named by -C: a small
spec with comments, ready to be changed. It never touches one that is there.

Examples:
  flakegen init                 a first spec here
  flakegen -C ../other init     one elsewhere

Exit codes: 0 written · 2 there is a spec already.`,
		Action: p.init,
	}
}

func (p *program) init(c *cli.Context) error {
	if err := p.noArguments(c); err != nil {
		return err
	}
	dir := c.String("C")
	if !filepath.IsAbs(dir) {
		if p.env.folderErr != nil {
			return exit(exitUnable, "the current folder is gone: %s", p.env.folderErr)
		}
		dir = filepath.Join(p.env.folder, dir)
	}
	name, err := flakegen.Init(dir)
	if errors.Is(err, flakegen.ErrSpecExists) {
		return exit(exitUsage, "%s in %s. Edit it, then run: flakegen render", err, dir)
	}
	if err != nil {
		return exit(exitUnable, "%s", err)
	}
	fmt.Fprintf(p.stdout, "wrote %s\n", name)
	p.say("edit it, then run: flakegen render")
	return nil
}
