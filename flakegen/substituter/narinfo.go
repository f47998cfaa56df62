package substituter

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nix-community/go-nix/pkg/narinfo"
	"github.com/nix-community/go-nix/pkg/nixhash"
	"github.com/nix-community/go-nix/pkg/storepath"
)

// narInfo is a narinfo that Nix would accept as one. References are sorted, each
// once, as base names, as the signature has them.
type narInfo struct {
	*narinfo.NarInfo
	signatures []string // NAME:BASE64, unchecked
}

// known are the fields that count here and that the parser knows; Sig is read
// apart, because one that is no signature would fail the rest.
var known = []string{"StorePath", "URL", "Compression", "FileHash", "FileSize", "NarHash", "NarSize", "References", "CA"}

// parseNarInfo reads a narinfo as leniently as Nix does: it skips unknown fields,
// of which some caches send a few. What makes Nix call it corrupt is an error.
func parseNarInfo(text []byte) (*narInfo, error) {
	n := &narInfo{}
	var kept bytes.Buffer
	referred := false
	for line := range bytes.Lines(text) {
		field, value, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(":"))
		if !ok {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			return nil, fmt.Errorf("a line of its narinfo is no field: %q", bytes.TrimSpace(line))
		}
		value = bytes.TrimPrefix(value, []byte(" "))
		switch name := string(field); {
		case name == "Sig":
			n.signatures = append(n.signatures, string(value))
		case name == "References" && len(value) == 0:
		case name == "References" && referred:
			return nil, errors.New("its narinfo has References twice")
		case slices.Contains(known, name):
			referred = referred || name == "References"
			fmt.Fprintf(&kept, "%s: %s\n", field, value)
		}
	}
	parsed, err := narinfo.Parse(&kept)
	if err != nil {
		return nil, fmt.Errorf("its narinfo is broken: %w", err)
	}
	n.NarInfo = parsed
	return n, n.check()
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
	// Nix has them in a set, so fields may be in any order and doubled by spaces.
	n.References = slices.DeleteFunc(n.References, func(r string) bool { return r == "" })
	for _, r := range n.References {
		if err := validPath(storepath.StoreDir + "/" + r); err != nil {
			return fmt.Errorf("its narinfo has the reference %q: %w", r, err)
		}
	}
	slices.Sort(n.References)
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
