package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html/atom"

	nethtml "golang.org/x/net/html"

	"github.com/flakegen/flakegen/flakegen/history"
)

func markdownOf(t *testing.T, record history.Record) string {
	t.Helper()
	var b strings.Builder
	if err := Markdown(&b, record, 0); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	for _, name := range []string{"checked", "failing"} {
		checkGolden(t, "testdata/markdown/"+name+".md", markdownOf(t, recorded(t, name)))
	}
	checkGolden(t, "testdata/markdown/sample.md", markdownOf(t, history.Record{Report: sample()}))
	var b strings.Builder
	if err := OverviewMarkdown(&b, OverviewOf(past()), 0); err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "testdata/markdown/past.md", b.String())
}

// rendered is Markdown as GitHub renders it, before it takes out what is not
// allowed: what is not there cannot slip through.
func rendered(t *testing.T, markdown string) *nethtml.Node {
	t.Helper()
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	node, err := nethtml.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	return node
}

// Whatever names and logs hold, the elements are those that this package writes,
// without links, and all text from outside is in code, where nobody is mentioned.
func TestMarkdownOfHostileText(t *testing.T) {
	markdown := markdownOf(t, hostile())
	allowed := map[atom.Atom]bool{}
	for _, a := range []atom.Atom{
		atom.Html, atom.Head, atom.Body, atom.H3, atom.P, atom.Table, atom.Thead, atom.Tbody, atom.Tr, atom.Th, atom.Td,
		atom.Code, atom.Pre, atom.Details, atom.Summary, atom.Ul, atom.Li, atom.Strong,
	} {
		allowed[a] = true
	}
	count := map[atom.Atom]int{}
	var walk func(n *nethtml.Node, inCode bool)
	walk = func(n *nethtml.Node, inCode bool) {
		if n.Type == nethtml.ElementNode {
			count[n.DataAtom]++
			if !allowed[n.DataAtom] {
				t.Errorf("an element %s in %q", n.Data, n.Parent.Data)
			}
			for _, a := range n.Attr {
				if a.Key != "style" && a.Key != "open" && a.Key != "class" && a.Key != "align" {
					t.Errorf("%s has an attribute %s", n.Data, a.Key)
				}
			}
			inCode = inCode || n.DataAtom == atom.Code
		}
		for _, harm := range []string{"hit(", "@octocat", "example.org", "heading"} {
			// The reasons of failures are Nix's own words, and stand in summaries.
			if n.Type == nethtml.TextNode && !inCode && n.Parent.DataAtom != atom.Summary && strings.Contains(n.Data, harm) {
				t.Errorf("%q is outside of code: %q", harm, n.Data)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inCode)
		}
	}
	root := rendered(t, markdown)
	walk(root, false)

	failed := 0
	for _, d := range hostile().Report.Derivations {
		if d.Failure != nil {
			failed++
		}
	}
	if got := count[atom.Details]; got != failed {
		t.Errorf("%d details for %d failures", got, failed)
	}
	if count[atom.H3] != 1 {
		t.Errorf("%d headings", count[atom.H3])
	}
	// Each row of a table has as many cells as its head.
	checkTables(t, root)
}

func checkTables(t *testing.T, n *nethtml.Node) {
	t.Helper()
	if n.DataAtom == atom.Table {
		rows := 0
		for d := range n.Descendants() {
			if d.DataAtom != atom.Tr {
				continue
			}
			rows++
			for c := range d.ChildNodes() {
				if c.DataAtom == atom.Td && c.FirstChild != nil && strings.Contains(c.FirstChild.Data, "`") {
					t.Errorf("a code span has burst: %q", c.FirstChild.Data)
				}
			}
		}
		if rows < 2 {
			t.Errorf("a table of %d rows", rows)
		}
	}
	for c := range n.ChildNodes() {
		checkTables(t, c)
	}
}

func TestMarkdownStaysWithinItsLimit(t *testing.T) {
	record := hostile()
	for _, limit := range []int{0, 100, 500, 2_000, 20_000} {
		var b strings.Builder
		if err := Markdown(&b, record, limit); err != nil {
			t.Fatal(err)
		}
		if limit > 0 && b.Len() > limit {
			t.Errorf("%d bytes, limit %d", b.Len(), limit)
		}
		if limit >= 500 && limit < 20_000 && !strings.Contains(b.String(), "left out") {
			t.Errorf("at %d bytes it does not say that more was left out:\n%s", limit, b.String())
		}
	}
	// Logs of the greatest length, and more failures than anyone reads.
	failing := large(2000)
	line := strings.Repeat("x", 1000)
	for i := range failing.Report.Derivations {
		d := &failing.Report.Derivations[i]
		d.Disposition, d.LogTail = "failed", nil
		for range 25 {
			d.LogTail = append(d.LogTail, line)
		}
	}
	var b strings.Builder
	if err := Markdown(&b, failing, 0); err != nil {
		t.Fatal(err)
	}
	if b.Len() > SummaryLimit || !strings.Contains(b.String(), "1980 more failed:") || !strings.Contains(b.String(), "- and 980 more\n") {
		t.Errorf("%d bytes", b.Len())
	}
}

func TestFit(t *testing.T) {
	sections := []string{"first\n", "", strings.Repeat("long ", 100) + "\n", "third\n"}
	tests := []struct {
		limit int
		want  string
	}{
		{0, "first\n\n" + sections[2] + "\nthird\n"},
		{100, "first\n\nthird\n\n" + leftOut},
		{len(leftOut) + 1, leftOut},
		{10, ""},
	}
	for _, test := range tests {
		if got := strings.TrimPrefix(fit(sections, test.limit), "\n"); got != test.want {
			t.Errorf("in %d bytes: %q, want %q", test.limit, got, test.want)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	write := map[string]func(io.Writer) error{
		"markdown": func(w io.Writer) error { return Markdown(w, recorded(t, "many"), 0) },
		"trace":    func(w io.Writer) error { return Trace(w, recorded(t, "many")) },
		"page":     func(w io.Writer) error { return Page(w, recorded(t, "many"), past(), nil) },
		"overview": func(w io.Writer) error { return OverviewPage(w, past()) },
	}
	for name, f := range write {
		var first, second bytes.Buffer
		if err := f(&first); err != nil {
			t.Fatal(err)
		}
		if err := f(&second); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}
