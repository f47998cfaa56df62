package generate_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/flakegen/flakegen/flakegen/generate"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	dump   = flag.String("dump", "", "write the files that the archives render to into this folder, for nixfmt")
)

// Each archive in testdata/render holds a repository with a spec, and below
// "want/" the files that it renders.
func TestRender(t *testing.T) {
	eachArchive(t, "testdata/render", func(t *testing.T, archive *txtar.Archive) []txtar.File {
		rendering, err := generate.Tree(repository(archive))
		if err != nil {
			t.Fatal(err)
		}
		if rendering.Diagnostics.HasErrors() {
			t.Fatal(rendering.Diagnostics)
		}
		var want []txtar.File
		for _, f := range rendering.Files {
			if !bytes.HasPrefix(f.Content, []byte(generate.Marker+"\n")) {
				t.Errorf("%s does not begin with the marker", f.Path)
			}
			want = append(want, txtar.File{Name: "want/" + f.Path, Data: f.Content})
			if *dump != "" {
				dumpFile(t, filepath.Join(*dump, filepath.Base(t.Name()), f.Path), f.Content)
			}
		}
		return want
	})
}

func dumpFile(t *testing.T, path string, content []byte) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// Each archive in testdata/broken holds a repository with a spec in error, and
// in "want" what is said about it.
func TestBroken(t *testing.T) {
	eachArchive(t, "testdata/broken", func(t *testing.T, archive *txtar.Archive) []txtar.File {
		rendering, err := generate.Tree(repository(archive))
		if err != nil {
			t.Fatal(err)
		}
		if !rendering.Diagnostics.HasErrors() || len(rendering.Files) > 0 {
			t.Error("a broken spec was rendered")
		}
		for _, d := range rendering.Diagnostics {
			if d.Subject == nil || rendering.Spec.Sources[d.Subject.Filename] == nil {
				t.Errorf("%q has no place", d.Summary)
			}
		}
		var text bytes.Buffer
		if err := hcl.NewDiagnosticTextWriter(&text, rendering.Spec.HCLFiles(), 78, false).WriteDiagnostics(rendering.Diagnostics); err != nil {
			t.Fatal(err)
		}
		return []txtar.File{{Name: "want", Data: text.Bytes()}}
	})
}

// eachArchive holds what run gives for each archive against the files in it that
// begin with "want", or writes them anew.
func eachArchive(t *testing.T, dir string, run func(*testing.T, *txtar.Archive) []txtar.File) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in %s (%v)", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, archive)
			result := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				if !strings.HasPrefix(f.Name, "want") {
					result.Files = append(result.Files, f)
				}
			}
			result.Files = append(result.Files, got...)
			if *update {
				if err := os.WriteFile(path, txtar.Format(result), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got, want := string(txtar.Format(result)), string(txtar.Format(archive)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func repository(archive *txtar.Archive) fs.FS {
	tree := fstest.MapFS{}
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "want") {
			tree[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return tree
}
