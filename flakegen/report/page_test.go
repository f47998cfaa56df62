package report

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/flakegen/flakegen/flakegen/history"
)

func pageOf(t testing.TB, record history.Record, past []history.Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := Page(&b, record, past, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func overviewOf(t testing.TB, records []history.Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := OverviewPage(&b, records); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pages are those that the browser shows in every way.
func pages(t *testing.T) map[string]string {
	withPast := past()
	last := withPast[len(withPast)-1]
	ten := series(t)
	return map[string]string{
		"series":   pageOf(t, ten[8], ten),
		"checked":  pageOf(t, recorded(t, "checked"), nil),
		"failing":  pageOf(t, recorded(t, "failing"), nil),
		"many":     pageOf(t, recorded(t, "many"), nil),
		"sample":   pageOf(t, history.Record{Report: sample()}, nil),
		"shards":   pageOf(t, history.Record{Report: matrix(72, func(i int) bool { return i == 3 || i == 40 })}, nil),
		"grouped":  pageOf(t, history.Record{Report: grouped()}, nil),
		"trend":    pageOf(t, last, withPast),
		"overview": overviewOf(t, withPast),
		"hostile":  pageOf(t, hostile(), []history.Record{hostile(), hostile()}),
		"empty":    pageOf(t, history.Record{Report: emptyReport()}, nil),
		"covered":  coveredPage(t, covered()),
	}
}

// In a browser no page says or asks for anything, none is wider than a phone, and
// dark is another page than light.
func TestPagesInABrowser(t *testing.T) {
	b := browse(t)
	for name, html := range pages(t) {
		t.Run(name, func(t *testing.T) {
			const wide, ground, sheets = "document.documentElement.scrollWidth - document.documentElement.clientWidth",
				"getComputedStyle(document.body).backgroundColor", "getComputedStyle(document.querySelector('.eyebrow')).fontWeight"
			grounds := map[bool]string{}
			for _, l := range []look{{width: 360}, {width: 1000}, {width: 1200, dark: true}} {
				var over int
				var color, weight string
				l.scripts = true
				l.picture = fmt.Sprintf("%s-%d-%v", name, l.width, map[bool]string{false: "light", true: "dark"}[l.dark])
				l.evaluate = map[string]any{wide: &over, ground: &color, sheets: &weight}
				b.show(t, html, l).check(t)
				if over > 0 {
					t.Errorf("at %d it is %d wider", l.width, over)
				}
				if weight != "600" {
					t.Errorf("the style sheet does not apply: weight %s", weight)
				}
				grounds[l.dark] = color
			}
			if grounds[true] == grounds[false] || grounds[true] == "" {
				t.Errorf("the ground is %q, in the dark %q", grounds[false], grounds[true])
			}
		})
	}
}

// Without scripts all is there; with them a table sorts and filters.
func TestPageWithoutAndWithScripts(t *testing.T) {
	b := browse(t)
	html := pageOf(t, recorded(t, "failing"), nil)
	var rows, bars, buttons int
	var log string
	b.show(t, html, look{width: 1200, evaluate: map[string]any{
		"document.querySelectorAll('.sortable tbody tr').length": &rows,
		"document.querySelectorAll('.rows svg.bar').length":      &bars,
		"document.querySelectorAll('button').length":             &buttons,
		"document.querySelector('.failure pre').textContent":     &log,
	}}).check(t)
	if rows != 13 || bars != 13 || buttons != 0 {
		t.Errorf("%d rows, %d bars, %d buttons without scripts, want 13, 13, 0", rows, bars, buttons)
	}
	if !strings.Contains(log, "implicit declaration of function 'heap_walk'") {
		t.Errorf("the log is %q", log)
	}

	var slowest, named, after, sorted string
	var shown int
	const names = "Array.from(document.querySelectorAll('.sortable tbody th')).map((e) => e.firstChild.textContent.trim())"
	b.show(t, html, look{width: 1200, scripts: true, steps: []step{
		{"document.querySelectorAll('.sortable thead button')[4].click(), " + names + "[0]", &slowest},
		{"document.querySelectorAll('.sortable thead button')[4].parentElement.getAttribute('aria-sort')", &sorted},
		{"document.querySelectorAll('.sortable thead button')[0].click(), " + names + "[0]", &named},
		{"document.querySelectorAll('.sortable thead button')[0].click(), " + names + "[0]", &after},
		{"const f = document.querySelector('.filter input'); f.value = 'WILLOW'; f.dispatchEvent(new Event('input')); Array.from(document.querySelectorAll('.sortable tbody tr')).filter((e) => e.offsetParent !== null).length", &shown},
	}}).check(t)
	if slowest != "juniper-0.7" || sorted != "descending" || named != "basil-0.3" || after != "willow-1.0" {
		t.Errorf("sorted: %q (%s), %q, %q", slowest, sorted, named, after)
	}
	if shown != 1 {
		t.Errorf("the filter shows %d rows", shown)
	}
}

// Nothing that a name or a log holds becomes more than text, with scripts allowed
// and even without the policy that forbids strange ones.
func TestHostilePage(t *testing.T) {
	b := browse(t)
	html := pageOf(t, hostile(), []history.Record{hostile()})
	const trap = "<script>window.harm = []; window.hit = (what) => window.harm.push(what);</script>"
	start := strings.Index(html, "<meta http-equiv=")
	end := start + strings.Index(html[start:], ">") + 1
	unguarded := html[:start] + trap + html[end:]

	for name, html := range map[string]string{"as it is": html, "without its policy": unguarded} {
		var harm []string
		var scripts, strange, handlers, titles int
		b.show(t, html, look{width: 1200, scripts: true, evaluate: map[string]any{
			"window.harm || []":                          &harm,
			"document.querySelectorAll('script').length": &scripts,
			"document.querySelectorAll('img, iframe, a, form, h4, object, embed, base').length":                                                                                              &strange,
			"Array.from(document.querySelectorAll('*')).flatMap((e) => Array.from(e.attributes)).filter((a) => a.name.startsWith('on') || a.name === 'style' || a.name === 'srcdoc').length": &handlers,
			"document.querySelectorAll('head title').length": &titles,
		}}).check(t)
		want := 1
		if html == unguarded {
			want = 2
		}
		if len(harm) > 0 || scripts != want || strange > 0 || handlers > 0 || titles != 1 {
			t.Errorf("%s: ran %q, %d scripts, %d strange elements, %d handlers, %d titles", name, harm, scripts, strange, handlers, titles)
		}
	}

	// The trap does catch.
	var harm []string
	b.show(t, strings.Replace(unguarded, "</main>", "<script>hit('trap')</script></main>", 1), look{width: 1200, scripts: true, evaluate: map[string]any{"window.harm": &harm}})
	if len(harm) != 1 {
		t.Errorf("the trap has caught %q", harm)
	}
	// And the policy does keep out what would be there.
	var ran bool
	s := b.show(t, strings.Replace(html, "</main>", "<script>window.ran = true</script></main>", 1), look{width: 1200, scripts: true, evaluate: map[string]any{"window.ran === true": &ran}})
	if ran || len(s.said) == 0 {
		t.Errorf("a strange script ran: %v, said %q", ran, s.said)
	}
}

// Ten thousand derivations make a page that a browser opens, with bounded rows and
// the rest summed up.
func TestPageOfTenThousand(t *testing.T) {
	b := browse(t)
	html := pageOf(t, large(10_000), nil)
	if len(html) > 2<<20 {
		t.Errorf("%d bytes", len(html))
	}
	var rows, bars, boxes int
	var left string
	began := time.Now()
	b.show(t, html, look{width: 360, scripts: true, picture: "large", evaluate: map[string]any{
		"document.querySelectorAll('.sortable tbody tr').length":  &rows,
		"document.querySelectorAll('.rows svg.bar').length":       &bars,
		"document.querySelectorAll('rect').length":                &boxes,
		"document.querySelector('#timeline ~ .more').textContent": &left,
	}}).check(t)
	t.Logf("%d bytes, %d boxes, opened in %s", len(html), boxes, time.Since(began))
	if rows != pageRows || bars != timelineRows {
		t.Errorf("%d rows, %d bars", rows, bars)
	}
	if !strings.HasPrefix(left, "and 9900 more, none longer than ") {
		t.Errorf("the rest is %q", left)
	}
}

// What generating takes grows as the number of derivations does.
func TestPageIsLinear(t *testing.T) {
	small, big := large(2_000), large(20_000)
	took := func(record history.Record) time.Duration {
		best := time.Hour
		for range 5 {
			began := processorTime(t)
			pageOf(t, record, []history.Record{record})
			best = min(best, processorTime(t)-began)
		}
		return best
	}
	one, ten := took(small), took(big)
	t.Logf("2,000 derivations %s, 20,000 %s", one, ten)
	if ratio := float64(ten) / float64(one); ratio > 20 {
		t.Errorf("ten times as many take %.0f times as long", ratio)
	}
}

// processorTime is how long the processors were busy with this process, which
// depends less on what else the machine does than the time of day.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// On paper the whole log of a failure is there, and nothing that scrolls.
func TestPageOnPaper(t *testing.T) {
	b := browse(t)
	var height string
	b.show(t, pageOf(t, recorded(t, "failing"), nil), look{width: 800, print: true, scripts: true, picture: "paper", evaluate: map[string]any{
		"getComputedStyle(document.querySelector('.failure pre')).maxHeight": &height,
	}}).check(t)
	if height != "none" {
		t.Errorf("the log is cut at %s", height)
	}
}

// All text has at least the contrast that WCAG 2.1 AA asks for, 4.5 to 1, and what
// is drawn 3 to 1, in light and in dark.
func TestContrast(t *testing.T) {
	b := browse(t)
	for _, dark := range []bool{false, true} {
		var poor []string
		b.show(t, pageOf(t, recorded(t, "failing"), nil), look{width: 1200, dark: dark, scripts: true, evaluate: map[string]any{contrast: &poor}}).check(t)
		if len(poor) > 0 {
			t.Errorf("dark %v: %s", dark, strings.Join(poor, "\n"))
		}
	}
}

// contrast lists the colours of the style sheet that are too near to the ground.
const contrast = `(() => {
  const root = getComputedStyle(document.documentElement);
  const light = (name) => {
    const hex = root.getPropertyValue(name).trim();
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const poor = [];
  const hold = (least, names, grounds) => {
    for (const name of names) for (const ground of grounds) {
      const r = ratio(name, ground);
      if (!(r >= least)) poor.push(name + " on " + ground + ": " + r.toFixed(2));
    }
  };
  hold(4.5, ["--ink", "--quiet", "--good", "--bad", "--warn", "--accent"], ["--ground", "--raised"]);
  hold(3, ["--prepare", "--build", "--check", "--finish", "--other", "--fetch", "--path", "--bad"], ["--ground"]);
  return poor;
})()`
