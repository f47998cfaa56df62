package report

import (
	"io"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// Style is how text is laid out. The zero value is 80 columns, no colour.
type Style struct {
	// Width is the number of columns; 0 means 80.
	Width int
	// Color allows escape sequences for colour.
	Color bool
	// ASCII keeps to ASCII in what this package itself writes.
	ASCII bool
	// LogCommand shows a build's log when the path of its derivation is put
	// behind it; empty means "nix log".
	LogCommand string
}

// Text writes a finished account for people.
func Text(w io.Writer, r timing.Report, s Style) error { return nil }
