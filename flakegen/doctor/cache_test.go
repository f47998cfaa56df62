package doctor

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Real caches on loopback: one that answers, and those that do not.
func TestCaches(t *testing.T) {
	const key = "mine-1:Y8C1CSKeHdtVc4lNVJDq8zNPIEBCNKtnCXtHdrRiAPk="
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good/nix-cache-info", "/spec/nix-cache-info":
			fmt.Fprint(w, "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n")
		case "/hangs/nix-cache-info":
			<-r.Context().Done()
		case "/locked/nix-cache-info":
			http.Error(w, "no", http.StatusUnauthorized)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "nix-cache-info"), "StoreDir: /nix/store\n")
	gone := fmt.Sprintf("http://127.0.0.1:%d", freePort(t))

	o := options(t)
	var uris []string
	for _, name := range []string{"/good", "/hangs", "/locked", "/none"} {
		uris = append(uris, server.URL+name)
	}
	uris = append(uris, gone, "file://"+folder)
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters = "+strings.Join(uris, " ")+"\ntrusted-public-keys = "+key+" 127.0.0.1-1:Y8C1CSKeHdtVc4lNVJDq8zNPIEBCNKtnCXtHdrRiAPk=")
	o.CacheLimit = 10 * time.Second
	o.Repository = repository(t, `flake { systems = ["x86_64-linux"] }
cache "mine" {
  url        = "`+server.URL+`/spec"
  public_key = "`+key+`"
}
cache "used" {
  url        = "`+server.URL+`/good/"
  public_key = "other-1:Y8C1CSKeHdtVc4lNVJDq8zNPIEBCNKtnCXtHdrRiAPk="
}
`+somePackage)
	r := Examine(t.Context(), o)
	expect(t, r, "cache", server.URL+"/hangs", Fault, "no answer in 10 s")
	expect(t, r, "cache", server.URL+"/locked", Fault)
	expect(t, r, "cache", server.URL+"/none", Fault, "no nix-cache-info")
	expect(t, r, "cache", gone, Fault, "nothing answers there")
	expect(t, r, "cache", "file://", OK, "its key may be mine-1")
	expect(t, r, "cache-not-accepted", server.URL+"/spec", Note, "Nix does not ask it", "--accept-flake-config", "extra-substituters = "+server.URL+"/spec")
	expect(t, r, "cache-not-accepted", server.URL+"/good", Note, "what it has is refused", "extra-trusted-public-keys = other-1:")

	// A user whom the daemon trusts and who accepts what flakes ask for.
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters = "+server.URL+"/good\nexperimental-features = nix-command flakes\naccept-flake-config = true\ntrusted-public-keys = 127.0.0.1-1:Y8C1CSKeHdtVc4lNVJDq8zNPIEBCNKtnCXtHdrRiAPk=")
	r = Examine(t.Context(), o)
	expect(t, r, "cache", server.URL+"/spec", OK, "answers", "key mine-1")
	expect(t, r, "cache", server.URL+"/good", OK, "answers")

	// No key at all.
	o.Repository = nil
	o.Nix.Env = append(o.Nix.Env, "NIX_CONFIG=substituters = "+server.URL+"/good\ntrusted-public-keys =")
	r = Examine(t.Context(), o)
	expect(t, r, "cache-key", server.URL+"/good", Note, "no trusted key is its")
	if entries, err := filepath.Glob(filepath.Join(os.TempDir(), "flakegen-ping-*")); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
