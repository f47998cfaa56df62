// Package report shows builds to people: a view while one runs, and a text when
// it has ended. It writes to a writer and reads nothing: neither the clock nor
// the terminal nor the environment.
//
// The words of this package:
//
//   - live view: lines at the foot of a terminal that are redrawn in place, one
//     for each running build and a summary below; see [Live].
//   - plain view: one line for each event, for logs and for where there is no
//     terminal; see [Plain].
//   - frame: what the live view shows at one moment.
//
// Everything that comes from Nix, from a build or from a file name goes through
// [nixcmd.Printable] first, so that no log can take over the terminal.
package report
