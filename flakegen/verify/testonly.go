package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/store"
)

// checkAttributes are those that stdenv and its hooks read only where they check.
var checkAttributes = []string{
	"checkPhase", "preCheck", "postCheck", "checkTarget", "checkFlags", "checkFlagsArray", "checkInputs", "nativeCheckInputs",
	"installCheckPhase", "preInstallCheck", "postInstallCheck", "installCheckTarget", "installCheckFlags",
	"installCheckFlagsArray", "installCheckInputs", "nativeInstallCheckInputs", "pytestFlags", "cargoTestFlags",
}

// testOnly reports the inputs of a build-only variant that nothing but its checks
// names: they are built or fetched for a phase that does not run.
func (v *verifier) testOnly(s side) {
	d := s.derivation
	elsewhere, byCheck := texts(d)
	if len(byCheck) == 0 {
		return
	}
	for _, file := range d.Needs() {
		if v.names(elsewhere, file, d.Inputs[file]) {
			continue
		}
		for _, attribute := range slices.Sorted(maps.Keys(byCheck)) {
			if v.names(byCheck[attribute], file, d.Inputs[file]) {
				v.reportTestOnly(s, attribute, file)
				break
			}
		}
	}
	for _, source := range d.Sources {
		if strings.Contains(elsewhere, source) {
			continue
		}
		for _, attribute := range slices.Sorted(maps.Keys(byCheck)) {
			if strings.Contains(byCheck[attribute], source) {
				v.reportTestOnly(s, attribute, source)
				break
			}
		}
	}
}

// texts are all values of a derivation but those of check attributes, in one, and
// those of check attributes by name.
func texts(d *store.Derivation) (elsewhere string, byCheck map[string]string) {
	var rest strings.Builder
	byCheck = map[string]string{}
	add := func(name, text string) {
		if slices.Contains(checkAttributes, name) {
			byCheck[name] += text + "\n"
			return
		}
		rest.WriteString(text + "\n")
	}
	for name, text := range d.Env {
		if name != "__json" {
			add(name, text)
		}
	}
	for name, raw := range d.Structured {
		add(name, string(raw))
	}
	rest.WriteString(d.Builder + "\n" + strings.Join(d.Args, "\n"))
	return rest.String(), byCheck
}

func (v *verifier) reportTestOnly(s side, attribute, path string) {
	v.report(Finding{
		Rule: RuleTestOnly, Output: s.name(), Range: s.place(attribute), Attribute: attribute,
		Summary: fmt.Sprintf("%s needs something for its tests only", s.name()),
		Detail:  fmt.Sprintf("Nothing but %s names %s, and this variant does not run it: it is built or fetched for nothing.", attribute, path),
		Remedy:  fmt.Sprintf("Move %s into the checked variant.", attribute),
	})
}
