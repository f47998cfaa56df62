package spec

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// estimates say, for the functions whose result can be much greater than their
// arguments, how many bytes it may come to at most. They are asked before the
// function is called.
var estimates = map[string]func(arguments []cty.Value) int{
	"csvdecode": elementsOf,
	// It compares each element with each.
	"distinct": func(a []cty.Value) int { return product(length(a, 0), length(a, 0)) },
	"format": func(a []cty.Value) int {
		return sum(formatWidth(text(a, 0)), product(strings.Count(text(a, 0), "%"), allText(a[1:])))
	},
	"formatlist": formatLists,
	"indent": func(a []cty.Value) int {
		return product(1+strings.Count(text(a, 1), "\n"), whole(a, 0))
	},
	"join": func(a []cty.Value) int {
		n := 0
		for i := range a[1:] {
			n = sum(n, length(a, i+1))
		}
		return product(n, len(text(a, 0)))
	},
	"jsondecode":   elementsOf,
	"regexall":     func(a []cty.Value) int { return product(len(text(a, 1))+1, nodeSize) },
	"regexreplace": func(a []cty.Value) int { return product(len(text(a, 0))+1, len(text(a, 2))+1) },
	"replace": func(a []cty.Value) int {
		return product(strings.Count(text(a, 0), text(a, 1)), len(text(a, 2)))
	},
	"setproduct": func(a []cty.Value) int {
		n := nodeSize * (1 + len(a))
		for i := range a {
			n = product(n, length(a, i))
		}
		return n
	},
	"split": func(a []cty.Value) int { return product(strings.Count(text(a, 1), text(a, 0))+1, nodeSize) },
}

// elementsOf is for functions that make many small values of one text.
func elementsOf(a []cty.Value) int { return product(len(text(a, 0)), nodeSize) }

// formatLists takes each list for as long as the longest, and all texts for as
// long as they are.
func formatLists(a []cty.Value) int {
	n, longest := 1, allText(a[1:])
	for i := range a {
		n = max(n, length(a, i))
		longest = sum(longest, longestText(a, i))
	}
	return product(n, sum(formatWidth(text(a, 0)), product(strings.Count(text(a, 0), "%"), longest)))
}

// longestText gives the length of the longest text in the list that is the
// argument i.
func longestText(arguments []cty.Value, i int) int {
	longest := 0
	if length(arguments, i) > 0 {
		for it := arguments[i].ElementIterator(); it.Next(); {
			_, v := it.Element()
			longest = max(longest, len(text([]cty.Value{v}, 0)))
		}
	}
	return longest
}

var (
	// formatVerb finds what stands between the percent sign and the letter of each
	// verb of a format, formatNumber the widths and precisions in it.
	formatVerb   = regexp.MustCompile(`%[^%A-Za-z]*`)
	formatNumber = regexp.MustCompile(`[0-9]+`)
)

// formatWidth bounds what a format comes to besides its arguments.
func formatWidth(format string) int {
	n := len(format)
	for _, verb := range formatVerb.FindAllString(format, -1) {
		for _, digits := range formatNumber.FindAllString(verb, -1) {
			width, err := strconv.Atoi(digits)
			if err != nil {
				return math.MaxInt
			}
			n = sum(n, width)
		}
	}
	return n
}

// text gives the argument i where it is text.
func text(arguments []cty.Value, i int) string {
	if i >= len(arguments) {
		return ""
	}
	if v := arguments[i]; v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return v.AsString()
	}
	return ""
}

func allText(arguments []cty.Value) int {
	n := 0
	for i := range arguments {
		n = sum(n, len(text(arguments, i)))
	}
	return n
}

// whole gives the argument i where it is a whole number, not below 0.
func whole(arguments []cty.Value, i int) int {
	if v := arguments[i]; v.Type() == cty.Number && v.IsKnown() && !v.IsNull() {
		n, _ := v.AsBigFloat().Int64()
		return int(max(0, n))
	}
	return 0
}

// length gives the number of elements of the argument i.
func length(arguments []cty.Value, i int) int {
	if i >= len(arguments) {
		return 0
	}
	if v := arguments[i]; v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
		return v.LengthInt()
	}
	return 0
}

// sum and product stop at the greatest number.
func sum(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

func product(a, b int) int {
	if b > 0 && a > math.MaxInt/b {
		return math.MaxInt
	}
	return a * b
}
