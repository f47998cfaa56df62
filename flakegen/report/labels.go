package report

import "github.com/flakegen/flakegen/flakegen/timing"

// labels say what the derivations of a report are called, and what became of
// them, each in constant time.
type labels struct {
	same    map[string]int    // how many derivations have a name
	outputs map[string]string // the output that a derivation is of
	ended   map[string]timing.Disposition
}

func labelsOf(r timing.Report) labels {
	l := labels{same: map[string]int{}, outputs: map[string]string{}, ended: map[string]timing.Disposition{}}
	for _, d := range r.Derivations {
		l.same[d.Name]++
		if _, known := l.ended[d.Derivation]; !known && d.Derivation != "" {
			l.ended[d.Derivation] = d.Disposition
		}
	}
	for _, o := range r.Outputs {
		if _, known := l.outputs[o.Derivation]; !known && o.Derivation != "" {
			l.outputs[o.Derivation] = o.Name
		}
	}
	return l
}

// label is what a derivation is called: by its name, and where another one has the
// same also by the output that it is of.
func (l labels) label(d timing.Derivation) string {
	if output := l.outputs[d.Derivation]; output != "" && l.same[d.Name] > 1 {
		return single(d.Name) + " (" + single(output) + ")"
	}
	return single(d.Name)
}

// wanted says whether a derivation is one of those asked for.
func (l labels) wanted(d timing.Derivation) bool {
	_, ok := l.outputs[d.Derivation]
	return ok && d.Derivation != ""
}
