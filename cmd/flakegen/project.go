package main

import (
	"errors"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// project finds the project that a command works on.
func (p *program) project(c *cli.Context) (*flakegen.Project, error) {
	return p.projectAt(c.String("C"))
}

// projectAt finds the project of a folder, which may be relative to the current
// one.
func (p *program) projectAt(dir string) (*flakegen.Project, error) {
	project, err := p.findProject(dir)
	if errors.Is(err, flakegen.ErrNoSpec) {
		return nil, exit(exitUsage, "%s. Go to the repository, name it with -C DIR, or write a first spec: flakegen init", err)
	}
	return project, err
}

// findProject is projectAt for a command that also has something to do without a
// spec: then the error is flakegen.ErrNoSpec.
func (p *program) findProject(dir string) (*flakegen.Project, error) {
	if p.env.folderErr != nil && !filepath.IsAbs(dir) {
		return nil, exit(exitUnable, "the current folder is gone: %s", p.env.folderErr)
	}
	project, err := flakegen.Find(p.env.folder, dir, p.env.variables)
	if err != nil && !errors.Is(err, flakegen.ErrNoSpec) {
		return nil, exit(exitUsage, "%s", err)
	}
	return project, err
}

// namedSystems are the systems of the spec that --system names, or all of them.
func namedSystems(c *cli.Context, s *spec.Spec) ([]platform.System, error) {
	names := c.StringSlice("system")
	if len(names) == 0 {
		return s.Systems, nil
	}
	systems, err := flakegen.Systems(s, names)
	if err != nil {
		return nil, exit(exitUsage, "%s", err)
	}
	return systems, nil
}

// rendering renders the project's spec, and shows what is wrong with it.
func (p *program) rendering(project *flakegen.Project) (*generate.Rendering, error) {
	rendering, err := project.Rendering()
	if err != nil {
		return nil, exit(exitUnable, "%s", err)
	}
	return rendering, p.judge(rendering)
}

// judge shows what is wrong with a spec, and ends the command where that is much.
func (p *program) judge(rendering *generate.Rendering) error {
	if diag := rendering.Spec.CheckVersion(version()); diag != nil {
		// What another version cannot read is no news: this one error is enough.
		rendering.Diagnostics = hcl.Diagnostics{diag}
	}
	if len(rendering.Diagnostics) > 0 {
		p.showDiagnostics(rendering.Spec, rendering.Diagnostics)
	}
	if rendering.Diagnostics.HasErrors() {
		return ended(exitUsage)
	}
	return nil
}
