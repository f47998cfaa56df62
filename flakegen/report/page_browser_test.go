package report

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/flakegen/flakegen/internal/require"
)

var pictures = flag.String("pictures", "", "write a picture of each page that the browser shows into this `folder`")

// browser is one Chromium for all tests of this package.
type browser struct{ ctx context.Context }

func browse(t *testing.T) browser {
	t.Helper()
	program := require.Program(t, "chromium")
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.Headless, chromedp.DisableGPU, chromedp.NoSandbox,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-extensions", true), chromedp.Flag("hide-scrollbars", true),
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return browser{ctx}
}

// look is how a page is looked at.
type look struct {
	width    int64
	dark     bool
	print    bool
	scripts  bool
	evaluate map[string]any // expressions, and where their values go
	steps    []step         // the same, one after the other
	picture  string         // its name, without .png
}

type step struct {
	expression string
	value      any
}

// seen is what the browser had to say of a page.
type seen struct {
	mu       sync.Mutex
	said     []string // errors, warnings and whatever was written to the console
	requests []string // but for the page itself
}

// show opens a page in a tab of its own.
func (b browser) show(t *testing.T, html string, l look) *seen {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: file}).String()
	ctx, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	ctx, cancelTimeout := context.WithTimeout(ctx, 2*time.Minute)
	defer cancelTimeout()

	s := &seen{}
	note := func(format string, args ...any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.said = append(s.said, fmt.Sprintf(format, args...))
	}
	if err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			note("console %s", e.Type)
		case *runtime.EventExceptionThrown:
			note("exception: %v", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			note("%s: %s", e.Entry.Level, e.Entry.Text)
		case *cdppage.EventJavascriptDialogOpening:
			note("dialog: %s", e.Message)
		case *network.EventRequestWillBeSent:
			if e.Request.URL != address {
				s.mu.Lock()
				s.requests = append(s.requests, e.Request.URL)
				s.mu.Unlock()
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	must := func(_ cdp.Empty, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	scheme, media := "light", ""
	if l.dark {
		scheme = "dark"
	}
	if l.print {
		media = "print"
	}
	must(chromedp.Call(ctx, network.Enable, network.EnableParams{}))
	must(chromedp.Call(ctx, log.Enable, cdp.Empty{}))
	must(chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: 900, DeviceScaleFactor: 1, Mobile: l.width < 600,
	}))
	must(chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
	must(chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !l.scripts}))
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	for expression, value := range l.evaluate {
		l.steps = append(l.steps, step{expression, value})
	}
	for _, each := range l.steps {
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](each.expression))
		if err == nil {
			err = json.Unmarshal(found, each.value)
		}
		if err != nil {
			t.Fatalf("%s: %v", each.expression, err)
		}
	}
	if *pictures != "" && l.picture != "" {
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*pictures, l.picture+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *seen) check(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.said) > 0 {
		t.Errorf("the browser says:\n%s", strings.Join(s.said, "\n"))
	}
	if len(s.requests) > 0 {
		t.Errorf("the page asks for:\n%s", strings.Join(s.requests, "\n"))
	}
}
