package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/platform"
)

// aliasRow is a line of an alias: a selector and what it selects.
type aliasRow struct {
	attribute *Attribute
	// output is set for a package or a variant, alias for another alias; neither
	// for null.
	output *Output
	alias  string
	broken bool
}

func (d *decoder) aliasBlock(block *hclsyntax.Block, comments Comments) {
	a := &Alias{
		Name:      block.Labels[0],
		Comments:  comments,
		Outputs:   map[platform.System]*Output{},
		Lines:     map[platform.System]*Attribute{},
		null:      map[platform.System]bool{},
		NameRange: block.LabelRanges[0],
		Range:     block.DefRange(),
	}
	if !d.outputName(a.Name, a.NameRange) {
		return
	}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		if it.block != nil {
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in alias", it.block.Type), "An alias holds lines such as: linux = package.rts.checked")
			continue
		}
		a.rows = append(a.rows, &aliasRow{attribute: it.attribute})
	}
	d.spec.Aliases = append(d.spec.Aliases, a)
}

// resolveAliases reads what each line of each alias selects, follows aliases of
// aliases, and works out the output for each system.
func (d *decoder) resolveAliases() {
	byName := d.spec.byAlias
	for _, a := range d.spec.Aliases {
		if first, ok := byName[a.Name]; ok {
			d.duplicate(a.NameRange, fmt.Sprintf("A second alias %q", a.Name), first.NameRange, "Rename one.")
			continue
		}
		byName[a.Name] = a
	}
	for _, a := range d.spec.Aliases {
		for _, row := range a.rows {
			d.aliasRow(row, byName)
		}
		d.coverage(a)
	}
	done := map[*Alias]visitState{}
	for _, a := range d.spec.Aliases {
		d.follow(a, byName, done, nil)
	}
}

func (d *decoder) aliasRow(row *aliasRow, aliases map[string]*Alias) {
	a := row.attribute
	if !platform.IsSelector(a.Name) {
		remedy := "A line begins with a system, a kernel such as linux or darwin, or default."
		if near := platform.SuggestSelector(a.Name); near != "" {
			remedy = fmt.Sprintf("Did you mean %q?", near)
		}
		d.errorf(a.NameRange, fmt.Sprintf("Unknown system %q", a.Name), "%s", remedy)
		row.broken = true
	}
	traversal, diags := hcl.AbsTraversalForExpr(a.Expr)
	switch {
	case isNull(a.Expr):
	case diags.HasErrors():
		d.notAnOutput(row)
	case traversal.RootName() == "package":
		row.output = d.packageReference(traversal)
		row.broken = row.broken || row.output == nil
	case traversal.RootName() == "alias" && len(traversal) == 2:
		name, _ := secondName(traversal)
		row.alias = name
		if aliases[name] == nil {
			d.errorf(traversal.SourceRange(), fmt.Sprintf("Unknown alias %q", name), "%s", didYouMean(name, sortedKeys(aliases), "There is no alias of that name."))
			row.broken = true
		}
	default:
		d.notAnOutput(row)
	}
}

func (d *decoder) notAnOutput(row *aliasRow) {
	d.errorf(row.attribute.Expr.Range(), "Not an output", "An alias names a package, a variant or another alias, as in package.rts.checked, or is null where there is none.")
	row.broken = true
}

// packageReference finds the output that package.P or package.P.V names.
func (d *decoder) packageReference(traversal hcl.Traversal) *Output {
	output, rest, diag := d.spec.PackageReference(traversal)
	if diag == nil && len(rest) > 0 {
		diag = &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Not an output",
			Detail:   fmt.Sprintf("An alias names a whole derivation. Write package.%s.", output.reference()),
			Subject:  traversal.SourceRange().Ptr(),
		}
	}
	if diag != nil {
		d.diags = append(d.diags, diag)
		return nil
	}
	return output
}

func (o *Output) reference() string {
	if o.Variant != nil {
		return o.Package.Name + "." + o.Variant.Name
	}
	return o.Package.Name
}

// PackageReference finds the output that a reference package.P or package.P.V
// names, and gives the steps behind it. The output is nil also, without a
// diagnostic, where the reference may be to one that is broken and reported.
func (s *Spec) PackageReference(traversal hcl.Traversal) (*Output, hcl.Traversal, *hcl.Diagnostic) {
	fail := func(rng hcl.Range, summary, detail string) (*Output, hcl.Traversal, *hcl.Diagnostic) {
		return nil, nil, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: rng.Ptr()}
	}
	name, ok := secondName(traversal)
	if !ok {
		return fail(traversal.SourceRange(), "Incomplete reference", "Write package.NAME, or package.NAME.VARIANT.")
	}
	p := s.byPackage[name]
	if p == nil {
		return fail(traversal[1].SourceRange(), fmt.Sprintf("Unknown package %q", name),
			didYouMean(name, sortedKeys(s.byPackage), "There is no package of that name."))
	}
	if len(p.Variants) == 0 && !p.broken {
		return p.Outputs()[0], traversal[2:], nil
	}
	variant, ok := secondName(traversal[1:])
	if !ok && !p.broken {
		return fail(traversal.SourceRange(), fmt.Sprintf("Which variant of %q?", name), "The package has variants: write "+p.references()+".")
	}
	if o := p.byVariant[variant]; o != nil {
		return o, traversal[3:], nil
	}
	if p.broken {
		return nil, nil, nil
	}
	return fail(traversal[2].SourceRange(), fmt.Sprintf("Unknown variant %q of package %q", variant, name),
		didYouMean(variant, sortedKeys(p.byVariant), "Its variants: write "+p.references()+"."))
}

// Same gives the output that another is a second name for, as value = package.rts.checked
// in a block makes it, or nil.
func (s *Spec) Same(o *Output) *Output {
	if o.Package == nil || o.Package.Value == nil {
		return nil
	}
	traversal, diags := hcl.AbsTraversalForExpr(o.Package.Value.Expr)
	if diags.HasErrors() {
		return nil
	}
	switch name, _ := secondName(traversal); traversal.RootName() {
	case "package":
		if output, rest, _ := s.PackageReference(traversal); output != nil && len(rest) == 0 {
			return output
		}
	case "alias":
		if len(traversal) == 2 {
			return s.outputs[name]
		}
	}
	return nil
}

// references writes the references to the variants of a package, for a message.
func (d *Derivation) references() string {
	const most = 10
	var list []string
	for _, v := range d.Variants[:min(most, len(d.Variants))] {
		list = append(list, "package."+d.Name+"."+v.Name)
	}
	if len(d.Variants) > most {
		list = append(list, "another of them")
	}
	return strings.Join(list, " or ")
}

// coverage reports the systems that an alias leaves out and the selectors that
// match nothing.
func (d *decoder) coverage(a *Alias) {
	if d.systemsBroken || len(d.spec.Systems) == 0 {
		return // reported where the systems are
	}
	r := platform.Resolve(a.selectors(), d.spec.Systems)
	if len(r.Missing) > 0 {
		var missing []string
		for _, s := range r.Missing {
			missing = append(missing, string(s))
		}
		d.errorf(a.NameRange, fmt.Sprintf("Alias %q leaves out %s", a.Name, strings.Join(missing, ", ")),
			"Add a line for each, for its kernel, or default; null where there is to be none: %s = null", missing[0])
	}
	for _, idle := range r.Idle {
		for _, row := range a.rows {
			if row.attribute.Name == idle && platform.IsSelector(idle) {
				d.errorf(row.attribute.NameRange, fmt.Sprintf("%q matches no system of the flake", idle),
					"Remove the line, or add such a system to flake { systems = … }.")
			}
		}
	}
}

func (a *Alias) selectors() []string {
	var list []string
	for _, row := range a.rows {
		list = append(list, row.attribute.Name)
	}
	return list
}

// follow works out an alias's output for each system, those of the aliases it
// names first.
func (d *decoder) follow(a *Alias, byName map[string]*Alias, state map[*Alias]visitState, chain []string) {
	switch state[a] {
	case visited:
		return
	case visiting:
		d.errorf(a.NameRange, "Aliases in a circle", "alias.%s refers to itself: %s.", a.Name, circle(chain, a.Name))
		return
	}
	chain = append(chain, a.Name)
	state[a] = visiting
	rows := map[string]*aliasRow{}
	for _, row := range a.rows {
		rows[row.attribute.Name] = row
		if next := byName[row.alias]; next != nil {
			d.follow(next, byName, state, chain)
		}
	}
	state[a] = visited
	chosen := platform.Resolve(a.selectors(), d.spec.Systems).Chosen
	for _, system := range d.spec.Systems {
		row := rows[chosen[system]]
		if row == nil {
			continue
		}
		a.Lines[system] = row.attribute
		switch {
		case row.output != nil:
			if !slices.Contains(row.output.Package.On, system) && !row.broken {
				d.errorf(row.attribute.Expr.Range(), fmt.Sprintf("No %s on %s", row.output.Name, system), "The package has systems of its own, without this one. Add it there, or give the alias null on %s.", system)
				row.broken = true
			}
			a.Outputs[system] = row.output
		case byName[row.alias] != nil:
			if o := byName[row.alias].Outputs[system]; o != nil {
				a.Outputs[system] = o
			}
			a.null[system] = byName[row.alias].null[system]
		default:
			a.null[system] = !row.broken
		}
	}
}

// isNull says whether an expression is the literal null.
func isNull(expr hclsyntax.Expression) bool {
	literal, ok := expr.(*hclsyntax.LiteralValueExpr)
	return ok && literal.Val.IsNull() && literal.Val.Type() == cty.DynamicPseudoType
}
