package flakegen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/store"
)

// twinVariable is the one variable that a twin has and its original has not.
const twinVariable = "flakegenBench"

// twinsOf writes the Nix function that makes the twins of derivations.
//
// A twin is a copy of a derivation with one more variable in its environment, the
// stamp. So it has output paths of its own: no store and no cache has them, and
// Nix must build it, here or on a remote builder, while the original and what
// refers to it stay as they are. Without a stamp a twin is the original, which
// proves that the copy leaves nothing out.
//
// The derivations come with what each needs before it. The function takes the
// stamp, or null, and gives for each derivation, in that order, its drvPath and
// its outputs by name:
//
//	stamp:
//	let
//	  seal = if stamp == null then { } else { flakegenBench = stamp; };
//	  twin0 = builtins.derivationStrict ({ name = "base"; … } // seal);
//	  twin1 = builtins.derivationStrict ({ … "/nix/store/${path of twin0}" … } // seal);
//	in
//	[ twin0 twin1 ]
func twinsOf(derivations []*store.Derivation) (nixlang.Expr, error) {
	t := &twins{names: map[string]string{}}
	entries := []nixlang.Entry{nixlang.Bind("seal", &nixlang.If{
		Cond: &nixlang.Binary{Op: nixlang.Equal, Left: nixlang.Ident("stamp"), Right: nixlang.Ident("null")},
		Then: nixlang.Attrs(),
		Else: nixlang.Attrs(nixlang.Bind(twinVariable, nixlang.Ident("stamp"))),
	})}
	all := nixlang.ListOf()
	for i, d := range derivations {
		twin, err := t.of(d)
		if err != nil {
			return nil, fmt.Errorf("copy %s: %w", d.Path, err)
		}
		name := fmt.Sprintf("twin%d", i)
		entries = append(entries, nixlang.Bind(name, twin))
		t.add(name, d)
		all.Items = append(all.Items, nixlang.Item{Value: nixlang.Ident(name)})
	}
	return &nixlang.Lambda{Param: nixlang.Name("stamp"), Body: &nixlang.Let{Entries: entries, Body: all}}, nil
}

// twins are those that are written already.
type twins struct {
	names map[string]string // of the twin, by the original's .drv file
	// hashes are those of the originals' paths. Texts are searched for the hash
	// alone, because they may hold a path without its folder.
	hashes []twinHash
}

type twinHash struct {
	original string
	path     nixlang.Expr // of the twin
}

func (t *twins) add(name string, d *store.Derivation) {
	t.names[d.Path] = name
	t.hashes = append(t.hashes, twinHash{hashPart(d.Path), nixlang.Sel(name, "drvPath")})
	for _, output := range slices.Sorted(maps.Keys(d.Outputs)) {
		t.hashes = append(t.hashes, twinHash{hashPart(d.Outputs[output].Path), nixlang.Sel(name, output)})
	}
}

// In the path of the store, the only one there is: /nix/store/HASH-NAME.
const (
	hashBegin  = len("/nix/store/")
	hashLength = 32
)

func hashPart(path string) string { return path[hashBegin : hashBegin+hashLength] }

func (t *twins) of(d *store.Derivation) (nixlang.Expr, error) {
	attributes := nixlang.Attrs()
	bind := func(name string, value nixlang.Expr) {
		attributes.Entries = append(attributes.Entries, nixlang.Bind(name, value))
	}
	var base nixlang.Expr = attributes
	own := map[string]bool{"name": true, "system": true, "builder": true, "args": true, twinVariable: true}
	for output := range d.Outputs {
		own[output] = true // derivationStrict adds them
	}
	if structured, ok := d.Env["__json"]; ok {
		text, err := t.text(structured)
		if err != nil {
			return nil, err
		}
		base = &nixlang.Binary{Op: nixlang.Update, Left: nixlang.Call(nixlang.Sel("builtins", "fromJSON"), text), Right: attributes}
		bind("__structuredAttrs", nixlang.Ident("true"))
		own["__json"] = true
	}
	for _, name := range slices.Sorted(maps.Keys(d.Env)) {
		if own[name] {
			continue
		}
		if name == "__structuredAttrs" {
			bind(name, nixlang.Ident("false")) // an empty variable comes from nothing else
			continue
		}
		if err := nixlang.CheckText(name); err != nil {
			return nil, err
		}
		value, err := t.text(d.Env[name])
		if err != nil {
			return nil, fmt.Errorf("its attribute %s: %w", name, err)
		}
		bind(name, value)
	}
	args := nixlang.ListOf()
	for _, argument := range d.Args {
		text, err := t.text(argument)
		if err != nil {
			return nil, fmt.Errorf("its arguments: %w", err)
		}
		args.Items = append(args.Items, nixlang.Item{Value: text})
	}
	builder, err := t.text(d.Builder)
	if err != nil {
		return nil, fmt.Errorf("its builder: %w", err)
	}
	bind("name", nixlang.Str(d.Name))
	bind("system", nixlang.Str(d.System))
	bind("args", args)
	// What the derivation needs is what its texts refer to, taken together; here
	// one of them refers to all.
	bind("builder", nixlang.Call(nixlang.Sel("builtins", "appendContext"), builder, t.context(d)))
	return nixlang.Call(nixlang.Sel("builtins", "derivationStrict"),
		&nixlang.Binary{Op: nixlang.Update, Left: base, Right: nixlang.Ident("seal")}), nil
}

// context is what a derivation refers to: its sources, and outputs of others.
func (t *twins) context(d *store.Derivation) nixlang.Expr {
	set := nixlang.Attrs()
	of := map[string]*nixlang.AttrSet{}
	refer := func(path string, how *nixlang.Binding) {
		if known, ok := of[path]; ok {
			// A .drv file may be needed both as a file and for its outputs.
			known.Entries = append(known.Entries, how)
			return
		}
		of[path] = nixlang.Attrs(how)
		key := nixlang.AttrName{Name: path}
		if name, ok := t.names[path]; ok {
			key = nixlang.AttrName{Dynamic: withoutContext(nixlang.Sel(name, "drvPath"))}
		}
		set.Entries = append(set.Entries, &nixlang.Binding{Path: []nixlang.AttrName{key}, Value: of[path]})
	}
	for _, source := range d.Sources {
		refer(source, nixlang.Bind("path", nixlang.Ident("true")))
	}
	for _, file := range d.Needs() {
		outputs := nixlang.ListOf()
		for _, output := range d.Inputs[file] {
			outputs.Items = append(outputs.Items, nixlang.Item{Value: nixlang.Str(output)})
		}
		refer(file, nixlang.Bind("outputs", outputs))
	}
	return set
}

// text is a text with the hashes of originals replaced by those of their twins.
// It refers to nothing.
func (t *twins) text(s string) (nixlang.Expr, error) {
	if err := nixlang.CheckText(s); err != nil {
		return nil, err
	}
	from, to := nixlang.ListOf(), nixlang.ListOf()
	for _, h := range t.hashes {
		if !strings.Contains(s, h.original) {
			continue
		}
		from.Items = append(from.Items, nixlang.Item{Value: nixlang.Str(h.original)})
		to.Items = append(to.Items, nixlang.Item{Value: nixlang.Call(nixlang.Sel("builtins", "substring"),
			nixlang.Int(hashBegin), nixlang.Int(hashLength), withoutContext(h.path))})
	}
	if len(from.Items) == 0 {
		return nixlang.Str(s), nil
	}
	return nixlang.Call(nixlang.Sel("builtins", "replaceStrings"), from, to, nixlang.Str(s)), nil
}

func withoutContext(e nixlang.Expr) nixlang.Expr {
	return nixlang.Call(nixlang.Sel("builtins", "unsafeDiscardStringContext"), e)
}
