package generate

import (
	"cmp"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/compile"
	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// inputs renders the inputs: each on one line where it has only one attribute.
func (f *flakeRenderer) inputs() nixlang.Expr {
	set := &nixlang.AttrSet{}
	for _, in := range f.spec.Inputs {
		attributes := f.inputEntries(in)
		entry := nixlang.Bind(in.Name, nil)
		entry.Trivia = trivia(in.Comments, in.Range)
		if only, ok := onlyBinding(attributes); ok {
			entry.Path = append(entry.Path, only.Path...)
			entry.Value = only.Value
			entry.Lead = slices.Concat(entry.Lead, only.Lead)
			if only.Trail != "" && entry.Trail != "" {
				entry.Lead = append(entry.Lead, entry.Trail)
			}
			entry.Trail = cmp.Or(only.Trail, entry.Trail)
		} else {
			entry.Value = nixlang.Attrs(attributes...)
		}
		set.Entries = append(set.Entries, entry)
	}
	return set
}

func onlyBinding(list []nixlang.Entry) (*nixlang.Binding, bool) {
	if len(list) != 1 {
		return nil, false
	}
	b, ok := list[0].(*nixlang.Binding)
	return b, ok
}

func (f *flakeRenderer) inputEntries(in *spec.Input) []nixlang.Entry {
	var list []nixlang.Entry
	for _, a := range in.Attributes {
		list = append(list, compile.Bind(nixlang.AttrName{Name: a.Name}, f.compiler.Value(a.Value, a.Range), compile.Trivia(a.Comments, a.Range)))
	}
	if in.Follow != "" {
		list = append(list, bind(in.FollowsAt, nixlang.Str(in.Follow)))
	}
	var follows []nixlang.Entry
	for _, follow := range in.Follows {
		entry := &nixlang.Binding{Path: nixlang.Names(follow.Input, "follows"), Value: nixlang.Str(follow.Target)}
		entry.Trivia = trivia(follow.Comments, in.FollowsAt.Range)
		follows = append(follows, entry)
	}
	if only, ok := onlyBinding(follows); ok {
		only.Path = append(nixlang.Names("inputs"), only.Path...)
		only.Lead = append(lines(in.FollowsAt), only.Lead...)
		return append(list, only)
	}
	if len(follows) > 0 {
		inputs := nixlang.Bind("inputs", nixlang.Attrs(follows...))
		inputs.Trivia = trivia(in.FollowsAt.Comments, in.FollowsAt.Range)
		list = append(list, inputs)
	}
	return list
}

// nixConfig proposes the caches. Nix takes them where its user accepts the
// configuration of flakes.
func (f *flakeRenderer) nixConfig() nixlang.Expr {
	urls, keys := &nixlang.List{}, &nixlang.List{}
	for _, c := range f.spec.Caches {
		urls.Items = append(urls.Items, nixlang.Item{
			Trivia: nixlang.Trivia{Lead: append(c.Comments.Lines(), c.URLAt.Comments.Lead...), Trail: c.URLAt.Comments.Trail},
			Value:  f.compiler.Value(cty.StringVal(c.URL), c.Range),
		})
		keys.Items = append(keys.Items, nixlang.Item{
			Trivia: nixlang.Trivia{Lead: c.PublicKeyAt.Comments.Lead, Trail: c.PublicKeyAt.Comments.Trail},
			Value:  f.compiler.Value(cty.StringVal(c.PublicKey), c.Range),
		})
	}
	return nixlang.Attrs(
		nixlang.Bind("extra-substituters", urls),
		nixlang.Bind("extra-trusted-public-keys", keys),
	)
}
