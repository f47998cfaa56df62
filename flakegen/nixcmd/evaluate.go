package nixcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/flakegen/flakegen/flakegen/nixlang"
)

// Evaluation is the derivation that an installable evaluates to, and the outputs
// that nix build would make of it; or why it does not evaluate.
type Evaluation struct {
	Product
	Err error
}

// Evaluate evaluates the installables and answers in their order. Nothing is
// built beyond what evaluation itself imports, and flake.lock is left alone.
//
// It takes one process for all attributes of one flake's set, such as packages;
// where that fails, one for each half of them, and so on, so that one that does
// not evaluate takes no other with it: about 2 log n processes for one of n. The
// error is that of the context or of a nix that cannot be started.
func (n *Nix) Evaluate(ctx context.Context, installables []Installable) ([]Evaluation, error) {
	answers := make([]Evaluation, len(installables))
	for _, group := range evaluationGroups(installables) {
		if err := n.evaluateGroup(ctx, installables, group, answers); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// evaluateGroup answers for the installables at the places of the group.
func (n *Nix) evaluateGroup(ctx context.Context, installables []Installable, group []int, answers []Evaluation) error {
	if len(group) == 1 {
		product, err := n.evaluateOne(ctx, installables[group[0]])
		if ctx.Err() != nil || errors.Is(err, ErrNoNix) || errors.Is(err, ErrInterrupted) {
			return err
		}
		answers[group[0]] = Evaluation{Product: product, Err: err}
		return nil
	}
	products, err := n.evaluateSet(ctx, installables, group)
	if ctx.Err() != nil || errors.Is(err, ErrNoNix) || errors.Is(err, ErrInterrupted) {
		return err
	}
	if err == nil {
		for i, at := range group {
			answers[at].Product = products[i]
		}
		return nil
	}
	half := len(group) / 2
	if err := n.evaluateGroup(ctx, installables, group[:half], answers); err != nil {
		return err
	}
	return n.evaluateGroup(ctx, installables, group[half:], answers)
}

// evaluationGroups are the places of the installables that one process can
// evaluate together, in order.
func evaluationGroups(installables []Installable) [][]int {
	type set struct{ flake, name string }
	var groups [][]int
	known := map[set]int{}
	for at, i := range installables {
		if len(i.Attribute) < 2 {
			groups = append(groups, []int{at})
			continue
		}
		key := set{i.Flake, i.Attribute[0]}
		if _, ok := known[key]; !ok {
			known[key] = len(groups)
			groups = append(groups, nil)
		}
		groups[known[key]] = append(groups[known[key]], at)
	}
	return groups
}

func (n *Nix) evaluateSet(ctx context.Context, installables []Installable, group []int) ([]Product, error) {
	first := installables[group[0]]
	list := nixlang.ListOf()
	for _, at := range group {
		list.Items = append(list.Items, nixlang.Item{Value: nixlang.Sel("set", installables[at].Attribute[1:]...)})
	}
	apply := &nixlang.Lambda{Param: nixlang.Name("set"), Body: nixlang.Call(nixlang.Sel("map"), describe(), list)}
	var products []Product
	err := n.evaluate(ctx, Installable{Flake: first.Flake, Attribute: first.Attribute[:1]}, apply, &products)
	if err == nil && len(products) != len(group) {
		err = fmt.Errorf("nix eval answered with %d derivations for %d", len(products), len(group))
	}
	return products, err
}

// AttributeNames are the names in the attribute set that an installable evaluates
// to, sorted. None of its values is evaluated.
func (n *Nix) AttributeNames(ctx context.Context, set Installable) ([]string, error) {
	var names []string
	err := n.evaluate(ctx, set, nixlang.Sel("builtins", "attrNames"), &names)
	return names, err
}

func (n *Nix) evaluateOne(ctx context.Context, i Installable) (Product, error) {
	var product Product
	err := n.evaluate(ctx, i, describe(), &product)
	return product, err
}

// describe is the function from a derivation to what a [Product] holds. Which
// outputs count is decided as nix build does it.
//
//	drv: {
//	  drvPath = drv.drvPath;
//	  outputs = builtins.listToAttrs (map (name: { name = name; value = drv.${name}.outPath; }) (
//	    if drv.outputSpecified or false then [ drv.outputName ] else drv.meta.outputsToInstall or [ "out" ]));
//	}
func describe() nixlang.Expr {
	drv := func(path ...string) nixlang.Expr { return nixlang.Sel("drv", path...) }
	names := &nixlang.If{
		Cond: &nixlang.Select{Of: nixlang.Ident("drv"), Path: nixlang.Names("outputSpecified"), Or: nixlang.Ident("false")},
		Then: nixlang.ListOf(drv("outputName")),
		Else: &nixlang.Select{Of: nixlang.Ident("drv"), Path: nixlang.Names("meta", "outputsToInstall"), Or: nixlang.ListOf(nixlang.Str("out"))},
	}
	output := &nixlang.Select{Of: nixlang.Ident("drv"), Path: []nixlang.AttrName{{Dynamic: nixlang.Ident("name")}, {Name: "outPath"}}}
	pair := &nixlang.Lambda{Param: nixlang.Name("name"), Body: nixlang.Attrs(
		nixlang.Bind("name", nixlang.Ident("name")),
		nixlang.Bind("value", output),
	)}
	return &nixlang.Lambda{Param: nixlang.Name("drv"), Body: nixlang.Attrs(
		nixlang.Bind("drvPath", drv("drvPath")),
		nixlang.Bind("outputs", nixlang.Call(nixlang.Sel("builtins", "listToAttrs"), nixlang.Call(nixlang.Sel("map"), pair, names))),
	)}
}

// evaluate applies a function to what an installable evaluates to, and reads the
// answer.
func (n *Nix) evaluate(ctx context.Context, i Installable, apply nixlang.Expr, answer any) error {
	words, err := operands([]Installable{i})
	if err != nil {
		return err
	}
	args := slices.Concat([]string{"eval", "--json", "--apply", nixlang.Print(apply)}, n.Args.forEvaluation(), words)
	out, err := n.output(ctx, args...)
	if err != nil {
		return fmt.Errorf("evaluate %s: %w", i, err)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		return fmt.Errorf("read what `nix eval --json` printed for %s: %w", i, err)
	}
	return nil
}
