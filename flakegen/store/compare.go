package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is an attribute in which two derivations differ.
type Difference struct {
	// Attribute is its name. Beside those that the derivations were called with
	// there are inputDrvs and inputSrcs.
	Attribute string
	Reason    Reason
	// A and B are the values, nil where there is none. One that is no string is
	// in JSON.
	A, B *string
}

// Reason says why an attribute differs. The first that is enough counts.
type Reason int

const (
	// ByOutput: it holds output paths of the derivation itself, and is the same
	// apart from them.
	ByOutput Reason = iota
	// BySystem: it holds the system, or outputs of inputs that differ by their
	// system alone, all the way down.
	BySystem
	// ByInput: it holds outputs of inputs that have the same name and are made
	// otherwise.
	ByInput
	// ByItself: none of these.
	ByItself
)

func (r Reason) String() string {
	switch r {
	case ByOutput:
		return "output"
	case BySystem:
		return "system"
	case ByInput:
		return "input"
	case ByItself:
		return "itself"
	}
	panic(fmt.Sprintf("reason %d", int(r)))
}

// Compare says in which attributes two derivations differ and why, sorted by
// name. It reads their inputs; where they are for two systems, their closures.
func (s *Derivations) Compare(a, b *Derivation) ([]Difference, error) {
	left, right := newView(s, a), newView(s, b)
	attributesA, attributesB := a.attributes(), b.attributes()
	names := slices.Collect(maps.Keys(attributesA))
	for name := range attributesB {
		if _, ok := attributesA[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)

	differences := []Difference{}
	for _, name := range names {
		valueA, inA := attributesA[name]
		valueB, inB := attributesB[name]
		if inA && inB && valueA == valueB {
			continue
		}
		d := Difference{Attribute: name, Reason: ByItself}
		if inA {
			d.A = &valueA
		}
		if inB {
			d.B = &valueB
		}
		if inA && inB {
			var err error
			if d.Reason, err = reason(left, right, name, valueA, valueB); err != nil {
				return nil, err
			}
		}
		differences = append(differences, d)
	}
	return differences, nil
}

func reason(left, right *view, name, a, b string) (Reason, error) {
	for _, r := range []Reason{ByOutput, BySystem, ByInput} {
		if r == BySystem && left.d.System == right.d.System {
			continue
		}
		neutralA, err := left.neutral(r)
		if err != nil {
			return 0, err
		}
		neutralB, err := right.neutral(r)
		if err != nil {
			return 0, err
		}
		if neutralA.text(name, a) == neutralB.text(name, b) {
			return r, nil
		}
	}
	return ByItself, nil
}

// inputDrvs is the attribute that holds the input derivations, a line each.
const inputDrvs = "inputDrvs"

// attributes are all attributes as text.
func (d *Derivation) attributes() map[string]string {
	all := map[string]string{}
	for name, value := range d.Env {
		if name != "__json" {
			all[name] = value
		}
	}
	for name, value := range d.Structured {
		all[name] = structuredText(value)
	}
	args, err := json.Marshal(d.Args)
	if err != nil {
		panic(err) // strings always have a JSON form
	}
	all["builder"], all["system"], all["args"] = d.Builder, d.System, string(args)
	var inputs strings.Builder
	for _, file := range d.Needs() {
		fmt.Fprintf(&inputs, "%s!%s\n", file, strings.Join(d.Inputs[file], ","))
	}
	all[inputDrvs] = strings.TrimSuffix(inputs.String(), "\n")
	all["inputSrcs"] = strings.Join(d.Sources, "\n")
	return all
}

// structuredText is a string's text, and of all else its JSON.
func structuredText(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
