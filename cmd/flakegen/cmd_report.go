package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/urfave/cli/v2"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "show a past build as text, Markdown, a page or a trace",
		ArgsUsage: "FILE… [--format F] [-o FILE]",
		Description: `Shows builds that build --json and watch --json wrote; - reads from stdin. One
build is shown in full. Several are shown together: what each output took over
time, and what a variant leaves out.

The formats: text; json; markdown for pull requests and job summaries; html, one
page that needs no network; trace, for https://ui.perfetto.dev. Without --format
the name behind -o says it, by .html, .md, .json or .txt.

Examples:
  flakegen build rts --json | flakegen report - -o rts.html
  flakegen report rts.json --format trace -o rts.trace.json
  flakegen report monday.json tuesday.json --format markdown

Exit codes: 0 shown · 2 a wrong command line, or what is no report · 3 it cannot
be read or written.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "show it as `F`: " + strings.Join(formats, ", "), DefaultText: "text, or what -o says"},
			&cli.StringFlag{Name: "o", Usage: "write to `FILE`, whole or not at all", DefaultText: "stdout"},
		},
		Action: p.report,
	}
}

// formats are those that a report can be shown in.
var formats = []string{"text", "json", "markdown", "html", "trace"}

func (p *program) report(c *cli.Context) error {
	if err := p.noNixArguments(c); err != nil {
		return err
	}
	format, err := reportFormat(c.String("format"), c.String("o"))
	if err != nil {
		return err
	}
	if !c.Args().Present() {
		return exit(exitUsage, "name the build: a file that flakegen build --json wrote, or - for stdin. See flakegen report --help.")
	}
	var records []history.Record
	for _, name := range c.Args().Slice() {
		more, err := p.readBuilds(c.String("C"), name)
		if err != nil {
			return err
		}
		records = append(records, more...)
	}
	if format == "trace" && len(records) > 1 {
		return exit(exitUsage, "a trace is of one build, and these are %d. Name one of them.", len(records))
	}
	var product bytes.Buffer
	toTerminal := c.String("o") == ""
	if err := p.writeReport(&product, records, format, toTerminal); err != nil {
		return exit(exitUnable, "%s", err)
	}
	return p.deliver(c.String("C"), c.String("o"), product.Bytes())
}

// reportFormat is the format asked for, or the one that a file's name tells.
func reportFormat(format, output string) (string, error) {
	if format != "" {
		if slices.Contains(formats, format) {
			return format, nil
		}
		if near := platform.Nearest(format, formats); near != "" {
			return "", exit(exitUsage, "unknown format %q. Did you mean %q?", format, near)
		}
		return "", exit(exitUsage, "unknown format %q. The formats are %s.", format, strings.Join(formats, ", "))
	}
	if strings.HasSuffix(output, ".trace.json") {
		return "trace", nil
	}
	switch filepath.Ext(output) {
	case ".html", ".htm":
		return "html", nil
	case ".md":
		return "markdown", nil
	case ".json":
		return "json", nil
	}
	return "text", nil
}

// maxBuildFile is how large a file of builds may be: a report of ten thousand
// derivations takes a tenth of it.
const maxBuildFile = 256 << 20

// readBuilds reads the builds in a file, or from stdin.
func (p *program) readBuilds(dir, name string) ([]history.Record, error) {
	shown := name
	var source io.Reader = p.stdin
	if name == "-" {
		shown = "stdin"
	} else {
		f, err := os.Open(p.filePath(dir, name))
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer f.Close()
		source = f
	}
	data, err := io.ReadAll(io.LimitReader(source, maxBuildFile+1))
	if err != nil {
		return nil, unreadable(shown, err)
	}
	if len(data) > maxBuildFile {
		return nil, exit(exitUsage, "%s: it is larger than %d MiB, and no report of a build is.", shown, maxBuildFile>>20)
	}
	records, err := report.Read(data)
	if err != nil {
		return nil, exit(exitUsage, "%s: %s", shown, err)
	}
	return records, nil
}

func unreadable(name string, err error) error {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return exit(exitUsage, "%s: there is no such file. It is written by: flakegen build --json > %s", name, name)
	case errors.As(err, &path) && path.Op == "read" && isFolder(path.Path):
		return exit(exitUsage, "%s: this is a folder. Name the files in it that hold builds.", name)
	case errors.As(err, &path):
		return exit(exitUnable, "%s: %s", name, path.Err)
	}
	return exit(exitUnable, "%s: %s", name, err)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// filePath is a path from the command line, which counts from where -C says.
func (p *program) filePath(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(p.env.folder, dir)
	}
	return filepath.Join(dir, name)
}

// writeReport writes one build in full, or several together.
func (p *program) writeReport(w io.Writer, records []history.Record, format string, toStdout bool) error {
	style := report.Style{Width: defaultWidth}
	if width, ok := widthOf(p.stdout); ok && toStdout {
		style.Width, style.Color = width, p.colors()
	}
	if len(records) == 1 {
		one := records[0]
		switch format {
		case "json":
			return writeJSON(w, report.BuildOf(one))
		case "markdown":
			return report.Markdown(w, one, 0)
		case "trace":
			return report.Trace(w, one)
		case "html":
			return report.Page(w, one, nil)
		}
		return report.Text(w, one.Report, style)
	}
	overview := report.OverviewOf(records)
	switch format {
	case "json":
		return writeJSON(w, overview)
	case "markdown":
		return report.OverviewMarkdown(w, overview, 0)
	case "html":
		return report.OverviewPage(w, records)
	}
	return report.OverviewText(w, overview, style)
}

// deliver writes the product to stdout, or to a file: whole, or not at all. What is
// no regular file, as a pipe or /dev/stdout, is written to as it is.
func (p *program) deliver(dir, output string, product []byte) error {
	if output == "" || output == "-" {
		_, err := p.stdout.Write(product)
		if err != nil {
			return exit(exitUnable, "write to stdout: %s", err)
		}
		return nil
	}
	target := p.filePath(dir, output)
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	}
	info, err := os.Stat(target)
	switch {
	case err == nil && info.IsDir():
		return exit(exitUsage, "-o %s: this is a folder. Name a file in it.", output)
	case err == nil && !info.Mode().IsRegular():
		err = os.WriteFile(target, product, 0)
	default:
		err = renameio.WriteFile(target, product, 0o644)
	}
	if err != nil {
		return exit(exitUnable, "write %s: %s", output, cause(err))
	}
	return nil
}

// cause is an error without the name of the file, which may be one that only
// writing a file whole has made up.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
