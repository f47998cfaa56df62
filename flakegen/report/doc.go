// Package report shows builds to people: a view while one runs, and when it has
// ended a text, Markdown, a page or a trace. It writes to a writer and reads
// nothing but bytes that it is given: neither the clock nor the terminal nor the
// environment.
//
// The words of this package:
//
//   - live view: lines at the foot of a terminal that are redrawn in place, one
//     for each running build and a summary below; see [Live].
//   - plain view: one line for each event, for logs and for where there is no
//     terminal; see [Plain].
//   - frame: what the live view shows at one moment.
//   - slot: a row of builds of which no two ran at once. Nix has slots and does
//     not tell which build had which, so they are what can be drawn.
//   - page: one HTML file that shows a build, or many, and needs nothing else.
//   - trend: what an output took, build by build; see [Trend].
//   - difference: what variants of a package leave out; see [Difference].
//
// Everything that comes from Nix, from a build or from a file name goes through
// [nixcmd.Printable] first, so that no log can take over the terminal. In Markdown
// it stands in code, and in a page html/template escapes it, SVG included: the
// charts are a part of the template, because what they need is a few boxes whose
// places are percentages, so that they fit a phone without a script, and colours
// of the style sheet, so that they are dark where the page is. The libraries that
// draw SVG in Go give pictures of fixed size, coloured inline, which the page's
// own policy would forbid.
package report
