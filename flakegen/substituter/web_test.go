package substituter

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var nothing = log.New(io.Discard, "", 0)

func TestNetrc(t *testing.T) {
	logins := parseNetrc(`# comment
machine a.example login one password "two \"words\"" # more
machine B.example
	password p#1
	login l
macdef init
	machine evil.example login x password y

machine c.example account acc login c password d
default login any password thing
machine late.example login never password used`)
	for host, want := range map[string]string{
		"a.example": `one:two "words"`, "b.example": "l:p#1", "c.example": "c:d",
		"evil.example": "any:thing", "late.example": "any:thing",
	} {
		l, ok := logins.find(host)
		if got := l.name + ":" + l.password; !ok || got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
	for _, text := range []string{"", "machine", "login x", "machine a login", `machine "`, "macdef", "default"} {
		parseNetrc(text) // ends early, and that is all
	}
	if _, ok := parseNetrc("machine a login b password c").find("x"); ok {
		t.Error("a login for another host")
	}
}

// A login goes to its host alone, also where another host redirects there or away.
func TestLogins(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]string{}
	note := func(name string, next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			mu.Lock()
			seen[name+" "+r.URL.Path] = user + ":" + password
			mu.Unlock()
			next(w, r)
		}
	}
	away := httptest.NewServer(note("away", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, sample) }))
	defer away.Close()
	elsewhere := strings.Replace(away.URL, "127.0.0.1", "localhost", 1)
	home := httptest.NewServer(note("home", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/sub/nix-cache-info":
			fmt.Fprint(w, info)
		default:
			http.Redirect(w, r, elsewhere+"/x", http.StatusFound)
		}
	}))
	defer home.Close()
	file := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(file, []byte("machine 127.0.0.1 login here password pw"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Settings{Substituters: []string{home.URL + "/sub/"}, NetrcFile: file, TrustedPublicKeys: []string{sampleKey}, RequireSigs: true, Limits: tight}
	if got := ask(t, s, samplePath)[0].word(); got != "trusted" {
		t.Error(got)
	}
	want := map[string]string{
		"home /sub/nix-cache-info": "here:pw", "home /sub/syd87l2rxw8cbsxmxl853h0r6pdwhwjr.narinfo": "here:pw", "away /x": ":",
	}
	for what, login := range want {
		if seen[what] != login {
			t.Errorf("%s: %q, want %q", what, seen[what], login)
		}
	}

	// In the URI they are as good, and are not shown.
	s.Substituters, s.NetrcFile = []string{strings.Replace(home.URL, "//", "//me:secret@", 1) + "/sub"}, ""
	a := ask(t, s, samplePath)[0]
	if seen["home /sub/nix-cache-info"] != "me:secret" || seen["away /x"] != ":" || a.Offer == nil || strings.Contains(a.Offer.Cache, "secret") {
		t.Errorf("%+v, %v", a, seen)
	}
}

func TestHTTP2AndCertificates(t *testing.T) {
	var mu sync.Mutex
	protocols := map[string]bool{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		protocols[r.Proto] = true
		mu.Unlock()
		if r.URL.Path == "/nix-cache-info" {
			fmt.Fprint(w, info)
			return
		}
		fmt.Fprint(w, sample)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Settings{Substituters: []string{server.URL}, CertFile: file, TrustedPublicKeys: []string{sampleKey}, RequireSigs: true, Limits: tight}
	for _, old := range []bool{false, true} {
		clear(protocols)
		s.NoHTTP2 = old
		if got := ask(t, s, samplePath)[0].word(); got != "trusted" {
			t.Error(got)
		}
		if want := map[bool]string{false: "HTTP/2.0", true: "HTTP/1.1"}[old]; len(protocols) != 1 || !protocols[want] {
			t.Errorf("%v, want %s", protocols, want)
		}
	}
	// Where Nix has no setting for it, it is the variable that counts.
	s.CertFile, s.Variable = "", func(name string) string {
		return map[string]string{"NIX_SSL_CERT_FILE": file}[name]
	}
	if got := ask(t, s, samplePath)[0].word(); got != "trusted" {
		t.Error(got)
	}
}

// The proxy is that of curl's variables. It sees the whole address, so no cache of
// that name has to be there.
func TestProxies(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/nix-cache-info" {
			fmt.Fprint(w, info)
			return
		}
		fmt.Fprint(w, sample)
	}))
	defer proxy.Close()
	for _, test := range []struct {
		variables map[string]string
		want      bool
	}{
		{map[string]string{"http_proxy": proxy.URL}, true},
		{map[string]string{"all_proxy": proxy.URL}, true},
		{map[string]string{"HTTP_PROXY": proxy.URL}, false},
		{map[string]string{"https_proxy": proxy.URL}, false},
		{map[string]string{"http_proxy": proxy.URL, "no_proxy": "other.invalid,.cache.invalid"}, false},
		{nil, false},
	} {
		s := Settings{
			Substituters: []string{"http://nar.cache.invalid"}, TrustedPublicKeys: []string{sampleKey}, RequireSigs: true, Limits: tight,
			Variable: func(name string) string { return test.variables[name] },
		}
		if got := ask(t, s, samplePath)[0].Offer != nil; got != test.want {
			t.Errorf("%v: through the proxy is %v", test.variables, got)
		}
	}
}

// Connections are kept: many paths, few connections.
func TestConnectionsAreKept(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/nix-cache-info" {
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	var mu sync.Mutex
	remote := map[string]bool{}
	handler := server.Config.Handler
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		remote[r.RemoteAddr] = true
		mu.Unlock()
		handler.ServeHTTP(w, r)
	})
	ask(t, Settings{Substituters: []string{server.URL}, Connections: 4}, paths(500)...)
	if len(remote) == 0 || len(remote) > 4 {
		t.Errorf("%d connections", len(remote))
	}
}
