package doctor

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const cacheKey = "Y8C1CSKeHdtVc4lNVJDq8zNPIEBCNKtnCXtHdrRiAPk="

// someCaches are real caches on loopback, a path each.
func someCaches(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch name, _ := strings.CutSuffix(r.URL.Path, "/nix-cache-info"); name {
		case "/good", "/spec":
			fmt.Fprint(w, "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n")
		case "/login":
			if name, password, ok := r.BasicAuth(); !ok || name != "me" || password != "secret" {
				http.Error(w, "no", http.StatusUnauthorized)
				return
			}
			fmt.Fprint(w, "StoreDir: /nix/store\nPriority: 41\n")
		case "/hangs", "/too-hangs", "/and-hangs":
			<-r.Context().Done()
		case "/locked":
			http.Error(w, "no", http.StatusUnauthorized)
		case "/forbidden":
			http.Error(w, "no", http.StatusForbidden)
		case "/proxy":
			http.Error(w, "no", http.StatusProxyAuthRequired)
		case "/guix":
			fmt.Fprint(w, "StoreDir: /gnu/store\n")
		case "/broken":
			http.Error(w, "\x1b[31mno", http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func TestCaches(t *testing.T) {
	server := someCaches(t)
	folder := t.TempDir()
	write(t, filepath.Join(folder, "nix-cache-info"), "StoreDir: /nix/store\n")

	o := options(t)
	uris := []string{server.URL + "/good", "file://" + folder}
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters = "+strings.Join(uris, " ")+"\ntrusted-public-keys = mine-1:"+cacheKey+" 127.0.0.1-1:"+cacheKey)
	o.CacheLimit = 10 * time.Second
	o.Repository = repository(t, `flake { systems = ["x86_64-linux"] }
cache "mine" {
  url        = "`+server.URL+`/spec"
  public_key = "mine-1:`+cacheKey+`"
}
cache "used" {
  url        = "`+server.URL+`/good/"
  public_key = "other-1:`+cacheKey+`"
}
cache "gone" {
  url        = "`+server.URL+`/none"
  public_key = "gone-1:`+cacheKey+`"
}
`+somePackage)
	r := Examine(t.Context(), o)
	expect(t, r, "cache", "file://", OK, "priority 0; its key may be mine-1")
	expect(t, r, "cache-not-accepted", server.URL+"/spec", Note, "priority 30, wants mass queries; Nix does not ask it", "--accept-flake-config", "extra-substituters = "+server.URL+"/spec")
	expect(t, r, "cache-not-accepted", server.URL+"/good", Note, "what it has is refused", "extra-trusted-public-keys = other-1:")
	expect(t, r, "cache", server.URL+"/none", Note, "no nix-cache-info", "Mend its URI in the spec")

	// A user whom the daemon trusts and who accepts what flakes ask for.
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters = "+server.URL+"/good\nexperimental-features = nix-command flakes\naccept-flake-config = true\ntrusted-public-keys = 127.0.0.1-1:"+cacheKey)
	r = Examine(t.Context(), o)
	expect(t, r, "cache", server.URL+"/spec", OK, "answers", "key mine-1")
	expect(t, r, "cache", server.URL+"/good", OK, "answers in ", "priority 30, wants mass queries; key other-1")

	// No key at all, and no need for one.
	o.Repository = nil
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters = "+server.URL+"/good\ntrusted-public-keys =")
	expect(t, Examine(t.Context(), o), "cache-key", server.URL+"/good", Note, "no trusted key is its")
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters = "+server.URL+"/good?priority=5\ntrusted-public-keys =\nrequire-sigs = false")
	expect(t, Examine(t.Context(), o), "cache", server.URL+"/good", OK, "priority 5, wants mass queries; no signatures are required")
}

// What can be wrong with a cache is told apart, and each has a remedy of its own.
// All are asked at once: four that hang do not take four times as long.
func TestCachesInTrouble(t *testing.T) {
	server := someCaches(t)
	secure := httptest.NewUnstartedServer(server.Config.Handler)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	gone := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))
	empty := t.TempDir()
	pipe := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(pipe, "nix-cache-info"), 0o644); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()

	tests := []struct {
		uri   string
		level Level
		parts []string
	}{
		{server.URL + "/hangs", Fault, []string{"no answer in 2 s", "Nix waits for it", "curl -sSfL " + server.URL + "/hangs/nix-cache-info"}},
		{server.URL + "/and-hangs", Fault, []string{"no answer in 2 s"}},
		{server.URL + "/too-hangs", Fault, []string{"no answer in 2 s"}},
		{"http://" + silent.Addr().String(), Fault, []string{"no answer in 2 s"}},
		{server.URL + "/locked", Fault, []string{"it wants a login (HTTP 401)", "machine 127.0.0.1 login NAME password PASSWORD"}},
		{server.URL + "/forbidden", Fault, []string{"it refuses access (HTTP 403)", "machine 127.0.0.1 login"}},
		{server.URL + "/proxy", Fault, []string{"the proxy on the way to it wants a login", "http_proxy"}},
		{server.URL + "/none", Fault, []string{"no nix-cache-info", "Mend its URI in the setting substituters"}},
		{server.URL + "/guix", Fault, []string{`it is for the store "/gnu/store"`, "Nothing that it has fits", "Take it out of the setting substituters."}},
		{server.URL + "/broken", Fault, []string{"HTTP 500", "curl"}},
		{secure.URL + "/good", Fault, []string{"its certificate is not accepted", "unknown authority", "ca-certificates.crt"}},
		{gone, Fault, []string{"nothing answers there", "If it is gone for good"}},
		{"http://none.invalid", Fault, []string{"there is no host of that name"}},
		{"file://" + empty, Note, []string{"to Nix an empty cache", "nix copy --to file://" + empty}},
		{"file://" + pipe, Fault, []string{"nix-cache-info is no file"}},
		{"s3://bucket?region=eu-west-1", Note, []string{"not asked here: only https, http and file caches are asked", "nix --extra-experimental-features nix-command store ping --store 's3://bucket?region=eu-west-1'"}},
		{"ssh://ann@host", Note, []string{"not asked here"}},
		{server.URL + "/good?store=/other", Note, []string{`not asked here: it is for the store "/other"`}},
	}
	var uris []string
	for _, test := range tests {
		uris = append(uris, test.uri)
	}
	o := options(t)
	setting := func(lines ...string) {
		o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG="+strings.Join(slices.Concat(lines, []string{"substituters = " + strings.Join(uris, " "), "trusted-public-keys = some-1:" + cacheKey}), "\n"))
	}
	setting("netrc-file = " + filepath.Join(t.TempDir(), "netrc"))
	o.CacheLimit = 2 * time.Second
	asked := func() Result {
		start := time.Now()
		r := Examine(t.Context(), o)
		if took := time.Since(start); took > 3*o.CacheLimit {
			t.Errorf("it took %s", took) // with every process of Nix that the other questions take
		}
		return r
	}
	r := asked()
	for _, test := range tests {
		expect(t, r, "cache", shownURI(test.uri), test.level, test.parts...)
	}

	// The same server, where its authority is known: by the setting, and before 2.15
	// by the variable.
	authority := filepath.Join(t.TempDir(), "ca.pem")
	write(t, authority, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})))
	uris = []string{secure.URL + "/good"}
	setting()
	o.Nix.Env = append(o.Nix.Env, "NIX_SSL_CERT_FILE="+authority)
	o.Variable = func(name string) string { return map[string]string{"NIX_SSL_CERT_FILE": authority}[name] }
	expect(t, asked(), "cache", secure.URL, OK, "answers in ")
}

// Logins are used and never shown, of whatever they are part.
func TestCacheLogins(t *testing.T) {
	server := someCaches(t)
	netrc := filepath.Join(t.TempDir(), "netrc")
	o := options(t)
	with := func(uri, login string) Result {
		write(t, netrc, login)
		o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=netrc-file = "+netrc+"\nsubstituters = "+uri+"\ntrusted-public-keys = 127.0.0.1-1:"+cacheKey)
		r := Examine(t.Context(), o)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "secret") || strings.Contains(string(text), "wrong") {
			t.Errorf("a password is shown: %s", text)
		}
		return r
	}
	name := "127.0.0.1"
	expect(t, with(server.URL+"/login", "machine 127.0.0.1 login me password secret"), "cache", "http://"+name, OK, "priority 41; key 127.0.0.1-1")
	expect(t, with(server.URL+"/login", "machine 127.0.0.1 login me password wrong"), "cache", "http://"+name, Fault, "it does not know the login that it is given", "Mend the name and the password in "+netrc)
	expect(t, with(server.URL+"/forbidden", "machine 127.0.0.1 login me password secret"), "cache", "http://"+name, Fault, "its login may not read")
	withLogin := strings.Replace(server.URL, "//", "//me:secret@", 1)
	expect(t, with(withLogin+"/login", ""), "cache", "http://me:…@"+name, OK, "priority 41")
	expect(t, with(withLogin+"/none", ""), "cache", "http://me:…@"+name, Fault, "\ncurl -sSfL -u me "+server.URL+"/none/nix-cache-info")
	expect(t, with(strings.Replace(server.URL, "//", "//me:wrong@", 1)+"/login", ""), "cache", "http://me:…@"+name, Fault, "Mend the name and the password in its URI")
	expect(t, with("s3://me:secret@bucket", ""), "cache", "s3://me:…@bucket", Note, "--store 's3://me:…@bucket'")
	expect(t, with(strings.Replace(server.URL, "//", "//secret@", 1)+"/none", ""), "cache", "http://…@"+name, Fault, "\ncurl -sSfL -u TOKEN: "+server.URL+"/none/nix-cache-info")
	// A builder's, in the command that would ask it too.
	o.Nix.Env = append(o.Nix.Env, "NIX_SSHOPTS=-F /dev/null")
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters =\nbuilders = ssh-ng://me:secret@none.invalid aarch64-darwin")
	text, err := json.Marshal(Examine(t.Context(), o))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "secret") || !strings.Contains(string(text), "ssh-ng://me:…@none.invalid") {
		t.Errorf("%s", text)
	}
}

// A netrc-file that this user may not read may have the login all the same.
func TestCacheLoginsOfOthers(t *testing.T) {
	server := someCaches(t)
	o := options(t, "netrc-file = /etc/nix/netrc", "substituters = "+server.URL+"/locked")
	o.Machine = locked{o.Machine, "etc/nix/netrc"}
	expect(t, Examine(t.Context(), o), "cache", server.URL, Note, "it wants a login", "/etc/nix/netrc, which may have one, cannot be read by this user", "sudo flakegen doctor")
}

// locked is a machine with a file that may not be read.
type locked struct {
	fs.FS
	name string
}

func (l locked) Open(name string) (fs.File, error) {
	if name == l.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.FS.Open(name)
}
