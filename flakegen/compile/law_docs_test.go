package compile_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// leftOutRow is a row of the table: an error, and the laws that leave it out.
var leftOutRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (with and without|with|without) \\|")

// The page of the language names exactly what the laws leave out.
func TestLeftOutIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(page), "<!-- left out -->")
	if !ok {
		t.Fatal("the page marks no table of what is left out")
	}
	table, _, _ = strings.Cut(strings.TrimSpace(table), "\n\n")
	rows := leftOutRow.FindAllStringSubmatch(table, -1)
	if lines := strings.Count(table, "\n") - 1; len(rows) != lines {
		t.Errorf("%d of %d rows name an error and a law", len(rows), lines)
	}
	var closed, open []string
	for _, row := range rows {
		if row[2] != "with" {
			closed = append(closed, row[1])
		}
		if row[2] != "without" {
			open = append(open, row[1])
		}
	}
	for _, law := range []struct {
		name       string
		documented []string
		leftOut    map[string]bool
	}{{"closed", closed, closedLeftOut}, {"open", open, openLeftOut}} {
		slices.Sort(law.documented)
		if want := slices.Sorted(maps.Keys(law.leftOut)); !slices.Equal(law.documented, want) {
			t.Errorf("%s expressions: the page leaves out\n%q\nand the law\n%q", law.name, law.documented, want)
		}
	}
}
