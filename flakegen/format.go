package flakegen

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/renameio/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/templates"
)

// Formatted is a file of the spec before and after formatting.
type Formatted struct {
	Name          string
	Before, After []byte
}

// Changed says whether formatting changes the file.
func (f Formatted) Changed() bool { return !bytes.Equal(f.Before, f.After) }

// Format gives every file of the spec in HCL's own style. A file that HCL cannot
// read must not be formatted: see the diagnostics of spec.Load first.
func Format(s *spec.Spec) []Formatted {
	var list []Formatted
	for _, name := range s.FileNames() {
		before := s.Sources[name].Bytes
		list = append(list, Formatted{Name: name, Before: before, After: hclwrite.Format(before)})
	}
	return list
}

// WriteFormatted writes a file of the spec, whole or not at all, with the mode
// that it had.
func (p *Project) WriteFormatted(f Formatted) error {
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.Name, err)
	}
	defer root.Close()
	if info, err := root.Lstat(f.Name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("write %s: it is a symbolic link; format the file that it leads to", f.Name)
	}
	if err := renameio.WriteFile(f.Name, f.After, 0o666, renameio.WithRoot(root), renameio.WithExistingPermissions()); err != nil {
		return fmt.Errorf("write %s: %w", f.Name, err)
	}
	return nil
}

// ErrSpecExists says that there is a spec already.
var ErrSpecExists = errors.New("there is a spec already")

// Init writes the first spec into a folder and gives its name. It never touches
// one that is there.
func Init(dir string) (name string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", fmt.Errorf("write the first spec: %w", err)
	}
	defer root.Close()
	if _, err := root.Lstat(spec.FileName); err == nil {
		return "", fmt.Errorf("%w: %s", ErrSpecExists, spec.FileName)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("write the first spec: %w", err)
	}
	if err := renameio.WriteFile(spec.FileName, templates.Spec, 0o666, renameio.WithRoot(root)); err != nil {
		return "", fmt.Errorf("write the first spec: %w", err)
	}
	return spec.FileName, nil
}
