package nixcmd

import (
	"io"
	"time"
)

// Decoder reads Nix's log stream, `--log-format internal-json`, as it arrives
// on Nix's standard error: records, one a line, between ordinary lines. It
// reads json-log-path files as well.
//
// Nothing in a stream stops it: what it does not know it hands on and counts.
type Decoder struct {
	// MaxLine is how many bytes of one line are kept; the middle of a longer one
	// is left out. 0 means [DefaultMaxLine].
	MaxLine int

	r   io.Reader
	now func() time.Time
}

// DefaultMaxLine is how many bytes of one line a [Decoder] keeps: 1 MiB.
const DefaultMaxLine = 1 << 20

// NewDecoder reads r; now stamps what arrives.
func NewDecoder(r io.Reader, now func() time.Time) *Decoder {
	return &Decoder{r: r, now: now}
}

// Next returns the next event, or the error of the reader: io.EOF at the end
// of the stream. A last line without newline is an event like any other.
func (d *Decoder) Next() (Event, error) {
	return nil, io.EOF
}
