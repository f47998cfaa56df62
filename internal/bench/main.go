package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"

	"github.com/hashicorp/hcl/v2/hclparse"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// errMissed says that a ratio is not below its aim.
var errMissed = errors.New("an aim was missed")

func run(args []string, stdout, stderr io.Writer) int {
	// A side of a measure may be this program again, so that two processes are compared.
	switch {
	case len(args) == 2 && args[0] == "parse":
		return parse(args[1], stderr)
	case len(args) == 2 && args[0] == "closure":
		return readClosure(args[1], stderr)
	case len(args) == 4 && args[0] == "ask":
		return askCache(args[1], args[2], args[3], stderr)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flakegen := flags.String("flakegen", "bin/flakegen", "the `program` to measure")
	repository := flags.String("repository", ".", "the `folder` of this repository")
	runs := flags.Int("runs", 20, "the `number` of runs of each side; half of it where a run takes a second")
	packages := flags.Int("packages", 1000, "the `number` of packages of the large spec")
	long := flags.Bool("long", false, "measure a build of 30 s instead, which takes ten minutes")
	reading := flags.Bool("reading", false, "measure only the reading of derivations and caches, as with another Nix")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, *flakegen, *repository, *runs, *packages, *long, *reading, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "bench: %v\n", err)
		return 1
	}
	return 0
}

// parse reads a file with HCL's own parser and does nothing with it.
func parse(name string, stderr io.Writer) int {
	if _, diagnostics := hclparse.NewParser().ParseHCLFile(name); diagnostics.HasErrors() {
		fmt.Fprintln(stderr, diagnostics.Error())
		return 1
	}
	return 0
}

func bench(ctx context.Context, flakegen, repository string, runs, packages int, long, reading bool, stdout, stderr io.Writer) error {
	flakegen, err := filepath.Abs(flakegen)
	if err != nil {
		return err
	}
	repository, err = filepath.Abs(repository)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "flakegen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	// What is measured is a build with its record, but not in the user's history.
	if err := os.Setenv("XDG_STATE_HOME", filepath.Join(work, "state")); err != nil {
		return err
	}

	fmt.Fprintln(stderr, "bench: preparing")
	read, stop, err := readers(ctx, self, work, runs)
	if err != nil {
		return err
	}
	defer stop()
	if reading {
		return report(ctx, read, stdout, stderr)
	}
	many := filepath.Join(work, "many")
	if err := lay(ctx, many, flakegen, map[string]string{
		"flakegen.hcl":      manyPackages(packages),
		"source/Cargo.lock": "",
	}); err != nil {
		return err
	}
	building := overheads{flakegen: flakegen, repository: repository, work: work}
	if long {
		m, err := building.building(ctx, max(runs/2, 10))
		if err != nil {
			return err
		}
		return report(ctx, []measure{m}, stdout, stderr)
	}
	measures := []measure{
		{
			name:     "check of this repository, and Nix parsing its flake.nix",
			flakegen: side{dir: repository, argv: []string{flakegen, "check"}},
			other:    side{dir: repository, argv: []string{"nix-instantiate", "--parse", "flake.nix"}},
			aim:      1, runs: runs,
		},
		{
			name:     fmt.Sprintf("check of %d packages, and HCL parsing their spec", packages),
			flakegen: side{dir: many, argv: []string{flakegen, "check"}},
			other:    side{dir: many, argv: []string{self, "parse", "flakegen.hcl"}},
			aim:      2, runs: runs,
		},
	}
	present, err := building.present(ctx, runs)
	if err != nil {
		return err
	}
	measures = append(measures, present...)
	matrices, err := shards(ctx, flakegen, repository, work, runs)
	if err != nil {
		return err
	}
	measures = append(measures, matrices...)
	return report(ctx, append(measures, read...), stdout, stderr)
}

// report takes the measures and shows what came of them.
func report(ctx context.Context, measures []measure, stdout, stderr io.Writer) error {
	var results []result
	missed := false
	for _, m := range measures {
		fmt.Fprintf(stderr, "bench: %s\n", m.name)
		r, err := m.take(ctx)
		if err != nil {
			return err
		}
		results = append(results, r)
		missed = missed || r.missed()
	}
	fmt.Fprintf(stdout, "%s/%s, %d processors\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if err := table(stdout, results); err != nil {
		return err
	}
	if missed {
		return errMissed
	}
	return nil
}

// lay makes a repository of files with what flakegen renders from them, all
// committed, so that nothing is left to be done in it.
func lay(ctx context.Context, dir, flakegen string, files map[string]string) error {
	for name, content := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			return err
		}
	}
	for _, argv := range [][]string{
		{"git", "init", "--quiet"},
		{flakegen, "render"},
		{"git", "add", "--all"},
		{"git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", "Measured"},
	} {
		if _, err := (side{dir: dir, argv: argv}).run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// system is Nix's name of the system that this program runs on.
func system() string {
	architecture := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	return architecture + "-" + runtime.GOOS
}
