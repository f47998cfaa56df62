package spec

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/platform"
)

// decoder turns the bodies of the files into a Spec and collects what is wrong.
type decoder struct {
	spec  *Spec
	diags hcl.Diagnostics

	flake           *hclsyntax.Block
	description     *Attribute
	systems         *Attribute
	requiredVersion *Attribute
	render          *Attribute
	takes           *Attribute
	// systemsBroken says that the list of systems is in error, and so cannot be
	// held against what others say of it.
	systemsBroken bool
	inputs        map[string]hcl.Range
	apps          map[string]hcl.Range
	files         map[string]hcl.Range
}

func (d *decoder) parse(source *Source) *hclsyntax.Body {
	if rng, invalid := notUTF8(source); invalid {
		d.errorf(rng, "Not UTF-8", "A spec is written in UTF-8. Save the file in that encoding.")
		return nil
	}
	if rng, deep := tooDeep(source); deep {
		d.errorf(rng, "Too deeply nested", "More than %d brackets or operators stand in each other here. Move a part into a local or a let.", maxDepth)
		return nil
	}
	file, diags := hclsyntax.ParseConfig(source.Bytes, source.Name, hcl.InitialPos)
	if diags.HasErrors() {
		d.diags = append(d.diags, rewordSyntax(source, diags)...)
		return nil
	}
	body := file.Body.(*hclsyntax.Body)
	d.diags = append(d.diags, traps(source, body)...)
	return body
}

// topBlock is a kind of block that stands at the top of a file.
type topBlock struct {
	labels []string
	decode func(*decoder, *hclsyntax.Block, Comments)
}

// topBlocks lists the blocks of the language; init breaks the cycle through the
// decoder's methods.
var topBlocks map[string]topBlock

func init() {
	topBlocks = map[string]topBlock{
		"flake":     {nil, (*decoder).flakeBlock},
		"input":     {[]string{"name"}, (*decoder).inputBlock},
		"locals":    {nil, (*decoder).localsBlock},
		"let":       {nil, (*decoder).letBlock},
		"package":   {[]string{"name"}, (*decoder).packageBlock},
		"check":     {[]string{"name"}, (*decoder).checkBlock},
		"shell":     {[]string{"name"}, (*decoder).shellBlock},
		"app":       {[]string{"name"}, (*decoder).appBlock},
		"alias":     {[]string{"name"}, (*decoder).aliasBlock},
		"formatter": {nil, (*decoder).formatterBlock},
		"nixpkgs":   {nil, (*decoder).nixpkgsBlock},
		"overlay":   {[]string{"name"}, (*decoder).overlayBlock},
		"output":    {[]string{"name"}, (*decoder).outputBlock},
		"cache":     {[]string{"name"}, (*decoder).cacheBlock},
		"ci":        {[]string{"forge"}, (*decoder).ciBlock},
	}
}

// file decodes the body of a file.
func (d *decoder) file(body *hclsyntax.Body) {
	for _, item := range d.items(body, hcl.InitialPos) {
		if item.attribute != nil {
			d.errorf(item.attribute.NameRange, "Attribute outside of a block",
				"%q stands alone. Put it into a block such as locals { … }.", item.attribute.Name)
			continue
		}
		block := item.block
		kind, ok := topBlocks[block.Type]
		if !ok {
			d.unknownBlock(block)
			continue
		}
		if d.labels(block, kind.labels) {
			kind.decode(d, block, item.comments)
		}
	}
}

func (d *decoder) unknownBlock(block *hclsyntax.Block) {
	d.errorf(block.TypeRange, fmt.Sprintf("Unknown block %q", block.Type), "%s",
		didYouMean(block.Type, sortedKeys(topBlocks), "The blocks are "+quotedList(sortedKeys(topBlocks))+"."))
}

// labels holds a block's labels against those that it must have.
func (d *decoder) labels(block *hclsyntax.Block, want []string) bool {
	example := block.Type
	for _, label := range want {
		example += fmt.Sprintf(" %q", strings.ToUpper(label))
	}
	switch {
	case len(block.Labels) < len(want):
		d.errorf(block.TypeRange, fmt.Sprintf("Missing name of the %s block", block.Type), "Write: %s { … }", example)
	case len(block.Labels) > len(want):
		d.errorf(block.LabelRanges[len(want)], "Unexpected label", "Write: %s { … }", example)
	default:
		return true
	}
	return false
}

// item is an attribute or a block of a body.
type item struct {
	attribute *Attribute
	block     *hclsyntax.Block
	comments  Comments
}

// items lists what a body holds in the order of the file, with comments. Open is
// where the body begins.
func (d *decoder) items(body *hclsyntax.Body, open hcl.Pos) []item {
	type node struct {
		rng       hcl.Range
		attribute *hclsyntax.Attribute
		block     *hclsyntax.Block
	}
	var list []node
	for _, a := range body.Attributes {
		list = append(list, node{rng: a.SrcRange, attribute: a})
	}
	for _, b := range body.Blocks {
		list = append(list, node{rng: b.Range(), block: b})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].rng.Start.Byte < list[j].rng.Start.Byte })

	source := d.spec.Sources[body.SrcRange.Filename]
	after := open
	var items []item
	for _, p := range list {
		rng := p.rng
		if p.block != nil {
			rng.End = endOfFirstLine(p.block)
		}
		it := item{block: p.block, comments: source.Comments(after, rng)}
		if p.block != nil && rng.End != p.block.CloseBraceRange.End {
			// Behind the brace that opens many lines it is about all of them.
			it.comments = Comments{Blank: it.comments.Blank, Lead: it.comments.Lines()}
		}
		if a := p.attribute; a != nil {
			it.attribute = &Attribute{Name: a.Name, Expr: a.Expr, Comments: it.comments, Range: a.SrcRange, NameRange: a.NameRange}
			after = a.SrcRange.End
		} else {
			after = p.block.CloseBraceRange.End
		}
		items = append(items, it)
	}
	return items
}

// endOfFirstLine is where the first line of a block ends, but for a comment: at its
// opening brace, or if it is all of the block at its closing one.
func endOfFirstLine(block *hclsyntax.Block) hcl.Pos {
	if block.OpenBraceRange.Start.Line == block.CloseBraceRange.Start.Line {
		return block.CloseBraceRange.End
	}
	return block.OpenBraceRange.End
}

// closed decodes a block whose attributes are all known: each goes to the
// function of its name. Attributes with another name and blocks are errors.
func (d *decoder) closed(block *hclsyntax.Block, known map[string]func(*Attribute)) {
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		if it.block != nil {
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in %s", it.block.Type, block.Type), "A %s block holds attributes only.", block.Type)
			continue
		}
		if set, ok := known[it.attribute.Name]; ok {
			set(it.attribute)
			continue
		}
		d.errorf(it.attribute.NameRange, fmt.Sprintf("Unknown attribute %q in %s", it.attribute.Name, block.Type), "%s",
			didYouMean(it.attribute.Name, sortedKeys(known), "It takes "+quotedList(sortedKeys(known))+"."))
	}
}

func (d *decoder) flakeBlock(block *hclsyntax.Block, _ Comments) {
	if d.flake != nil {
		d.duplicate(block.DefRange(), "A second flake block", d.flake.DefRange(), "Merge the two.")
		return
	}
	d.flake = block
	d.closed(block, map[string]func(*Attribute){
		"description":      func(a *Attribute) { d.description = a },
		"systems":          func(a *Attribute) { d.systems = a },
		"required_version": func(a *Attribute) { d.requiredVersion = a },
		"render":           func(a *Attribute) { d.render = a },
		"takes":            func(a *Attribute) { d.takes = a },
	})
}

func (d *decoder) localsBlock(block *hclsyntax.Block, _ Comments) {
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		a := it.attribute
		if a == nil {
			d.errorf(it.block.TypeRange, "Unexpected block in locals", "A locals block holds attributes only.")
			continue
		}
		if first, ok := d.spec.locals[a.Name]; ok {
			d.duplicate(a.NameRange, fmt.Sprintf("A second local %q", a.Name), first.NameRange, "All files share one set of locals. Rename one.")
			continue
		}
		d.spec.locals[a.Name] = a
	}
}

func (d *decoder) letBlock(block *hclsyntax.Block, _ Comments) {
	for _, a := range d.lets(block) {
		if first, ok := d.spec.byLet[a.Name]; ok {
			d.duplicate(a.NameRange, fmt.Sprintf("A second let %q", a.Name), first.NameRange, "All files share one set of lets. Rename one.")
			continue
		}
		d.spec.byLet[a.Name] = a
		d.spec.Lets = append(d.spec.Lets, a)
	}
}

// lets decodes a let block, at the top or in a derivation block.
func (d *decoder) lets(block *hclsyntax.Block) []*Attribute {
	var list []*Attribute
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		if it.block != nil {
			d.errorf(it.block.TypeRange, "Unexpected block in let", "A let block holds attributes only.")
			continue
		}
		if why := UnfitName(it.attribute.Name); why != "" {
			d.errorf(it.attribute.NameRange, fmt.Sprintf("A let cannot be called %q", it.attribute.Name), "%s Choose another name.", why)
			continue
		}
		list = append(list, it.attribute)
	}
	return list
}

// finish resolves what needs the whole spec.
func (d *decoder) finish() {
	d.evaluateLocals()
	d.flakeAttributes()
	d.inputValues()
	d.flakeLevel()
	d.packageNames()
	d.ci()
	d.resolveAliases()
	d.outputNames()
}

func (d *decoder) flakeAttributes() {
	if d.flake == nil {
		d.spec.Flake = d.firstPlace()
		d.systemsBroken = true
		d.errorf(d.spec.Flake, "No flake block", "The spec must say for which systems the flake is. Add: flake { systems = [\"x86_64-linux\", \"aarch64-darwin\"] }")
		return
	}
	d.spec.Flake = d.flake.DefRange()
	d.spec.DescriptionAt, d.spec.SystemsAt = d.description, d.systems
	if d.description != nil {
		d.spec.Description, _ = d.text(d.description.Expr, "The description")
	}
	d.versionConstraint()
	d.adoption()
	if d.systems == nil {
		d.systemsBroken = true
		d.errorf(d.flake.DefRange(), "Missing systems", "Say for which systems the flake is, as in: systems = [\"x86_64-linux\", \"aarch64-darwin\"]")
		return
	}
	before := len(d.diags)
	d.spec.Systems = d.systemList(d.systems)
	d.systemsBroken = len(d.diags) > before
}

// firstPlace is where somebody begins to write a spec.
func (d *decoder) firstPlace() hcl.Range {
	name := FileName
	if d.spec.Sources[name] == nil {
		name = d.spec.FileNames()[0]
	}
	return hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
}

func (d *decoder) systemList(a *Attribute) []platform.System {
	value, ok := d.value(a.Expr)
	if !ok {
		return nil
	}
	var list []platform.System
	seen := map[string]bool{}
	for _, element := range d.strings(a.Expr, value, "systems", `["x86_64-linux", "aarch64-darwin"]`) {
		name := element.text
		switch {
		case !platform.IsKnown(platform.System(name)):
			remedy := "Nix knows no such system."
			if s := platform.Suggest(name); s != "" {
				remedy = fmt.Sprintf("Did you mean %q?", s)
			}
			d.errorf(element.rng, fmt.Sprintf("Unknown system %q", name), "%s", remedy)
		case seen[name]:
			d.errorf(element.rng, fmt.Sprintf("System %q twice", name), "Remove one.")
		default:
			seen[name] = true
			list = append(list, platform.System(name))
		}
	}
	return list
}

// placed is an element of a list of strings, with its place.
type placed struct {
	text string
	rng  hcl.Range
}

// strings takes a value for a list of strings that is not empty, and reports what
// is not. Each element of a literal list has a place of its own.
func (d *decoder) strings(expr hclsyntax.Expression, value cty.Value, what, example string) []placed {
	if value.IsNull() || !value.CanIterateElements() || value.Type().IsObjectType() || value.Type().IsMapType() {
		d.errorf(expr.Range(), what+" is not a list", "Write it as in: %s = %s", what, example)
		return nil
	}
	if value.LengthInt() == 0 {
		d.errorf(expr.Range(), what+" is empty", "Name at least one, as in: %s = %s", what, example)
		return nil
	}
	ranges := func(int) hcl.Range { return expr.Range() }
	if tuple, ok := expr.(*hclsyntax.TupleConsExpr); ok && len(tuple.Exprs) == value.LengthInt() {
		ranges = func(i int) hcl.Range { return tuple.Exprs[i].Range() }
	}
	var list []placed
	i := 0
	for it := value.ElementIterator(); it.Next(); i++ {
		_, element := it.Element()
		if element.IsNull() || element.Type() != cty.String {
			d.errorf(ranges(i), "Not a string", "Write it in quotes, as in: %s = %s", what, example)
			continue
		}
		list = append(list, placed{element.AsString(), ranges(i)})
	}
	return list
}

// text evaluates an expression that must be a closed string.
func (d *decoder) text(expr hclsyntax.Expression, what string) (string, bool) {
	value, ok := d.value(expr)
	if !ok {
		return "", false
	}
	if value.IsNull() || value.Type() != cty.String {
		d.errorf(expr.Range(), what+" is not a string", "Write it in quotes.")
		return "", false
	}
	return value.AsString(), true
}

func (d *decoder) errorf(rng hcl.Range, summary, detail string, args ...any) {
	d.diags = append(d.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  summary,
		Detail:   fmt.Sprintf(detail, args...),
		Subject:  rng.Ptr(),
	})
}

// duplicate reports a second thing of one name and shows the first.
func (d *decoder) duplicate(rng hcl.Range, summary string, first hcl.Range, remedy string) {
	d.errorf(rng, summary, "The first is at %s. %s", place(first), remedy)
}

// place writes a range as file:line.
func place(rng hcl.Range) string { return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line) }

// SortDiagnostics orders them as the files stand, so that they read top down.
func SortDiagnostics(diags hcl.Diagnostics) {
	key := func(d *hcl.Diagnostic) (string, int) {
		if d.Subject == nil {
			return "", 0
		}
		return d.Subject.Filename, d.Subject.Start.Byte
	}
	sort.SliceStable(diags, func(i, j int) bool {
		nameI, byteI := key(diags[i])
		nameJ, byteJ := key(diags[j])
		if nameI != nameJ {
			return nameI < nameJ
		}
		return byteI < byteJ
	})
}

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(quoted, ", ")
}

// didYouMean names the candidate that is near, or else says otherwise.
func didYouMean(name string, candidates []string, otherwise string) string {
	if near := platform.Nearest(name, candidates); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	return otherwise
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
