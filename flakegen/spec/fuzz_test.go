package spec_test

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/internal/grow"
)

// Whatever a spec holds, it is rendered or refused: no panic, no end of memory.
func FuzzSpec(f *testing.F) {
	for _, pattern := range []string{"../generate/testdata/broken/*.txtar", "../generate/testdata/render/*.txtar"} {
		archives, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range archives {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				f.Fatal(err)
			}
			for _, file := range archive.Files {
				if spec.IsSpecFile(file.Name) {
					f.Add(file.Data)
				}
			}
		}
	}
	for seed := range uint64(50) {
		f.Add(grow.NewSpec(seed).Files()[spec.FileName])
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		rendering, err := generate.Tree(fstest.MapFS{spec.FileName: {Data: source}})
		if err != nil {
			t.Fatal(err)
		}
		if len(rendering.Files) == 0 && !rendering.Diagnostics.HasErrors() {
			t.Error("nothing was rendered, and nothing is wrong")
		}
		for _, d := range rendering.Diagnostics {
			if d.Summary == "" || d.Detail == "" {
				t.Errorf("a diagnostic without words: %#v", d)
			}
			if d.Subject == nil || d.Subject.Filename != spec.FileName {
				t.Errorf("a diagnostic without a place: %#v", d)
			}
		}
	})
}
