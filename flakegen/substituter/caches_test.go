package substituter

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// While caches are asked what they are, the one that keeps all waiting is named.
func TestOpeningNamesTheSlow(t *testing.T) {
	named := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-named
		w.WriteHeader(http.StatusNotFound)
	}))
	defer slow.Close()
	fast := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("StoreDir: /nix/store\n"))
	}))
	defer fast.Close()
	var mu sync.Mutex
	var seen []Progress
	caches, err := Open(t.Context(), Settings{Substituters: []string{"s3://bucket", fast.URL, slow.URL}, Observe: func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, p)
		if p.Cache == slow.URL && !slices.Contains(seen[:len(seen)-1], p) {
			close(named)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	caches.Close()
	if want := []Progress{{Cache: fast.URL}, {Cache: slow.URL}}; !slices.Equal(seen, want) {
		t.Errorf("told %v, want %v", seen, want)
	}
}
