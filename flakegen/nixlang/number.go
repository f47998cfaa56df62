package nixlang

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// spelledOut returns a number for which Nix has no literal as the operation
// that yields it, and any other expression as it is.
func spelledOut(e Expr) Expr {
	switch e := e.(type) {
	case Int:
		return intTree(e)
	case Float:
		return floatTree(e)
	default:
		return e
	}
}

// intTree: Nix has no literal below zero, and none for 2^63, so that the least
// integer is a subtraction.
func intTree(i Int) Expr {
	switch {
	case i >= 0:
		return i
	case i == math.MinInt64:
		return &Binary{Op: Sub, Left: &Unary{Op: Negate, X: Int(math.MaxInt64)}, Right: Int(1)}
	default:
		return &Unary{Op: Negate, X: -i}
	}
}

// leastNormal is the smallest literal that Nix accepts: it takes the underflow
// of strtod as an error.
const leastNormal = 0x1p-1022

// floatTree: a negation is 0 - x for Nix, which loses the sign of a zero, and
// literals below the least normal number are refused, so that both are written
// as an exact product.
func floatTree(f Float) Expr {
	x := float64(f)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		panic(fmt.Sprintf("nixlang: %v is no Nix float", x))
	case x == 0 && math.Signbit(x):
		return &Binary{Op: Mul, Left: Float(0), Right: Int(-1)}
	case x < 0:
		return &Unary{Op: Negate, X: -f}
	case x > 0 && x < leastNormal:
		return &Binary{Op: Mul, Left: Float(x * 0x1p100), Right: Float(0x1p-100)}
	default:
		return f
	}
}

// floatText returns the shortest decimal that reads back as f, which is not
// negative, with an exponent where there would be many zeros. Nix wants a point
// in front of the exponent: 1e5 is no float, 1.0e5 is.
func floatText(f Float) string {
	form := byte('f')
	if f != 0 && (f < 1e-5 || f >= 1e21) {
		form = 'e'
	}
	digits, exponent, hasExponent := strings.Cut(strconv.FormatFloat(float64(f), form, -1, 64), "e")
	if !strings.Contains(digits, ".") {
		digits += ".0"
	}
	if !hasExponent {
		return digits
	}
	sign := strings.TrimRight(exponent[:1], "+")
	return digits + "e" + sign + strings.TrimLeft(exponent[1:], "0")
}
