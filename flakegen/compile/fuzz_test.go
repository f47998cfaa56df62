package compile_test

import (
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/grow"
)

// Whatever an expression is, it is rendered or refused, with symbols and without.
func FuzzExpression(f *testing.F) {
	for _, name := range []string{"closed.hcl", "open.hcl"} {
		for _, text := range caseTexts(f, "testdata/cases/"+name) {
			f.Add(text)
		}
	}
	for _, example := range examples {
		f.Add(example.hcl)
	}
	for seed := range uint64(50) {
		f.Add(grow.Closed(seed).Any())
		g := grow.Open(seed)
		f.Add(g.Expr(g.Shape(2)))
	}
	e := newEnvironment(grow.Open(1))
	f.Fuzz(func(t *testing.T, expression string) {
		for _, e := range []environment{nil, e} {
			// An error is one of reading the spec that the expression stands in.
			if _, err := compileText(expression, e); err != nil && strings.HasPrefix(err.Error(), "panic") {
				t.Fatal(err)
			}
		}
	})
}
