package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/nix-community/go-nix/pkg/derivation"
)

// Derivation is what a .drv file says.
type Derivation struct {
	// Path is the path of the file, Name its store name without hash and ".drv".
	Path string
	Name string

	System  string
	Builder string
	Args    []string
	// Env is the environment of the builder, as the file has it.
	Env map[string]string
	// Structured are the members of the JSON object that a derivation with
	// __structuredAttrs has; nil for others.
	Structured map[string]json.RawMessage

	// Outputs are by output name.
	Outputs map[string]Output
	// Inputs are the outputs that it needs of other derivations, by their path;
	// Sources are the store paths that it needs and no derivation makes.
	Inputs  map[string][]string
	Sources []string
}

// Output is where an output goes. Path is empty where it is not known before it
// is built. HashAlgorithm and Hash are those of a fixed output.
type Output struct {
	Path          string
	HashAlgorithm string
	Hash          string
}

// ReadDerivation reads a .drv file.
func ReadDerivation(file string) (*Derivation, error) {
	parsed, err := readFile(file)
	if err != nil {
		return nil, nameFile(file, err)
	}
	d, err := whole(file, parsed)
	if err != nil {
		return nil, nameFile(file, err)
	}
	return d, nil
}

// unescape is for what go-nix leaves as it is in the file: only for values of
// variables does it take the backslashes out.
var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\"`, `"`)

// whole is the derivation with all that the file says.
func whole(file string, parsed *derivation.Derivation) (*Derivation, error) {
	d := &Derivation{
		Path: file, Name: Name(file), System: parsed.Platform,
		Builder: unescape.Replace(parsed.Builder),
		Env:     make(map[string]string, len(parsed.Env)),
		Outputs: make(map[string]Output, len(parsed.Outputs)),
		Inputs:  parsed.InputDerivations, Sources: parsed.InputSources,
	}
	for _, a := range parsed.Arguments {
		d.Args = append(d.Args, unescape.Replace(a))
	}
	for name, value := range parsed.Env {
		d.Env[unescape.Replace(name)] = value
	}
	for name, o := range parsed.Outputs {
		d.Outputs[name] = Output{Path: o.Path, HashAlgorithm: o.HashAlgorithm, Hash: o.Hash}
	}
	if structured, ok := d.Env["__json"]; ok {
		if err := json.Unmarshal([]byte(structured), &d.Structured); err != nil {
			return nil, fmt.Errorf("its structured attributes: %w", err)
		}
	}
	return d, nil
}

// Name is the name in a store path: without the store, the hash and ".drv".
func Name(storePath string) string {
	_, name, _ := strings.Cut(path.Base(storePath), "-")
	return strings.TrimSuffix(name, ".drv")
}

// Paths are the store paths of its outputs, sorted; those that are known.
func (d *Derivation) Paths() []string {
	paths := []string{}
	for _, o := range d.Outputs {
		if o.Path != "" {
			paths = append(paths, o.Path)
		}
	}
	slices.Sort(paths)
	return paths
}

// Needs are the paths of its input derivations, sorted.
func (d *Derivation) Needs() []string {
	return slices.Sorted(maps.Keys(d.Inputs))
}

// Fixed says whether the content of its output is known beforehand, so that
// nothing which uses it depends on how it is made.
func (d *Derivation) Fixed() bool {
	return d.Outputs["out"].Hash != ""
}
