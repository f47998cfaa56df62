package nixcmd

import (
	"fmt"
	"strings"
)

// Attribute is the path of names from a flake's outputs to a value, in full:
// packages, a system, a name.
type Attribute []string

// String is the attribute path as Nix writes it: packages.x86_64-linux."a.b".
func (a Attribute) String() string {
	names := make([]string, len(a))
	for i, name := range a {
		names[i] = name
		if !bareName(name) {
			names[i] = `"` + name + `"`
		}
	}
	return strings.Join(names, ".")
}

// ParseAttribute reads what String writes.
func ParseAttribute(text string) (Attribute, error) {
	var a Attribute
	for rest := text; ; {
		var name string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			name, rest, ok = strings.Cut(quoted, `"`)
			if !ok {
				return nil, fmt.Errorf("attribute path %q: a quotation mark is missing", text)
			}
		} else {
			end := strings.IndexAny(rest, `."`)
			if end < 0 {
				end = len(rest)
			}
			if name, rest = rest[:end], rest[end:]; name == "" {
				return nil, fmt.Errorf("attribute path %q: a name is empty", text)
			}
		}
		a = append(a, name)
		if rest == "" {
			return a, nil
		}
		next, ok := strings.CutPrefix(rest, ".")
		if !ok {
			return nil, fmt.Errorf("attribute path %q: a dot is missing before %q", text, rest)
		}
		rest = next
	}
}

// bareName says whether Nix reads a name in an attribute path as itself. Digits
// in front are no harm there, unlike in an expression.
func bareName(name string) bool {
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_'-", r)) {
			return false
		}
	}
	return name != ""
}

// Installable is one thing for nix to build or evaluate: an attribute of a
// flake, or text of the user's.
type Installable struct {
	// Flake is a flake reference, as [Reference] makes them, and Attribute the
	// attribute of it.
	Flake     string
	Attribute Attribute
	// Text is an installable as nix build takes it; it counts where Attribute is
	// empty.
	Text string
}

// String is the installable as an operand of nix build.
func (i Installable) String() string {
	if len(i.Attribute) == 0 {
		return i.Text
	}
	names := make([]string, len(i.Attribute))
	for at, name := range i.Attribute {
		names[at] = name
		if !bareName(name) {
			// Nix decodes the fragment first; the quotes are encoded too, as
			// 2.8 wants a URL.
			names[at] = percentEncode(`"` + name + `"`)
		}
	}
	return i.Flake + "#" + strings.Join(names, ".")
}

// check refuses what would not reach Nix as what it is.
func (i Installable) check() error {
	if len(i.Attribute) == 0 && i.Text == "" {
		return fmt.Errorf("an installable is empty: name an output")
	}
	for _, name := range i.Attribute {
		if strings.ContainsRune(name, '"') {
			return fmt.Errorf("Nix has no way to name the attribute %q: a name with a quotation mark cannot be built", name)
		}
	}
	return nil
}

// operands are installables as the last words of a command line.
func operands(installables []Installable) ([]string, error) {
	words := []string{"--"}
	for _, i := range installables {
		if err := i.check(); err != nil {
			return nil, err
		}
		words = append(words, i.String())
	}
	return words, nil
}
