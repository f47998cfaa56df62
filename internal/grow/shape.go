package grow

// Shape is what the value of an expression looks like.
type Shape struct {
	Kind Kind
	// Of is the shape of the elements of a list or a set.
	Of *Shape
	// Fields are those of an object.
	Fields []Field
}

// Kind tells shapes apart.
type Kind int

// The kinds of shapes.
const (
	Text Kind = iota
	Number
	Fraction
	Boolean
	List
	// Set is an object whose keys are not known before it is computed.
	Set
	Object
	// Package is what stands for a derivation: text wherever text is asked for.
	Package
)

// Field is an attribute of an object.
type Field struct {
	Name  string
	Shape Shape
}

var (
	aText     = Shape{Kind: Text}
	aNumber   = Shape{Kind: Number}
	aFraction = Shape{Kind: Fraction}
	aBoolean  = Shape{Kind: Boolean}

	texts   = listOf(aText)
	numbers = listOf(aNumber)
)

func listOf(s Shape) Shape { return Shape{Kind: List, Of: &s} }
func setOf(s Shape) Shape  { return Shape{Kind: Set, Of: &s} }

func (s Shape) equals(other Shape) bool {
	if s.Kind != other.Kind || len(s.Fields) != len(other.Fields) {
		return false
	}
	for i, f := range s.Fields {
		if f.Name != other.Fields[i].Name || !f.Shape.equals(other.Fields[i].Shape) {
			return false
		}
	}
	return s.Of == nil || s.Of.equals(*other.Of)
}

// Binding is a symbol, a name of a for expression or a parameter of fn.
type Binding struct {
	Name  string
	Shape Shape
	// Known says that it has a value when rendering, and so a text.
	Known bool
}
