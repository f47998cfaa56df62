package nixcmd

import (
	"fmt"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The texts are those of Nix 2.8, 2.26 and 2.34.
const missingText = `warning: Git tree '/src' is dirty
warning: error: unable to download 'https://a.example/nix-cache-info': Couldn't resolve host name (6); retrying in 286 ms
warning: unable to download 'https://a.example/nix-cache-info': Couldn't resolve host name (6)
warning: unable to download 'http://127.0.0.1:1/x.narinfo': Could not connect to server (7) Failed to connect
this derivation will be built:
  /nix/store/1-a.drv
these 2 derivations will be built:
  /nix/store/2-b.drv
  /nix/store/3-c.drv
this path will be fetched (0.01 MiB download, 0.02 MiB unpacked):
  /nix/store/4-d
these 2 paths will be fetched (0.00 MiB download, 12.30 MiB unpacked):
  /nix/store/5-e
  /nix/store/6-f
don't know how to build these paths:
  /nix/store/7-g
something else:
  /nix/store/8-h
don't know how to build these paths (may be caused by read-only store access):
  /nix/store/9-i`

func TestMissingReader(t *testing.T) {
	want := Missing{
		Build:       []string{"/nix/store/1-a.drv", "/nix/store/2-b.drv", "/nix/store/3-c.drv"},
		Fetch:       []string{"/nix/store/4-d", "/nix/store/5-e", "/nix/store/6-f"},
		Unknown:     []string{"/nix/store/7-g", "/nix/store/9-i"},
		Unreachable: []string{"https://a.example", "http://127.0.0.1:1"},
	}
	for size := 1; size <= len(missingText); size += 1 + size/3 {
		var r missingReader
		for rest := missingText; rest != ""; {
			n := min(size, len(rest))
			if written, err := r.Write([]byte(rest[:n])); written != n || err != nil {
				t.Fatal(written, err)
			}
			rest = rest[n:]
		}
		if got := r.missing(); !reflect.DeepEqual(got, want) {
			t.Fatalf("in pieces of %d bytes:\n got %+v\nwant %+v", size, got, want)
		}
	}
}

func TestMissingReaderIsBounded(t *testing.T) {
	var r missingReader
	for range 1000 {
		fmt.Fprint(&r, strings.Repeat("x", 4096))
	}
	if cap(r.partial) > 8*maxMissingLine {
		t.Errorf("%d bytes are kept of a line without end", cap(r.partial))
	}
	fmt.Fprint(&r, "\n"+missingText)
	if got := r.missing(); len(got.Build) != 3 {
		t.Errorf("after it: %+v", got)
	}
}

// More paths than one command line holds.
func TestInvalidOfMany(t *testing.T) {
	n := realNix(t, t.TempDir())
	add := exec.Command("nix-store", "--add", "missing_test.go")
	add.Env = n.Env
	out, err := add.Output()
	if err != nil {
		t.Fatal(err)
	}
	valid := strings.TrimSpace(string(out))
	var paths, want []string
	for i := range 15000 {
		path := fmt.Sprintf("/nix/store/%032d-none-of-%d", i, i)
		paths, want = append(paths, path), append(want, path)
		if i%5000 == 77 {
			paths = append(paths, valid)
		}
	}
	got, err := n.Invalid(t.Context(), paths)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%d of %d paths are not in the store, from %q to %q", len(got), len(want), got[:1], got[len(got)-1:])
	}
	if got, err := n.Invalid(t.Context(), nil); len(got) != 0 || err != nil {
		t.Error(got, err)
	}
}
