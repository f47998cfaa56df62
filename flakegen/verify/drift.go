package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/store"
)

// drift holds two variants against each other: they differ only in what one of
// them sets, and in what follows from that.
func (v *verifier) drift(a, b side) error {
	differences, err := v.derivations.Compare(a.derivation, b.derivation)
	if err != nil {
		return err
	}
	varied := newVaried(a, b, v.system)
	var explained []store.Difference
	inputs := ""
	for _, d := range differences {
		switch {
		case d.Attribute == "inputDrvs" || d.Attribute == "inputSrcs":
			inputs = d.Attribute
		case d.Reason == store.ByOutput || varied.explains(d.Attribute):
			explained = append(explained, d)
		default:
			v.drifted(a, b, d)
		}
	}
	if inputs != "" {
		v.unnamedInputs(a, b, explained)
	}
	return nil
}

func (v *verifier) drifted(a, b side, d store.Difference) {
	place := b.place(d.Attribute)
	detail := fmt.Sprintf("The two variants differ in %s, which neither of them sets, and which does not follow from what they set.", d.Attribute)
	if d.Reason == store.ByInput {
		detail += " It holds an input of the same name that is made otherwise."
	}
	v.report(Finding{
		Rule: RuleDrift, Output: b.name(), Range: place,
		Summary: fmt.Sprintf("%s and %s differ in %s", a.name(), b.name(), d.Attribute),
		Detail:  detail,
		Remedy:  fmt.Sprintf("If that is meant, set %s in the variant. Otherwise look for what makes it different: the builder, or an edited file.", d.Attribute),

		Attribute: d.Attribute, A: a.name(), B: b.name(), ValueA: d.A, ValueB: d.B,
	})
}

// unnamedInputs reports inputs of one side that none of the attributes which may
// differ names.
func (v *verifier) unnamedInputs(a, b side, explained []store.Difference) {
	var text strings.Builder
	for _, d := range explained {
		for _, value := range []*string{d.A, d.B} {
			if value != nil {
				text.WriteString(*value + "\n")
			}
		}
	}
	may := text.String()
	for _, pair := range [][2]side{{a, b}, {b, a}} {
		here, there := pair[0], pair[1]
		for _, file := range here.derivation.Needs() {
			if slices.Equal(there.derivation.Inputs[file], here.derivation.Inputs[file]) || v.names(may, file, here.derivation.Inputs[file]) {
				continue
			}
			v.unnamed(here, there, file)
		}
		for _, source := range here.derivation.Sources {
			if !slices.Contains(there.derivation.Sources, source) && !strings.Contains(may, source) {
				v.unnamed(here, there, source)
			}
		}
	}
}

// names says whether text names an output of a derivation, or the derivation.
func (v *verifier) names(text, file string, outputs []string) bool {
	if strings.Contains(text, file) {
		return true
	}
	d, err := v.derivations.Get(file)
	if err != nil {
		return true // what cannot be read is not judged
	}
	for _, name := range outputs {
		path := d.Outputs[name].Path
		if path == "" || strings.Contains(text, path) {
			return true
		}
	}
	return false
}

func (v *verifier) unnamed(here, there side, path string) {
	v.report(Finding{
		Rule: RuleDrift, Output: here.name(), Range: here.output.Range(),
		Summary: fmt.Sprintf("%s has an input that %s has not", here.name(), there.name()),
		Detail:  fmt.Sprintf("It needs %s, and none of the attributes in which the variants may differ names it.", path),
		Remedy:  "Name it in an attribute of the variant, or look for what brings it in.",

		Attribute: "inputs", A: there.name(), B: here.name(), ValueB: &path,
	})
}
