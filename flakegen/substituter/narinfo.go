package substituter

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nix-community/go-nix/pkg/narinfo"
	"github.com/nix-community/go-nix/pkg/nixhash"
	"github.com/nix-community/go-nix/pkg/storepath"
)

// narInfo is a narinfo that Nix would accept as one. References are sorted, each
// once, as base names, as the signature has them.
type narInfo struct {
	narinfo.NarInfo
	signatures []string // NAME:BASE64, unchecked
}

// parseNarInfo reads a narinfo as leniently as Nix does: it skips unknown fields,
// of which some caches send a few. What makes Nix call it corrupt is an error. The
// parser of go-nix stands back here: it takes no unknown field, and a mebibyte of
// memory for each narinfo.
func parseNarInfo(text []byte) (*narInfo, error) {
	n := &narInfo{}
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		field, value, ok := strings.Cut(string(line), ":")
		if !ok {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			return nil, fmt.Errorf("a line of its narinfo is no field: %q", line)
		}
		if err := n.set(field, strings.TrimPrefix(value, " ")); err != nil {
			return nil, fmt.Errorf("its narinfo has the %s %q: %w", field, value, err)
		}
	}
	if n.Compression == "" {
		n.Compression = "bzip2"
	}
	return n, n.check()
}

// set takes the fields that count here. FileHash and Deriver do not; Nix fails on
// broken ones.
func (n *narInfo) set(field, value string) (err error) {
	switch field {
	case "StorePath":
		n.StorePath = value
	case "URL":
		n.URL = value
	case "Compression":
		n.Compression = value
	case "FileHash":
		n.FileHash, err = nixhash.ParseAny(value, nil)
	case "FileSize":
		n.FileSize, err = parseSize(value)
	case "NarHash":
		n.NarHash, err = nixhash.ParseAny(value, nil)
	case "NarSize":
		n.NarSize, err = parseSize(value)
	case "References":
		if len(n.References) > 0 {
			return errors.New("it stands there twice")
		}
		n.References = strings.Fields(value)
	case "Sig":
		n.signatures = append(n.signatures, value)
	case "CA":
		n.CA = value
	}
	return err
}

func parseSize(text string) (uint64, error) {
	size, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, errors.New("it is no size")
	}
	return size, nil
}

func (n *narInfo) check() error {
	switch {
	case n.StorePath == "", n.URL == "", n.NarHash == nil, n.NarSize == 0:
		return errors.New("its narinfo lacks one of StorePath, URL, NarHash and NarSize")
	case n.NarHash.Algo() != nixhash.SHA256:
		return errors.New("its narinfo has a NarHash that is no SHA-256")
	}
	if err := validPath(n.StorePath); err != nil {
		return fmt.Errorf("its narinfo has the StorePath %q: %w", n.StorePath, err)
	}
	for _, r := range n.References {
		if err := validPath(storepath.StoreDir + "/" + r); err != nil {
			return fmt.Errorf("its narinfo has the reference %q: %w", r, err)
		}
	}
	slices.Sort(n.References) // Nix has them in a set
	n.References = slices.Compact(n.References)
	return nil
}

// maxName is how long the name in a store path may be, as in Nix.
const maxName = 211

func validPath(path string) error {
	if err := storepath.Validate(path); err != nil {
		return errors.New("it is no store path")
	}
	// The parser leaves a dash in the middle and an empty or overlong name to us.
	hash, name := hashPart(path), strings.TrimPrefix(path, storepath.StoreDir+"/"+hashPart(path))
	if len(hash) != 32 || !strings.HasPrefix(name, "-") || len(name) < 2 || len(name) > maxName+1 {
		return errors.New("it is no store path")
	}
	return nil
}

// hashPart is the hash in a store path, by which caches file what they have.
func hashPart(path string) string {
	hash, _, _ := strings.Cut(strings.TrimPrefix(path, storepath.StoreDir+"/"), "-")
	return hash
}

// downloadBytes is the size of what is fetched, 0 where the cache does not say.
func (n *narInfo) downloadBytes() uint64 {
	if n.FileSize == 0 && n.Compression == "none" {
		return n.NarSize
	}
	return n.FileSize
}

// references are the store paths it refers to.
func (n *narInfo) references() []string {
	paths := make([]string, len(n.References))
	for i, r := range n.References {
		paths[i] = storepath.StoreDir + "/" + r
	}
	return paths
}
