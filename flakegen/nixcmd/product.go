package nixcmd

import (
	"encoding/json"
	"slices"
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
