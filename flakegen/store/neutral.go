package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// view is a derivation on its way to be compared: with what is to be overlooked
// replaced, for one reason after the other.
type view struct {
	derivations *Derivations
	d           *Derivation
	neutrals    map[Reason]*neutral
	identities  map[string]string // by path
}

func newView(s *Derivations, d *Derivation) *view {
	return &view{derivations: s, d: d, neutrals: map[Reason]*neutral{}, identities: map[string]string{}}
}

// neutral replaces store paths, and maybe the system, by what they stand for.
type neutral struct{ replacer *strings.Replacer }

func (n *neutral) text(attribute, value string) string {
	text := n.replacer.Replace(value)
	if attribute == inputDrvs {
		// The order was that of the paths.
		lines := strings.Split(text, "\n")
		slices.Sort(lines)
		text = strings.Join(lines, "\n")
	}
	return text
}

func (v *view) neutral(r Reason) (*neutral, error) {
	if n, ok := v.neutrals[r]; ok {
		return n, nil
	}
	pairs := outputPairs(v.d, "<output>")
	if r != ByOutput {
		stand := v.identity
		if r == ByInput {
			stand = v.name
		}
		inputs, err := v.inputPairs(v.d, stand)
		if err != nil {
			return nil, err
		}
		pairs = append(append(pairs, inputs...), v.d.System, "<system>")
	}
	n := &neutral{strings.NewReplacer(pairs...)}
	v.neutrals[r] = n
	return n, nil
}

// outputPairs replace the output paths of a derivation.
func outputPairs(d *Derivation, stand string) []string {
	var pairs []string
	for name, o := range d.Outputs {
		if o.Path != "" {
			pairs = append(pairs, o.Path, stand+"!"+name)
		}
	}
	return pairs
}

// inputPairs replace the paths of the inputs of d, and of their outputs, by what
// stands for each.
func (v *view) inputPairs(d *Derivation, stand func(*Derivation) (string, error)) ([]string, error) {
	var pairs []string
	for _, file := range d.Needs() {
		input, err := v.derivations.Get(file)
		if err != nil {
			return nil, err
		}
		place, err := stand(input)
		if err != nil {
			return nil, err
		}
		pairs = append(append(pairs, file, place), outputPairs(input, place)...)
	}
	return pairs, nil
}

// name stands for a derivation by its name alone.
func (v *view) name(d *Derivation) (string, error) {
	return "<" + strings.ReplaceAll(d.Name, v.d.System, "<system>") + ">", nil
}

// identity stands for a derivation apart from the system: it is equal for two
// that differ by their system alone, all the way down. Of a fixed output only
// the content counts.
func (v *view) identity(d *Derivation) (string, error) {
	if known, ok := v.identities[d.Path]; ok {
		return known, nil
	}
	hash := sha256.New()
	if d.Fixed() {
		fmt.Fprintf(hash, "%q", d.Outputs["out"])
	} else {
		inputs, err := v.inputPairs(d, v.identity)
		if err != nil {
			return "", err
		}
		n := neutral{strings.NewReplacer(append(append(outputPairs(d, "<output>"), inputs...), v.d.System, "<system>")...)}
		attributes := d.attributes()
		for _, name := range slices.Sorted(maps.Keys(attributes)) {
			fmt.Fprintf(hash, "%q=%q\n", name, n.text(name, attributes[name]))
		}
	}
	v.identities[d.Path] = "<" + hex.EncodeToString(hash.Sum(nil)) + ">"
	return v.identities[d.Path], nil
}
