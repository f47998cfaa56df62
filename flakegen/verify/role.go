package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/flakegen/store"
)

// value is an attribute of a derivation as its builder sees it: a variable of the
// environment, or with structured attributes the member as text.
func value(d *store.Derivation, name string) (text string, ok bool) {
	if raw, ok := d.Structured[name]; ok {
		if json.Unmarshal(raw, &text) == nil {
			return text, true
		}
		return string(raw), true
	}
	text, ok = d.Env[name]
	return text, ok
}

// on says whether a switch such as doCheck is on. In the environment true is "1",
// and false is empty.
func on(d *store.Derivation, name string) bool {
	text, _ := value(d, name)
	return text != "" && text != "0" && text != "false"
}

// checks are the two ways in which stdenv checks: a switch and its phase.
var checks = []struct{ toggle, phase string }{
	{"doCheck", "checkPhase"},
	{"doInstallCheck", "installCheckPhase"},
}

// role holds a variant against its role.
func (v *verifier) role(s side) {
	switch s.role() {
	case spec.RoleBuild:
		for _, c := range checks {
			if on(s.derivation, c.toggle) {
				v.report(Finding{
					Rule: RuleBuildChecks, Output: s.name(), Range: s.place(c.toggle), Attribute: c.toggle,
					Summary: fmt.Sprintf("%s runs its tests", s.name()),
					Detail:  fmt.Sprintf("The variant is there to build only, and its %s is true.", c.toggle),
					Remedy:  fmt.Sprintf("Set %s = false in the variant, or give it another role.", c.toggle),
				})
			}
		}
	case spec.RoleChecked:
		v.checked(s)
	}
}

// checked says why a variant of role checked does not check. One check that can
// fail is enough.
func (v *verifier) checked(s side) {
	var vain []Finding
	for _, c := range checks {
		if !on(s.derivation, c.toggle) {
			continue
		}
		why, listed := v.vain(s.derivation, c.phase)
		if why == canFail {
			return
		}
		f := Finding{
			Rule: RuleVacuous, Output: s.name(), Range: s.place(c.phase), Attribute: c.phase,
			Summary: fmt.Sprintf("The %s of %s cannot fail", c.phase, s.name()),
			Detail:  fmt.Sprintf("Its tests may fail, and the build succeeds: %s.", why),
			Remedy:  "Let it end with the status of the tests.",
		}
		if !listed {
			f.Range, f.Attribute = s.place("phases"), "phases"
			f.Summary = fmt.Sprintf("%s does not run its %s", s.name(), c.phase)
			f.Detail = fmt.Sprintf("%s is true, and phases does not name %s.", c.toggle, c.phase)
			f.Remedy = fmt.Sprintf("Add %s to phases, or leave phases out.", c.phase)
		}
		vain = append(vain, f)
	}
	if len(vain) > 0 {
		for _, f := range vain {
			v.report(f)
		}
		return
	}
	f := Finding{
		Rule: RuleUnchecked, Output: s.name(), Range: s.place("doCheck"), Attribute: "doCheck",
		Summary: fmt.Sprintf("%s does not check", s.name()),
		Detail:  "Neither doCheck nor doInstallCheck is true in its derivation.",
		Remedy:  "Set doCheck = true in the variant.",
	}
	if v.strategy(s.output) == spec.Inline {
		f.Detail += " The rendering sets doCheck for the tests that it runs."
		f.Remedy = "Render again. If the file is as rendered, the builder drops it: take one that passes it on."
		v.report(f)
		return
	}
	for _, c := range checks {
		if v.sets(s, c.toggle) {
			f.Range, f.Attribute = s.place(c.toggle), c.toggle
			f.Detail = fmt.Sprintf("The spec sets %s, and the derivation does not have it on.", c.toggle)
			f.Remedy = fmt.Sprintf("Set %s = true, in the variant if the shared attributes say otherwise. If they say true, the builder drops it: take one that passes it on.", c.toggle)
			break
		}
	}
	v.report(f)
}

func (v *verifier) sets(s side, attribute string) bool {
	return named(s.output.Variant.Attributes, attribute) != nil || named(s.output.Package.Attributes, attribute) != nil
}

// vain says why a phase cannot fail; listed is false where phases leaves it out.
// A phase that is not set is stdenv's own, which runs what the Makefile has.
func (v *verifier) vain(d *store.Derivation, phase string) (why vacuity, listed bool) {
	if phases, ok := value(d, "phases"); ok && strings.TrimSpace(phases) != "" {
		words := strings.FieldsFunc(phases, func(r rune) bool { return strings.ContainsRune(" \t\r\n[]\",", r) })
		if !slices.Contains(words, phase) {
			return runsNone, false
		}
	}
	hook := func(name string) string {
		text, _ := value(d, name)
		return text
	}
	text, ok := value(d, phase)
	if !ok {
		return v.defaultPhase(d, phase, hook), true
	}
	return judgePhase(text, hook), true
}

// defaultPhase is stdenv's own, between its two hooks.
func (v *verifier) defaultPhase(d *store.Derivation, phase string, hook func(string) string) vacuity {
	flags, _ := value(d, strings.TrimSuffix(phase, "Phase")+"Flags")
	name := strings.ToUpper(phase[:1]) + strings.TrimSuffix(phase[1:], "Phase")
	return judgePhase("runHook pre"+name+"\nmake "+flags+" check\nrunHook post"+name, hook)
}
