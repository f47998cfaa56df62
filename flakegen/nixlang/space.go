package nixlang

// space is a spacing between two texts. Where spacings meet, one stands for
// them: see [joinSpaces].
type space int32

const (
	softCut  space = iota // nothing; a line break where what follows does not fit
	cut                   // nothing; a line break where its group is expanded
	gap                   // always a space
	softLine              // a space; a line break where what follows does not fit
	line                  // a space; a line break where its group is expanded
	newline               // always a line break
	// emptyLine is always a line break with an empty line behind it.
	emptyLine
	// textBreak is a line break of a string between pairs of single quotes. The
	// values above it are as many more of them.
	textBreak
)

// joinSpaces returns the spacing that stands for two: the stronger one, except
// that a possible line break and a space are a possible line break or a space,
// and that all line breaks of a string are kept.
func joinSpaces(a, b space) space {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == cut && (b == softLine || b == gap):
		return line
	case a == softCut && b == gap:
		return softLine
	case b < textBreak || a == gap:
		return b
	case a >= emptyLine:
		return b + a.lineBreaks()
	default:
		return b + 1
	}
}

// isFirm reports whether s does not depend on what is around it.
func (s space) isFirm() bool { return s == gap || s >= newline }

// isSoft reports whether s is a line break by itself where what follows does
// not fit.
func (s space) isSoft() bool { return s == softCut || s == softLine }

// breaksWithGroup reports whether s is a line break once its group is expanded.
func (s space) breaksWithGroup() bool { return s == cut || s == line || s >= newline }

// lineBreaks returns how many line breaks s is where it is one.
func (s space) lineBreaks() space {
	switch {
	case s == emptyLine:
		return 2
	case s >= textBreak:
		return s - textBreak + 1
	default:
		return 1
	}
}

// width returns the columns of s where it is no line break.
func (s space) width() int {
	if s == gap || s == softLine || s == line {
		return 1
	}
	return 0
}
