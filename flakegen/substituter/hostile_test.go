package substituter

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

const info = "StoreDir: /nix/store\nPriority: 7\nWantMassQuery: 1\n"

// tight are limits that a test can wait for; also on a busy machine what ends by
// itself ends before.
var tight = Limits{
	Request: 10 * time.Second, Whole: 20 * time.Second, Attempts: 3, Wait: time.Millisecond,
	RetryAfter: 2 * time.Second, Failures: 3, Bytes: 1 << 20,
}

func paths(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("/nix/store/%032d-path-%d", i, i)
	}
	return all
}

// Each of these answers every question for a narinfo, with nix-cache-info in
// order. What is wanted: the state of the cache, and a part of what is said of the
// cache and of the first path.
func TestHostileCaches(t *testing.T) {
	bomb := func() []byte {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		zeros := make([]byte, 1<<20)
		for range 500 {
			w.Write(zeros)
		}
		w.Close()
		return packed.Bytes()
	}()
	tests := []struct {
		name   string
		answer http.HandlerFunc
		state  State
		want   string
	}{
		{"endless body", func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 64<<10)); err != nil {
					return
				}
			}
		}, SetAside, "too long"},
		{"endless lines", func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write(bytes.Repeat([]byte("Sig: a:b\n"), 8<<10)); err != nil {
					return
				}
			}
		}, SetAside, "too long"},
		{"a byte now and then", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				w.Write([]byte("x"))
				w.(http.Flusher).Flush()
				time.Sleep(50 * time.Millisecond)
			}
		}, SetAside, "in time"},
		{"no answer", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, SetAside, "in time"},
		{"a header now and then", raw(func(c net.Conn) {
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := fmt.Fprint(c, "X: y\r\n"); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}), SetAside, "in time"},
		{"endless header", raw(func(c net.Conn) {
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := fmt.Fprintf(c, "X: %s\r\n", strings.Repeat("y", 4096)); err != nil {
					return
				}
			}
		}), SetAside, "header"},
		{"redirects in a circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, SetAside, "10 redirects"},
		{"redirects to ever other places", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusTemporaryRedirect)
		}, SetAside, "10 redirects"},
		{"redirect to a file", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, SetAside, `unsupported protocol scheme "file"`},
		{"redirect to a script", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "javascript:alert(1)")
			w.WriteHeader(http.StatusMovedPermanently)
		}, SetAside, "unsupported protocol scheme"},
		{"redirect to nowhere", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Location"] = []string{"http://\x1b[31m\x00/"}
			w.WriteHeader(http.StatusFound)
		}, SetAside, "Location"},
		{"redirect with an endless body", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.Path)
			w.WriteHeader(http.StatusFound)
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, SetAside, "10 redirects"},
		{"another path", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, sample) }, Asked, "refused: wrong-path"},
		{"HTTP 500", status(500, nil), SetAside, "HTTP 500"},
		{"HTTP 400", status(400, nil), SetAside, "HTTP 400"},
		{"HTTP 501", status(501, nil), SetAside, "HTTP 501"},
		{"HTTP 204", status(204, nil), SetAside, "HTTP 204"},
		{"HTTP 403", status(403, nil), Asked, "nothing"},
		{"HTTP 410", status(410, nil), Asked, "nothing"},
		{"HTTP 404 with an endless page", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, Asked, "nothing"},
		{"wait an hour", status(429, http.Header{"Retry-After": {"3600"}}), SetAside, "HTTP 429 and asks to wait for 1h0m0s"},
		{"wait for ever", status(503, http.Header{"Retry-After": {"9223372036"}}), SetAside, "HTTP 503 and asks to wait for"},
		{"wait until a day", status(503, http.Header{"Retry-After": {"Fri, 31 Dec 2199 23:59:59 GMT"}}), SetAside, "asks to wait for"},
		{"wait for nonsense", status(429, http.Header{"Retry-After": {"soon"}}), SetAside, "HTTP 429"},
		{"HTTP 429", status(429, nil), SetAside, "HTTP 429"},
		{"a gzip bomb", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, SetAside, "too long"},
		{"an encoding that was not asked for", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, sample)
		}, SetAside, "encoding"},
		{"broken gzip", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, sample)
		}, SetAside, "gzip"},
		{"NUL and escape sequences", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "StorePath: \x1b]0;x\x07\x00\nURL: \x1b[2J\nNarHash: sha256:1b4sb93wp679q4zx9k1ignby1yna3z7c4c2ri3wphylbc2dwsys0\nNarSize: 7\nSig: \x00:\x1b\n\x1b[31m: \x9b\n")
		}, SetAside, `\x1b`},
		{"a page", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>\nnot: here</html>") }, SetAside, "no field"},
		{"a body that ends early", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "StorePath: ")
		}, SetAside, "unexpected EOF"},
		{"no HTTP", raw(func(c net.Conn) { fmt.Fprint(c, "\x1b[31mSSH-2.0\r\n\r\n") }), SetAside, "malformed HTTP"},
		{"a connection that ends", raw(func(c net.Conn) {}), SetAside, "EOF"},
		{"HTTP 200 in words", raw(func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 \x1b[31m\r\nContent-Length: 0\r\n\r\n") }), SetAside, "lacks"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/nix-cache-info" {
					fmt.Fprint(w, info)
					return
				}
				test.answer(w, r)
			}))
			defer server.Close()
			defer server.CloseClientConnections()
			limits := tight
			if test.want == "in time" {
				limits.Request = 300 * time.Millisecond
			}
			status, answers := patiently(t, Settings{Substituters: []string{server.URL}, RequireSigs: true, Connections: 4, Limits: limits}, 50)
			if status.State != test.state || test.state == Asked && status.Reason != "" {
				t.Errorf("it is %s: %s", status.State, status.Reason)
			}
			if status.Priority != 7 || !status.WantMassQuery {
				t.Errorf("%+v", status)
			}
			said := answers[0].word()
			for _, a := range answers {
				if a.Offer != nil || len(a.Failed) > 0 && !strings.Contains(said, test.want) {
					said = a.word()
				}
			}
			if !strings.Contains(said, test.want) || test.state == SetAside && !strings.Contains(status.Reason, test.want) {
				t.Errorf("it says %q of the cache and %q of the path, want %q", status.Reason, said, test.want)
			}
			if shown := said + status.Reason; strings.ContainsAny(shown, "\x00\x1b\x07\u009b\r\n") || !utf8.ValidString(shown) {
				t.Errorf("%q, %q is not to be shown", said, status.Reason)
			}
		})
	}
}

// The same, where the cache does not even say what it is.
func TestCachesThatAreNone(t *testing.T) {
	var served atomic.Int64
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string
		kind   Trouble
	}{
		{"absent", status(404, nil), "no nix-cache-info", NoInfo},
		{"denied", status(401, nil), "netrc-file", WantsLogin},
		{"denied by the proxy", status(407, nil), "HTTP 407", WantsProxyLogin},
		{"forbidden", status(403, nil), "HTTP 403", Forbidden},
		{"another store", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "StoreDir: /gnu/\x1bstore\n") }, `the store "/gnu/\x1bstore"`, OtherStore},
		{"no number", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "Priority: high\n") }, `"high" is no number`, OtherTrouble},
		{"silent", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "in time", TooLate},
		{"endless", func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, "too long", OtherTrouble},
		{"down for a moment", func(w http.ResponseWriter, r *http.Request) {
			if served.Add(1) < 3 {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(503)
				return
			}
			fmt.Fprint(w, info)
		}, "", NoTrouble},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(test.answer)
			defer server.Close()
			defer server.CloseClientConnections()
			limits := tight
			if test.name == "silent" {
				limits.Request = 300 * time.Millisecond
			}
			status, _ := patiently(t, Settings{Substituters: []string{server.URL}, Limits: limits}, 0)
			if test.want == "" {
				if status.State != Asked || status.Trouble != test.kind {
					t.Errorf("%+v", status)
				}
				return
			}
			if status.State != Unusable || status.Trouble != test.kind || !strings.Contains(status.Reason, test.want) || strings.ContainsAny(status.Reason, "\x00\x1b") {
				t.Errorf("it is %s, trouble %d: %q", status.State, status.Trouble, status.Reason)
			}
		})
	}

	t.Run("a bad certificate", func(t *testing.T) {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = nothing
		server.StartTLS()
		defer server.Close()
		status, _ := patiently(t, Settings{Substituters: []string{server.URL}, Limits: tight}, 0)
		if status.State != Unusable || status.Trouble != BadCertificate || !strings.Contains(status.Reason, "certificate") {
			t.Errorf("%+v", status)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		status, _ := patiently(t, Settings{Substituters: []string{"http://user:secret@127.0.0.1:1/"}, Limits: tight}, 0)
		if status.State != Unusable || status.Trouble != NoServer || !strings.Contains(status.Reason, "refused") || strings.Contains(status.URI, "secret") {
			t.Errorf("%+v", status)
		}
	})
	t.Run("no such host", func(t *testing.T) {
		status, _ := patiently(t, Settings{Substituters: []string{"http://none.invalid/"}, Limits: tight}, 0)
		if status.State != Unusable || status.Trouble != UnknownHost {
			t.Errorf("%+v", status)
		}
	})
	t.Run("a folder without its file", func(t *testing.T) {
		status, _ := patiently(t, Settings{Substituters: []string{"file://" + t.TempDir()}, Limits: tight}, 1)
		if status.State != Asked || status.Trouble != NoInfo {
			t.Errorf("%+v", status)
		}
	})
	for uri, want := range map[string]string{
		"ssh://host": "only https", "s3://bucket": "only https", "daemon": "only https", "/other/store": "only https",
		"https://x.example?store=/gnu": "/gnu", "https://x.example?priority=high": "no number", "http://\x1b[31m": "no URI", "https://x.example?priority=1": "offline",
	} {
		status, answers := patiently(t, Settings{Substituters: []string{uri}, Offline: true, Limits: tight}, 3)
		if !strings.Contains(status.Reason, want) || status.State == Asked || strings.Contains(status.URI, "\x1b") || answers[2].word() != "nothing" {
			t.Errorf("%q: %+v", uri, status)
		}
	}
}

// No form of a URI shows a password, or a token in place of a name.
func TestSecretsAreNotShown(t *testing.T) {
	for uri, want := range map[string]string{
		"https://me:secret@x.example/a":       "https://me:…@x.example/a",
		"https://secret@x.example":            "https://…@x.example",
		"https://me:sec%zret@x.example":       "https://…",
		"https://me:sec/secret:x@x.example":   "https://…",
		"ssh-ng://me@x.example":               "ssh-ng://me@x.example",
		"ssh://me:secret@x.example":           "ssh://me:…@x.example",
		"file:///home/me@x/cache":             "file:///home/me@x/cache",
		"https://x.example/a@b?priority=3":    "https://x.example/a@b?priority=3",
		"https://x.example/\x1b[31m":          `https://…`,
		"https://\x1b:secret@x.example/\x07x": `https://…`,
	} {
		status, _ := patiently(t, Settings{Substituters: []string{uri}, Offline: true, Limits: tight}, 0)
		if status.URI != want || strings.Contains(status.Reason, "secret") {
			t.Errorf("%q is shown as %q, want %q; %s", uri, status.URI, want, status.Reason)
		}
	}
}

// patiently asks for so many paths, and fails the test where that takes much time
// or memory.
func patiently(t *testing.T, s Settings, n int) (Status, []Answer) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	c, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answers, err := c.Ask(t.Context(), paths(n))
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > s.Limits.Whole+s.Limits.Request {
		t.Errorf("it took %s", took)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("%d MiB are kept", grown>>20)
	}
	return c.Status()[0], answers
}

func status(code int, header http.Header) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(code)
	}
}

// raw answers without net/http in the way.
func raw(answer func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		answer(c)
	}
}

// A cache that stalls costs its own time only: another gives its answers.
func TestAHostileCacheBesideAGoodOne(t *testing.T) {
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/nix-cache-info" {
			fmt.Fprint(w, info)
			return
		}
		<-r.Context().Done()
	}))
	defer bad.Close()
	defer bad.CloseClientConnections()
	good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/nix-cache-info":
			fmt.Fprint(w, "Priority: 99\n")
		case "/syd87l2rxw8cbsxmxl853h0r6pdwhwjr.narinfo":
			fmt.Fprint(w, sample)
		default:
			http.NotFound(w, r)
		}
	}))
	defer good.Close()
	limits := tight
	limits.Request = time.Second
	c, err := Open(t.Context(), Settings{Substituters: []string{good.URL, bad.URL, good.URL}, TrustedPublicKeys: []string{sampleKey}, RequireSigs: true, Connections: 4, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answers, err := c.Ask(t.Context(), append(paths(300), samplePath))
	if err != nil {
		t.Fatal(err)
	}
	all := c.Status()
	if len(all) != 2 || all[0].State != SetAside || all[1].State != Asked || all[1].Requests != 301 || all[1].Failures != 0 {
		t.Errorf("%+v", all)
	}
	if a := answers[300]; a.Offer == nil || a.Offer.Cache != good.URL || a.Offer.Trust != Trusted {
		t.Errorf("%+v", a)
	}
}

// All of one cache is bounded as well, however well each answer keeps to its time.
func TestTheWholeTimeIsBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/nix-cache-info" {
			time.Sleep(100 * time.Millisecond)
			w.WriteHeader(404)
		}
	}))
	defer server.Close()
	limits := tight
	limits.Whole = time.Second
	status, answers := patiently(t, Settings{Substituters: []string{server.URL}, Connections: 2, Limits: limits}, 100)
	if status.State != SetAside || status.Reason != "it took longer than 1s in all" {
		t.Errorf("%+v", status)
	}
	if answers[0].word() != "nothing" || status.Requests < 10 || status.Requests > 25 {
		t.Errorf("%d requests, first %s", status.Requests, answers[0].word())
	}
}

func TestAnInterruptEndsTheQuestion(t *testing.T) {
	asked := make(chan bool, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/nix-cache-info" {
			asked <- true
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	c, err := Open(ctx, Settings{Substituters: []string{server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		<-asked
		cancel(why)
	}()
	if _, err := c.Ask(ctx, paths(100)); err != why {
		t.Error(err)
	}
}

func TestHostileFolders(t *testing.T) {
	dir := t.TempDir()
	file := func(i int) string { return filepath.Join(dir, fmt.Sprintf("%032d.narinfo", i)) }
	if err := syscall.Mkfifo(file(0), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file(1), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", file(2)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file(3), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file(3), 1<<40); err != nil {
		t.Fatal(err)
	}
	limits := tight
	limits.Failures = 100
	status, answers := patiently(t, Settings{Substituters: []string{"file://" + dir}, Limits: limits, Offline: true}, 5)
	for i, want := range []string{"no file", "no file", "no file", "too long", "nothing"} {
		if got := answers[i].word(); !strings.Contains(got, want) {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
	if status.State != Asked || status.Failures != 4 {
		t.Errorf("%+v", status)
	}
}
