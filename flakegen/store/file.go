package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/nix-community/go-nix/pkg/derivation"
)

// ErrDynamic is in the error of a derivation that needs outputs which are
// derivations themselves: the experimental feature dynamic-derivations. What such
// a one needs is not known before the others are built.
var ErrDynamic = errors.New("it needs outputs that are derivations themselves (dynamic-derivations), which is not supported")

// maxFile is longer than any .drv file that somebody builds: with several
// megabytes of scripts a builder no longer starts.
const maxFile = 64 << 20

// readFile parses a .drv file. What stands in its place may be anything.
func readFile(name string) (*derivation.Derivation, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err // it says "stat" and the path
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	tooLong := fmt.Errorf("it is longer than %d MiB", maxFile>>20)
	if info.Size() > maxFile {
		return nil, tooLong
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	if _, err := text.ReadFrom(io.LimitReader(file, maxFile+1)); err != nil {
		return nil, err
	}
	if text.Len() > maxFile {
		return nil, tooLong // it grew meanwhile
	}
	return parse(text.Bytes())
}

func parse(text []byte) (*derivation.Derivation, error) {
	if bytes.HasPrefix(text, []byte("DrvWithVersion(")) {
		return nil, ErrDynamic
	}
	parsed, err := derivation.ReadDerivation(bytes.NewReader(text))
	// A derivation whose output paths are not known before it is built has no
	// valid ones; the parser returns it all the same.
	if err != nil && (parsed == nil || !unknownOutputs(parsed)) {
		return nil, err
	}
	return parsed, nil
}

func unknownOutputs(d *derivation.Derivation) bool {
	for _, o := range d.Outputs {
		if o.Path == "" {
			return true
		}
	}
	return false
}

// wishes are what a derivation asks of those who realise it: not to fetch it, to
// build it here. Nix takes the defaults where an attribute is missing.
func wishes(env map[string]string) (noSubstitutes, preferLocal bool, err error) {
	structured, ok := env["__json"]
	if !ok {
		allow, set := env["allowSubstitutes"]
		return set && allow != "1", env["preferLocalBuild"] == "1", nil
	}
	var attributes struct {
		AllowSubstitutes *bool `json:"allowSubstitutes"`
		PreferLocalBuild bool  `json:"preferLocalBuild"`
	}
	if err := json.Unmarshal([]byte(structured), &attributes); err != nil {
		return false, false, fmt.Errorf("its structured attributes: %w", err)
	}
	return attributes.AllowSubstitutes != nil && !*attributes.AllowSubstitutes, attributes.PreferLocalBuild, nil
}
