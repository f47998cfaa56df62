package contents

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	hashA = "00000000000000000000000000000aaa"
	hashB = "00000000000000000000000000000bbb"
)

// tree writes files: a value with "-> " in front is a link, one with "#!" is
// executable.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		to := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			err = os.Symlink(target, to)
		} else if strings.HasPrefix(text, "#!") {
			err = os.WriteFile(to, []byte(text), 0o755)
		} else {
			err = os.WriteFile(to, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestCompare(t *testing.T) {
	a := tree(t, map[string]string{
		"bin/rts":                  "#!/bin/sh\nexec /nix/store/" + hashA + "-rts/lib/rts",
		"bin/plain":                "#!x",
		"lib/same":                 strings.Repeat("x", 200_000),
		"lib/long":                 strings.Repeat("x", 200_000) + "1",
		"lib/short":                "abc",
		"link":                     "-> /nix/store/" + hashA + "-rts/bin",
		"other":                    "-> /nix/store/one",
		"gone":                     "1",
		"kind/file":                "1",
		"share/" + hashA + "-list": "1",
	})
	b := tree(t, map[string]string{
		"bin/rts":                  "#!/bin/sh\nexec /nix/store/" + hashB + "-rts/lib/rts",
		"bin/plain":                "?!x",
		"lib/same":                 strings.Repeat("x", 200_000),
		"lib/long":                 strings.Repeat("x", 200_000) + "2",
		"lib/short":                "abcd",
		"link":                     "-> /nix/store/" + hashB + "-rts/bin",
		"other":                    "-> /nix/store/two",
		"kind":                     "1",
		"new":                      "1",
		"share/" + hashB + "-list": "1",
	})
	got, err := Compare(a, b, []string{hashA, hashB})
	if err != nil {
		t.Fatal(err)
	}
	want := []Difference{
		{"bin/plain", Executable, "executable on one side only"},
		{"bin/plain", Content, "from byte 0 on"},
		{"gone", OnlyA, "on the first side only"},
		{"kind", Type, "a folder and a file"},
		{"lib/long", Content, "from byte 200000 on"},
		{"lib/short", Content, "one ends after byte 3, the other goes on"},
		{"new", OnlyB, "on the second side only"},
		{"other", Link, "to /nix/store/one and to /nix/store/two"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if same, err := Compare(a, a, nil); err != nil || len(same) != 0 {
		t.Errorf("a tree with itself: %v, %v", same, err)
	}
	if _, err := Compare(a, filepath.Join(a, "nowhere"), nil); err == nil {
		t.Error("a tree that is not there was compared")
	}
}

// A hash is found wherever the reads begin and end.
func TestNeutralReader(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var text []byte
		for range random.IntN(5) {
			text = append(text, bytes.Repeat([]byte{'.'}, random.IntN(70))...)
			text = append(text, hashA[:random.IntN(33)]...)
			text = append(text, hashB...)
		}
		want := bytes.Clone(text)
		blank(want, [][]byte{[]byte(hashA), []byte(hashB)})
		for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
			r := &neutralReader{from: wrap(bytes.NewReader(text)), hashes: [][]byte{[]byte(hashA), []byte(hashB)}}
			got, err := io.ReadAll(iotest.HalfReader(r))
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("got  %q, %v\nwant %q", got, err, want)
			}
		}
	}
}

func TestHash(t *testing.T) {
	for path, want := range map[string]string{
		"/nix/store/" + hashA + "-rts": hashA,
		"/nix/store/short-rts":         "",
		"":                             "",
	} {
		if got := Hash(path); got != want {
			t.Errorf("Hash(%q) = %q, want %q", path, got, want)
		}
	}
}
