package report

import "fmt"

// Coverage says where the checks of a spec run, for a page. The report knows no spec,
// so whoever does tells it in plain words.
type Coverage struct {
	// Systems are the columns, Checks the lines.
	Systems []string
	Checks  []CoveredCheck
	// Unknown says that no ci block tells what runs where.
	Unknown bool
}

// CoveredCheck is a check and its state on each of the systems, in their order.
type CoveredCheck struct {
	Name  string
	Cells []CoveredCell
}

// CoveredCell is where a check runs on a system: "gates", "nightly", "by hand",
// "never", or "" on a system without the check. Reason is why one never runs, where
// the spec says so.
type CoveredCell struct{ State, Reason string }

// coverageView is that on a page.
type coverageView struct {
	Systems []string
	Rows    []coverageRow
	More    int
	Unknown bool
	Verdict string
}

type coverageRow struct {
	Name  string
	Cells []coverageCell
}

type coverageCell struct{ System, Sign, Class, Word, Reason string }

// coverageViewOf lays a grid of states out, or gives nil where there is none.
func coverageViewOf(c *Coverage) *coverageView {
	if c == nil || len(c.Checks) == 0 {
		return nil
	}
	v := &coverageView{Unknown: c.Unknown, More: max(0, len(c.Checks)-pageRows)}
	for _, system := range c.Systems {
		v.Systems = append(v.Systems, single(system))
	}
	never := 0
	for i, check := range c.Checks {
		row := coverageRow{Name: single(check.Name)}
		for at, cell := range check.Cells {
			one := coverageCellOf(cell)
			one.System = v.Systems[at]
			if one.Class == "never" {
				never++
			}
			row.Cells = append(row.Cells, one)
		}
		if i < pageRows {
			v.Rows = append(v.Rows, row)
		}
	}
	switch {
	case c.Unknown:
		v.Verdict = "The spec has no ci block, so nothing is known of what runs where."
	case never == 0:
		v.Verdict = "As the spec has it, each check runs somewhere, or the spec says why it does not."
	case never == 1:
		v.Verdict = "As the spec has it, one check runs nowhere on a system, and nothing says why."
	default:
		v.Verdict = fmt.Sprintf("As the spec has it, checks run nowhere in %d places, and nothing says why.", never)
	}
	return v
}

// coverageCellOf gives a state its word, and a sign and a colour that say the same.
func coverageCellOf(c CoveredCell) coverageCell {
	switch c.State {
	case "":
		return coverageCell{Class: "absent", Word: "not there"}
	case "gates":
		return coverageCell{Sign: "✓", Class: "gates", Word: "gates"}
	case "nightly":
		return coverageCell{Sign: "◐", Class: "nightly", Word: "nightly"}
	case "by hand":
		return coverageCell{Sign: "○", Class: "byhand", Word: "by hand"}
	case "never":
		if c.Reason != "" {
			return coverageCell{Sign: "–", Class: "unchecked", Word: "unchecked", Reason: single(c.Reason)}
		}
		return coverageCell{Sign: "✗", Class: "never", Word: "never"}
	}
	panic("report: no state of a check is called " + c.State)
}
