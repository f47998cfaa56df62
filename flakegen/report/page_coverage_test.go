package report

import (
	"bytes"
	"strings"
	"testing"
)

// covered has all states, and names and reasons that want to be more than text.
func covered() *Coverage {
	return &Coverage{
		Systems: []string{"x86_64-linux", "aarch64-linux", "aarch64-darwin"},
		Checks: []CoveredCheck{
			{"rts-checked", []CoveredCell{{State: "gates"}, {State: "gates"}, {State: "nightly"}}},
			{"rts-seeded", []CoveredCell{{State: "nightly"}, {State: "by hand"}, {State: "never"}}},
			{"lint", []CoveredCell{{State: "gates"}, {}, {State: "never", Reason: "the linter is not built for it, and nobody misses it there"}}},
			{"<script>alert(1)</script>", []CoveredCell{{State: "never"}, {State: "never", Reason: "\"><img src=x onerror=alert(1)>\x1b[31m"}, {}}},
		},
	}
}

func coveredPage(t *testing.T, c *Coverage) string {
	t.Helper()
	var b bytes.Buffer
	if err := Page(&b, recorded(t, "checked"), nil, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Each state is a word on the page, whatever colours there are.
func TestCoverageOnAPage(t *testing.T) {
	page := coveredPage(t, covered())
	for _, want := range []string{
		"Where the checks run", "checks run nowhere in 2 places", ">gates</span>", ">nightly</span>", ">by hand</span>", ">never</span>",
		">unchecked</span>", "the linter is not built for it", "not there", "&lt;script&gt;alert(1)&lt;/script&gt;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "\x1b") || strings.Contains(page, "<img") {
		t.Error("a reason is more than text")
	}
	for name, c := range map[string]*Coverage{"no spec": nil, "no check": {Systems: []string{"x86_64-linux"}}} {
		if strings.Contains(coveredPage(t, c), "Where the checks run") {
			t.Errorf("%s: a page with nothing to cover has a grid", name)
		}
	}
	unknown := covered()
	unknown.Unknown = true
	if !strings.Contains(coveredPage(t, unknown), "no ci block") {
		t.Error("the page does not say that nothing is known")
	}
}

// What is read out for a cell says the system and the state.
func TestCoverageInABrowser(t *testing.T) {
	b := browse(t)
	var cells []string
	b.show(t, coveredPage(t, covered()), look{width: 360, evaluate: map[string]any{
		`[...document.querySelectorAll('.covered tbody td')].map(c => getComputedStyle(c, '::before').content + c.textContent)`: &cells,
	}}).check(t)
	if len(cells) != 12 || cells[0] != `"x86_64-linux "✓ gates` {
		t.Errorf("%q", cells)
	}
}
