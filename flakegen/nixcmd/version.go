package nixcmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Version is what `nix --version` says.
type Version struct {
	// Vendor is "Nix", "Lix" or "Determinate Nix".
	Vendor string
	// Number is the version of Nix, such as 2.34.0 or 2.31pre20250712_b1245123.
	Number string
	// Release is the vendor's own version where it has one, as Determinate Nix
	// does.
	Release string
}

// Version asks nix for its version: one process.
func (n *Nix) Version(ctx context.Context) (Version, error) {
	out, err := n.output(ctx, "--version")
	if err != nil {
		return Version{}, err
	}
	return ParseVersion(string(out))
}

var (
	versionLine   = Pattern(`^nix \(([^)]+)\) (\d\S*)`)
	vendorRelease = Pattern(`^(.*\S) +v?(\d\S*)$`)
)

// ParseVersion reads what `nix --version` prints:
//
//	nix (Nix) 2.8.0
//	nix (Lix, like Nix) 2.91.1
//	nix (Determinate Nix 3.6.2) 2.29.0
func ParseVersion(text string) (Version, error) {
	m := versionLine().FindStringSubmatch(text)
	if m == nil {
		return Version{}, fmt.Errorf("read the version of Nix: %q is not of the form \"nix (Nix) 2.8.0\"", Printable(strings.TrimSpace(text)))
	}
	v := Version{Vendor: m[1], Number: m[2]}
	v.Vendor, _, _ = strings.Cut(v.Vendor, ", like ")
	if r := vendorRelease().FindStringSubmatch(v.Vendor); r != nil {
		v.Vendor, v.Release = r[1], r[2]
	}
	return v, nil
}

// String is the number, and the vendor where it is not Nix itself:
// "2.29.0 (Determinate Nix 3.6.2)".
func (v Version) String() string {
	if v.Vendor == "Nix" || v.Vendor == "" {
		return v.Number
	}
	return fmt.Sprintf("%s (%s)", v.Number, strings.TrimSpace(v.Vendor+" "+v.Release))
}

var leadingNumbers = Pattern(`^(\d+)\.(\d+)`)

// AtLeast says whether the version of Nix is major.minor or later. A Lix counts
// by its own numbers.
func (v Version) AtLeast(major, minor int) bool {
	m := leadingNumbers().FindStringSubmatch(v.Number)
	if m == nil {
		return false
	}
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[2])
	return first > major || first == major && second >= minor
}
