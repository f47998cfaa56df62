package nixlang

// Str returns the string s between double quotes.
func Str(s string) *String {
	return &String{Parts: []Part{{Text: s}}}
}

// Sel returns the variable root with the attribute path names behind it, as in
// Sel("pkgs", "stdenv", "mkDerivation").
func Sel(root string, names ...string) Expr {
	if len(names) == 0 {
		return Ident(root)
	}
	return &Select{Of: Ident(root), Path: Names(names...)}
}

// Names returns an attribute path of static names.
func Names(names ...string) []AttrName {
	path := make([]AttrName, len(names))
	for i, name := range names {
		path[i] = AttrName{Name: name}
	}
	return path
}

// Call returns the application of fn to args, one after the other.
func Call(fn Expr, args ...Expr) Expr {
	for _, arg := range args {
		fn = &Apply{Fn: fn, Arg: arg}
	}
	return fn
}

// Bind returns the binding of one static name, which may be any text.
func Bind(name string, value Expr) *Binding {
	return &Binding{Path: Names(name), Value: value}
}

// Attrs returns the attribute set of entries.
func Attrs(entries ...Entry) *AttrSet {
	return &AttrSet{Entries: entries}
}

// ListOf returns the list of values.
func ListOf(values ...Expr) *List {
	l := &List{}
	for _, value := range values {
		l.Items = append(l.Items, Item{Value: value})
	}
	return l
}
