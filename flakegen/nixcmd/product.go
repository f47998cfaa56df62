package nixcmd

import (
	"encoding/json"
	"slices"
	"strings"
)

// Product is an installable that was built, or would be.
type Product struct {
	// Derivation is the path of its .drv file, "" for an installable that is a
	// store path without one.
	Derivation string `json:"drvPath"`
	// Outputs are its store paths by output name. Under "" is the path of an
	// installable that is a store path.
	Outputs map[string]string `json:"outputs"`
}

// Paths are the store paths of the outputs, sorted.
func (p Product) Paths() []string {
	paths := []string{}
	for _, path := range p.Outputs {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// InOrder are the products of a build in the order of its installables, one for
// each; ok is false where the version of Nix leaves open which is which.
func InOrder(products []Product, installables int, v Version) (ordered []Product, ok bool) {
	times := map[string]int{}
	for _, p := range products {
		times[p.key()]++
	}
	if len(times) != 1 && !v.AtLeast(2, 26) {
		return nil, false // 2.8 sorts by name; when that changed is not known
	}
	if len(products) == installables {
		return products, true
	}
	// Nix answers for each installable with every one that has its derivation: k
	// times for each of k, k*k times in all.
	for at := 0; at < len(products); {
		ordered = append(ordered, products[at])
		k := 1
		for k*k < times[products[at].key()] {
			k++
		}
		at += k
	}
	return ordered, len(ordered) == installables
}

func (p Product) key() string { return p.Derivation + " " + strings.Join(p.Paths(), " ") }

// parseProducts reads what `nix build --json` prints: an object with drvPath
// and outputs for a derivation, and for a store path an object with path (2.8) or
// the path alone.
func parseProducts(text []byte) ([]Product, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, err
	}
	products := make([]Product, 0, len(items))
	for _, item := range items {
		var path string
		if json.Unmarshal(item, &path) == nil {
			products = append(products, Product{Outputs: map[string]string{"": path}})
			continue
		}
		var object struct {
			DrvPath string             `json:"drvPath"`
			Outputs map[string]*string `json:"outputs"` // null: not known before it is built
			Path    string             `json:"path"`
		}
		if err := json.Unmarshal(item, &object); err != nil {
			return nil, err
		}
		p := Product{Derivation: object.DrvPath, Outputs: map[string]string{}}
		for name, path := range object.Outputs {
			if path != nil {
				p.Outputs[name] = *path
			}
		}
		if object.Path != "" {
			p.Outputs[""] = object.Path
		}
		products = append(products, p)
	}
	return products, nil
}
