package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// FileName is the file that marks the root of a repository with a spec.
const FileName = "flakegen.hcl"

// maxFileSize bounds a file of the spec in bytes: far above what a person
// writes, far below what hurts.
const maxFileSize = 16 << 20

// IsSpecFile says whether a file of that base name is read as part of the spec.
func IsSpecFile(name string) bool {
	return name == FileName || strings.HasSuffix(name, "."+FileName)
}

// Load reads the spec in the top folder of root. The diagnostics hold every error
// found so far; with errors the spec is incomplete, but what is there can still be
// looked through for more, unless it is not even Parsed. The error is one of
// reading files.
func Load(root fs.FS) (*Spec, hcl.Diagnostics, error) {
	sources, err := read(root)
	if err != nil {
		return nil, nil, err
	}
	size := 0
	for _, source := range sources {
		size += len(source.Bytes)
	}
	s := &Spec{
		Sources:   map[string]*Source{},
		locals:    map[string]*Attribute{},
		outputs:   map[string]*Output{},
		byPackage: map[string]*Derivation{},
		byLet:     map[string]*Attribute{},
		byInput:   map[string]*Input{},
		byAlias:   map[string]*Alias{},
		meter:     newMeter(size),
	}
	d := &decoder{spec: s}
	var bodies []*hclsyntax.Body
	for _, source := range sources {
		s.Sources[source.Name] = source
		if body := d.parse(source); body != nil {
			bodies = append(bodies, body)
		}
	}
	s.Parsed = len(bodies) == len(sources)
	for _, body := range bodies {
		d.file(body)
	}
	// A file that could not be parsed may hold what seems to be missing.
	if s.Parsed {
		d.finish()
	}
	SortDiagnostics(d.diags)
	return s, d.diags, nil
}

// read reads the files of the spec, in the order of their names.
func read(root fs.FS) ([]*Source, error) {
	entries, err := fs.ReadDir(root, ".")
	if err != nil {
		return nil, fmt.Errorf("read the folder of the spec: %w", err)
	}
	var names []string
	for _, e := range entries {
		if IsSpecFile(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no %s here: %w", FileName, fs.ErrNotExist)
	}
	sort.Strings(names)
	var sources []*Source
	for _, name := range names {
		src, err := readFile(root, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		sources = append(sources, newSource(name, src))
	}
	return sources, nil
}

var errTooLarge = errors.New("larger than 16 MiB; no spec is")

func readFile(root fs.FS, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(src) > maxFileSize {
		err = errTooLarge
	}
	return src, err
}

// FileNames lists the files of the spec, sorted.
func (s *Spec) FileNames() []string { return sortedKeys(s.Sources) }

// HCLFiles gives the sources in the form that HCL's diagnostic writer takes.
func (s *Spec) HCLFiles() map[string]*hcl.File {
	files := map[string]*hcl.File{}
	if s == nil {
		return files
	}
	for name, source := range s.Sources {
		files[name] = &hcl.File{Bytes: source.Bytes}
	}
	return files
}
