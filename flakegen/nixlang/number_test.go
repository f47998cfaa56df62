package nixlang

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

// TestNumbers has the real Nix evaluate numbers. Its JSON rounds floats, so that
// these are compared by Nix itself with another way to write them.
func TestNumbers(t *testing.T) {
	ints := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MinInt64 + 1}
	floats := []float64{0, 0.5, -0.5, 1e5, 1e21, 1e22, 123456789.25, 1e-5, 1e-6, math.Pi, math.MaxFloat64, -math.MaxFloat64,
		0x1p-1022, 0x1p-1022 - 0x1p-1074, math.SmallestNonzeroFloat64}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		ints = append(ints, int64(r.Uint64()))
		if f := math.Float64frombits(r.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			floats = append(floats, f)
		}
	}

	var expressions []Expr
	for _, i := range ints {
		expressions = append(expressions, Int(i))
	}
	for i, value := range evaluate[json.Number](t, expressions) {
		if got, err := value.Int64(); err != nil || got != ints[i] {
			t.Errorf("%s is %s, want %d", Print(expressions[i]), value, ints[i])
		}
	}

	expressions = nil
	for _, x := range floats {
		expressions = append(expressions, binary(Float(x), Equal, exactly(x)))
	}
	for i, equal := range evaluate[bool](t, expressions) {
		if !equal {
			t.Errorf("%s is not %x", Print(Float(floats[i])), floats[i])
		}
	}

	negativeZero := Call(Sel("builtins", "toJSON"), Float(math.Copysign(0, -1)))
	if got := evaluate[string](t, []Expr{negativeZero})[0]; got[0] != '-' {
		t.Errorf("%s is %s, want a negative zero", Print(negativeZero), got)
	}
}

// exactly builds x out of integers and powers of two, which are exact.
func exactly(x float64) Expr {
	mantissa, exponent := math.Frexp(x)
	e := Expr(binary(Int(int64(mantissa*(1<<53))), Mul, Float(1)))
	for exponent -= 53; exponent != 0; {
		step := max(min(exponent, 512), -512)
		e, exponent = binary(e, Mul, Float(math.Ldexp(1, step))), exponent-step
	}
	return e
}
