package spec

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// laterMeta are meta-arguments that the language will have. They are refused, so
// that none becomes an attribute of a derivation by mistake.
var laterMeta = map[string]bool{"attrs": true, "value": true, "systems": true}

// laterVariantMeta are those of a variant.
var laterVariantMeta = map[string]bool{"for_each": true, "role": true}

func (d *decoder) packageBlock(block *hclsyntax.Block, comments Comments) {
	p := d.derivation(KindPackage, block, comments)
	if p == nil {
		return
	}
	if first, ok := d.spec.byPackage[p.Name]; ok {
		d.duplicate(p.NameRange, fmt.Sprintf("A second package %q", p.Name), first.NameRange, "Rename one, or make both variants of one package.")
		return
	}
	d.spec.byPackage[p.Name] = p
	d.spec.Packages = append(d.spec.Packages, p)
}

func (d *decoder) shellBlock(block *hclsyntax.Block, comments Comments) {
	s := d.derivation(KindShell, block, comments)
	if s == nil {
		return
	}
	if first, ok := d.shells[s.Name]; ok {
		d.duplicate(s.NameRange, fmt.Sprintf("A second shell %q", s.Name), first, "Rename one.")
		return
	}
	d.shells = put(d.shells, s.Name, s.NameRange)
	if len(s.Variants) > 0 {
		d.errorf(s.Variants[0].Range, "Variant of a shell not supported", "This version of flakegen knows variants of packages only.")
	}
	d.spec.Shells = append(d.spec.Shells, s)
}

func (d *decoder) derivation(kind Kind, block *hclsyntax.Block, comments Comments) *Derivation {
	drv := &Derivation{
		Kind:      kind,
		Name:      block.Labels[0],
		Comments:  comments,
		NameRange: block.LabelRanges[0],
		Range:     block.DefRange(),
	}
	if !d.outputName(drv.Name, drv.NameRange) {
		return nil
	}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		if it.block != nil {
			d.nested(drv, it.block, it.comments)
			continue
		}
		a := it.attribute
		switch {
		case a.Name == "builder":
			drv.Builder = a
		case a.Name == "file":
			drv.File = a
		case laterMeta[a.Name]:
			d.errorf(a.NameRange, fmt.Sprintf("Meta-argument %q not supported", a.Name), "This version of flakegen does not know it yet.")
		default:
			drv.Attributes = append(drv.Attributes, a)
		}
	}
	return drv
}

// nested decodes a block inside a derivation block.
func (d *decoder) nested(drv *Derivation, block *hclsyntax.Block, comments Comments) {
	switch block.Type {
	case "let":
		if d.labels(block, nil) {
			d.ownLets(drv, block)
		}
	case "variant":
		if d.labels(block, []string{"name"}) {
			d.variant(drv, block, comments)
		}
	default:
		d.errorf(block.TypeRange, fmt.Sprintf("Unknown block %q in %s", block.Type, drv.Kind), "%s",
			didYouMean(block.Type, []string{"let", "variant"}, fmt.Sprintf("For an attribute set write: %s = { … }", block.Type)))
	}
}

func (d *decoder) ownLets(drv *Derivation, block *hclsyntax.Block) {
	for _, a := range d.lets(block) {
		for _, first := range drv.Lets {
			if first.Name == a.Name {
				d.duplicate(a.NameRange, fmt.Sprintf("A second let %q", a.Name), first.NameRange, "Rename one.")
			}
		}
		drv.Lets = append(drv.Lets, a)
	}
}

func (d *decoder) variant(drv *Derivation, block *hclsyntax.Block, comments Comments) {
	v := &Variant{Name: block.Labels[0], Comments: comments, NameRange: block.LabelRanges[0], Range: block.DefRange()}
	if !d.outputName(v.Name, v.NameRange) {
		return
	}
	for _, first := range drv.Variants {
		if first.Name == v.Name {
			d.duplicate(v.NameRange, fmt.Sprintf("A second variant %q", v.Name), first.NameRange, "Rename one.")
			return
		}
	}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		switch {
		case it.block != nil:
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in variant", it.block.Type), "A variant holds attributes only. A let belongs into the %s block around it.", drv.Kind)
		case it.attribute.Name == "builder" || it.attribute.Name == "file":
			d.errorf(it.attribute.NameRange, fmt.Sprintf("Meta-argument %q in a variant", it.attribute.Name), "It holds for all variants: move it into the %s block around this one.", drv.Kind)
		case laterMeta[it.attribute.Name] || laterVariantMeta[it.attribute.Name]:
			d.errorf(it.attribute.NameRange, fmt.Sprintf("Meta-argument %q not supported", it.attribute.Name), "This version of flakegen does not know it yet.")
		default:
			v.Attributes = append(v.Attributes, it.attribute)
		}
	}
	drv.Variants = append(drv.Variants, v)
}

func (d *decoder) appBlock(block *hclsyntax.Block, comments Comments) {
	app := &App{Name: block.Labels[0], Comments: comments, Range: block.LabelRanges[0]}
	if !d.outputName(app.Name, app.Range) {
		return
	}
	if first, ok := d.apps[app.Name]; ok {
		d.duplicate(app.Range, fmt.Sprintf("A second app %q", app.Name), first, "Rename one.")
		return
	}
	d.apps = put(d.apps, app.Name, app.Range)
	d.closed(block, map[string]func(*Attribute){"program": func(a *Attribute) { app.Program = a }})
	if app.Program == nil {
		d.errorf(block.DefRange(), "Missing program", "Say what it runs, as in: program = \"${package.rts}/bin/rts\"")
		return
	}
	d.spec.Apps = append(d.spec.Apps, app)
}

func (d *decoder) outputName(name string, rng hcl.Range) bool {
	if outputName.MatchString(name) {
		return true
	}
	d.errorf(rng, fmt.Sprintf("A name cannot be %q", name), "It names outputs and files: use letters, digits, -, _ and +, and begin with a letter, a digit or _.")
	return false
}

// packageNames settles the files of packages and the names of lets, which need
// the whole spec.
func (d *decoder) packageNames() {
	d.files = map[string]hcl.Range{"flake.nix": {}}
	for _, p := range append(append([]*Derivation{}, d.spec.Packages...), d.spec.Shells...) {
		for _, a := range p.Lets {
			if outer, ok := d.spec.byLet[a.Name]; ok {
				d.duplicate(a.NameRange, fmt.Sprintf("A second let %q", a.Name), outer.NameRange, "A let of a block may not hide one of the flake. Rename one.")
			}
		}
		d.filePath(p)
	}
}

// filePath settles where a derivation is rendered. It has a path even where that
// is in error, so that the rest of it can be looked through.
func (d *decoder) filePath(p *Derivation) {
	rng := p.NameRange
	if p.Kind == KindPackage {
		p.Path = "nix/" + p.Name + ".nix"
	}
	if p.File != nil {
		rng = p.File.Expr.Range()
		name, ok := d.text(p.File.Expr, "The file")
		if !ok {
			return
		}
		if why := unfitPath(name); why != "" {
			d.errorf(rng, fmt.Sprintf("A file cannot be %q", name), "%s Write it as in: file = \"nix/%s.nix\"", why, p.Name)
			return
		}
		p.Path = name
	}
	if p.Path == "" {
		return
	}
	// Some file systems take letters of either case for the same.
	key := strings.ToLower(p.Path)
	first, ok := d.files[key]
	switch {
	case !ok:
		d.files[key] = rng
	case first.Filename == "":
		d.errorf(rng, fmt.Sprintf("A file cannot be %q", p.Path), "The flake itself is rendered there. Rename the %s, or set file.", p.Kind)
	default:
		d.duplicate(rng, fmt.Sprintf("A second file %q", p.Path), first, "Rename one, or set file.")
	}
}

// unfitPath says why a file cannot be rendered at a path, or "".
func unfitPath(name string) string {
	switch {
	case name == "" || path.IsAbs(name) || path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../"):
		return "It must be a clean path inside of the repository."
	case !strings.HasSuffix(name, ".nix"):
		return "It must end in .nix."
	case strings.Trim(name, pathCharacters) != "":
		return "A path in Nix is made of Latin letters, digits, and . _ + - only."
	case strings.HasPrefix(name, ".git/"):
		return "That folder is git's own."
	}
	return ""
}

const pathCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-/"

// outputNames registers every output and reports two of one name.
func (d *decoder) outputNames() {
	add := func(o *Output) {
		if first, ok := d.spec.outputs[o.Name]; ok {
			d.duplicate(o.Range(), fmt.Sprintf("A second output %q", o.Name), first.Range(), "Rename one.")
			return
		}
		d.spec.outputs[o.Name] = o
	}
	for _, p := range d.spec.Packages {
		for _, o := range p.Outputs() {
			add(o)
		}
	}
	for _, a := range d.spec.Aliases {
		add(&Output{Name: a.Name, Alias: a})
	}
}

func put(m map[string]hcl.Range, name string, rng hcl.Range) map[string]hcl.Range {
	if m == nil {
		m = map[string]hcl.Range{}
	}
	m[name] = rng
	return m
}
