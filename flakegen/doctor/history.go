package doctor

import (
	"context"
	"errors"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// history says whether builds can be noted in the database of past builds.
func (e *examination) history(ctx context.Context) []Finding {
	const rule, subject = "history", "history"
	h := e.History
	err := h.Err
	switch {
	case err == nil && h.Path == "":
		return []Finding{ok(rule, subject, "none is kept")}
	case err == nil:
		err = history.Look(ctx, h.Path)
	}
	path := nixcmd.Printable(h.Path)
	var f Finding
	switch {
	case err == nil:
		return []Finding{ok(rule, subject, "%s", path)}
	case errors.Is(err, history.ErrNone):
		return []Finding{ok(rule, subject, "no build is recorded yet")}
	case errors.Is(err, history.ErrNewer):
		f = fault(rule, subject, "a newer flakegen made %s", path).because("Builds of this one are not noted in it, and it knows no past ones.")
	case errors.Is(err, history.ErrBusy):
		f = note(rule, subject, "another program holds %s", path)
	default:
		f = fault(rule, subject, "it cannot be used").because("%s", nixcmd.Printable(err.Error()))
	}
	advice, command := h.Advice(err)
	f = f.advise(nixcmd.Printable(advice))
	if command != "" {
		f.Lines = []string{nixcmd.Printable(command)}
	}
	return []Finding{f}
}
