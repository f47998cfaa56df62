package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/platform"
)

// The exit codes, as docs/commands.md lists them.
const (
	exitNo          = 1   // the question's no: drift, a failed build
	exitUsage       = 2   // a wrong command line or spec
	exitUnable      = 3   // the environment cannot do it
	exitInterrupted = 130 // ended by the user
)

// exitError ends the program with a code. A message that is not empty is shown
// first; it is empty where a command has said all.
type exitError struct {
	code    int
	message string
}

func (e *exitError) Error() string { return e.message }

func exit(code int, format string, args ...any) error {
	return &exitError{code: code, message: fmt.Sprintf(format, args...)}
}

// ended is the error of a command that has shown why it ends.
func ended(code int) error { return &exitError{code: code} }

// program is one run: its streams, its environment and what stands behind "--".
type program struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	env    environment
	// nixArguments are those for nix, behind "--" on the command line.
	nixArguments []string
}

// run is flakegen as a function of its arguments and streams.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	product := &productWriter{Writer: stdout}
	p := &program{stdin: stdin, stdout: product, stderr: stderr, env: osEnvironment()}
	app := p.app()
	if len(args) > 1 && args[1] == "__complete" {
		p.complete(app, args[2:])
		return 0
	}
	arguments, nixArguments := arrange(app, args)
	p.nixArguments = nixArguments

	err := app.RunContext(context.Background(), arguments)
	var exit *exitError
	switch {
	case err == nil && product.err != nil:
		p.say("write to stdout: %s", product.err)
		return exitUnable
	case err == nil:
		return 0
	case errors.As(err, &exit):
		if exit.message != "" {
			p.say("%s", exit.message)
		}
		return exit.code
	default:
		p.say("%s", err)
		return exitUnable
	}
}

// productWriter keeps the first error of stdout, so that no command has to look
// at each line that it writes: a product that is cut must not end with 0.
type productWriter struct {
	io.Writer
	err error
}

func (w *productWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// say writes a line of talk to stderr.
func (p *program) say(format string, args ...any) {
	fmt.Fprintf(p.stderr, "flakegen: %s\n", p.inert(printable(fmt.Sprintf(format, args...))))
}

// app builds the command line of the program.
func (p *program) app() *cli.App {
	// The library's own version flag would take -v.
	cli.VersionFlag = &cli.BoolFlag{Name: "version", Usage: "print the version and exit", DisableDefaultText: true}
	cli.HelpFlag = &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show help", DisableDefaultText: true}
	app := &cli.App{
		Name:        "flakegen",
		Usage:       "Nix derivations and their variants, rendered from one spec",
		Description: appDescription,
		Version:     version(),
		Writer:      p.stdout,
		ErrWriter:   p.stderr,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "C", Usage: "work as if started in `DIR`", DefaultText: "the current folder"},
		},
		Commands: []*cli.Command{
			p.initCommand(),
			p.fmtCommand(),
			p.validateCommand(),
			p.renderCommand(),
			p.checkCommand(),
			p.buildCommand(),
			p.watchCommand(),
			p.evalCommand(),
			p.planCommand(),
			p.verifyCommand(),
			p.coverageCommand(),
			p.reportCommand(),
			p.historyCommand(),
			p.ciCommand(),
			p.doctorCommand(),
			p.benchCommand(),
			p.completionCommand(),
			p.versionCommand(),
		},
		Action:                    p.noCommand,
		HideHelpCommand:           false,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              usageError,
		CustomAppHelpTemplate:     appHelp,
	}
	finish(app.Commands, app.Name)
	return app
}

// finish gives commands, and those below them, what all have. Above is what stands
// before their names on a command line.
func finish(commands []*cli.Command, above string) {
	for _, command := range commands {
		command.OnUsageError = usageError
		command.CustomHelpTemplate = commandHelp
		command.HideHelpCommand = true
		name := above + " " + command.Name
		for _, sub := range command.Subcommands {
			// The library gives it to those right below the program only.
			sub.HelpName = name + " " + sub.Name
		}
		finish(command.Subcommands, name)
	}
}

const appDescription = `One file beside the flake says what is built, in which variants, and what each
system gets. flakegen renders plain Nix from it, proves that files and spec
agree, and runs and times the real nix build.

A first look:
  flakegen render               write flake.nix and nix/*.nix from flakegen.hcl
  flakegen check                do the files agree with the spec?
  flakegen build rts            build an output and see where the time went`

const appHelp = `{{.Name}}: {{.Usage}}

{{.Description}}

Commands:
{{range .VisibleCommands}}{{if ne .Name "help"}}  {{printf "%-10s" .Name}} {{.Usage}}
{{end}}{{end}}
Flags:
{{range .VisibleFlags}}  {{.}}
{{end}}
flakegen COMMAND --help shows a command's flags and examples.
`

const commandHelp = `{{.HelpName}}: {{.Usage}}

Usage: {{.HelpName}} {{.ArgsUsage}}

{{.Description}}
{{if .VisibleCommands}}
Commands:
{{range .VisibleCommands}}  {{printf "%-10s" .Name}} {{.Usage}}
{{end}}{{end}}{{if .VisibleFlags}}
Flags:
{{range .VisibleFlags}}  {{.}}
{{end}}{{end}}`

// noCommand runs where the first word is no command.
func (p *program) noCommand(c *cli.Context) error {
	name := c.Args().First()
	if !c.Args().Present() {
		_ = cli.ShowAppHelp(c)
		return nil
	}
	var names []string
	for _, command := range c.App.Commands {
		names = append(names, command.Names()...)
	}
	remedy := "flakegen --help lists the commands."
	if near := platform.Nearest(name, names); near != "" {
		remedy = fmt.Sprintf("Did you mean %q?", near)
	}
	return exit(exitUsage, "unknown command %q. %s", name, remedy)
}

// usageError words what the flag library says about a command line.
func usageError(c *cli.Context, err error, _ bool) error {
	message := err.Error()
	command := "flakegen"
	flags := c.App.Flags
	if c.Command != nil && c.Command.Name != "" && c.Command != c.App.Command(c.App.Name) {
		command = c.Command.HelpName
		flags = slices.Concat(flags, c.Command.Flags)
	}
	if name, ok := strings.CutPrefix(message, "flag provided but not defined: -"); ok {
		message = fmt.Sprintf("unknown flag --%s", strings.TrimLeft(name, "-"))
		if near := platform.Nearest(strings.TrimLeft(name, "-"), flagNames(flags)); near != "" {
			return exit(exitUsage, "%s. Did you mean %s?", message, dashed(near))
		}
	}
	return exit(exitUsage, "%s. See %s --help.", message, command)
}

func flagNames(flags []cli.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return names
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// ownName is what a command is called in an error, which begins with the program's name.
func ownName(c *cli.Context) string {
	_, name, _ := strings.Cut(c.Command.HelpName, " ")
	return name
}

// noArguments refuses positional arguments.
func (p *program) noArguments(c *cli.Context) error {
	if c.Args().Present() {
		return exit(exitUsage, "%s takes no argument %q. See %s --help.", ownName(c), c.Args().First(), c.Command.HelpName)
	}
	return p.noNixArguments(c)
}

// noNixArguments refuses what stands behind "--".
func (p *program) noNixArguments(c *cli.Context) error {
	if len(p.nixArguments) > 0 {
		return exit(exitUsage, "%s starts no nix and takes nothing behind --. See %s --help.", ownName(c), c.Command.HelpName)
	}
	return nil
}

// environment is what the program takes from outside, read in one place.
type environment struct {
	variables []string
	folder    string
	folderErr error
	now       func() time.Time
}

func osEnvironment() environment {
	folder, err := os.Getwd()
	return environment{variables: os.Environ(), folder: folder, folderErr: err, now: time.Now}
}

// get gives a variable of the environment, or "".
func (e environment) get(name string) string {
	for i := len(e.variables) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(e.variables[i], name+"="); ok {
			return value
		}
	}
	return ""
}
