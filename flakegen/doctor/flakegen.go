package doctor

import "context"

// flakegen says which version this is, and whether the spec wants that.
func (e *examination) flakegen(context.Context) []Finding {
	f := ok("version", "flakegen", "%s", e.Version)
	if e.Repository != nil {
		if d := e.Repository.Rendering.Spec.CheckVersion(e.Version); d != nil {
			f = fault("version", "flakegen", "%s is not what the spec asks for", e.Version).
				advise(d.Detail).at(*d.Subject)
		}
	}
	return []Finding{f}
}
