package spec

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/flakegen/flakegen/platform"
)

// meta gives the places of the meta-arguments of a derivation block.
func (d *Derivation) meta() map[string]**Attribute {
	return map[string]**Attribute{
		"attrs":     &d.Attrs,
		"builder":   &d.Builder,
		"file":      &d.File,
		"systems":   &d.Systems,
		"unchecked": &d.uncheckedAt,
		"value":     &d.Value,
	}
}

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

func (d *decoder) checkBlock(block *hclsyntax.Block, comments Comments) {
	if c := d.derivation(KindCheck, block, comments); c != nil {
		d.spec.Checks = append(d.spec.Checks, c)
	}
}

func (d *decoder) shellBlock(block *hclsyntax.Block, comments Comments) {
	if s := d.derivation(KindShell, block, comments); s != nil {
		d.spec.Shells = append(d.spec.Shells, s)
	}
}

func (d *decoder) derivation(kind Kind, block *hclsyntax.Block, comments Comments) *Derivation {
	drv := &Derivation{
		Kind:      kind,
		Name:      block.Labels[0],
		Comments:  comments,
		NameRange: block.LabelRanges[0],
		Range:     block.DefRange(),

		byLet:       map[string]*Attribute{},
		byAttribute: map[string]*Attribute{},
	}
	if !d.outputName(drv.Name, drv.NameRange) {
		return nil
	}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		if it.block != nil {
			d.nested(drv, it.block, it.comments)
			continue
		}
		if place, ok := drv.meta()[it.attribute.Name]; ok {
			*place = it.attribute
			continue
		}
		drv.Attributes = append(drv.Attributes, it.attribute)
		drv.byAttribute[it.attribute.Name] = it.attribute
	}
	d.valueAlone(drv)
	return drv
}

// valueAlone refuses what has no meaning beside value, which stands for the whole
// derivation.
func (d *decoder) valueAlone(drv *Derivation) {
	if drv.Value == nil {
		return
	}
	const remedy = "value is the whole derivation. Remove it, or this."
	for _, a := range append([]*Attribute{drv.Builder, drv.Attrs}, drv.Attributes...) {
		if a != nil {
			d.errorf(a.NameRange, fmt.Sprintf("Attribute %q beside value", a.Name), remedy)
		}
	}
	for _, v := range drv.Variants {
		d.errorf(v.NameRange, fmt.Sprintf("Variant %q beside value", v.Name), remedy)
	}
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
	case "tests":
		if d.labels(block, nil) {
			d.tests(drv, block, comments)
		}
	default:
		d.errorf(block.TypeRange, fmt.Sprintf("Unknown block %q in %s", block.Type, drv.Kind), "%s",
			didYouMean(block.Type, []string{"let", "tests", "variant"}, fmt.Sprintf("For an attribute set write: %s = { … }", block.Type)))
	}
}

func (d *decoder) ownLets(drv *Derivation, block *hclsyntax.Block) {
	for _, a := range d.lets(block) {
		if first := drv.byLet[a.Name]; first != nil {
			d.duplicate(a.NameRange, fmt.Sprintf("A second let %q", a.Name), first.NameRange, "Rename one.")
			continue
		}
		drv.byLet[a.Name] = a
		drv.Lets = append(drv.Lets, a)
	}
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
	d.closed(block, map[string]func(*Attribute){
		"program": func(a *Attribute) { app.Program = a },
		"systems": func(a *Attribute) { app.Systems = a },
	})
	if app.Program == nil {
		d.errorf(block.DefRange(), "Missing program", "Say what it runs, as in: program = \"${package.rts}/bin/rts\"")
		return
	}
	d.spec.Apps = append(d.spec.Apps, app)
}

func (d *decoder) formatterBlock(block *hclsyntax.Block, comments Comments) {
	if d.spec.Formatter != nil {
		d.duplicate(block.DefRange(), "A second formatter", d.spec.Formatter.Range, "Remove one.")
		return
	}
	d.closed(block, map[string]func(*Attribute){"value": func(a *Attribute) { d.spec.Formatter = a }})
	if d.spec.Formatter == nil {
		d.errorf(block.DefRange(), "Missing value", "Say which program formats the flake, as in: value = pkgs.nixfmt")
		return
	}
	own := &d.spec.Formatter.Comments
	own.Lead = append(comments.Lines(), own.Lead...)
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
	d.files = map[string]hcl.Range{d.spec.FlakePath(): {}}
	for _, app := range d.spec.Apps {
		app.On = d.on(app.Systems)
	}
	for _, p := range d.spec.Derivations() {
		d.expandVariants(p)
		p.On = d.on(p.Systems)
		d.uncheckedOf(p)
		for _, a := range p.Lets {
			if outer, ok := d.spec.byLet[a.Name]; ok {
				d.duplicate(a.NameRange, fmt.Sprintf("A second let %q", a.Name), outer.NameRange, "A let of a block may not hide one of the flake. Rename one.")
			}
		}
		d.settleTests(p)
		d.settleStrategies(p)
		d.filePath(p)
	}
}

// on works out the systems that have what has these selectors: all of them where
// there are none, or where they are in error, so that no more is said of it.
func (d *decoder) on(a *Attribute) []platform.System {
	if a == nil {
		return d.spec.Systems
	}
	value, ok := d.value(a.Expr)
	if !ok {
		return d.spec.Systems
	}
	var selectors []string
	before := len(d.diags)
	for _, element := range d.strings(a.Expr, value, "systems", `["linux"]`) {
		if !d.selector(element.text, element.rng) {
			continue
		}
		selectors = append(selectors, element.text)
	}
	if len(d.diags) > before {
		return d.spec.Systems
	}
	resolution := platform.Resolve(selectors, d.spec.Systems)
	var on []platform.System
	for _, system := range d.spec.Systems {
		if _, ok := resolution.Chosen[system]; ok {
			on = append(on, system)
		}
	}
	return on
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
	if p.Path != "" {
		d.renderedAt(p.Path, rng, "the "+string(p.Kind))
	}
}

// renderedAt notes that what the range is about is rendered to a file, and reports a
// second one of that path.
func (d *decoder) renderedAt(name string, rng hcl.Range, what string) {
	// Some file systems take letters of either case for the same.
	key := strings.ToLower(name)
	first, ok := d.files[key]
	switch {
	case !ok:
		d.files[key] = rng
	case first.Filename == "":
		d.errorf(rng, fmt.Sprintf("A file cannot be %q", name), "%s is rendered there. Rename %s, or set file.", d.spec.flakeWords(), what)
	default:
		d.duplicate(rng, fmt.Sprintf("A second file %q", name), first, "Rename one, or set file.")
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
	d.register(d.spec.outputs, d.spec.Packages, d.spec.Aliases)
	checks := map[string]*Output{}
	d.register(checks, d.spec.Checks, nil)
	for _, p := range d.spec.Packages {
		if first := checks[p.SeededCheck()]; first != nil {
			d.duplicate(first.Range(), fmt.Sprintf("A second check %q", first.Name), p.Tests.Range, "The tests there make one of this name. Rename this one.")
		}
	}
	d.register(map[string]*Output{}, d.spec.Shells, nil)
}

// register notes the outputs of one set of the flake.
func (d *decoder) register(set map[string]*Output, list []*Derivation, aliases []*Alias) {
	add := func(o *Output) {
		if first, ok := set[o.Name]; ok {
			d.duplicate(o.Range(), fmt.Sprintf("A second output %q", o.Name), first.Range(), "Rename one.")
			return
		}
		set[o.Name] = o
	}
	for _, p := range list {
		for _, o := range p.Outputs() {
			add(o)
		}
	}
	for _, a := range aliases {
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
