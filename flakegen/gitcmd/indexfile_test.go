package gitcmd

import (
	"os"
	"testing"

	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
)

// Whatever the file holds, reading it neither panics nor runs on.
func FuzzReadIndexFile(f *testing.F) {
	for _, version := range []string{"2", "4"} {
		r := gittest.New(f)
		r.Write("a/file", "")
		r.Write("a/file2", "")
		r.Write("b", "")
		r.Commit()
		r.Git("update-index", "--index-version", version)
		data, err := os.ReadFile(r.Path(".git/index"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		clear(data[len(data)-20:])
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		visits := 0
		_ = readIndexFile(data, func(path []byte, _ uint32) {
			visits++
			if len(path) > len(data)*visits {
				t.Fatalf("a path of %d bytes from a file of %d", len(path), len(data))
			}
		})
		if visits > len(data) {
			t.Fatalf("%d entries in %d bytes", visits, len(data))
		}
	})
}

// No byte of an index can change without notice.
func TestReadIndexFileChecksum(t *testing.T) {
	t.Parallel()
	r := gittest.New(t)
	r.Write("a/file", "")
	r.Write("b", "")
	r.Commit()
	data, err := os.ReadFile(r.Path(".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	if err := readIndexFile(data, func([]byte, uint32) {}); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] ^= 1
		if err := readIndexFile(data, func([]byte, uint32) {}); err == nil {
			t.Errorf("byte %d changed and nobody noticed", i)
		}
		data[i] ^= 1
		if err := readIndexFile(data[:i], func([]byte, uint32) {}); err == nil {
			t.Errorf("cut at byte %d and nobody noticed", i)
		}
	}
}
