package history

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"github.com/flakegen/flakegen/flakegen/timing"
)

// LineVersion is the version of the form of a line.
const LineVersion = "1"

const (
	// maxLine is the size of a line in bytes: a build of 10,000 derivations with all
	// their phases takes 12 MB.
	maxLine = 32 << 20
	// maxObjects bounds the memory that a line takes when it is read.
	maxObjects = 300_000
	// maxTails is how many bytes of all its logs' ends a record keeps.
	maxTails = 256 << 10
)

type line struct {
	FormatVersion string `json:"format_version"`
	Record
}

// newLine writes a record as a line, without the newline.
func newLine(r Record) ([]byte, error) {
	r.Report.Derivations = boundTails(r.Report.Derivations)
	text, err := json.Marshal(line{LineVersion, r})
	if err == nil && len(text) > maxLine {
		err = fmt.Errorf("it has %d bytes, and %d are the most", len(text), maxLine)
	}
	return text, err
}

// boundTails leaves log lines out where all of them are too many: first those of
// what did not fail.
func boundTails(derivations []timing.Derivation) []timing.Derivation {
	bounded := make([]timing.Derivation, len(derivations))
	room := maxTails
	for _, failures := range []bool{true, false} {
		for i, d := range derivations {
			if failures != (d.Disposition == timing.DispositionFailed) {
				continue
			}
			size := 0
			for _, l := range d.LogTail {
				size += len(l)
			}
			if size > room {
				d.LogTail = []string{}
			} else {
				room -= size
			}
			bounded[i] = d
		}
	}
	return bounded
}

// parseLine reads a line, and refuses what could not be shown or counted: it may
// come from anywhere.
func parseLine(text []byte) (Record, error) {
	if len(text) > maxLine || bytes.Count(text, []byte("{")) > maxObjects {
		return Record{}, errors.New("it is too large for a build")
	}
	var version struct {
		FormatVersion *string `json:"format_version"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return Record{}, fmt.Errorf("it is no JSON object: %w", err)
	}
	switch {
	case version.FormatVersion == nil:
		return Record{}, errors.New("it has no format_version, so it is no line of `flakegen history export`")
	case *version.FormatVersion != LineVersion:
		return Record{}, fmt.Errorf("its format_version is %q, and this flakegen reads %q", *version.FormatVersion, LineVersion)
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return Record{}, err
	}
	if err := validate(&l.Record); err != nil {
		return Record{}, err
	}
	return l.Record, nil
}

func validate(r *Record) error {
	id, err := uuid.Parse(r.ID)
	if err != nil || id.String() != r.ID {
		return fmt.Errorf("its id %q is no UUID in small letters", r.ID)
	}
	if r.Report.FormatVersion != timing.FormatVersion {
		return fmt.Errorf("the format_version of its report is %q, and this flakegen reads %q", r.Report.FormatVersion, timing.FormatVersion)
	}
	if year := r.Report.Started.UTC().Year(); year < 1970 || year > 9999 {
		return errors.New("it has no time at which it started")
	}
	if faults := r.Report.Faults(); len(faults) > 0 {
		return errors.New(strings.Join(faults, "; "))
	}
	r.Report.Complete()
	return nil
}

// deflate packs a line to about a fifth.
func deflate(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

func inflate(packed []byte) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxLine+1))
	if err == nil && len(text) > maxLine {
		err = errors.New("it is too large for a build")
	}
	return text, err
}
