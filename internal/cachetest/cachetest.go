package cachetest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nix-community/go-nix/pkg/nar"
	"github.com/nix-community/go-nix/pkg/narinfo/signature"
	"github.com/nix-community/go-nix/pkg/nixbase32"
)

const store = "/nix/store/"

// Key is a key to sign with.
type Key struct {
	Public string
	secret signature.SecretKey
}

// NewKey makes a key of a name.
func NewKey(t testing.TB, name string) Key {
	t.Helper()
	secret, public, err := signature.GenerateKeypair(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Key{Public: public.String(), secret: secret}
}

// Cache is a folder with a cache in it.
type Cache struct{ Dir string }

// New makes a cache without paths.
func New(t testing.TB, priority int) Cache {
	t.Helper()
	c := Cache{t.TempDir()}
	c.write(t, "nix-cache-info", []byte(fmt.Sprintf("StoreDir: /nix/store\nWantMassQuery: 1\nPriority: %d\n", priority)))
	if err := os.Mkdir(filepath.Join(c.Dir, "nar"), 0o755); err != nil {
		t.Fatal(err)
	}
	return c
}

// Path is a store path to put into a cache.
type Path struct {
	// Path is the store path, References the store paths that its file holds.
	Path       string
	References []string
	// Keys sign it.
	Keys []Key
	// Change changes the narinfo after it was signed. It may be nil.
	Change func(narinfo string) string
}

// Add puts a path into the cache: a file of a few words and its references. It
// returns the hash of its NAR.
func (c Cache) Add(t testing.TB, p Path) string {
	t.Helper()
	content := "from a cache\n" + strings.Join(p.References, "\n") + "\n"
	var archive bytes.Buffer
	w, err := nar.NewWriter(&archive)
	if err == nil {
		err = w.WriteHeader(&nar.Header{Path: "/", Type: nar.TypeRegular, Size: int64(len(content))})
	}
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(archive.Bytes())
	hash := "sha256:" + nixbase32.EncodeToString(sum[:])
	references := slices.Clone(p.References)
	slices.Sort(references)
	references = slices.Compact(references)
	file := "nar/" + strings.TrimPrefix(hash, "sha256:") + ".nar"
	c.write(t, file, archive.Bytes())

	fingerprint := fmt.Sprintf("1;%s;%s;%d;%s", p.Path, hash, archive.Len(), strings.Join(references, ","))
	var bases []string
	for _, r := range references {
		bases = append(bases, strings.TrimPrefix(r, store))
	}
	info := fmt.Sprintf("StorePath: %s\nURL: %s\nCompression: none\nFileHash: %s\nFileSize: %d\nNarHash: %[3]s\nNarSize: %[4]d\nReferences: %[5]s\n",
		p.Path, file, hash, archive.Len(), strings.Join(bases, " "))
	for _, k := range p.Keys {
		s, err := k.secret.Sign(nil, fingerprint)
		if err != nil {
			t.Fatal(err)
		}
		info += "Sig: " + s.String() + "\n"
	}
	if p.Change != nil {
		info = p.Change(info)
	}
	c.write(t, NarInfo(p.Path), []byte(info))
	return hash
}

// NarInfo is the name of the narinfo of a store path.
func NarInfo(path string) string { return strings.TrimPrefix(path, store)[:32] + ".narinfo" }

func (c Cache) write(t testing.TB, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.Dir, name), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// File is the URI of the cache as a folder.
func (c Cache) File() string { return "file://" + c.Dir }

// Serve serves the cache over HTTP until the test ends, and counts requests.
func (c Cache) Serve(t testing.TB) (uri string, requests *atomic.Int64) {
	t.Helper()
	requests = &atomic.Int64{}
	files := http.FileServer(http.Dir(c.Dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}
