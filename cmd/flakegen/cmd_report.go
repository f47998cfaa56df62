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

	"github.com/flakegen/flakegen/flakegen/report"
	"github.com/flakegen/flakegen/platform"
)

func (p *program) reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "show a past build as text, Markdown, a page or a trace",
		ArgsUsage: "[ID|FILE…] [--format F] [-o FILE] | --history [flags]",
		Description: `Shows the last build of this repository that the history has, or the last one that
--output and the other flags mean; a build by its ID, which may be cut short; or
what build --json and watch --json wrote to a file, - for stdin. One build is shown
in full. Several, or all that --history finds, are shown together: what each output
took over time, and what a variant leaves out.

The formats: text; json; markdown for pull requests and job summaries; html, one
page that needs no network; trace, for https://ui.perfetto.dev. Without --format
the name behind -o says it, by .html, .md, .json or .txt.

Examples:
  flakegen report                             the last build
  flakegen report -o build.html               the same as a page
  flakegen report --history --since 30d -o month.html
  flakegen report 0198f3a2-b4c5 --format trace -o build.trace.json
  flakegen build rts --json | flakegen report - --format markdown

Exit codes: 0 shown · 1 no such build is in the history · 2 a wrong command line,
or what is no report · 3 it cannot be read or written.`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "history", Usage: "show many builds together", DisableDefaultText: true},
			&cli.IntFlag{Name: "limit", Usage: "the newest `N` of them", Value: 500},
			&cli.StringFlag{Name: "format", Usage: "show it as `F`: " + strings.Join(formats, ", "), DefaultText: "text, or what -o says"},
			&cli.StringFlag{Name: "o", Usage: "write to `FILE`, whole or not at all", DefaultText: "stdout"},
		}, historyFilters()...),
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
	s, err := p.reportSubject(c)
	if err != nil {
		return err
	}
	if format == "trace" && s.together {
		return exit(exitUsage, "a trace is of one build, and these are %d. Name one of them.", len(s.builds))
	}
	var product bytes.Buffer
	if err := p.writeReport(c, &product, s, format); err != nil {
		return exit(exitUnable, "%s", err)
	}
	return p.deliver(c, product.Bytes())
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

// writeReport writes one build in full, or several together.
func (p *program) writeReport(c *cli.Context, w io.Writer, s subject, format string) error {
	style := report.Style{Width: defaultWidth}
	if width, ok := widthOf(p.stdout); ok && c.String("o") == "" {
		style.Width, style.Color = width, p.colors()
	}
	if !s.together {
		one := s.builds[0]
		switch format {
		case "json":
			return writeJSON(w, report.BuildOf(one))
		case "markdown":
			return report.Markdown(w, one, 0)
		case "trace":
			return report.Trace(w, one)
		case "html":
			return report.Page(w, one, p.pastOf(c, one), p.coverageOf(c, one))
		}
		return report.Text(w, one.Report, style)
	}
	overview := report.OverviewOf(s.builds)
	switch format {
	case "json":
		return writeJSON(w, overview)
	case "markdown":
		return report.OverviewMarkdown(w, overview, 0)
	case "html":
		return report.OverviewPage(w, s.builds)
	}
	return report.OverviewText(w, overview, style)
}

// deliver writes the product to stdout, or to a file: whole, or not at all. What is
// no regular file, as a pipe or /dev/stdout, is written to as it is.
func (p *program) deliver(c *cli.Context, product []byte) error {
	output := c.String("o")
	if output == "" || output == "-" {
		_, err := p.stdout.Write(product)
		if err != nil {
			return exit(exitUnable, "write to stdout: %s", err)
		}
		return nil
	}
	target, err := p.path(c, output)
	if err != nil {
		return err
	}
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
