package nixlang

import "regexp"

// keywords cannot be variables. Nix lets or stand as an attribute name, but
// only in some places, so it is quoted like the rest.
var keywords = map[string]bool{
	"assert": true, "else": true, "if": true, "in": true, "inherit": true,
	"let": true, "or": true, "rec": true, "then": true, "with": true,
}

var (
	identPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_'-]*$`)
	pathPattern  = regexp.MustCompile(`^[A-Za-z0-9._+-]*(/[A-Za-z0-9._+-]+)+$`)
)

// IsIdent reports whether s can stand as a variable and as an attribute name
// without quotes.
func IsIdent(s string) bool {
	return identPattern.MatchString(s) && !keywords[s]
}

// IsPath reports whether s can stand as a [Path]. What cannot, such as a name
// with a space, is written as Binary{Add, Path("./."), Str("/odd name")}.
func IsPath(s string) bool {
	return pathPattern.MatchString(s)
}
