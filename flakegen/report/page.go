package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/flakegen/flakegen/flakegen/history"
	"github.com/flakegen/flakegen/templates"
)

// Page writes a build as one HTML page that needs nothing else: no network, no
// script from elsewhere, and for all but sorting and filtering no script at all.
// Charts are SVG that html/template fills in, so what stands in them is escaped
// like all other text. past are other builds of the project, which may hold this
// one too: of them the page shows the trend of each output and what variants
// leave out. covered says where the checks of the spec run, nil where there is no
// spec. The same input gives the same bytes.
func Page(w io.Writer, record history.Record, past []history.Record, covered *Coverage) error {
	p := buildPage(record, past)
	p.Coverage = coverageViewOf(covered)
	return render(w, p)
}

// OverviewPage writes many builds as one page of the same kind.
func OverviewPage(w io.Writer, records []history.Record) error {
	return render(w, overviewPage(records))
}

// page is what templates.ReportPage is filled with. Every text in it comes from
// outside as it is, and is made harmless by the template alone.
type page struct {
	Title string
	// Eyebrow is what the page is about, and Heading the verdict.
	Eyebrow, Heading string
	Sign, Class      string // of the verdict
	Facts            []fact
	Numbers          []fact

	Build    *buildView
	Overview *overviewView

	Coverage *coverageView

	Differences []differenceView
	Trends      []trendView
	MoreTrends  int
	// TrendChecks and the others say what the legend of the trends has to explain.
	TrendChecks, TrendFailed, TrendThis bool

	Style  template.CSS
	Script template.JS
	Policy string
}

// fact is a word about a build and what it is.
type fact struct{ Name, Value string }

func render(w io.Writer, p page) error {
	p.Style = template.CSS(templates.ReportStyle)
	p.Script = template.JS(templates.ReportScript)
	p.Policy = policy()
	return pageTemplate().Execute(w, p)
}

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Parse(templates.ReportPage))
})

// policy lets the browser use the style and the script of the page itself and
// nothing else, should any text from outside ever get to be more than text.
func policy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"style-src " + hash(templates.ReportStyle),
		"script-src " + hash(templates.ReportScript),
		"img-src data:", // the empty icon, without which a browser asks for one
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
}

// percentOf is a place on an axis, as SVG takes it.
func percentOf(part, whole float64) string {
	if whole <= 0 {
		return "0%"
	}
	return fmt.Sprintf("%.3f%%", min(100, max(0, 100*part/whole)))
}
