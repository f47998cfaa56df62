package main

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// What HCL writes of an excerpt is what it writes of the whole file.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"", "\n", "a\n\nbü c\nd", "a = 1\n\n\nb = [\n  2,\n]\n"} {
		for start := range len(src) + 1 {
			for end := start; end <= len(src); end++ {
				whole := &hcl.Diagnostic{Summary: "s", Detail: "d", Subject: rangeOf(src, start, end)}
				same(t, src, whole)
				whole.Context = rangeOf(src, start/2, min(len(src), end+3))
				same(t, src, whole)
			}
		}
	}
	same(t, "a", &hcl.Diagnostic{Summary: "s"})
	same(t, "a", &hcl.Diagnostic{Summary: "s", Subject: &hcl.Range{Filename: "other", Start: hcl.InitialPos, End: hcl.InitialPos}})
	beyond := hcl.Pos{Line: 3, Column: 9, Byte: 99}
	same(t, "a\nb\n", &hcl.Diagnostic{Summary: "s", Subject: &hcl.Range{Filename: "x", Start: beyond, End: beyond}})
}

func rangeOf(src string, start, end int) *hcl.Range {
	at := func(n int) hcl.Pos {
		before := []byte(src[:n])
		return hcl.Pos{Line: bytes.Count(before, []byte("\n")) + 1, Column: n - bytes.LastIndexByte(before, '\n'), Byte: n}
	}
	return &hcl.Range{Filename: "x", Start: at(start), End: at(end)}
}

func same(t *testing.T, src string, d *hcl.Diagnostic) {
	t.Helper()
	written := func(d *hcl.Diagnostic, files map[string]*hcl.File) string {
		var out bytes.Buffer
		if err := hcl.NewDiagnosticTextWriter(&out, files, 78, true).WriteDiagnostic(d); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	want := written(d, map[string]*hcl.File{"x": {Bytes: []byte(src)}})
	moved := *d
	files := excerpt(map[string][]byte{"x": []byte(src)}, &moved)
	if got := written(&moved, files); got != want {
		t.Errorf("%s of %q:\n%s\nwant:\n%s", fmt.Sprint(d.Subject, d.Context), src, got, want)
	}
}
