package generate

import (
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// Rendering is what a tree of files renders to.
type Rendering struct {
	Spec *spec.Spec
	// Files are flake.nix, then those of the derivations in the spec's order, then the
	// workflow. There are none where the spec is in error.
	Files []File
	// Diagnostics hold all that is wrong with the spec, in the order of its files.
	Diagnostics hcl.Diagnostics
}

// Locate leads from a line of a rendered file, counted from 1, back to the place
// in the spec that it was rendered from.
func (r *Rendering) Locate(path string, line int) (hcl.Range, bool) {
	for _, f := range r.Files {
		if f.Path != path {
			continue
		}
		i := sort.Search(len(f.Marks), func(i int) bool { return f.Marks[i].Line > line })
		if i > 0 {
			return f.Marks[i-1].Range, true
		}
	}
	return hcl.Range{}, false
}

// Tree renders the spec in the top folder of root. The error is one of reading
// files; what is wrong with the spec is among the diagnostics.
func Tree(root fs.FS) (*Rendering, error) {
	s, diags, err := spec.Load(root)
	if err != nil {
		return nil, err
	}
	result := &Rendering{Spec: s, Diagnostics: diags}
	if !s.Parsed {
		return result, nil
	}
	// Compiled even where the spec is in error, so that all errors are shown at once.
	files, more := render(s, func(path string) bool {
		_, err := fs.Stat(root, path)
		return err == nil
	})
	result.Diagnostics = append(result.Diagnostics, more...)
	spec.SortDiagnostics(result.Diagnostics)
	if !result.Diagnostics.HasErrors() {
		result.Files = append(files(), workflows(s)...)
	}
	return result, nil
}

// render compiles a spec. The files are printed only when asked for, which is not
// to be done where there are errors.
func render(s *spec.Spec, exists func(path string) bool) (files func() []File, diags hcl.Diagnostics) {
	r := &renderer{
		spec:      s,
		compiler:  &compile.Compiler{Spec: s, Exists: exists},
		letUses:   map[string]compile.Uses{},
		letExprs:  map[string]nixlang.Expr{},
		letPlaces: map[string]int{},
		files:     map[*spec.Derivation]*file{},
	}
	r.flakeLets()
	var own []*file
	for _, d := range s.Derivations() {
		if d.Path != "" {
			r.files[d] = r.derivationFile(d)
			own = append(own, r.files[d])
		}
	}
	all := append([]*file{r.flake()}, own...)
	r.emptyWorkflow()
	return func() []File { return printAll(all) }, r.compiler.Diagnostics
}

// printAll prints files, on all cores: none depends on another.
func printAll(files []*file) []File {
	rendered := make([]File, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(len(files), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				rendered[i] = files[i].render()
			}
		})
	}
	workers.Wait()
	return rendered
}

type renderer struct {
	spec     *spec.Spec
	compiler *compile.Compiler
	// letExprs and letUses hold the compiled lets of the flake and what each uses.
	letExprs map[string]nixlang.Expr
	letUses  map[string]compile.Uses
	// letPlaces are the places of the lets in the spec's order, and behind them of
	// those that the owner of the flake hands over.
	letPlaces map[string]int
	// files are those of the derivations that have one of their own.
	files map[*spec.Derivation]*file
}

// file is a file before it is printed.
type file struct {
	path string
	// lead are comments above what the file comes to.
	lead []string
	body nixlang.Expr
	// uses are the arguments that it takes.
	uses compile.Uses
}

func (f *file) render() File {
	content, marks := nixlang.FormatMarked(&nixlang.File{
		Header: []string{strings.TrimPrefix(Marker, "# ")},
		Lead:   f.lead,
		Body:   f.body,
	})
	rendered := File{Path: f.path, Content: content}
	for _, m := range marks {
		rendered.Marks = append(rendered.Marks, Mark{Line: m.Line, Range: m.Origin.(hcl.Range)})
	}
	slices.SortStableFunc(rendered.Marks, func(a, b Mark) int { return a.Line - b.Line })
	return rendered
}

func (r *renderer) flakeLets() {
	for i, name := range r.spec.Takes {
		r.letPlaces[name] = len(r.spec.Lets) + i
	}
	for i, let := range r.spec.Lets {
		r.letPlaces[let.Name] = i
		scope := &compile.Scope{File: r.spec.FlakePath(), Uses: compile.Uses{}}
		r.letExprs[let.Name] = r.compiler.Attribute(let, scope)
		r.letUses[let.Name] = scope.Uses
	}
}

func (r *renderer) errorf(rng hcl.Range, summary, detail string, args ...any) {
	r.compiler.Diagnostics = append(r.compiler.Diagnostics, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  summary,
		Detail:   fmt.Sprintf(detail, args...),
		Subject:  rng.Ptr(),
	})
}

// trivia gives the comments of a block to the entry that it becomes.
func trivia(c spec.Comments, rng hcl.Range) nixlang.Trivia {
	t := compile.Trivia(c, rng)
	t.Blank = false
	return t
}

// lines gives all comments of attributes that become no entry of their own; nil
// stands for one that is not given.
func lines(list ...*spec.Attribute) []string {
	var all []string
	for _, a := range list {
		if a != nil {
			all = append(all, a.Comments.Lines()...)
		}
	}
	return all
}

// bind gives the entry of an attribute.
func bind(a *spec.Attribute, value nixlang.Expr) nixlang.Entry {
	return compile.Bind(nixlang.AttrName{Name: a.Name}, value, compile.Trivia(a.Comments, a.Range))
}

// bindLet gives the entry of a let. A let that is only itself stays a binding:
// "inherit x" would look for another x around it.
func bindLet(let *spec.Attribute, value nixlang.Expr) nixlang.Entry {
	if value == nixlang.Expr(nixlang.Ident(let.Name)) {
		return &nixlang.Binding{Trivia: compile.Trivia(let.Comments, let.Range), Path: nixlang.Names(let.Name), Value: value}
	}
	return bind(let, value)
}
